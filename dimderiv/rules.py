"""The rules: what is differentiable and how, read from the data files of the folder `rules/`.

`rules/README.md` defines the format.  The loader refuses a rule that is incomplete or whose letters
do not close; whether a rule is *true* is for `dimderiv rules --check` to say.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from dimderiv.errors import DimderivError, ParseError
from dimderiv.language.parser import parse_expression
from dimderiv.language.syntax import Entry, IndexForm, Name, Node, children

Kind = Literal["elementwise", "product", "matrix", "reduction", "rows", "composite"]

KEYS = {
    "kind", "signature", "square", "definition", "column", "derivative", "domain", "kink", "latex",
    "reference", "operator",
}  # fmt: skip
CONSTANTS = {"I", "pi"}
VALUES = {"y", "Y", "count"}


_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Rule:
    """One operation: how it is written, where it holds, what its derivative is and who says so.

    Attributes:
        name: the function's name in the language, or a name for an operator.
        kind: how the operation treats its axes.
        signature: letters of the arguments and of the value, as in `A[i,k], B[k,j] -> Y[i,j]`.
        arguments: the names of the arguments, read off the signature.
        definition: the operation in the language, from what is simpler or from sympy's own.
        column: the definition for a column vector, where that is another.
        derivative: for each argument, the partial derivative of the value.
        square: whether the axes of a matrix argument must have the same size.
        domain: where the rule holds.
        kink: what is assumed where the derivative does not exist.
        reference: where the formula can be looked up.
    """

    name: str
    kind: Kind
    signature: str
    arguments: tuple[str, ...]
    definition: str = ""
    column: str = ""
    derivative: Mapping[str, str] = field(default_factory=dict)
    square: bool = False
    domain: str = ""
    kink: str = ""
    latex: str = ""
    reference: str = ""
    operator: str = ""
    file: str = ""

    @property
    def is_function(self) -> bool:
        """Whether the name is written before brackets, rather than being an operator's."""
        return not self.operator


@dataclass(frozen=True)
class Rulebook:
    """All rules that are known, by name."""

    rules: Mapping[str, Rule]

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names that may stand before brackets."""
        return frozenset(name for name, rule in self.rules.items() if rule.is_function)

    def __getitem__(self, name: str) -> Rule:
        return self.rules[name]

    def __contains__(self, name: object) -> bool:
        return name in self.rules

    def user_definitions(self) -> dict[str, tuple[tuple[str, ...], Node]]:
        """The functions that only the user's own files define: arguments and definition."""
        return {
            rule.name: (rule.arguments, parse_expression(rule.definition, functions=self.functions))
            for rule in self.rules.values()
            if Path(rule.file).parent != rules_folder() and rule.definition
        }


def rules_folder() -> Path:
    """Where the built-in rules lie: inside the installed package, else beside it."""
    packaged = Path(__file__).parent / "rules"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "rules"


@cache
def builtin_rules() -> Rulebook:
    """The rules that come with dimderiv."""
    return _read(sorted(rules_folder().glob("*.toml")))


def load_rules(*files: str | Path) -> Rulebook:
    """The built-in rules and those of the user's own files.

    Args:
        files: rule files in the format of `rules/README.md`; a later rule replaces an earlier one
            of the same name.

    Raises:
        ParseError: a file is missing, is no TOML, or a rule in it is incomplete.
    """
    builtin = builtin_rules()
    if not files:
        return builtin
    own = _read([Path(file) for file in files])
    functions = builtin.functions | own.functions
    for rule in own.rules.values():
        _refuse_unreadable(rule, functions)
    return Rulebook({**builtin.rules, **own.rules})


def _read(files: Iterable[Path]) -> Rulebook:
    rules: dict[str, Rule] = {}
    for file in files:
        for name, table in _tables(file).items():
            rules[name] = _rule(name, table, file)
    return Rulebook(rules)


def _tables(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParseError(f"the rule file {file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParseError(f"the rule file {file} is not TOML: {error}") from error


def _rule(name: str, table: Any, file: Path) -> Rule:
    place = f"rule {name} in {file.name}"
    if not isinstance(table, dict):
        raise ParseError(f"{place} is not a table", hint=f"begin it with [{name}]")
    unknown = sorted(set(table) - KEYS)
    if unknown:
        raise ParseError(
            f"{place} has the unknown key {unknown[0]!r}", hint=f"one of {', '.join(sorted(KEYS))}"
        )
    kind = table.get("kind")
    if kind not in get_args(Kind):
        raise ParseError(f"{place} has no known kind", hint=f"one of {', '.join(get_args(Kind))}")
    signature = table.get("signature", "x -> y" if kind == "elementwise" else "")
    arguments = tuple(re.findall(r"(\w+)\s*(?:\[[^]]*\])?", signature.split("->")[0]))
    derivative = table.get("derivative", {})
    if isinstance(derivative, str):
        derivative = dict.fromkeys(arguments[:1], derivative)
    for key, value in table.items():
        _refuse_mistyped(key, value, place)
    if not _NAME.fullmatch(name):
        raise ParseError(f"{place} has no name that can be written", hint="letters, digits and _")
    rule = Rule(
        name=name,
        **{**table, "signature": signature, "arguments": arguments, "derivative": derivative},
        file=str(file),
    )
    _refuse_incomplete(rule, place)
    return rule


def _refuse_mistyped(key: str, value: Any, place: str) -> None:
    kinds: dict[str, type | tuple[type, ...]] = {"square": bool, "derivative": (str, dict)}
    wanted = kinds.get(key, str)
    texts = value.values() if isinstance(value, dict) else ()
    if not isinstance(value, wanted) or not all(isinstance(text, str) for text in texts):
        kind = "true or false" if key == "square" else "a text"
        raise ParseError(f"{place}: {key} is not {kind}")


def _refuse_unreadable(rule: Rule, functions: frozenset[str]) -> None:
    """Refuse a rule whose formulas cannot be read, or use what they do not know."""
    known = CONSTANTS.union(rule.arguments)
    for key, text in (("definition", rule.definition), ("column", rule.column)):
        _read_formula(rule, key, text, functions, known)
    for argument, text in rule.derivative.items():
        lettered = rule.kind in {"matrix", "rows"} and "[" in text
        letters = ", ".join(f"{letter}:1" for letter in sorted(set(_letters(text))))
        whole = f"[{letters}] {text}" if lettered else text
        _read_formula(rule, f"derivative by {argument}", whole, functions, known | VALUES)


def _read_formula(
    rule: Rule, key: str, text: str, functions: frozenset[str], known: Collection[str]
) -> None:
    if not text:
        return
    try:
        formula = parse_expression(text, names=known, functions=functions)
    except DimderivError as error:
        raise ParseError(
            f"rule {rule.name} in {Path(rule.file).name}: the {key} cannot be read: "
            f"{error.message}",
            span=error.span,
            source=text,
            hint=error.hint,
        ) from error
    for name in _names(formula):
        if name.name not in known:
            raise ParseError(
                f"rule {rule.name} in {Path(rule.file).name}: "
                f"the {key} uses {name.name}, which is no argument",
                span=name.span,
                source=text,
                hint=f"one of {', '.join(sorted(known))}",
            )


def _names(formula: Node) -> Iterator[Name]:
    if isinstance(formula, Name):
        yield formula
    parts = (formula.operand,) if isinstance(formula, Entry) else children(formula)
    if isinstance(formula, IndexForm):
        parts = (formula.body,)
    for part in parts:
        yield from _names(part)


def _refuse_incomplete(rule: Rule, place: str) -> None:
    if not rule.arguments:
        raise ParseError(f"{place} has no signature", hint='such as "A[i,j] -> Y[j,i]"')
    if rule.kind in {"elementwise", "composite"} and not rule.definition:
        raise ParseError(f"{place} has no definition", hint="give it in the language")
    if not rule.reference:
        raise ParseError(f"{place} has no reference", hint="say where the formula can be looked up")
    stray = sorted(set(rule.derivative) - set(rule.arguments))
    if stray:
        raise ParseError(
            f"{place} has a derivative by {stray[0]}, which is no argument",
            hint=f"one of {', '.join(rule.arguments)}",
        )
    if rule.kind == "product":
        left, right = rule.signature.split("->")
        missing = set(_letters(right)) - set(_letters(left))
        if missing:
            raise ParseError(f"{place}: the letter {min(missing)} is on the right side only")


def _letters(text: str) -> list[str]:
    return re.findall(r"[a-z]", "".join(re.findall(r"\[([^]]*)\]", text)))

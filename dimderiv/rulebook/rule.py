"""One rule: what it says of an operation, and what it must not leave open.

`rules/README.md` defines the format.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from dimderiv.errors import DimderivError, ParseError
from dimderiv.language import (
    BUILTIN_FUNCTIONS,
    Entry,
    IndexForm,
    Name,
    Node,
    Shape,
    children,
    parse_expression,
)
from dimderiv.rulebook.signature import read_signature

FileKind = Literal["elementwise", "product", "matrix", "reduction", "rows", "composite"]
Kind = Literal[FileKind, "unknown"]

KEYS = {
    "kind", "signature", "square", "definition", "column", "scalar", "derivative", "domain",
    "kink", "latex", "reference", "operator", "linear", "commuting", "refused",
}  # fmt: skip
CONSTANTS = {"I", "pi"}
VALUES = {"y", "Y", "count"}


NAME = re.compile(r"[A-Za-z_]\w*")


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
        scalar: the definition for a 1 x 1 matrix, where that is another.
        derivative: for each argument, the partial derivative of the value.
        linear: the last argument, where the value is linear in it; left out, the value is the
            matrix of that map, `vec(f(A, E)) = f(A) vec(E)`.
        commuting: the value where that argument commutes with the first one.
        refused: for an argument without a derivative, why it has none.
        square: whether the axes of a matrix argument must have the same size.
        domain: where the rule holds.
        kink: what is assumed where the derivative does not exist.
        reference: where the formula can be looked up.
        argument: the shape of the argument, of a function that is declared rather than known.
        value: the shape of the value of such a function.
    """

    name: str
    kind: Kind
    signature: str
    arguments: tuple[str, ...]
    definition: str = ""
    column: str = ""
    scalar: str = ""
    derivative: Mapping[str, str] = field(default_factory=dict)
    linear: str = ""
    commuting: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    square: bool = False
    domain: str = ""
    kink: str = ""
    latex: str = ""
    reference: str = ""
    operator: str = ""
    file: str = ""
    argument: Shape | None = None
    value: Shape | None = None

    @property
    def is_function(self) -> bool:
        """Whether the name is written before brackets, rather than being an operator's."""
        return not self.operator


_ARRAY = r"\w+(?:\s*\[[^\[\]]*\])?"
# What may follow the value of a product: the entries of which it consists.
_WHERE = r"(?:\s*,\s*[a-z]\s*>=\s*[a-z])?"
_SIGNATURE = re.compile(rf"\s*{_ARRAY}(?:\s*,\s*{_ARRAY})*\s*->\s*{_ARRAY}{_WHERE}\s*")
_LETTER_SETS = re.compile(r"\[([^]]*)\]")


def refuse_mistyped(key: str, value: Any, place: str) -> None:
    """Refuse a key whose value is of another type than the format says."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "square": bool,
        "derivative": (str, dict),
        "refused": (str, dict),
    }
    wanted = kinds.get(key, str)
    texts = value.values() if isinstance(value, dict) else ()
    if not isinstance(value, wanted) or not all(isinstance(text, str) for text in texts):
        kind = "true or false" if key == "square" else "a text"
        raise ParseError(f"{place}: {key} is not {kind}")


def is_self_defined(rule: Rule) -> bool:
    """Whether a rule is for a built-in function, and leaves its meaning as it is."""
    return rule.name in BUILTIN_FUNCTIONS and f"{rule.name}(" in rule.definition


def refuse_unreadable(rule: Rule, functions: frozenset[str]) -> None:
    """Refuse a rule whose formulas cannot be read, or use what they do not know."""
    place = f"rule {rule.name} in {Path(rule.file).name}"
    if rule.kind == "composite" and rule.derivative:
        raise ParseError(
            f"{place} has a derivative, but that of a composite follows from its definition",
            hint="leave the derivative out",
        )
    _refuse_stray_letters(rule, place)
    known = CONSTANTS.union(rule.arguments)
    for key, text in (
        ("definition", rule.definition),
        ("column", rule.column),
        ("scalar", rule.scalar),
        ("commuting", rule.commuting),
    ):
        _read_formula(rule, key, text, functions, known)
    for argument, text in rule.derivative.items():
        lettered = rule.kind in {"matrix", "rows"} and "[" in text
        letters = ", ".join(f"{letter}:1" for letter in sorted(set(_letters(text))))
        whole = f"[{letters}] {text}" if lettered else text
        _read_formula(rule, f"derivative by {argument}", whole, functions, known | VALUES)


def _refuse_stray_letters(rule: Rule, place: str) -> None:
    """In a partial derivative in letters, only those of the signature are known, and p and q."""
    if rule.kind != "matrix":
        return
    if not _LETTER_SETS.search(rule.signature):
        raise ParseError(
            f"{place}: the signature has no letters", hint='such as "A[i,j] -> Y[j,i]"'
        )
    known = {"p", "q", *_letters(rule.signature)}
    for argument, text in rule.derivative.items():
        stray = sorted(set(_letters(text)) - known)
        if stray:
            raise ParseError(
                f"{place}: the derivative by {argument} has the letter {stray[0]}, "
                f"which is none of {', '.join(sorted(known))}",
                hint="the letters of the value, and p and q for the argument",
            )


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


def refuse_incomplete(rule: Rule, place: str) -> None:
    """Refuse a rule that leaves out what its kind needs, or whose letters do not close."""
    if not rule.arguments:
        raise ParseError(f"{place} has no signature", hint='such as "A[i,j] -> Y[j,i]"')
    if not _SIGNATURE.fullmatch(rule.signature):
        raise ParseError(
            f"{place}: the signature {rule.signature!r} cannot be read",
            hint='arguments, an arrow and the value, as in "A[i,k], B[k,j] -> Y[i,j]"',
        )
    if rule.kind in {"elementwise", "composite"} and not rule.definition:
        raise ParseError(f"{place} has no definition", hint="give it in the language")
    if not rule.reference:
        raise ParseError(f"{place} has no reference", hint="say where the formula can be looked up")
    stray = sorted({*rule.derivative, *rule.refused} - set(rule.arguments))
    if stray:
        raise ParseError(
            f"{place} has a derivative by {stray[0]}, which is no argument",
            hint=f"one of {', '.join(rule.arguments)}",
        )
    if rule.linear and not rule.commuting:
        raise ParseError(f"{place} is linear in {rule.linear}, but does not say what commuting is")
    if rule.linear and (rule.kind != "matrix" or rule.arguments[1:] != (rule.linear,)):
        raise ParseError(
            f"{place} is not linear in the second of two arguments",
            hint='a matrix rule such as "A[i,j], E[i,j] -> Y[i,j]" with linear = "E"',
        )
    signature = read_signature(rule.signature)
    if any(len(axes) > 2 for axes in (*signature.arguments, signature.value)):
        raise ParseError(f"{place}: an array of the signature has more than two axes")
    if rule.kind in {"product", "matrix"}:
        left, right = rule.signature.split("->")
        missing = set(_letters(right)) - set(_letters(left))
        if missing:
            raise ParseError(f"{place}: the letter {min(missing)} is on the right side only")


def _letters(text: str) -> list[str]:
    return re.findall(r"[a-z]", "".join(re.findall(r"\[([^]]*)\]", text)))

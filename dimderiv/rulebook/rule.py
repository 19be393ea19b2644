"""One rule: what it says of an operation, and what it must not leave open.

`rules/README.md` defines the format.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, fields
from math import inf
from os import path
from typing import Any, Literal, TypeAlias

from dimderiv.errors import DimderivError, ParseError
from dimderiv.language import (
    BUILTIN_FUNCTIONS,
    Entry,
    IndexForm,
    Name,
    Signature,
    Tree,
    children,
    frozen,
    parse_expression,
    rules_folder,
)
from dimderiv.lazy import pattern
from dimderiv.rulebook.signature import read_signature

FileKind = Literal["elementwise", "product", "matrix", "reduction", "rows", "composite"]
RuleKind = Literal[FileKind, "declared"]

TARGETS = ("any", "numpy", "jax", "torch", "array_api")
CONSTANTS = {"I", "pi"}
VALUES = {"y", "Y", "count"}

NAME = pattern(r"[A-Za-z_]\w*")
# Between which numbers a fact holds, and the interval of one that nothing says.
Interval: TypeAlias = tuple[float, float]
NOWHERE: Interval = (inf, -inf)


@frozen.record
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
        commuting: the value where that argument and the others commute.
        refused: for an argument without a derivative, why it has none.
        square: whether the axes of a matrix argument must have the same size.
        tall: whether a matrix argument must have at least as many rows as columns.
        along: whether the reductions in the definition run along the axis of the call.
        turns: whether the value at a transpose is the transpose of the value.
        commutes: whether the value commutes with all that the argument commutes with.
        symmetric: the arguments that must be symmetric.
        definite: those of them that must be positive definite too.
        rows_sum_to_one: the arguments whose rows must sum to 1.
        range: the least and the largest value that an entry can have.
        defined: between which arguments there is a value, and none elsewhere.
        convex: between which arguments the function is convex.
        concave: between which it is concave.
        increasing: between which it does not decrease.
        decreasing: between which it does not increase.
        strictly: whether all that holds strictly inside of these intervals.
        log_concave: whether the values are positive and their logarithm is concave.
        mpmath: what the value is called in mpmath and sympy, where that is another name.
        domain: where the rule holds.
        kink: what is assumed where the derivative does not exist.
        reference: where the formula can be looked up.
        aliases: other names that are read as this function.
        whole: the arguments that must be whole numbers.
        yields: whether a symbol with this name, declared or defined, hides the function.
        code: for each target how a call is written, or a helper function's name.
        declared: of a function that is declared rather than known, or of a derivative of it, what
            the function takes and returns.
    """

    name: str
    kind: RuleKind
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
    tall: bool = False
    along: bool = False
    turns: bool = False
    commutes: bool = False
    symmetric: tuple[str, ...] = ()
    definite: tuple[str, ...] = ()
    rows_sum_to_one: tuple[str, ...] = ()
    range: tuple[float, float] = (-inf, inf)
    defined: Interval = NOWHERE
    convex: Interval = NOWHERE
    concave: Interval = NOWHERE
    increasing: Interval = NOWHERE
    decreasing: Interval = NOWHERE
    strictly: bool = False
    log_concave: bool = False
    mpmath: str = ""
    domain: str = ""
    kink: str = ""
    latex: str = ""
    reference: str = ""
    operator: str = ""
    aliases: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    yields: bool = False
    code: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    declared: Signature | None = None

    @property
    def place(self) -> str:
        """The rule and its file, in a sentence."""
        return f"rule {self.name} in {path.basename(self.file)}"

    @property
    def is_function(self) -> bool:
        """Whether the name is written before brackets, rather than being an operator's."""
        return not self.operator

    @property
    def declaration(self) -> str:
        """How a function is declared of which only the kind is known."""
        return str(self.declared)

    def letters(self, argument: str) -> set[str]:
        """The letters in the brackets of the derivative by an argument."""
        return _letters(self.derivative[argument])

    @property
    def is_users(self) -> bool:
        """Whether the rule comes from a file of the user's own."""
        return path.dirname(self.file) != str(rules_folder())

    @property
    def is_primitive(self) -> bool:
        """Whether no simpler functions make this one, which the check knows by its name."""
        is_known = self.name in BUILTIN_FUNCTIONS or bool(self.mpmath)
        return is_known and bool(re.search(rf"\b{self.name}\(", self.definition))

    @property
    def is_written_out(self) -> bool:
        """Whether generated code has the definition in place of a call."""
        is_made = bool(self.definition) and not self.is_primitive
        return is_made and not self.code and (self.kind == "elementwise" or self.is_users)


_FOUND_OUT = {"name", "arguments", "file", "declared"}
# The keys that a rule may have in a file, with the types of their values.
KEYS = {key.name: key.type for key in fields(Rule) if key.name not in _FOUND_OUT}
# In a file it may be one text as well, for the first argument or for all targets.
TABLE = Mapping[str, str]

_ARRAY = r"\w+(?:\s*\[[^\[\]]*\])?"
# What may follow the value of a product: the entries of which it consists.
_WHERE = r"(?:\s*,\s*[a-z]\s*>=\s*[a-z])?"
_SIGNATURE = pattern(rf"\s*{_ARRAY}(?:\s*,\s*{_ARRAY})*\s*->\s*{_ARRAY}{_WHERE}\s*")


def refuse_mistyped(key: str, value: Any, place: str) -> None:
    """Refuse a key whose value is of another type than the format says."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    are_texts = all(isinstance(part, str) for part in parts)
    if KEYS[key] is bool:
        wanted, kind = isinstance(value, bool), "true or false"
    elif KEYS[key] == tuple[str, ...]:
        wanted, kind = isinstance(value, list) and are_texts, "a list of names"
    elif KEYS[key] == tuple[float, float]:
        are_numbers = all(isinstance(part, (int, float)) for part in parts)
        wanted, kind = are_numbers and len(parts) == 2, "a list of two numbers"
    else:
        types = (str, dict) if KEYS[key] == TABLE else str
        wanted, kind = isinstance(value, types) and are_texts, "a text"
    if not wanted:
        raise ParseError(f"{place}: {key} is not {kind}")


def refuse_unreadable(rule: Rule, functions: frozenset[str]) -> None:
    """Refuse a rule whose formulas cannot be read, or use what they do not know."""
    place = rule.place
    if rule.kind == "composite" and rule.derivative:
        raise ParseError(
            f"{place} has a derivative, but that of a composite follows from its definition",
            hint="leave the derivative out",
        )
    _refuse_stray_letters(rule)
    known = CONSTANTS.union(rule.arguments)
    for key in ("definition", "column", "scalar", "commuting"):
        _read_formula(rule, key, getattr(rule, key), functions, known)
    for argument, text in rule.derivative.items():
        lettered = rule.kind in {"matrix", "rows"} and "[" in text
        letters = ", ".join(f"{letter}:1" for letter in sorted(_letters(text)))
        whole = f"[{letters}] {text}" if lettered else text
        _read_formula(rule, f"derivative by {argument}", whole, functions, known | VALUES)


def _refuse_stray_letters(rule: Rule) -> None:
    """In a partial derivative in letters, those of the signature are known, and p and q.

    Any other letter is summed, and so stands there more than once.
    """
    if rule.kind != "matrix":
        return
    if "[" not in rule.signature:
        raise ParseError(
            f"{rule.place}: the signature has no letters", hint='such as "A[i,j] -> Y[j,i]"'
        )
    signature = read_signature(rule.signature)
    known = {"p", "q", *signature.letters, *map(str, signature.entry)}
    for argument, text in rule.derivative.items():
        standing = _standing(text)
        stray = sorted(i for i in {*standing} - known if standing.count(i) < 2)
        if stray:
            raise ParseError(
                f"{rule.place}: the derivative by {argument} has the letter {stray[0]}, "
                f"which is none of {', '.join(sorted(known))}",
                hint="the letters of the value, p and q for the argument, or a letter twice",
            )


def _read_formula(
    rule: Rule, key: str, text: str, functions: frozenset[str], known: Collection[str]
) -> None:
    if not text:
        return
    try:
        formula = parse_expression(text, names=known, functions=functions, is_closed=False)
    except DimderivError as error:
        raise ParseError(
            f"{rule.place}: the {key} cannot be read: {error.message}",
            span=error.span,
            source=text,
            hint=error.hint,
        ) from error
    for name in _names(formula):
        if name.name not in known:
            raise ParseError(
                f"{rule.place}: the {key} uses {name.name}, which is no argument",
                span=name.span,
                source=text,
                hint=f"one of {', '.join(sorted(known))}",
            )


def _names(formula: Tree) -> Iterator[Name]:
    if isinstance(formula, Name):
        yield formula
    parts = (formula.operand,) if isinstance(formula, Entry) else children(formula)
    if isinstance(formula, IndexForm):
        parts = (formula.body,)
    for part in parts:
        yield from _names(part)


def refuse_incomplete(rule: Rule) -> None:
    """Refuse a rule that leaves out what its kind needs, or whose letters do not close."""
    place = rule.place
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
    _refuse_stray_arguments(rule)
    _refuse_code(rule)
    _refuse_for_its_kind(rule)
    signature = read_signature(rule.signature)
    if any(len(axes) > 2 for axes in (*signature.arguments, signature.value)):
        raise ParseError(f"{place}: an array of the signature has more than two axes")
    missing = signature.letters - signature.given
    if missing and rule.kind in {"product", "matrix"}:
        raise ParseError(f"{place}: the letter {min(missing)} is on the right side only")


def _refuse_stray_arguments(rule: Rule) -> None:
    derived = {*rule.derivative, *rule.refused}
    named = {*derived, *rule.symmetric, *rule.definite, *rule.rows_sum_to_one}
    stray = sorted(named.difference(rule.arguments))
    if stray:
        name = stray[0]
        says = f"{rule.place} says something of {name}, which is no argument"
        if name in derived:
            says = f"{rule.place} has a derivative by {name}, which is no argument"
        raise ParseError(
            says,
            hint=f"one of {', '.join(rule.arguments)}",
        )


def _refuse_code(rule: Rule) -> None:
    """Refuse code for what is no target, or with a place for what is no argument."""
    unknown = sorted(rule.code.keys() - set(TARGETS))
    if unknown:
        raise ParseError(
            f"{rule.place} has code for {unknown[0]}, which is no target",
            hint=f"one of {', '.join(TARGETS)}",
        )
    for target, text in rule.code.items():
        try:
            text.format(*rule.arguments, xp=target)
        except (LookupError, ValueError) as error:
            raise ParseError(
                f"{rule.place}: the code for {target} has a place for no argument: {text}",
                hint="{} for each argument in order, or {0} for the first one, and {xp}",
            ) from error


def _refuse_for_its_kind(rule: Rule) -> None:
    """Refuse what rules of another kind may say."""
    place, linear = rule.place, rule.linear
    if rule.along and rule.kind != "composite":
        raise ParseError(f"{place} runs along an axis of the call, but is no composite")
    if linear and not rule.commuting:
        raise ParseError(f"{place} is linear in {linear}, but does not say what commuting is")
    if linear and (rule.kind != "matrix" or rule.arguments[1:][-1:] != (linear,)):
        raise ParseError(
            f"{place} is not linear in the last of several arguments",
            hint='a matrix rule such as "A[i,j], E[i,j] -> Y[i,j]" with linear = "E"',
        )


def _letters(text: str) -> set[str]:
    """The letters in the brackets of a derivative."""
    return {*_standing(text)}


def _standing(text: str) -> list[str]:
    """The same as often as they stand there."""
    return re.findall("[a-z]", "".join(re.findall(r"\[([^]]*)\]", text)))

"""What is checked, and what a check that succeeded reports."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import KW_ONLY, field, replace
from typing import Literal, get_args

from dimderiv.errors import DimderivError
from dimderiv.language import Declaration, Program, Shape, Signature, Tree, frozen

MOST_SIZES = 8
TIED = (
    "the largest entry of a max, or the least of a min, is attained more than once; "
    "the rules assume that it is attained once"
)

Level = Literal["proved", "exact", "60 digits", "30 digits", "partial", "unchecked"]
LEVELS: tuple[Level, ...] = get_args(Level)
AGREEMENT: Mapping[Level, str] = {
    "proved": "are proved equal by sympy",
    "exact": "agree exactly",
    "60 digits": "agree to 60 digits",
    "30 digits": "agree to 30 digits",
    "partial": "agree",
}


class NotVerifiableError(DimderivError):
    """The claim uses something that the verifier cannot evaluate, so nothing was checked."""


@frozen.record
class Functions:
    """What the functions mean that are not built in.

    Attributes:
        definitions: argument names and definition of each that has one.
        columns: the definition of some of them for a column vector, where that is another.
        elementwise: the names in `definitions` that apply to each entry by itself.
        values: other functions of entries, and how mpmath and sympy call them.
        products: signatures in letters of functions that are products of labelled factors.
    """

    _: KW_ONLY
    definitions: Mapping[str, tuple[tuple[str, ...], Tree]] = field(default_factory=dict)
    columns: Mapping[str, Tree] = field(default_factory=dict)
    elementwise: Collection[str] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)


@frozen.record
class Claim(Functions):
    """An answer, as printed and read back, for an expression, as written.

    Attributes:
        expression: its last statement is the value that is differentiated.
        answer: its last statement is the derivative; it defines all that it uses but the symbols.
        wrt: the symbol to differentiate by.
        symbols: shape and properties of every symbol.
        value: the shape of the expression's value.
        order: how many times the value is differentiated.
        inner: shapes of parts of the expression, whose sizes must be positive too.
        along: for a derivative along directions, the direction of each symbol that moves.
        structure: which entries of the variable move together, such as `symmetric`; nothing where
            each moves by itself.
        turned: whether the answer is printed with rows and columns exchanged.
        declared: the functions that are declared only: what they take and return.
        of: the variable of a first derivative, where that is what is differentiated.
        sizes: names of dimensions that may stand for numbers.
    """

    expression: Program
    answer: Program
    wrt: str
    symbols: Mapping[str, Declaration]
    value: Shape
    order: int = 1
    inner: Collection[Shape] = ()
    along: Mapping[str, str] = field(default_factory=dict)
    structure: str = ""
    turned: bool = False
    declared: Mapping[str, Signature] = field(default_factory=dict)
    of: str = ""
    sizes: Collection[str] = ()


@frozen.record
class CodeCheck:
    """What was compared of generated code with the answer; there is one only if nothing disagreed.

    Attributes:
        points: at how many points.
        entries: how many entries.
        sizes: the sizes of the named dimensions at these points.
        reason: why nothing was compared, where there are none.
    """

    points: int
    entries: int
    sizes: tuple[dict[str, int], ...]
    reason: str = ""

    def __str__(self) -> str:
        if not self.points:
            return f"the code was not compared with the answer: {self.reason}"
        entries = _count(self.entries, "entry", "entries")
        points = _count(self.points, "point", "points")
        return f"the code agrees with the answer in {entries} at {points}"


@frozen.record
class Verification:
    """How far an answer was checked; there is one only if nothing disagreed.

    Attributes:
        level: how the derivatives were compared: `"proved"` equal by sympy; `"exact"`, as
            rationals; to `"60 digits"` by sympy, to `"30 digits"` at points; `"partial"`, where
            they agree but something was not reached, as `one_sided` and `remarks` say;
            `"unchecked"`, where nothing was compared.
        sizes: the sizes of the named dimensions at which every entry was covered.
        entries: how many entries were compared one by one.
        seconds: how long the check took.
        points: at how many points the symbols were drawn.
        reason: why nothing could be compared, where the level is "unchecked".
        along: how many entries were compared along random directions alone, all at once.
        nonzero: how many of the entries compared one by one are not 0.
        one_sided: the operations that were met on one side of a kink only.
        remarks: what else the points did not reach.
        undefined: at how many points the answer had no value although the expression had one.
        code: what was compared of numpy code with the answer, where it was made.
    """

    level: Level
    sizes: tuple[dict[str, int], ...]
    entries: int
    seconds: float
    points: int
    reason: str = ""
    along: int = 0
    nonzero: int = 0
    one_sided: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    undefined: int = 0
    code: CodeCheck | None = None

    def __str__(self) -> str:
        answer = self._of_answer()
        return answer if self.code is None else f"{answer}; {self.code}"

    def _of_answer(self) -> str:
        if self.level == "unchecked":
            return f"not checked: {self.reason}"
        counts = []
        if self.entries or not self.along:
            counts.append(_count(self.entries, "entry", "entries"))
        if self.along:
            counts.append(f"{_count(self.along, 'entry', 'entries')} along random directions")
        places = f"at {_count(self.points, 'point', 'points')}"
        named = [sizes_text(sizes) for sizes in self.sizes if sizes]
        where = f" ({'; '.join(dict.fromkeys(named))})" if named else ""
        remarks = (*self.one_sided, *self.remarks)
        but = f", but {'; '.join(remarks)}" if remarks else ""
        how = AGREEMENT[self.level]
        return f"{' and '.join(counts)} {how} {places}{where}, {self.seconds:.2f} s{but}"


def together(verifications: Sequence[Verification]) -> Verification:
    """One report of several checks, as weak as the weakest of them.

    Args:
        verifications: one for each variable, at least one.
    """
    sizes: list[dict[str, int]] = []
    for verification in verifications:
        sizes.extend(one for one in verification.sizes if one not in sizes)
    return Verification(
        max((verification.level for verification in verifications), key=LEVELS.index),
        tuple(sizes),
        sum(verification.entries for verification in verifications),
        sum(verification.seconds for verification in verifications),
        min(verification.points for verification in verifications),
        next((verification.reason for verification in verifications if verification.reason), ""),
        sum(verification.along for verification in verifications),
        sum(verification.nonzero for verification in verifications),
        tuple(dict.fromkeys(told for each in verifications for told in each.one_sided)),
        tuple(dict.fromkeys(told for each in verifications for told in each.remarks)),
        sum(verification.undefined for verification in verifications),
    )


def all_together(checks: Sequence[CodeCheck]) -> CodeCheck:
    """One report of several checks, with the sizes of the one that saw the fewest points.

    Args:
        checks: at least one.
    """
    least = min(checks, key=lambda check: check.points)
    entries = sum(check.entries for check in checks)
    return replace(least, entries=entries)


def sizes_text(sizes: Mapping[str, int]) -> str:
    """The sizes in one line.

    Args:
        sizes: a number for each name.

    >>> sizes_text({"m": 2, "n": 3})
    'm = 2, n = 3'
    """
    texts = [f"{name} = {size}" for name, size in sizes.items()]
    if len(texts) > MOST_SIZES:
        texts[MOST_SIZES:] = [f"and {len(texts) - MOST_SIZES} more"]
    return ", ".join(texts)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

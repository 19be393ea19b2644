"""Symbols of sympy for the entries, tied as properties say, with rational values."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

import sympy
from mpmath.ctx_mp import MPContext

from dimderiv.language import OF_ONE_SIGN, Declaration
from dimderiv.verify.layout import (
    PRIMITIVES,
    Size,
    Table,
    filled,
    shaped,
    size_at,
    size_of,
    transposed,
    two_axes,
    zeros_and_ones,
)
from dimderiv.verify.symbolic.arithmetic import Stopped, Unknown, stand_in
from dimderiv.verify.symbolic.tables import Entry

# The largest whole number that is drawn.
LARGEST_EXPONENT = 4
# What sympy leaves where a derivative passes a kink.
KINKED = frozenset({"sign", "re", "im", "arg", "conjugate"})
STYLES = (
    "mixed",
    "positive",
    "unit",
    "wide",
    "dominant",
    "small",
    "small positive",
    "wide positive",
)


@dataclass
class Point:
    """Symbols for all entries, and their values.

    Attributes:
        free: a symbol for each entry of each symbol of the expression.
        tied: the same with what its properties say, in symbols that are independent.
        values: the value of each independent symbol.
    """

    free: dict[str, Table] = field(default_factory=dict)
    tied: dict[str, Table] = field(default_factory=dict)
    values: dict[Entry, Fraction] = field(default_factory=dict)

    @property
    def leaves(self) -> dict[Entry, Entry]:
        """What each entry's own symbol is by the properties, where it is something else."""
        return {
            own: what
            for name, table in self.free.items()
            for row, others in zip(table, self.tied[name], strict=True)
            for own, what in zip(row, others, strict=True)
            if own is not what
        }


class Values:
    """Values of expressions of sympy at a point, in long floats.

    Args:
        point: the point.
        digits: the precision.
    """

    def __init__(self, point: Point, digits: int) -> None:
        self.context: Any = MPContext()
        self.context.dps = digits
        self.leaves = point.leaves
        self.known: dict[Entry, Any] = {
            symbol: self.context.mpf(value.numerator) / value.denominator
            for symbol, value in point.values.items()
            if symbol not in self.leaves
        }

    def __call__(self, e: Entry) -> Any:
        """The value of an expression."""
        found = self.known.get(e)
        if found is None:
            found = self._value(e)
            if not self.context.isfinite(found):
                raise ZeroDivisionError(f"{e.func.__name__} has no value here")
            self.known[e] = found
        return found

    def _value(self, e: Entry) -> Any:
        context = self.context
        if e.is_Rational:
            return context.mpf(int(e.p)) / int(e.q)
        if e in self.leaves:
            return self(self.leaves[e])
        if e is sympy.pi:
            return +context.pi
        if e is sympy.E:
            return +context.e
        parts = [self(part) for part in e.args]
        if e.is_Add:
            return context.fsum(parts)
        if e.is_Mul:
            return context.fprod(parts)
        if isinstance(e, Stopped):
            return parts[0]
        if isinstance(e, Unknown):
            return stand_in(context, e.base, e.places, parts)
        name = e.func.__name__
        if name in PRIMITIVES.values():
            return getattr(context, name)(*parts)
        if e.is_Pow:
            exponent = int(e.exp) if e.exp.is_Integer else parts[1]
            return parts[0] ** exponent
        if isinstance(e, sympy.Function) and name not in KINKED and hasattr(context, name):
            return getattr(context, name)(*parts)
        raise ZeroDivisionError(f"{name} has no value")


def draw(
    symbols: Mapping[str, Declaration],
    sizes: Mapping[str, int],
    distributions: Collection[str],
    attempt: int,
) -> Point:
    """A point."""
    rng, point = Random(attempt), Point()
    for name, declaration in symbols.items():
        size = size_at(declaration.shape, sizes)
        properties = declaration.properties or (
            frozenset({"probability"}) if name in distributions else frozenset()
        )
        style = STYLES[attempt] if attempt < len(STYLES) else rng.choice(STYLES)
        if properties & OF_ONE_SIGN and "positive" not in style:
            style = "positive"
        point.free[name] = _symbols(name, size)
        values = _numbers(rng, size, style)
        _tie(rng, point, name, values, properties)
        if "integer" in properties:
            point.free[name] = point.tied[name] = [[sympy.Integer(attempt % LARGEST_EXPONENT + 1)]]
        if "binary" in properties and size == (1, 1):
            point.tied[name] = [[sympy.Integer((attempt + 1) % 2)]]
    return point


def _symbols(name: str, size: Size) -> Table:
    """Symbols without assumptions, of which sympy simplifies nothing that may not hold."""
    if size == (1, 1):
        return [[sympy.Symbol(name)]]
    return filled(size, lambda i, j: sympy.Symbol(f"{name}[{i},{j}]"))


def _numbers(rng: Random, size: Size, style: str) -> list[list[Fraction]]:
    below = 64 if "unit" in style else 32
    numbers = [Fraction(k, below) for k in rng.sample(range(3, 61), min(58, size[0] * size[1]))]
    while len(numbers) < size[0] * size[1]:
        numbers.append(Fraction(rng.randint(3, 60), below + 1))
    if "positive" not in style and "unit" not in style:
        numbers = [rng.choice((-1, 1)) * number for number in numbers]
    if "small" in style:
        numbers = [number / 8 for number in numbers]
    if "wide" in style:
        numbers = [number * 8 for number in numbers]
    table = [numbers[i : i + size[1]] for i in range(0, len(numbers), size[1])]
    if style == "dominant" and size[0] == size[1] > 1:
        for i, row in enumerate(table):
            row[i] = abs(row[i]) + sum(map(abs, row))
    return table


def _tie(
    rng: Random, point: Point, name: str, values: list[list[Fraction]], properties: frozenset[str]
) -> None:
    """Give the entries of a symbol their values and what its properties make of them."""
    free = point.free[name]
    size = size_of(free)
    if "onehot" in properties and size != (1, 1):
        point.tied[name] = _one_hot(rng, size)
        return
    if "binary" in properties:
        entries = map(sympy.Integer, zeros_and_ones(rng, size, properties))
        point.tied[name] = two_axes(shaped(size, [*entries]))
        return
    if "orthogonal" in properties and size != (1, 1):
        point.tied[name] = _rotation(rng, point, name, size[0])
        return
    if properties & {"spd", "psd"}:
        values = _definite(values)
    point.tied[name] = free
    if "probability" in properties and size != (1, 1):
        point.tied[name], values = _distribution(free, values)
    for word in sorted(properties & _TIES.keys()):
        tie = _TIES[word]
        point.tied[name] = filled(size, _tied_entry(point.tied[name], tie))
    for row, numbers in zip(free, values, strict=True):
        point.values.update(zip(row, numbers, strict=True))


# What the entry in row i and column j is: which entry, times what.
_TIES: Mapping[str, Callable[[int, int], tuple[int, int, int]]] = {
    "symmetric": lambda i, j: (max(i, j), min(i, j), 1),
    "spd": lambda i, j: (max(i, j), min(i, j), 1),
    "psd": lambda i, j: (max(i, j), min(i, j), 1),
    "skew": lambda i, j: (max(i, j), min(i, j), (i > j) - (i < j)),
    "diagonal": lambda i, j: (i, j, int(i == j)),
    "lower": lambda i, j: (i, j, int(i >= j)),
    "upper": lambda i, j: (i, j, int(i <= j)),
}


def _tied_entry(
    table: Table, tie: Callable[[int, int], tuple[int, int, int]]
) -> Callable[[int, int], Entry]:
    def entry(i: int, j: int) -> Entry:
        row, col, factor = tie(i, j)
        return table[row][col] * factor

    return entry


def _definite(values: list[list[Fraction]]) -> list[list[Fraction]]:
    return [
        [
            sum((x * y for x, y in zip(a, b, strict=True)), Fraction(i == j, 2))
            for j, b in enumerate(values)
        ]
        for i, a in enumerate(values)
    ]


def _one_hot(rng: Random, size: Size) -> Table:
    if size[1] == 1:
        return transposed(_one_hot(rng, Size(1, size[0])))
    first = rng.randrange(size[1])
    # Not all rows alike, where there are several.
    return filled(size, lambda i, j: sympy.Integer(int(j == (first + i) % size[1])))


def _distribution(free: Table, values: list[list[Fraction]]) -> tuple[Table, list[list[Fraction]]]:
    """Rows that sum to 1: the last entry is what the others leave; a column counts as a row."""
    if len(free[0]) == 1:
        table, numbers = _distribution(transposed(free), transposed(values))
        return transposed(table), transposed(numbers)
    numbers = [[abs(x) / sum(map(abs, row)) for x in row] for row in values]
    return [[*row[:-1], 1 - sympy.Add(*row[:-1])] for row in free], numbers


def _rotation(rng: Random, point: Point, name: str, size: int) -> Table:
    """The orthogonal matrix `(I - K) inv(I + K)` with a skew `K` of independent entries."""
    skew = sympy.zeros(size)
    for i in range(size):
        for j in range(i):
            symbol = sympy.Symbol(f"{name}.{i},{j}")
            point.values[symbol] = Fraction(rng.randint(-7, 7), 4) + Fraction(1, 8)
            skew[i, j], skew[j, i] = symbol, -symbol
    one = sympy.eye(size)
    whole = (one + skew).det(method="berkowitz")
    table = (one - skew) * (one + skew).adjugate() / whole
    found: Table = table.tolist()
    if rng.random() < 0.5:
        found[0] = [-entry for entry in found[0]]
    return found

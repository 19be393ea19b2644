"""How a scalar curves at exact points: directions in which its second derivative has a sign.

The second derivatives along the free directions of the variables, two perturbations at a time, make
a symmetric matrix.  Lagrange's reduction writes it as a sum of squares with signs, in arithmetic of
its entries, so a direction of either sign is exact where they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, islice, zip_longest
from random import Random
from typing import NamedTuple, TypeAlias

from dimderiv.errors import DimderivError
from dimderiv.language import OF_ONE_SIGN
from dimderiv.verify.claim import Claim, sizes_text
from dimderiv.verify.evaluate import (
    ZERO,
    Arithmetic,
    Effort,
    Jet,
    OutOfDomain,
    OutOfTime,
    Scalar,
    mixed_slope,
)
from dimderiv.verify.layout import Place, Sized, entries, offset, places, shaped, size_of
from dimderiv.verify.points.agreement import WORKING_DIGITS
from dimderiv.verify.points.check import POINTS
from dimderiv.verify.points.draw import drawn_points, wider_points
from dimderiv.verify.points.setting import Setting, Trial, array_text

# A direction as entries of the variables that move.
Direction: TypeAlias = Mapping[str, Mapping[Place, Scalar]]
Matrix: TypeAlias = list[list[Scalar]]

# Between these, no point lies on the line through two of them.
NOT_CONVEX = frozenset({"orthogonal", "binary", "onehot", "integer"})
MOST_COORDINATES = 16
POINTS_OF_A_NUMBER = 10
# Points with short numbers, that a reader may follow, and what a direction is rounded to parts of.
SIMPLE_POINTS = 12
PARTS = (1, 2, 4, 16)
OPERATIONS = 400_000


class Bend(NamedTuple):
    """A second derivative along a direction at a point, or what a chord lies above its middle.

    Attributes:
        sizes: a number for each named dimension.
        point: the entries of all symbols.
        direction: the entries of the direction of each variable.
        second: the second derivative, or the sum of the values at both ends less twice the middle.
        is_chord: whether it is that of a chord, from the point less the direction to the point with
            the direction added.
    """

    sizes: Mapping[str, int]
    point: Mapping[str, Sized]
    direction: Mapping[str, Sized]
    second: Scalar
    is_chord: bool = False

    @property
    def sizes_text(self) -> str:
        """The sizes in one line."""
        return sizes_text(self.sizes)

    @property
    def place(self) -> str:
        """The point, as a reader may type it in."""
        return ", ".join(f"{name} = {_flat(value)}" for name, value in self.point.items())

    @property
    def way(self) -> str:
        """The direction, likewise."""
        each = self.direction.items()
        return ", ".join(f"d{name} = {_flat(value)}" for name, value in each)

    @property
    def amount(self) -> str:
        """The second derivative: a rational, or some digits of it."""
        exact = isinstance(self.second, Fraction)
        return str(self.second) if exact else f"{float(self.second):.6g}"


class Curved(NamedTuple):
    """What a point tells.

    Attributes:
        negative: a direction along which the second derivative is negative, if there is one.
        positive: one along which it is positive.
        is_definite: whether no direction has none.
    """

    negative: Bend | None
    positive: Bend | None
    is_definite: bool


@dataclass
class Bends:
    """The curvature of the scalar that some claims are about, by some of its variables together.

    Attributes:
        claim: any claim about it.
        variables: what moves.
        seconds: of work on a usual machine, in all.
    """

    claim: Claim
    variables: Sequence[str]
    seconds: float = 1.0
    _setting: Setting = field(init=False, repr=False)
    _held: dict[tuple[tuple[str, int], ...], Mapping[str, Sized]] = field(
        default_factory=dict, repr=False
    )

    def __post_init__(self) -> None:
        self._setting = Setting([self.claim])
        self._rng = Random(len(self.variables))
        self._effort = Effort(self.seconds * OPERATIONS)

    def curved(self, *, held: bool = False) -> Iterator[Curved]:
        """What one point after another tells, as far as the work allows.

        Args:
            held: whether what does not move is the same at all points of the same sizes; points
                with short numbers come first then.
        """
        for trial in chain(self._simple_trials() if held else (), self._trials()):
            try:
                trial = self._with_constants(trial) if held else trial
                found = self._at(trial)
                self._held.setdefault(_sizes_of(trial), trial.point)
            except (OutOfDomain, DimderivError):
                continue
            except (OutOfTime, OverflowError):
                return
            yield found

    def chords(self, *, held: bool = False) -> Iterator[Bend]:
        """How far one chord after another lies above the value at its middle, twice.

        Args:
            held: as in `curved`.
        """
        trials = self._trials()
        for first, second in zip(trials, trials, strict=False):
            if first.sizes != second.sizes:
                continue
            try:
                yield self._chord(self._with_constants(first) if held else first, second)
            except (OutOfDomain, DimderivError):
                continue
            except (OutOfTime, OverflowError):
                return

    def _trials(self) -> Iterator[Trial]:
        """Points at two sizes in turn, in the styles of the check."""
        dimensions, symbols = self._setting.dimensions, self.claim.symbols
        streams = []
        for sizes, number in zip_longest(dimensions.assignments()[:2], POINTS[:2]):
            sizes = sizes or dimensions.assignments()[0]
            drawn = drawn_points(symbols, sizes, dimensions.distributions, number)
            wide = wider_points(symbols, sizes, dimensions.distributions)
            found = chain(islice(drawn, POINTS_OF_A_NUMBER), islice(wide, POINTS_OF_A_NUMBER))
            streams.append([(sizes, point) for point in found])
        for pair in zip(*streams, strict=True):
            for sizes, point in pair:
                yield Trial(Arithmetic(WORKING_DIGITS, self._effort), sizes, point)

    def _with_constants(self, trial: Trial) -> Trial:
        """The point with what does not move as it was at the first one of these sizes."""
        first = self._held.get(_sizes_of(trial), trial.point)
        moving = {name: trial.point[name] for name in self.variables}
        return Trial(trial.arithmetic, trial.sizes, {**first, **moving})

    def _simple_trials(self) -> Iterator[Trial]:
        """Points of whole numbers, where all sizes are 2 if they may be."""
        dimensions, symbols = self._setting.dimensions, self.claim.symbols
        sizes = dict.fromkeys(dimensions.names, 2)
        if not dimensions.fit(sizes):
            return
        drawn = drawn_points(symbols, sizes, dimensions.distributions, 0)
        for point in islice(drawn, SIMPLE_POINTS):
            whole = {name: self._whole(name, value) for name, value in point.items()}
            yield Trial(Arithmetic(WORKING_DIGITS, self._effort), sizes, whole)

    def _whole(self, name: str, value: Sized) -> Sized:
        """Whole numbers for an array of which nothing but signs is declared."""
        declared = self.claim.symbols[name]
        if declared.labels is not None or self._properties(name) - OF_ONE_SIGN:
            return value
        is_positive = bool(declared.properties)
        among = (1, 2, 3) if is_positive else (-2, -1, 1, 2, 0)
        drawn = [Fraction(self._rng.choice(among)) for _ in entries(value)]
        return shaped(size_of(value), drawn)

    def _at(self, trial: Trial) -> Curved:
        directions = self._directions(trial)
        if len(directions) > MOST_COORDINATES:
            # What holds in all directions holds in some, and some differ from point to point.
            directions = self._rng.sample(directions, MOST_COORDINATES)
        count = len(directions)
        matrix = [[ZERO] * count for _ in range(count)]
        for i in range(count):
            for j in range(i + 1):
                found = self._second(trial, directions[i], directions[j])
                matrix[i][j] = matrix[j][i] = found
        ways, is_definite = reduced(matrix, trial.arithmetic)
        negative, positive = (
            None if way is None else self._bend(trial, directions, way, side)
            for way, side in ((ways.get(-1), -1), (ways.get(1), 1))
        )
        return Curved(negative, positive, is_definite)

    def _bend(
        self, trial: Trial, directions: Sequence[Direction], way: Sequence[Scalar], side: int
    ) -> Bend | None:
        """A direction of short weights; nothing where the sign is no more than rounding."""
        for parts in PARTS:
            moved = _combined(_shortened(way, parts), directions)
            second = self._second(trial, moved, moved)
            if not trial.arithmetic.is_zero(second) and (second > 0) == (side > 0):
                return Bend(trial.sizes, trial.point, self._arrays(trial, moved), second)
        return None

    def _arrays(self, trial: Trial, moved: Direction) -> dict[str, Sized]:
        found = {}
        for name in self.variables:
            size = size_of(trial.point[name])
            own = moved.get(name, {})
            found[name] = shaped(size, [own.get(place, ZERO) for place in places(size)])
        return found

    def _directions(self, trial: Trial) -> list[Direction]:
        """A basis of the directions in which the variables keep their properties."""
        return [
            {name: slopes}
            for name in self.variables
            for slopes in free_directions(trial.point[name], self._properties(name))
        ]

    def _properties(self, name: str) -> frozenset[str]:
        is_distribution = name in self._setting.dimensions.distributions
        own = self.claim.symbols[name].properties
        return own | {"probability"} if is_distribution else own

    def _second(self, trial: Trial, one: Direction, other: Direction) -> Scalar:
        found = self._value(trial, self._perturbed(trial, (one, other)))
        return mixed_slope(found, 2)

    def _perturbed(self, trial: Trial, ways: Sequence[Direction]) -> dict[str, Sized]:
        arithmetic, moved = trial.arithmetic, {}
        for name in self.variables:
            own, size = list(entries(trial.point[name])), size_of(trial.point[name])
            for level, way in enumerate(ways, start=1):
                for place, slope in way.get(name, {}).items():
                    at = offset(place, size)
                    own[at] = arithmetic.add(own[at], Jet(level, ZERO, slope))
            moved[name] = shaped(size, own)
        return moved

    def _value(self, trial: Trial, moved: Mapping[str, Sized]) -> Scalar:
        (value,) = entries(self._setting.varied(trial, {}, moved))
        return value

    def _chord(self, first: Trial, second: Trial) -> Bend:
        start, end, middle, half = {}, {}, {}, {}
        for name in self.variables:
            a, b = entries(first.point[name]), entries(second.point[name])
            size = size_of(first.point[name])
            start[name], end[name] = first.point[name], second.point[name]
            middle[name] = shaped(size, [(x + y) / 2 for x, y in zip(a, b, strict=True)])
            half[name] = shaped(size, [(y - x) / 2 for x, y in zip(a, b, strict=True)])
        low, high, between = (self._value(first, each) for each in (start, end, middle))
        arithmetic = first.arithmetic
        gap = arithmetic.sub(arithmetic.add(low, high), arithmetic.mul(Fraction(2), between))
        gap = ZERO if arithmetic.is_zero(gap) else gap
        return Bend(first.sizes, {**first.point, **middle}, half, gap, is_chord=True)


def _sizes_of(trial: Trial) -> tuple[tuple[str, int], ...]:
    return tuple(trial.sizes.items())


def _flat(value: Sized) -> str:
    """The entries of an array in brackets, a column as one list."""
    is_column = len(size_of(value)) == 2 and size_of(value)[1] == 1
    return array_text([entries(value)] if is_column else value)


def free_directions(value: Sized, properties: frozenset[str]) -> list[dict[Place, Fraction]]:
    """Directions in which an array moves and keeps its properties, each with its own entries.

    Args:
        value: the array.
        properties: what is declared of it.
    """
    one, size = Fraction(1), size_of(value)
    if "probability" in properties:
        by_row = len(size) == 2 and size[1] > 1
        last = (lambda place: (place[0], size[1] - 1)) if by_row else (lambda _: (size[0] - 1, 0))
        every = [place for place in places(size) if place != last(place)]
        return [{place: one, last(place): -one} for place in every]
    kept = [place for place in places(size) if _is_kept(place, properties)]
    if properties & {"symmetric", "spd", "psd"}:
        return [{(i, j): one, (j, i): one} for i, j in kept if i <= j]
    if "skew" in properties:
        return [{(i, j): one, (j, i): -one} for i, j in kept if i < j]
    return [{place: one} for place in kept]


def _is_kept(place: Place, properties: frozenset[str]) -> bool:
    """Whether no property makes an entry 0."""
    if not properties & {"diagonal", "lower", "upper"}:
        return True
    i, j = place
    lower = "upper" not in properties or i <= j
    upper = "lower" not in properties or i >= j
    return lower and upper and ("diagonal" not in properties or i == j)


def reduced(given: Matrix, arithmetic: Arithmetic) -> tuple[dict[int, list[Scalar]], bool]:
    """Vectors `v` for which `v' M v` is negative, and positive; and whether it is 0 for none.

    Args:
        given: a symmetric matrix.
        arithmetic: that of its entries.

    >>> ways, _ = reduced([[ZERO, Fraction(1)], [Fraction(1), ZERO]], Arithmetic(20))
    >>> {sign: [int(x) for x in way] for sign, way in ways.items()}
    {1: [1, 1], -1: [1, -1]}
    """
    count, found = len(given), dict[int, list[Scalar]]()
    exact = all(isinstance(x, Fraction) for row in given for x in row)
    matrix = [[*row] if exact else [arithmetic.inexact(x) for x in row] for row in given]
    basis = [[Fraction(i == j) for j in range(count)] for i in range(count)]
    left, scale = list(range(count)), max([abs(x) for row in matrix for x in row], default=0)
    while left:
        pivot = max(left, key=lambda i: abs(matrix[i][i]))
        at = matrix[pivot][pivot]
        if _is_nothing(at, scale, arithmetic):
            pairs = [(i, j) for i in left for j in left if i < j]
            pairs = [(i, j) for i, j in pairs if not _is_nothing(matrix[i][j], scale, arithmetic)]
            for i, j in pairs[:1]:
                side = 1 if matrix[i][j] > 0 else -1
                for sign in (side, -side):
                    found.setdefault(
                        sign, _less(basis[i], Fraction(-side * sign), basis[j], arithmetic)
                    )
            return found, False
        found.setdefault(1 if at > 0 else -1, basis[pivot])
        left.remove(pivot)
        for i in left:
            share = arithmetic.div(matrix[i][pivot], at)
            basis[i] = _less(basis[i], share, basis[pivot], arithmetic)
            matrix[i] = _less(matrix[i], share, matrix[pivot], arithmetic)
    return found, not (1 in found and -1 in found)


def _less(
    row: Sequence[Scalar], share: Scalar, other: Sequence[Scalar], arithmetic: Arithmetic
) -> list[Scalar]:
    """A row less a multiple of another."""
    return [arithmetic.sub(x, arithmetic.mul(share, y)) for x, y in zip(row, other, strict=True)]


def _is_nothing(x: Scalar, scale: Scalar, arithmetic: Arithmetic) -> bool:
    if isinstance(x, (int, Fraction)):
        return not x
    return arithmetic.is_zero(x) or bool(abs(x) < scale * arithmetic.tiny)


def _shortened(way: Sequence[Scalar], parts: int) -> list[Fraction]:
    """A direction as short rationals, whose sign is checked again."""
    largest = max(abs(float(x)) for x in way) or 1.0
    return [Fraction(round(parts * float(x) / largest), parts) for x in way]


def _combined(weights: Sequence[Fraction], directions: Sequence[Direction]) -> Direction:
    """The sum of directions with weights."""
    moved: dict[str, dict[Place, Scalar]] = {}
    for weight, each in zip(weights, directions, strict=True):
        for name, slopes in each.items():
            own = moved.setdefault(name, {})
            for place, slope in slopes.items():
                own[place] = own.get(place, ZERO) + weight * slope
    return moved

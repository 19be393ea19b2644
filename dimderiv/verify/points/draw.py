"""Rational entries for the symbols."""

from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from math import prod
from random import Random

from dimderiv.language import OF_ONE_SIGN, Declaration
from dimderiv.verify.evaluate import ZERO, Arithmetic, combined, diagonal, inverse, matrix_product
from dimderiv.verify.layout import (
    Array,
    Size,
    Sized,
    Table,
    entries,
    shaped,
    size_at,
    transposed,
    zeros_and_ones,
)

# How entries are drawn, from what is most telling to what keeps a function in its domain.
STYLES = ("mixed", "positive", "unit", "dominant", "positive dominant", "small", "small unit")
# How entries are drawn to reach the other side of a kink, before each symbol is as it comes.
WIDER = (
    *("positive", "negative", "wide", "wide positive", "wide negative"),
    *("small", "vast", "vast positive", "vast negative"),
)
ANY_STYLE = (*STYLES, "negative", "wide", "wide positive", "wide negative")
SCALES = {"small": Fraction(1, 8), "wide": Fraction(8), "vast": Fraction(512)}
MOST_DRAWS = 40
# How often a point is drawn anew that satisfies a relation by chance.
MOST_REDRAWS = 20
FEWEST_VALUES = 32
# Properties that a point between two points need not have.
STIFF = frozenset({"orthogonal", "binary", "onehot", "integer"})
LARGEST_WEIGHT = 30
LARGEST_EXPONENT = 4
# Sums that a factor might hide behind.
TELLING_NOTHING = frozenset({Fraction(-1), Fraction(0), Fraction(1)})


def drawn_points(
    symbols: Mapping[str, Declaration],
    sizes: Mapping[str, int],
    distributions: Collection[str],
    number: int,
) -> Iterator[dict[str, Sized]]:
    """Entries for every symbol, again and again, for a search of the domain.

    They satisfy no relation that is not declared: no two entries are equal or opposite, and no row,
    column or diagonal sums to -1, 0 or 1.

    Args:
        symbols: shapes and properties.
        sizes: a number for each named dimension.
        distributions: symbols whose rows are to sum to 1.
        number: which point is sought; scalars take different signs at points 0 to 3.

    Yields:
        A table of rationals for each symbol.
    """
    rng = Random(number)
    for attempt in range(MOST_DRAWS):
        style = STYLES[attempt] if attempt < len(STYLES) else ""
        point = _point(rng, symbols, sizes, distributions, style)
        if style == "mixed":
            _with_signs(point, symbols, number)
        yield point


def wider_points(
    symbols: Mapping[str, Declaration],
    sizes: Mapping[str, int],
    distributions: Collection[str],
) -> Iterator[dict[str, Sized]]:
    """Entries of other signs and sizes, in search of what no point so far has reached."""
    rng = Random(len(WIDER))
    for attempt in range(MOST_DRAWS):
        style = WIDER[attempt] if attempt < len(WIDER) else ""
        yield _point(rng, symbols, sizes, distributions, style)


def mixed(
    first: Mapping[str, Sized],
    second: Mapping[str, Sized],
    symbols: Mapping[str, Declaration],
    share: Fraction,
) -> dict[str, Sized]:
    """A point on the line between two, which has the properties that they have."""
    return {
        name: value
        if symbols[name].labels is not None or not STIFF.isdisjoint(symbols[name].properties)
        else combined(value, second[name], lambda a, b: a + share * (b - a))
        for name, value in first.items()
    }


def _with_signs(point: dict[str, Sized], symbols: Mapping[str, Declaration], number: int) -> None:
    """Give the scalars that may be of any sign those that belong to a point, and others 1 or 0."""
    for index, (name, declaration) in enumerate(symbols.items()):
        if not declaration.shape.is_scalar or declaration.labels is not None:
            continue
        side = number >> (index % 2) & 1
        if "binary" in declaration.properties:
            point[name] = [[Fraction(1 - side)]]
        elif not declaration.properties:
            (entry,) = entries(point[name])
            point[name] = [[-abs(entry) if side else abs(entry)]]


def _point(
    rng: Random,
    symbols: Mapping[str, Declaration],
    sizes: Mapping[str, int],
    distributions: Collection[str],
    style: str,
) -> dict[str, Sized]:
    """Entries in one style, or each symbol in some style."""
    lengths = {name: size_at(declaration.shape, sizes) for name, declaration in symbols.items()}
    values = _Values(rng, sum(size.entries for size in lengths.values()))
    point: dict[str, Sized] = {}
    for name, declaration in symbols.items():
        properties = declaration.properties or (
            frozenset({"probability"}) if name in distributions else frozenset()
        )
        if declaration.labels is not None:
            point[name] = _labels(rng, lengths[name], declaration.labels.evaluate(sizes))
            continue
        own = style or rng.choice(ANY_STYLE)
        for _ in range(MOST_REDRAWS):
            point[name] = _array(values, lengths[name], own, properties)
            if properties or not _has_telling_sums(point[name]):
                break
    return point


def _labels(rng: Random, size: Size, classes: int) -> Sized:
    """Whole numbers below the number of classes, each once before one comes again."""
    drawn = rng.sample(range(classes), classes)
    while len(drawn) < size.entries:
        drawn.append(rng.randrange(classes))
    return shaped(size, [Fraction(label) for label in drawn[: size.entries]])


def _has_telling_sums(table: Sized) -> bool:
    """Whether some row, some column or the diagonal sums to something that hides a factor."""
    if isinstance(table, Array):
        return False
    rows, cols = len(table), len(table[0])
    lines = [*table, *transposed(table), [table[i][i] for i in range(min(rows, cols))]]
    sums = [sum(line, ZERO) for line in lines]
    return bool(TELLING_NOTHING.intersection([*sums, sum(sums[:rows], ZERO)]))


class _Values:
    """Rationals between 0 and 2 that are all different, with one power of two below.

    The power keeps sums of them short; an odd number above keeps them from being short themselves.

    Args:
        rng: the source of chance.
        count: how many are needed at least.
    """

    def __init__(self, rng: Random, count: int) -> None:
        self.rng = rng
        self.below = FEWEST_VALUES
        while self.below < 4 * count:
            self.below *= 2
        self.pool: list[Fraction] = []

    def draw(self, count: int, style: str) -> list[Fraction]:
        """Some that were not drawn before."""
        if len(self.pool) < count:
            self.pool = [Fraction(k, self.below) for k in range(1, 2 * self.below, 2)]
            self.rng.shuffle(self.pool)
        values, self.pool = self.pool[:count], self.pool[count:]
        if "unit" in style:
            return [value / 2 for value in values]
        if "negative" in style:
            values = [-value for value in values]
        elif "positive" not in style:
            values = [self.rng.choice((-1, 1)) * value for value in values]
        scale = prod(factor for name, factor in SCALES.items() if name in style)
        return [value * scale for value in values]


def _array(values: _Values, size: Size, style: str, properties: frozenset[str]) -> Sized:
    if "integer" in properties:
        return shaped(size, [Fraction(values.rng.randint(1, LARGEST_EXPONENT))])
    if "binary" in properties:
        return shaped(size, [*map(Fraction, zeros_and_ones(values.rng, size, properties))])
    if len(size) == 2:
        return _table(values, size, style, properties)
    if properties & OF_ONE_SIGN:
        style = f"{style} positive".replace("negative", "")
    return shaped(size, values.draw(size.entries, style))


def _table(values: _Values, size: Size, style: str, properties: frozenset[str]) -> Table:
    rng, (rows, cols) = values.rng, size
    if properties & {"onehot", "probability"}:
        if rows == cols == 1:
            return [values.draw(1, "unit")]
        return _distribution(rng, rows, cols, one_hot="onehot" in properties)
    if "orthogonal" in properties:
        return _orthogonal(values, rows, cols)
    if properties & OF_ONE_SIGN:
        style = f"{style} positive".replace("negative", "")
    entries = values.draw(rows * cols, style)
    table = [entries[start : start + cols] for start in range(0, rows * cols, cols)]
    if rows == cols and rows > 1 and "dominant" in style:
        table = _dominant(table)
    return _with_properties(table, properties)


def _dominant(table: Table) -> Table:
    margin = max(sum(abs(entry) for entry in row) for row in table)
    return combined(table, diagonal(len(table), Fraction(margin)), lambda a, b: a + b)


def _distribution(rng: Random, rows: int, cols: int, *, one_hot: bool) -> Table:
    if cols == 1 and rows > 1:
        return transposed(_distribution(rng, 1, rows, one_hot=one_hot))
    # Every class is taken once before one is taken again.
    classes = rng.sample(range(cols), cols)
    result = []
    for row in range(rows):
        place = classes[row] if row < cols else rng.randrange(cols)
        weights = rng.sample(range(1, LARGEST_WEIGHT + cols), cols)
        if one_hot:
            weights = [int(j == place) for j in range(cols)]
        result.append([Fraction(weight, sum(weights)) for weight in weights])
    return result


def _orthogonal(values: _Values, rows: int, cols: int) -> Table:
    """A rational matrix with orthonormal columns or rows, by Cayley's transform."""
    size = max(rows, cols)
    exact = Arithmetic(20)
    entries = values.draw(size * size, "")
    skew = _skew([entries[start : start + size] for start in range(0, size * size, size)])
    one = diagonal(size)
    whole = matrix_product(
        exact, combined(one, skew, exact.sub), inverse(exact, combined(one, skew, exact.add))
    )
    return [row[:cols] for row in whole[:rows]]


def _skew(table: Table) -> Table:
    return combined(table, transposed(table), lambda a, b: a - b)


def _definite(table: Table) -> Table:
    square = matrix_product(Arithmetic(20), table, transposed(table))
    return combined(square, diagonal(len(table), Fraction(1, 2)), lambda a, b: a + b)


def _with_properties(table: Table, properties: frozenset[str]) -> Table:
    keeps: dict[str, Callable[[int, int], bool]] = {
        "diagonal": lambda i, j: i == j,
        "lower": lambda i, j: i >= j,
        "upper": lambda i, j: i <= j,
    }
    if properties & {"spd", "psd"}:
        table = _definite(table)
    elif "skew" in properties:
        table = _skew(table)
    elif "symmetric" in properties:
        table = [
            [table[max(i, j)][min(i, j)] for j in range(len(table))] for i in range(len(table))
        ]
    for name in keeps.keys() & properties:
        kept = keeps[name]
        table = [
            [x if kept(i, j) else ZERO for j, x in enumerate(row)] for i, row in enumerate(table)
        ]
    return table

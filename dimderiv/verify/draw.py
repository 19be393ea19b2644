"""Sizes for the named dimensions, and rational entries for the symbols."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, permutations
from random import Random

from dimderiv.errors import ShapeError
from dimderiv.shapes import Declaration, Dim
from dimderiv.verify.arithmetic import ZERO, Arithmetic
from dimderiv.verify.matrices import inverse
from dimderiv.verify.tables import Table, combined, diagonal, filled, matrix_product, transposed

SMALLEST = 2
DISTINCT_SIZES = 6
MANY_SIZES = 60
FEW_SIZES = 3
MOST_ARRANGEMENTS = 3000
ASSIGNMENTS = 6

# How entries are drawn, from what is most telling to what keeps a function in its domain.
STYLES = ("mixed", "positive", "unit", "dominant", "positive dominant", "small", "small unit")
MOST_DRAWS = 40


def assignments(dims: Collection[Dim], names: Sequence[str]) -> list[dict[str, int]]:
    """Small sizes for the named dimensions, pairwise unequal, in several orders of size.

    Args:
        dims: every axis that occurs; all must come out positive.
        names: the named dimensions, in order of occurrence.

    Returns:
        At least one assignment, the smallest first, and the one most unlike it second.

    Raises:
        ShapeError: no small sizes make all axes positive.
    """
    if not names:
        return [{}]
    fixed = {dim.number for dim in dims if dim.number is not None}
    found = [
        (_collisions(dims, sizes), sum(dim.evaluate(sizes) for dim in dims), index, sizes)
        for index, sizes in enumerate(_arrangements(names, fixed))
        if all(dim.evaluate(sizes) >= 1 for dim in dims)
    ]
    if not found:
        raise ShapeError(f"no small sizes fit the axes {', '.join(map(str, dims))}")
    fewest = min(found)[0]
    best = [
        sizes
        for collisions, _, _, sizes in sorted(found, key=lambda f: f[:3])
        if collisions == fewest
    ]
    first = best[0]
    rest = sorted(best[1:], key=lambda sizes: -_reversals(first, sizes))
    return [first, *rest[:: max(1, len(rest) // ASSIGNMENTS)][:ASSIGNMENTS]]


def _arrangements(names: Sequence[str], fixed: Collection[int]) -> Iterator[dict[str, int]]:
    pool = [size for size in range(SMALLEST, 3 * DISTINCT_SIZES) if size not in fixed]
    if len(names) <= DISTINCT_SIZES:
        # Some to spare, so that an axis such as H - K + 1 can be unlike every other.
        pool = pool[: len(names) + 3]
        rng, most = Random(len(names)), MOST_ARRANGEMENTS
        orders = list(islice(permutations(pool, len(names)), 10 * most))
        chosen = orders if len(orders) <= most else [orders[0], *rng.sample(orders, most)]
    else:
        # So many sizes cannot all be small and unequal.
        rng = Random(len(names))
        distinct = DISTINCT_SIZES if len(names) <= MANY_SIZES else FEW_SIZES
        cycle = [pool[i % distinct] for i in range(len(names))]
        chosen = [tuple(cycle), tuple(reversed(cycle))]
        chosen += [tuple(rng.sample(cycle, len(cycle))) for _ in range(10)]
    for order in chosen:
        yield dict(zip(names, order, strict=True))


def _collisions(dims: Collection[Dim], sizes: Mapping[str, int]) -> int:
    values = [dim.evaluate(sizes) for dim in set(dims)]
    return len(values) - len(set(values)) + sum(value < SMALLEST for value in values)


def _reversals(first: Mapping[str, int], second: Mapping[str, int]) -> int:
    # Dimensions that are named close together meet in products; all pairs would take too long.
    names = list(first)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[max(0, i - DISTINCT_SIZES) : i]]
    return sum((first[a] < first[b]) != (second[a] < second[b]) for a, b in pairs)


def points(
    symbols: Mapping[str, Declaration],
    sizes: Mapping[str, int],
    distributions: Collection[str],
    number: int,
) -> Iterator[dict[str, Table]]:
    """Entries for every symbol, again and again, for a search of the domain.

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
        point = {}
        for index, (name, declaration) in enumerate(symbols.items()):
            style = STYLES[attempt] if attempt < len(STYLES) else rng.choice(STYLES)
            properties = declaration.properties or (
                frozenset({"probability"}) if name in distributions else frozenset()
            )
            rows, cols = (dim.evaluate(sizes) for dim in declaration.shape)
            table = _table(rng, rows, cols, style, properties)
            if declaration.shape.is_scalar and style == "mixed" and not properties:
                sign = -1 if number >> (index % 2) & 1 else 1
                table = [[sign * abs(table[0][0])]]
            point[name] = table
        yield point


def _table(rng: Random, rows: int, cols: int, style: str, properties: frozenset[str]) -> Table:
    if properties & {"onehot", "probability"}:
        if rows == cols == 1:
            return [_entries(rng, 1, "unit")]
        return _distribution(rng, rows, cols, one_hot="onehot" in properties)
    if "orthogonal" in properties:
        return _orthogonal(rng, rows, cols)
    entries = _entries(rng, rows * cols, "positive" if "positive" in properties else style)
    table = [entries[start : start + cols] for start in range(0, rows * cols, cols)]
    if rows == cols and rows > 1 and "dominant" in style:
        table = _dominant(table)
    return _with_properties(table, properties)


def _entries(rng: Random, count: int, style: str) -> list[Fraction]:
    """Distinct rationals with a power of two below, so that sums of them stay short."""
    below = 4
    while 2 * below < count:
        below *= 2
    values = [Fraction(k, below) for k in range(1, 2 * below + 1)]
    if "unit" in style:
        values = [value / 2 - Fraction(1, 4 * below) for value in values]
    elif "positive" not in style:
        values = [sign * value for value in values for sign in (1, -1)]
    if "small" in style:
        values = [value / 8 for value in values]
    return rng.sample(values, count)


def _dominant(table: Table) -> Table:
    margin = max(sum(abs(entry) for entry in row) for row in table)
    return combined(table, diagonal(len(table), Fraction(margin)), lambda a, b: a + b)


def _distribution(rng: Random, rows: int, cols: int, *, one_hot: bool) -> Table:
    if cols == 1 and rows > 1:
        return transposed(_distribution(rng, 1, rows, one_hot=one_hot))
    result = []
    for _ in range(rows):
        place = rng.randrange(cols)
        weights = [rng.randint(1, 9) for _ in range(cols)]
        if one_hot:
            weights = [int(j == place) for j in range(cols)]
        result.append([Fraction(weight, sum(weights)) for weight in weights])
    return result


def _orthogonal(rng: Random, rows: int, cols: int) -> Table:
    """A rational matrix with orthonormal columns or rows, by Cayley's transform."""
    size = max(rows, cols)
    exact = Arithmetic(20, float("inf"))
    draw = filled((size, size), lambda i, j: Fraction(rng.randint(-4, 4), 2))
    skew = _skew(draw)
    one = diagonal(size)
    whole = matrix_product(
        exact, combined(one, skew, exact.sub), inverse(exact, combined(one, skew, exact.add))
    )
    return [row[:cols] for row in whole[:rows]]


def _skew(table: Table) -> Table:
    return combined(table, transposed(table), lambda a, b: a - b)


def _definite(table: Table) -> Table:
    square = matrix_product(Arithmetic(20, float("inf")), table, transposed(table))
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

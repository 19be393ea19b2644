"""Small sizes for the dimensions, as unlike as can be."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, permutations
from random import Random

from dimderiv.errors import ShapeError
from dimderiv.language import Dim, Shape
from dimderiv.verify.symbolic.tables import Size

SMALLEST = 2
# More dimensions than these cannot all have small sizes that are unequal.
MOST_UNEQUAL = 6
MOST_ARRANGEMENTS = 5000


def assignments(
    names: Sequence[str], shapes: Collection[Shape], inner: Collection[Shape]
) -> list[dict[str, int]]:
    """Sizes for the dimensions, as small and as unlike as can be, in each order of size.

    After the smallest come those that are most unlike them.

    Args:
        names: the dimensions.
        shapes: those of the symbols.
        inner: those of other parts, which must be positive too.

    Raises:
        ShapeError: no small sizes make all of them positive.
    """
    if not names:
        return [{}]
    dims = {dim for shape in (*shapes, *inner) for dim in shape}
    found = [
        (_clashes(dims, sizes), _entries(shapes, sizes), index, sizes)
        for index, sizes in enumerate(_arrangements(names))
        if all(dim.evaluate(sizes) >= 1 for dim in dims)
    ]
    if not found:
        raise ShapeError(f"no small sizes fit the axes {', '.join(map(str, dims))}")
    best: dict[tuple[int, ...], dict[str, int]] = {}
    for _, _, _, sizes in sorted(found, key=lambda f: f[:3]):
        best.setdefault(_ranking(sizes), sizes)
    first, *others = best.values()
    return [first, *sorted(others, key=lambda sizes: -_reversals(first, sizes))]


def _reversals(first: Mapping[str, int], second: Mapping[str, int]) -> int:
    """How many pairs of dimensions are in another order of size."""
    pairs = [(a, b) for a in first for b in first if first[a] < first[b]]
    return sum(second[a] > second[b] for a, b in pairs)


def _ranking(sizes: Mapping[str, int]) -> tuple[int, ...]:
    """Which dimension is larger than which; of one alone, its size."""
    values = list(sizes.values())
    ranks = sorted(values)
    return tuple(ranks.index(value) for value in values) if len(values) > 1 else tuple(values)


def _arrangements(names: Sequence[str]) -> Iterator[dict[str, int]]:
    if len(names) <= MOST_UNEQUAL:
        pool = range(SMALLEST, SMALLEST + len(names) + 3)
        for order in islice(permutations(pool, len(names)), MOST_ARRANGEMENTS):
            yield dict(zip(names, order, strict=True))
        return
    rng = Random(len(names))
    cycle = [SMALLEST + i % 3 for i in range(len(names))]
    for _ in range(MOST_ARRANGEMENTS // 10):
        yield dict(zip(names, cycle, strict=True))
        rng.shuffle(cycle)


def _clashes(dims: Collection[Dim], sizes: Mapping[str, int]) -> int:
    values = [dim.evaluate(sizes) for dim in dims]
    return (
        len(values)
        - len(set(values))
        + sum(
            value < SMALLEST for dim, value in zip(dims, values, strict=True) if dim.number is None
        )
    )


def _entries(shapes: Collection[Shape], sizes: Mapping[str, int]) -> int:
    return sum(shape.rows.evaluate(sizes) * shape.cols.evaluate(sizes) for shape in shapes)


def size_at(shape: Shape, sizes: Mapping[str, int]) -> Size:
    """A shape in numbers."""
    return shape.rows.evaluate(sizes), shape.cols.evaluate(sizes)

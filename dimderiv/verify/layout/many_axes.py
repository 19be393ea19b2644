"""Sizes where there are many axes: so small that arrays have few entries, so some are equal.

Two axes that are equal at some sizes are unlike at others, where that can be.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, product
from math import log2, prod
from random import Random

from dimderiv.errors import ShapeError
from dimderiv.language import Dim, Shape, Tree
from dimderiv.verify.layout.lengths import number_of

Sizes = Mapping[str, int]

SMALLEST, LARGEST = 2, 7
# So many entries, and so many places of all letters of a statement, are read in no time.
FEW_ENTRIES, FEW_PLACES = 200, 2000
MOST_TRIED = 1500
ASSIGNMENTS = 6


def small_sizes(
    names: Sequence[str],
    shapes: Collection[Shape],
    extents: Collection[Tree],
    loops: Collection[Sequence[Tree]],
) -> list[dict[str, int]]:
    """Small sizes for named dimensions, the best ones first.

    Args:
        names: the named dimensions.
        shapes: those of the arrays; all their axes must come out positive.
        extents: how far letters run, which must come out positive too.
        loops: for each part of the expression that runs over letters, how far each one runs.

    Raises:
        ShapeError: no small sizes fit.
    """
    if not names:
        return [{}]
    dims = list(dict.fromkeys(dim for shape in shapes for dim in shape))
    ranked = []
    for number, sizes in enumerate(_candidates(names)):
        lengths = {dim: dim.evaluate(sizes) for dim in dims}
        reach = {extent: number_of(extent, sizes) for extent in extents}
        if min([*lengths.values(), *reach.values()]) < 1:
            continue
        weight = sum(prod(lengths[dim] for dim in shape) for shape in shapes)
        places = max([prod(reach[extent] for extent in loop) for loop in loops], default=0)
        excess = _doublings(weight, FEW_ENTRIES) + _doublings(places, FEW_PLACES)
        short = sum(length < SMALLEST for length in (*lengths.values(), *reach.values()))
        order = (short, excess, _equal_axes(shapes, lengths), _equal(dims, lengths), weight)
        ranked.append((order, number, sizes))
    if not ranked:
        raise ShapeError(f"no small sizes fit the axes {', '.join(map(str, dims))}")
    (least, _, first), *others = sorted(ranked, key=lambda one: one[:2])
    rest = [sizes for order, _, sizes in others if order[:2] == least[:2]]
    rest.sort(key=lambda sizes: _alike(dims, first, sizes))
    return [first, *rest[:ASSIGNMENTS]]


def _candidates(names: Sequence[str]) -> list[dict[str, int]]:
    """Sizes in some order; of more than can be tried, some that are drawn."""
    pool = range(SMALLEST, LARGEST + 1)
    if len(pool) ** len(names) <= MOST_TRIED:
        return [dict(zip(names, each, strict=True)) for each in product(pool, repeat=len(names))]
    rng, weights = Random(len(names)), [LARGEST + 1 - size for size in pool]
    drawn = [rng.choices(pool, weights, k=len(names)) for _ in range(MOST_TRIED)]
    return [dict(zip(names, each, strict=True)) for each in drawn]


def _doublings(number: int, few: int) -> int:
    """How often few are to be doubled to be as many."""
    return max(0, round(log2(max(number, 1) / few)))


def _equal_axes(shapes: Collection[Shape], lengths: Mapping[Dim, int]) -> int:
    """How many pairs of axes of one array are of the same length without having to be."""
    pairs = (pair for shape in shapes for pair in combinations(dict.fromkeys(shape), 2))
    return sum(lengths[a] == lengths[b] for a, b in pairs)


def _equal(dims: Sequence[Dim], lengths: Mapping[Dim, int]) -> int:
    return len(dims) - len({lengths[dim] for dim in dims})


def _alike(dims: Sequence[Dim], first: Sizes, second: Sizes) -> tuple[int, int]:
    """How many pairs are equal both times, and how many are of the same order both times."""
    one, two = ([dim.evaluate(sizes) for dim in dims] for sizes in (first, second))
    steps = [(one[i] - one[j], two[i] - two[j]) for i, j in combinations(range(len(dims)), 2)]
    return sum(a == b == 0 for a, b in steps), sum(a * b > 0 for a, b in steps)

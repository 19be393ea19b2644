"""Sizes where there are many axes: so small that arrays have few entries, so some are equal.

Two axes that are equal at some sizes are unlike at others, where that can be.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import log2, prod
from random import Random
from typing import NamedTuple

from dimderiv.errors import ShapeError
from dimderiv.language import Dim, Shape, Tree
from dimderiv.verify.layout.lengths import number_of

SMALLEST, LARGEST = 2, 7
# So many entries, and so many places of all letters of a statement, are read in no time.
FEW_ENTRIES, FEW_PLACES = 100, 500
MOST_TRIED = 700
ASSIGNMENTS = 6
# How often the second sizes may double the first ones, so that other axes are equal there.
MORE_LATER = 1


class _Candidate(NamedTuple):
    """Sizes that fit, with the length of each axis, and how good they are."""

    order: tuple[int, ...]
    number: int
    sizes: dict[str, int]
    lengths: dict[Dim, int]


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
    found = []
    for number, sizes in enumerate(_candidates(names)):
        lengths = {dim: dim.evaluate(sizes) for dim in dims}
        reach = {extent: number_of(extent, sizes) for extent in extents}
        if min([*lengths.values(), *reach.values()]) >= 1:
            order = _order(shapes, loops, lengths, reach)
            found.append(_Candidate(order, number, sizes, lengths))
    if not found:
        raise ShapeError(f"no small sizes fit the axes {', '.join(map(str, dims))}")
    first = min(found, key=lambda each: (each.order, each.number))
    most = (first.order[0], first.order[1] + MORE_LATER)
    few = [each for each in found if each is not first and each.order[:2] <= most]
    beside, every = list(_axes_beside(shapes)), list(combinations(dims, 2))

    def likeness(each: _Candidate) -> tuple[int, ...]:
        pairs = (beside, every)
        alike = [number for own in pairs for number in _alike(own, first.lengths, each.lengths)]
        return (*alike, *each.order, each.number)

    return [first.sizes, *[each.sizes for each in sorted(few, key=likeness)[:ASSIGNMENTS]]]


def _order(
    shapes: Collection[Shape],
    loops: Collection[Sequence[Tree]],
    lengths: Mapping[Dim, int],
    reach: Mapping[Tree, int],
) -> tuple[int, ...]:
    """What makes sizes worse than others, the worst first."""
    weight = sum(prod(lengths[dim] for dim in shape) for shape in shapes)
    places = max([prod(reach[extent] for extent in loop) for loop in loops], default=0)
    excess = _doublings(weight, FEW_ENTRIES) + _doublings(places, FEW_PLACES)
    short = sum(length < SMALLEST for length in (*lengths.values(), *reach.values()))
    return short, excess, _equal_axes(shapes, lengths), _equal(lengths), weight


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
    return sum(lengths[a] == lengths[b] for a, b in _axes_beside(shapes))


def _axes_beside(shapes: Collection[Shape]) -> Iterator[tuple[Dim, Dim]]:
    """The pairs of axes of one array that need not be equal."""
    for shape in shapes:
        yield from combinations(dict.fromkeys(shape), 2)


def _equal(lengths: Mapping[Dim, int]) -> int:
    return len(lengths) - len({*lengths.values()})


def _alike(
    pairs: Sequence[tuple[Dim, Dim]], first: Mapping[Dim, int], second: Mapping[Dim, int]
) -> tuple[int, int]:
    """How many pairs are equal both times, and how many are of the same order both times."""
    steps = [(first[a] - first[b], second[a] - second[b]) for a, b in pairs]
    return sum(a == b == 0 for a, b in steps), sum(a * b > 0 for a, b in steps)

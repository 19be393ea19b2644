"""Sizes for the named dimensions: small, pairwise unequal, in several orders of size."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, permutations
from random import Random

from dimderiv.errors import ShapeError
from dimderiv.language import Dim

SMALLEST = 2
DISTINCT_SIZES = 6
MANY_SIZES = 60
FEW_SIZES = 3
MOST_ARRANGEMENTS = 3000
ASSIGNMENTS = 6


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

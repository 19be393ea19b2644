"""Sizes for the dimensions of claims: small, pairwise unequal, in several orders of size."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain, islice, permutations
from random import Random
from typing import TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.language import ONE, Dim, Shape, Tree
from dimderiv.verify.claim import Claim
from dimderiv.verify.layout.lengths import number_of
from dimderiv.verify.layout.many_axes import small_sizes
from dimderiv.verify.layout.trees import loops, names_of_sizes, targets_of_cross_entropy

SMALLEST = 2
DISTINCT_SIZES = 6
LARGEST = 3 * DISTINCT_SIZES
_SKIPPED = (0, DISTINCT_SIZES, LARGEST - DISTINCT_SIZES - SMALLEST)
MANY_SIZES = 60
FEW_SIZES = 3
MOST_ARRANGEMENTS = 3000
ASSIGNMENTS = 6
# So many letters may run over sizes that are all unlike.
FEW_LETTERS = 4

Fit: TypeAlias = Callable[[Mapping[str, int]], bool]


class Dimensions:
    """What claims about one expression say of sizes, and of what is drawn.

    Args:
        claims: they differ in the answer and its variable alone.

    Attributes:
        dims: every axis that occurs.
        names: the named dimensions, in order of occurrence.
        distributions: the symbols whose rows are to sum to 1.
        extents: how far letters run.
    """

    def __init__(self, claims: Sequence[Claim]) -> None:
        claim = claims[0]
        self.shapes = [declaration.shape for declaration in claim.symbols.values()]
        self.shapes += [claim.value, *claim.inner]
        self.shapes += [shape for each in claim.declared.values() for shape in each.shapes]
        labels = [each.labels for each in claim.symbols.values() if each.labels is not None]
        dims = [*(dim for shape in self.shapes for dim in shape), *labels]
        self.dims = list(dict.fromkeys(dims))
        nodes = list(_nodes(claims))
        self.loops = [loop for node in nodes for loop in loops(node)]
        self.extents = list(dict.fromkeys(extent for loop in self.loops for extent in loop))
        named = [name for dim in self.dims for monomial, _ in dim.monomials for name in monomial]
        named += [
            name for node in nodes for name in names_of_sizes(node, claim.sizes, claim.declared)
        ]
        self.names = list(dict.fromkeys(named))
        self.distributions = {name for node in nodes for name in targets_of_cross_entropy(node)}

    @property
    def has_many_axes(self) -> bool:
        """Whether there are so many that sizes cannot all be unlike."""
        most = max([len(loop) for loop in self.loops], default=0)
        return most > FEW_LETTERS or any(shape.has_more_axes for shape in self.shapes)

    def fit(self, sizes: Mapping[str, int]) -> bool:
        """Whether every axis has entries, and every letter a place.

        Args:
            sizes: a number for each named dimension.
        """
        lengths = (dim.evaluate(sizes) for dim in self.dims)
        extents = (number_of(extent, sizes) for extent in self.extents)
        return all(length >= 1 for length in chain(lengths, extents))

    def assignments(self, names: Sequence[str] = ()) -> list[dict[str, int]]:
        """Sizes for them, the best ones first.

        Args:
            names: the dimensions, where these are not all in order of occurrence.
        """
        names = names or self.names
        if self.has_many_axes:
            labels = [Shape(dim, ONE) for dim in self.dims]
            return small_sizes(names, [*self.shapes, *labels], self.extents, self.loops)
        return assignments(self.dims, names, self.fit)


def _nodes(claims: Sequence[Claim]) -> Iterator[Tree]:
    """The trees of the claims, each once."""
    first, seen = claims[0], set[int]()
    yield from [body for _, body in first.definitions.values()]
    yield from first.columns.values()
    for program in (first.expression, *(claim.answer for claim in claims)):
        for statement in program.statements:
            if id(statement.value) not in seen:
                seen.add(id(statement.value))
                yield statement.value


def assignments(
    dims: Collection[Dim], names: Sequence[str], fit: Fit | None = None
) -> list[dict[str, int]]:
    """Small sizes for the named dimensions, pairwise unequal, in several orders of size.

    Args:
        dims: every axis that occurs; all must come out positive.
        names: the named dimensions, in order of occurrence.
        fit: whether sizes will do; otherwise they do where all axes come out positive.

    Returns:
        At least one assignment, the smallest first, and the one most unlike it second.

    Raises:
        ShapeError: no small sizes make all axes positive.
    """
    if not names:
        return [{}]
    fixed = {dim.number for dim in dims if dim.number is not None}
    found: list[tuple[int, int, int, dict[str, int]]] = []
    for skipped in _SKIPPED if len(names) <= DISTINCT_SIZES else _SKIPPED[:1]:
        found = found or [
            (_collisions(dims, sizes), sum(dim.evaluate(sizes) for dim in dims), index, sizes)
            for index, sizes in enumerate(_arrangements(names, fixed, skipped))
            if (fit(sizes) if fit else all(dim.evaluate(sizes) >= 1 for dim in dims))
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


def _arrangements(
    names: Sequence[str], fixed: Collection[int], skipped: int
) -> Iterator[dict[str, int]]:
    """Sizes in some order, the smallest ones but for those that are skipped."""
    pool = [size for size in range(SMALLEST + skipped, LARGEST) if size not in fixed]
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

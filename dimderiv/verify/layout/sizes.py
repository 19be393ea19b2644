"""Sizes for the dimensions of claims: small, pairwise unequal, in several orders of size."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, permutations
from random import Random
from typing import NamedTuple

from dimderiv.errors import ShapeError
from dimderiv.language import Dim, Shape, Tree, size_of
from dimderiv.verify.claim import Claim, NotVerifiableError
from dimderiv.verify.layout.trees import names_of_sizes, targets_of_cross_entropy

SMALLEST = 2
DISTINCT_SIZES = 6
MANY_SIZES = 60
FEW_SIZES = 3
MOST_ARRANGEMENTS = 3000
ASSIGNMENTS = 6


class Size(NamedTuple):
    """How many rows and columns."""

    rows: int
    cols: int

    def __str__(self) -> str:
        return f"{self.rows} x {self.cols}"


def size_at(shape: Shape, sizes: Mapping[str, int]) -> Size:
    """A shape in numbers.

    Args:
        shape: rows and columns, in dimensions.
        sizes: a number for each dimension.
    """
    return Size(*(dim.evaluate(sizes) for dim in shape))


def number_of(node: Tree, sizes: Mapping[str, int]) -> int:
    """A size that is written as an expression in dimensions, as a number.

    Args:
        node: a polynomial of names of dimensions.
        sizes: a number for each of them.

    Raises:
        NotVerifiableError: it is made of something else.
    """
    try:
        return size_of(node).evaluate(sizes)
    except (KeyError, ShapeError) as error:
        message = "a size that is not made of dimensions"
        raise NotVerifiableError(message, span=node.span) from error


class Dimensions:
    """What claims about one expression say of sizes, and of what is drawn.

    Args:
        claims: they differ in the answer and its variable alone.

    Attributes:
        dims: every axis that occurs.
        names: the named dimensions, in order of occurrence.
        distributions: the symbols whose rows are to sum to 1.
    """

    def __init__(self, claims: Sequence[Claim]) -> None:
        claim = claims[0]
        shapes = [declaration.shape for declaration in claim.symbols.values()]
        shapes += [claim.value, *claim.inner, *claim.declared.values()]
        self.dims = list(dict.fromkeys(dim for shape in shapes for dim in shape))
        nodes = list(_nodes(claims))
        named = [name for dim in self.dims for monomial, _ in dim.monomials for name in monomial]
        named += [name for node in nodes for name in names_of_sizes(node, claim.sizes)]
        self.names = list(dict.fromkeys(named))
        self.distributions = {name for node in nodes for name in targets_of_cross_entropy(node)}

    def assignments(self) -> list[dict[str, int]]:
        """Sizes for them, the best ones first."""
        return assignments(self.dims, self.names)


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

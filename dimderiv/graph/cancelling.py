"""What an inverse cancels: `inv(M) M` is the identity, a projection beside its range does nothing.

The letters say where factors meet, so that an inverse finds its matrix also where that was a
product, and has been opened: `inv(X' X)` beside `X' X`.  With the inverse of Moore and Penrose,
`M pinv(M)` and `pinv(M) M` are symmetric projections.  What they project onto they leave as it is:
`M pinv(M) M = M`, `M' M pinv(M) = M'` (Penrose, Mathematical Proceedings of the Cambridge
Philosophical Society 51, 1955).  The matrix of a product that has an inverse fills its space, so
that a projection beside that inverse is the identity.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dimderiv.graph.facts import unnamed
from dimderiv.graph.letters import are_letters
from dimderiv.graph.matching import matches, uses
from dimderiv.graph.nodes import (
    Factor,
    Function,
    Index,
    Node,
    Product,
    Sum,
    are_ordinary,
    is_orthogonal,
    is_symmetric,
)
from dimderiv.graph.numbering import all_indices

INVERSES = frozenset({"inv", "pinv"})


class CancelledPair(NamedTuple):
    """Factors that go away together.

    Attributes:
        gone: the factors.
        inner: indices that only they had.
        ends: the two indices that become one.
        below: the matrix as a product, whose number and scalars stay behind, below the line.
    """

    gone: tuple[Factor, ...]
    inner: tuple[Index, ...]
    ends: tuple[Index, Index]
    below: Product | None


class Cancelled(NamedTuple):
    """A matrix among factors, perhaps as a product of several, and the index of its other axis."""

    factors: tuple[Factor, ...]
    inner: tuple[Index, ...]
    far: Index
    opened: Product | None = None


def cancellation(factors: Sequence[Factor], result: Sequence[Index]) -> CancelledPair | None:
    """Factors of a product that cancel each other, if there are any."""
    places = [*all_indices(factors), *result]
    for factor in factors:
        if is_orthogonal(factor.node) and factor.power == 1:
            found_pair = _orthogonal_pair(factor, factors, places)
            if found_pair is not None:
                return found_pair
    for factor, inverse, near, found in _meetings(factors, places):
        gone = (factor, *found.factors)
        axes = factor.indices[-2:]
        ends = (axes[1 - near], found.far)
        rest = [f for f in factors if all(f is not g for g in gone)]
        matrix = inverse.arguments[0]
        if inverse.function == "inv" or _is_absorbed(matrix, ends, near, rest, places):
            return CancelledPair(gone, (axes[near], *found.inner), ends, found.opened)
    return None


def _meetings(
    factors: Sequence[Factor], places: Sequence[Index]
) -> Iterator[tuple[Factor, Function, int, Cancelled]]:
    """Where an inverse meets its matrix, and with which of its axes, the last two that it has."""
    for factor in factors:
        inverse = _inverse(factor.node)
        if inverse is None or factor.power != 1:
            continue
        *outer, rows, columns = factor.indices
        if outer and inverse.function != "inv":
            continue
        for near, index in ((1, columns), (0, rows)):
            for found in beside(inverse.arguments[0], index, 1 - near, factors, places):
                if [*found.factors[0].indices[:-2]] == outer:
                    yield factor, inverse, near, found


def _orthogonal_pair(
    first: Factor, factors: Sequence[Factor], places: Sequence[Index]
) -> CancelledPair | None:
    """An orthogonal matrix and itself, with their rows or their columns facing."""
    for second in factors:
        if second is first or second.node.key != first.node.key or second.power != 1:
            continue
        for facing, end in ((0, 1), (1, 0)):
            index, ends = first.indices[facing], (first.indices[end], second.indices[end])
            if index == second.indices[facing] and uses(index, places) == 2:
                return CancelledPair((first, second), (index,), ends, None)
    return None


def is_projection(factors: Sequence[Factor], result: Sequence[Index]) -> bool:
    """Whether a product is that of a matrix and its pseudoinverse, which is symmetric."""
    if are_ordinary(factors):
        return False
    arrays = sum(bool(factor.indices) for factor in factors)
    return any(
        inverse.function == "pinv"
        and len(found.factors) + 1 == arrays
        and {factor.indices[1 - near], found.far} == set(result)
        for factor, inverse, near, found in _meetings(factors, [*all_indices(factors), *result])
    )


def has_pseudoinverse(node: Node) -> bool:
    """Whether a sum has a product with a pseudoinverse among its terms."""
    return isinstance(node, Sum) and any(
        not factor.node.ordinary
        and (inverse := _inverse(factor.node)) is not None
        and inverse.function == "pinv"
        for _, term in node.terms
        if isinstance(term, Product)
        for factor in term.factors
    )


def _inverse(node: Node) -> Function | None:
    node = unnamed(node)
    return node if isinstance(node, Function) and node.function in INVERSES else None


def beside(
    matrix: Node, index: Index, axis: int, factors: Sequence[Factor], places: Sequence[Index]
) -> Iterator[Cancelled]:
    """Where a matrix stands among factors with an index on one of its axes, and nothing else.

    Args:
        matrix: the matrix, which may stand there as the factors of a product.
        index: the index.
        axis: the axis.
        factors: those of a product.
        places: all indices of that product.
    """
    for factor in factors:
        if factor.node.key == matrix.key and factor.power == 1:
            axes = factor.indices[-2:]
            for own in (0, 1) if is_symmetric(matrix) else (axis,):
                far = axes[1 - own]
                if axes[own] == index != far and uses(index, places) == 2:
                    yield Cancelled((factor,), (), far)
    pattern = unnamed(matrix)
    if isinstance(pattern, Product) and _is_pattern(pattern) and isinstance(index, int):
        wanted = [factor for factor in pattern.factors if factor.indices]
        ends = pattern.result[axis], pattern.result[1 - axis]
        for same, used in matches(wanted, {ends[0]: index}, factors):
            inner = {own: place for own, place in same.items() if own not in ends}
            alone = all(uses(inner[own], places) == uses(own, all_indices(wanted)) for own in inner)
            if alone and uses(index, places) == uses(ends[0], all_indices(wanted)) + 1:
                yield Cancelled(used, tuple(inner.values()), same[ends[1]], pattern)


def _is_pattern(node: Product) -> bool:
    """Whether a product is of matrices and vectors with a letter for each axis."""
    used = all_indices(node.factors)
    return are_letters(used) and len(set(node.result)) == 2 and set(node.result) <= set(used)


def _is_absorbed(
    matrix: Node,
    ends: tuple[Index, Index],
    space: int,
    factors: Sequence[Factor],
    places: Sequence[Index],
) -> bool:
    """Whether a projection onto a space of a matrix stands beside something of that space."""
    for end in ends:
        if any(True for _ in beside(matrix, end, space, factors, places)):
            return True
        for factor in factors:
            if end not in factor.indices or factor.power != 1 or uses(end, places) != 2:
                continue
            if _lies_in(factor.node, factor.indices.index(end), matrix, space):
                return True
    return False


def _lies_in(node: Node, axis: int, matrix: Node, space: int) -> bool:
    """Whether an axis of a node lies in the space of the columns or of the rows of a matrix."""
    if node.key == matrix.key:
        return axis == space or is_symmetric(matrix)
    inverse = _inverse(node)
    if inverse is None:
        return False
    argument = inverse.arguments[0]
    if inverse.function == "pinv":
        return argument.key == matrix.key and (axis != space or is_symmetric(matrix))
    inside = unnamed(argument)
    return isinstance(inside, Product) and any(
        end in factor.indices
        and factor.power == 1
        and len(factor.indices) == 2
        and uses(end, [*all_indices(inside.factors)]) == 1
        and _lies_in(factor.node, factor.indices.index(end), matrix, space)
        for end in inside.result
        for factor in inside.factors
    )

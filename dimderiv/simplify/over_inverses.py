"""Inverses taken out of a sum: `inv(I + A) (I - A) + I` is `2 inv(I + A)`.

An inverse at an end of some terms is taken out of all of them, and the others are multiplied by
its matrix: `inv(D) N + M` is `inv(D) (N + D M)`.  It is kept where terms meet and that is shorter.
"""

from collections.abc import Iterator
from typing import NamedTuple

from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Key,
    LabelledProduct,
    Node,
    Sum,
    Term,
    are_letters,
    distributed,
    labelled,
    part,
    product,
    terms,
    total,
    unnamed,
)

# An inverse at one end, and then one at the other.
MOST_ENDS = 2


class InverseEnd(NamedTuple):
    """An inverse at an axis of a sum, and which of its own axes that is."""

    node: Node
    axis: int
    own: int

    @property
    def matrix(self) -> Node:
        """What it is the inverse of."""
        inverse = unnamed(self.node)
        assert isinstance(inverse, Function)
        return unnamed(inverse.arguments[0])


def over_inverse(node: Sum, ends: int = MOST_ENDS) -> Node | None:
    """The sum with an inverse at an end taken out, where terms meet then and that is shorter.

    Args:
        node: a sum, whose terms are simple.
        ends: how many inverses may be taken out.
    """
    if not ends or not 1 <= len(node.axes) <= 2:
        return None
    for end in _ends(node).values():
        if not isinstance(end.matrix, Sum):
            continue  # Only terms of what is inverted meet others, times these.
        rests: list[Term] = []
        for coefficient, term in node.terms:
            rests += distributed(coefficient, _rest(labelled(term), end))
        inner = total(rests, node.axes)
        further = over_inverse(inner, ends - 1) if isinstance(inner, Sum) else None
        if further is None and len(terms(inner)) == len(rests):
            continue  # No terms have met: what all of them have is taken out as any factor is.
        found = _multiplied(end.node, further or inner, end)
        if found.weight < node.weight:
            return found
    return None


def _ends(node: Sum) -> dict[tuple[Key, int, int], InverseEnd]:
    """The inverses that stand at an end of a term."""
    return {
        (end.node.key, end.axis, end.own): end
        for _, term in node.terms
        for _, end in _inverses(labelled(term))
    }


def _inverses(view: LabelledProduct) -> Iterator[tuple[int, InverseEnd]]:
    """Where in a term an inverse has an axis of the result that nothing else has."""
    if not are_letters(view.result):
        return
    used = [index for factor in view.factors for index in factor.indices]
    for place, (node, indices, power) in enumerate(view.factors):
        inverse = unnamed(node)
        if not isinstance(inverse, Function) or inverse.function != "inv" or power != 1:
            continue
        for own, index in enumerate(indices):
            if len(indices) == 2 and index in view.result and used.count(index) == 1:
                yield place, InverseEnd(node, view.result.index(index), own)


def _rest(view: LabelledProduct, end: InverseEnd) -> Node:
    """A term without the inverse, or times the matrix where it lacks that."""
    for place, found in _inverses(view):
        if (found.node.key, found.axis, found.own) == (end.node.key, end.axis, end.own):
            result = list(view.result)
            result[end.axis] = view.factors[place].indices[1 - end.own]
            rest = [factor for k, factor in enumerate(view.factors) if k != place]
            return part(view.coefficient, rest, result, view.dims)
    return _multiplied(end.matrix, view.node, end)


def _multiplied(matrix: Node, node: Node, end: InverseEnd) -> Node:
    """A matrix times a node, at the axis where an inverse stands, and on its side."""
    rank = len(node.axes)
    plain = tuple(range(rank))
    inner = tuple([rank if k == end.axis else k for k in plain])
    ends = (end.axis, rank) if end.own == 0 else (rank, end.axis)
    dims = (*node.axes, node.axes[end.axis])
    return product(ONCE, [Factor(matrix, ends), Factor(node, inner)], plain, dims)

"""Inverses beside one term of their matrix: `inv(I + A) (I - A) + I` is `2 inv(I + A)`.

With `D = c T + R`, where a product has `inv(D) T` it is `(I - inv(D) R) / c`.  A sum is written so
where its terms meet then and it is shorter.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain, starmap
from math import prod
from typing import NamedTuple

from dimderiv.graph import (
    ONCE,
    Cancelled,
    Factor,
    Function,
    Key,
    LabelledProduct,
    Node,
    Product,
    Sum,
    Term,
    all_indices,
    beside,
    distributed,
    labelled,
    part,
    product,
    terms,
    total,
    unnamed,
)

# A sum of more terms is hardly ever shorter so, and takes long to see.
MOST_TERMS = 24


class Meeting(NamedTuple):
    """An inverse beside a term of its matrix.

    Attributes:
        inverse: the inverse.
        near: the axis with which it meets the term.
        term: which of the terms of its matrix that is.
        found: its factors, and their other end.
    """

    inverse: Factor
    near: int
    term: int
    found: Cancelled

    @property
    def matrix(self) -> Sum:
        """What it is the inverse of."""
        matrix = _inverted(self.inverse.node)
        assert matrix is not None
        return matrix


def over_inverse(node: Sum, simplify: Callable[[Node], Node]) -> Node | None:
    """The sum with what is known of the inverses in it, where terms meet then.

    Args:
        node: a sum, whose terms are simple.
        simplify: what to do with what is found, before it is compared.
    """
    if not any(map(_inverted, _inside(node))) or _count(node) > MOST_TERMS:
        return None
    flat = [*chain.from_iterable(starmap(_flat, node.terms))]
    tried = set[tuple[Key, int]]()
    for _, term in flat:
        for meeting in _meetings(labelled(term)):
            which = (meeting.inverse.node.key, meeting.term)
            if which not in tried:
                tried.add(which)
                found = total(chain(*(_without(c, each, which) for c, each in flat)), node.axes)
                shorter = simplify(found) if len(terms(found)) < len(flat) else node
                if shorter.weight < node.weight:
                    return shorter
    return None


def _inverted(node: Node) -> Sum | None:
    """The sum that a node is the inverse of."""
    inverse = unnamed(node)
    if not isinstance(inverse, Function) or inverse.function != "inv" or len(inverse.axes) != 2:
        return None
    matrix = unnamed(inverse.arguments[0])
    return matrix if isinstance(matrix, Sum) else None


def _inside(node: Node) -> Iterator[Node]:
    """The factors of the terms of a sum, and those of the sums among them."""
    for _, term in node.terms if isinstance(node, Sum) else ():
        for factor in labelled(term).factors:
            yield factor.node
            yield from _inside(factor.node)


def _count(node: Node) -> int:
    """How many terms a node has when it is multiplied out."""
    if isinstance(node, Sum):
        return sum(_count(term) for _, term in node.terms)
    factors = node.factors if isinstance(node, Product) else ()
    return prod(_count(factor.node) for factor in factors if factor.power == 1)


def _flat(number: Fraction, node: Node) -> Iterator[Term]:
    """The terms of a node when it is multiplied out."""
    parts = distributed(number, node)
    if len(parts) == 1:
        yield from parts
    else:
        yield from chain.from_iterable(starmap(_flat, parts))


def _meetings(view: LabelledProduct) -> Iterator[Meeting]:
    """Where in a product an inverse meets a term of its matrix."""
    places = [*all_indices(view.factors), *view.result]
    for factor in view.factors:
        matrix = _inverted(factor.node)
        if matrix is None or factor.power != 1:
            continue
        for near, index in ((1, factor.indices[1]), (0, factor.indices[0])):
            for k, (_, term) in enumerate(matrix.terms):
                for found in beside(term, index, 1 - near, view.factors, places):
                    yield Meeting(factor, near, k, found)


def _without(number: Fraction, node: Node, which: tuple[Key, int]) -> Iterator[Term]:
    """The terms of a product, once an inverse in it no longer meets a term of its matrix."""
    view = labelled(node)
    meetings = (m for m in _meetings(view) if (m.inverse.node.key, m.term) == which)
    meeting = next(meetings, None)
    if meeting is None:
        yield number, node
        return
    inverse, near, place, found = meeting
    own, _ = meeting.matrix.terms[place]
    index, end = inverse.indices[near], found.far
    scalars = [f for f in found.opened.factors if not f.indices] if found.opened else []
    below = [factor._replace(power=-factor.power) for factor in scalars]
    gone = (inverse, *found.factors)
    rest = [*below, *(f for f in view.factors if all(f is not g for g in gone))]
    identity = product(ONCE, (), (0, 0), inverse.node.axes[:1])
    whole = [*rest, Factor(identity, (inverse.indices[1 - near], end))]
    yield number / own, part(view.coefficient, whole, view.result, view.dims)
    ends = (index, end) if near else (end, index)
    for k, (other, term) in enumerate(meeting.matrix.terms):
        if k != place:
            factors = [*rest, inverse, Factor(term, ends)]
            yield -number * other / own, part(view.coefficient, factors, view.result, view.dims)

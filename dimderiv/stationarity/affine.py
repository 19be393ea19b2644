"""An equation that is to be zero, taken apart: what multiplies the unknown, and what is left."""

from fractions import Fraction

from dimderiv.graph import (
    Factor,
    Index,
    LabelledProduct,
    Named,
    Node,
    Product,
    Sum,
    Symbol,
    are_letters,
    distributed,
    labelled,
    part,
    total,
)
from dimderiv.language import frozen
from dimderiv.stationarity.substituting import depends

ONE = Fraction(1)


class NotAffineError(Exception):
    """A term has the unknown otherwise than as one factor.

    Args:
        obstacle: the node in the way.
    """

    def __init__(self, obstacle: Node) -> None:
        super().__init__(obstacle)
        self.obstacle = obstacle


@frozen.record
class Term:
    """A term with the unknown as one of its factors.

    Attributes:
        others: the other factors.
        places: the letters of the unknown's axes.
        result: those of the axes of the term.
        coefficient: the number in front.
        whole: the term as a labelled product.
    """

    others: tuple[Factor, ...]
    places: tuple[int, ...]
    result: tuple[int, ...]
    coefficient: Fraction
    whole: LabelledProduct

    def array(self, letters: tuple[int, ...], factors: tuple[Factor, ...] | None = None) -> Node:
        """The product of other factors, with these letters left over; all of them by default."""
        own = self.others if factors is None else factors
        return part(ONE, own, letters, self.whole.dims)


@frozen.record
class Affine:
    """An equation `terms + rest = 0`."""

    terms: tuple[Term, ...]
    rest: Node


def affine(equation: Node, unknown: Symbol) -> Affine:
    """What multiplies the unknown in an equation, and what is left.

    Args:
        equation: a node that is to be zero.
        unknown: a symbol in it.

    Raises:
        NotAffineError: the unknown is squared, or inside of a function.
    """
    linear, rest = list[Term](), list[tuple[Fraction, Node]]()
    waiting = [(ONE, equation)]
    while waiting:
        coefficient, node = waiting.pop(0)
        if not depends(node, unknown):
            rest.append((coefficient, node))
        elif isinstance(node, Sum):
            waiting = [(coefficient * c, term) for c, term in node.terms] + waiting
        elif isinstance(node, Named):
            waiting.insert(0, (coefficient, node.value))
        elif (found := _term(coefficient, node, unknown)) is not None:
            linear.append(found)
        else:
            waiting = [(coefficient * c, each) for c, each in _apart(node, unknown)] + waiting
    return Affine(tuple(linear), total(rest, equation.axes))


def _term(coefficient: Fraction, node: Node, unknown: Symbol) -> Term | None:
    """A term that has the unknown as one factor; nothing for any other."""
    whole = labelled(node)
    while True:
        holders = [factor for factor in whole.factors if depends(factor.node, unknown)]
        if len(holders) != 1 or holders[0].power != 1:
            return None
        (holder,) = holders
        if not isinstance(holder.node, Product):
            break
        whole = _inlined(whole, holder)
    if holder.node.key != unknown.key:
        return None
    result, places = whole.result, holder.indices
    if not are_letters(result) or not are_letters(places):
        raise NotAffineError(node)
    others = tuple([factor for factor in whole.factors if factor is not holder])
    return Term(others, tuple(places), tuple(result), coefficient * whole.coefficient, whole)


def _inlined(whole: LabelledProduct, holder: Factor) -> LabelledProduct:
    """A labelled product with the factors of a product among its factors, such as a scalar."""
    inner = labelled(holder.node)
    if not are_letters(inner.result) or len({*inner.result}) != len(inner.result):
        raise NotAffineError(holder.node)
    place: dict[int, Index] = dict(zip(inner.result, holder.indices, strict=True))
    sizes = list(whole.dims)
    for letter, dim in enumerate(inner.dims):
        if letter not in place:
            place[letter] = len(sizes)
            sizes.append(dim)
    new = []
    for factor in inner.factors:
        if not are_letters(factor.indices):
            raise NotAffineError(holder.node)
        new.append(factor._replace(indices=tuple([place[index] for index in factor.indices])))
    others = [factor for factor in whole.factors if factor is not holder]
    coefficient = whole.coefficient * inner.coefficient
    return LabelledProduct(coefficient, (*others, *new), whole.result, tuple(sizes))


def _apart(node: Node, unknown: Symbol) -> list[tuple[Fraction, Node]]:
    """A product as several, each with less inside of brackets."""
    if not isinstance(node, Product):
        raise NotAffineError(node)
    holders = [place for place, each in enumerate(node.factors) if depends(each.node, unknown)]
    sums = [place for place in holders if _is_open(node.factors[place])]
    if not sums:
        inner = [node.factors[place] for place in holders]
        closed = [each.node for each in inner if not isinstance(each.node, Symbol)]
        raise NotAffineError(closed[0] if len(closed) == 1 and len(inner) == 1 else node)
    return distributed(Fraction(1), node, sums)


def _is_open(factor: Factor) -> bool:
    return isinstance(factor.node, Sum) and factor.power == 1

"""An equation that is to be zero, taken apart: what multiplies the unknown, and what is left."""

from collections.abc import Sequence
from fractions import Fraction

from dimderiv.graph import (
    Factor,
    Function,
    Index,
    LabelledProduct,
    Map,
    Named,
    Node,
    Product,
    Sum,
    Symbol,
    all_indices,
    are_letters,
    labelled,
    letters_of,
    number,
    part,
    size,
    total,
)
from dimderiv.language import Dim, frozen
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
    for whole in products_of(equation, unknown):
        holders = [factor for factor in whole.factors if depends(factor.node, unknown)]
        if holders:
            linear.append(_term(whole, holders, unknown))
        else:
            rest.append((ONE, whole.node))
    return Affine(tuple(linear), total(rest, equation.axes))


def _term(whole: LabelledProduct, holders: Sequence[Factor], unknown: Symbol) -> Term:
    """A term that has the unknown as one factor."""
    holder, result = holders[0], whole.result
    is_alone = len(holders) == 1 and holder.power == 1
    if not is_alone or holder.node.key != unknown.key:
        is_inside = is_alone and isinstance(holder.node, (Map, Function))
        raise NotAffineError(holder.node if is_inside else whole.node)
    if not are_letters(result) or not are_letters(holder.indices):
        raise NotAffineError(whole.node)
    others = tuple([factor for factor in whole.factors if factor is not holder])
    return Term(others, tuple(holder.indices), tuple(result), whole.coefficient, whole)


def products_of(equation: Node, unknown: Symbol) -> list[LabelledProduct]:
    """The terms of an equation, with no factor that is a sum or a product with the unknown in it.

    Args:
        equation: any node.
        unknown: a symbol in it.
    """
    found = []
    waiting = [labelled(equation)]
    while waiting:
        whole = waiting.pop(0)
        holder = next((f for f in whole.factors if _is_open(f) and depends(f.node, unknown)), None)
        match holder:
            case None:
                found.append(whole)
            case Factor(Product()):
                waiting.insert(0, _inlined(whole, holder))
            case Factor(Sum(terms=terms)):
                waiting = [_with(whole, holder, c, term) for c, term in terms] + waiting
            case Factor(Named(value=value)):
                waiting.insert(0, _with(whole, holder, ONE, value))
    return found


def _is_open(factor: Factor) -> bool:
    return factor.power == 1 and isinstance(factor.node, (Sum, Product, Named))


def _with(
    whole: LabelledProduct, holder: Factor, coefficient: Fraction, node: Node
) -> LabelledProduct:
    """A labelled product with another node in place of one."""
    factors = [f._replace(node=node) if f is holder else f for f in whole.factors]
    return whole._replace(coefficient=whole.coefficient * coefficient, factors=tuple(factors))


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
    factors = [factor for factor in whole.factors if factor is not holder] + new
    # What an array is only repeated along, and then summed along, is a size.
    gone = set(letters_of(holder.indices)) - {*letters_of((*whole.result, *all_indices(factors)))}
    factors += [Factor(_size(sizes[letter]), ()) for letter in sorted(gone)]
    coefficient = whole.coefficient * inner.coefficient
    return LabelledProduct(coefficient, tuple(factors), whole.result, tuple(sizes))


def _size(dim: Dim) -> Node:
    return size(dim) if dim.number is None else number(dim.number)

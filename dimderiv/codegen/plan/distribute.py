"""Products of sums multiplied out, where that may be cheaper or leaves nothing to cancel."""

from collections import Counter
from itertools import chain

from dimderiv.codegen.plan.cost import CALL, ENTRY, READ
from dimderiv.codegen.plan.patterns import MOST_TERMS
from dimderiv.codegen.plan.regimes import Regimes
from dimderiv.graph import (
    ONCE,
    Factor,
    Node,
    Product,
    Sum,
    is_one,
    letters_of,
    product,
    total,
    unnamed,
)

MOST_OPENED = 4


def distributed(node: Product, sizes: Regimes) -> Node | None:
    """The product with a sum among its factors multiplied out, where that may be cheaper."""
    place = sum_to_open(node)
    if place is None or not can_pay(node, place, sizes):
        return None
    return _multiplied_out(node, place)


def _multiplied_out(node: Product, place: int) -> Node:
    """The product with each term of one factor in its place, or with what that has a name for."""
    factor, inner = node.factors[place], unnamed(node.factors[place].node)
    rest = [*node.factors[:place], *node.factors[place + 1 :]]
    terms = inner.terms if isinstance(inner, Sum) else [(ONCE, inner)]

    def at(term: Node) -> Node:
        factors = [*rest, factor._replace(node=term)]
        return product(node.coefficient, factors, node.result, node.dims)

    return total([(c, at(term)) for c, term in terms], node.axes)


def without_cancelling(node: Product) -> Node | None:
    """A sum over an axis of which one term remains, since the others are of centred arrays.

    Where two terms remain, none is taken apart: their difference may be small beside them.
    """
    for _ in range(MOST_OPENED):
        place = _summed_alone(node)
        inner = None if place is None else unnamed(node.factors[place].node)
        if place is None or not isinstance(inner, (Sum, Product)):
            return None
        opened = _multiplied_out(node, place)
        if isinstance(inner, Sum):
            return None if isinstance(opened, Sum) and opened.terms else opened
        if not isinstance(opened, Product) or opened.key == node.key:
            return None
        node = opened
    return None


def _summed_alone(node: Product) -> int | None:
    """The place of a sum or product with a name that alone is summed over an axis."""
    letters = [{*letters_of(factor.indices)} for factor in node.factors]
    uses = Counter(chain(letters_of(node.result), *letters))
    for place, factor in enumerate(node.factors):
        if factor.power == 1 and any(uses[letter] == 1 for letter in letters[place]):
            return place
    return None


def _letters_beside(node: Product, place: int) -> set[int]:
    """The letters of all factors but one."""
    others = (f for k, f in enumerate(node.factors) if k != place)
    return {letter for factor in others for letter in letters_of(factor.indices)}


def sum_to_open(node: Product) -> int | None:
    """The place of a matrix that is a short sum and is multiplied by a matrix, or scaled."""
    for place, factor in enumerate(node.factors):
        inner = unnamed(factor.node)
        if not isinstance(inner, Sum) or factor.power != 1 or len(inner.terms) > MOST_TERMS:
            continue
        if [f.node.key for f in node.factors].count(factor.node.key) > 1:
            continue  # `(x - m)' (x - m)` opened loses all digits where x is near m
        beside = _letters_beside(node, place)
        meets = beside & {*letters_of(factor.indices)} - {*letters_of(node.result)}
        is_scaled = not beside and (node.coefficient != 1 or len(node.factors) > 1)
        if len(factor.indices) == 2 and (meets or is_scaled):
            return place
    return None


def can_pay(node: Product, place: int, sizes: Regimes) -> bool:
    """Whether multiplying out one of the factors, a sum, may be cheaper than adding it up.

    Where another factor lies beside the sum entry by entry, and a term of the sum is made entry by
    entry too, each term costs what the whole product does.  All that is saved is to add up the
    terms; what is repeated at least reads the other factor, and is added up instead.
    """
    factor = node.factors[place]
    others = [other for k, other in enumerate(node.factors) if k != place]
    beside = [other for other in others if set(factor.indices) <= set(other.indices)]
    if not beside or not _is_entrywise(factor):
        return True
    area = sizes.entries(node.dims[letter] for letter in letters_of(factor.indices))
    saved = area * ENTRY
    repeated = area * READ + sizes.entries(node.axes) * (2 * ENTRY) + CALL
    return repeated < saved


def _is_entrywise(factor: Factor) -> bool:
    """Whether no term of a sum is summed or laid out itself, and one has entries everywhere."""
    node = unnamed(factor.node)
    assert isinstance(node, Sum)
    kept = [term for _, term in node.terms if not is_one(term)]
    return all(map(_is_plain, kept)) and any(map(_is_dense, kept))


def _is_plain(term: Node) -> bool:
    term = unnamed(term)
    if not isinstance(term, Product):
        return True
    letters = set(term.result)
    is_distinct = len(letters) == len(term.result) == len(term.dims)
    return is_distinct and all(set(each.indices) <= letters for each in term.factors)


def _is_dense(term: Node) -> bool:
    term = unnamed(term)
    if not isinstance(term, Product):
        return True
    return any(set(each.indices) == set(term.result) for each in term.factors)

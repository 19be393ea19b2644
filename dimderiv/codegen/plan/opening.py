"""When a product is not worth multiplying out: what it would repeat costs more than it saves."""

from dimderiv.codegen.plan.cost import CALL, ENTRY, READ
from dimderiv.codegen.plan.regimes import Regimes
from dimderiv.graph import Factor, Node, Product, Sum, is_one, letters_of, unnamed


def can_pay(node: Product, place: int, sizes: Regimes) -> bool:
    """Whether multiplying out one of the factors, a sum, may be cheaper than adding it up.

    Where another factor lies beside the sum entry by entry, and a term of the sum is made entry by
    entry too, each term costs what the whole product does.  All that is saved is to add up the
    terms; what is repeated at least reads the other factor, and is added up instead.
    """
    factor = node.factors[place]
    others = [other for k, other in enumerate(node.factors) if k != place]
    if not any(_lies_beside(other, factor) for other in others) or not _is_entrywise(factor):
        return True
    area = sizes.entries(node.dims[letter] for letter in letters_of(factor.indices))
    saved = area * ENTRY
    repeated = area * READ + sizes.entries(node.axes) * (2 * ENTRY) + CALL
    return repeated < saved


def _lies_beside(other: Factor, factor: Factor) -> bool:
    return set(factor.indices) <= set(other.indices)


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

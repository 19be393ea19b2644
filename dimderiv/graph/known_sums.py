"""What a sum over a letter of factors comes to where that is known: one, or zero."""

from collections.abc import Sequence

from dimderiv.graph.cancelling import uses
from dimderiv.graph.nodes import Factor, Index, is_orthogonal, rows_sum_to_one, zero_sums
from dimderiv.graph.numbering import all_indices


def without_unit_sums(
    factors: Sequence[Factor], result: Sequence[Index]
) -> tuple[list[Factor], set[int]]:
    """Drop what sums to 1 along an axis, and say along which letters."""
    kept, spent = list(factors), set[int]()
    for factor in factors:
        for index in _unit_axes(factor):
            if isinstance(index, int) and uses(index, [*all_indices(kept), *result]) == 1:
                kept.remove(factor)
                spent.add(index)
                break
    return kept, spent


def _unit_axes(factor: Factor) -> tuple[Index, ...]:
    """Along which a factor sums to 1: softmax rows, squared orthogonal ones."""
    if factor.indices and rows_sum_to_one(factor.node) and factor.power == 1:
        return factor.indices[-1:]
    return factor.indices if is_orthogonal(factor.node) and factor.power == 2 else ()


def vanishes(factors: Sequence[Factor], result: Sequence[Index]) -> bool:
    """Whether a factor is summed along an axis where its entries cancel."""
    centred = _centred(factors)
    places = [*all_indices(factors), *result] if centred else []
    return any(uses(index, places) == 1 for index in centred)


def zero_axes(factors: Sequence[Factor], result: Sequence[Index]) -> tuple[int, ...]:
    """The axes of a product that it has from one factor alone, whose entries cancel along them."""
    centred = _centred(factors)
    places = [*all_indices(factors), *result] if centred else []
    return tuple([result.index(i) for i in centred if i in result and uses(i, places) == 2])


def _centred(factors: Sequence[Factor]) -> list[Index]:
    """The indices along which the entries of a factor cancel."""
    return [
        factor.indices[axis]
        for factor in factors
        for axis in zero_sums(factor.node)
        if factor.power == 1
    ]

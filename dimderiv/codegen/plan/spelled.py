"""Products whose indices are sums of letters, with a letter for each axis and what that selects."""

from collections.abc import Sequence
from typing import NamedTuple

from dimderiv.codegen.plan.parts import NOTHING
from dimderiv.codegen.plan.plan import Plan
from dimderiv.codegen.plan.selections import Chosen, chosen_by, is_open, rooted
from dimderiv.graph import Factor, Index, LabelledProduct, Shifted, index_dim, letters_of


class Spelled(NamedTuple):
    """A product of arrays, and the places that its letters select on each other's axes."""

    product: LabelledProduct
    chosen: Sequence[Chosen]

    def scattered(self, plan: Plan) -> dict[int, Chosen]:
        """The places on axes of the result at which entries are added up, by the axis.

        Args:
            plan: knows sizes.
        """
        result, dims = letters_of(self.product.result), self.product.dims
        held = {letter for factor in self.product.factors for letter in letters_of(factor.indices)}
        return {
            each.root: each
            for each in self.chosen
            if is_open(each, result) and rooted(plan, each, result, held, dims) is None
        }


def spelled(node: LabelledProduct, *, has_more_axes: bool) -> Spelled:
    """A product with its selections apart; of arrays with more axes than matrices also the sums.

    Args:
        node: the product.
        has_more_axes: whether there are such arrays.
    """
    chosen = [each for each in map(chosen_by, node.factors) if each is not None]
    factors = [factor for factor in node.factors if chosen_by(factor) is None]
    dims = list(node.dims)

    def letter_of(index: Index) -> Index:
        if not isinstance(index, Shifted) or not has_more_axes:
            return index
        letters = index.letters
        dims.append(index_dim(index, dims))
        chosen.append(Chosen(len(dims) - 1, letters, (1,) * len(letters), NOTHING))
        return len(dims) - 1

    found = [Factor(f.node, tuple(map(letter_of, f.indices)), f.power) for f in factors]
    result = tuple(map(letter_of, node.result))
    is_plain = all(isinstance(index, int) for index in result)
    if not is_plain or len(set(result)) < len(result):
        return Spelled(node, ())
    return Spelled(LabelledProduct(node.coefficient, tuple(found), result, tuple(dims)), chosen)

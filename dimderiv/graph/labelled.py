"""Labelled products as they were written, and matrix products read from left to right."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph.letters import are_letters
from dimderiv.graph.nodes import ONCE, Factor, Index, Node, Product, letters_of, size
from dimderiv.graph.normal_form import number
from dimderiv.graph.numbering import all_indices, renamed
from dimderiv.graph.products import part, product
from dimderiv.language import Dim


class LabelledProduct(NamedTuple):
    """A labelled product that has not been put in normal form yet."""

    coefficient: Fraction
    factors: tuple[Factor, ...]
    result: tuple[Index, ...]
    dims: tuple[Dim, ...]

    @property
    def node(self) -> Node:
        """The product in normal form."""
        return product(*self)


def labelled(node: Node) -> LabelledProduct:
    """A node as a labelled product: a product as it stands, any other as its one factor.

    Args:
        node: any node.
    """
    if isinstance(node, Product):
        return LabelledProduct(node.coefficient, node.factors, node.result, node.dims)
    plain = tuple(range(len(node.axes)))
    return LabelledProduct(ONCE, (Factor(node, plain),), plain, node.axes)


def chain(node: Product) -> list[tuple[Node, bool]] | None:
    """The matrices of a matrix product in their order, and whether each stands transposed.

    Args:
        node: a product; what it has of scalar factors is passed over.

    Returns:
        Nothing where the other factors are not a chain of matrices from one axis to the other.
    """
    if len(node.result) != 2 or node.result[0] == node.result[1]:
        return None
    place = node.result[0]
    left = [factor for factor in node.factors if factor.indices]
    found: list[tuple[Node, bool]] = []
    while left:
        near = [factor for factor in left if place in factor.indices]
        if len(near) != 1 or len(near[0].indices) != 2 or near[0].power != 1:
            return None
        (factor,) = near
        first, second = factor.indices
        left.remove(factor)
        found.append((factor.node, first != place))
        place = second if first == place else first
        if left and place in node.result:
            return None
    return found if place == node.result[1] else None


def opened(
    coefficient: Fraction, factors: Sequence[Factor], result: Sequence[Index], dims: Sequence[Dim]
) -> Node:
    """The product of some factors, in which those of convolutions stand beside the others.

    What an index statement slides along an axis is no array of its own: `V[o+k] K[k] G[o]` is one
    product of three factors.

    Args:
        coefficient: the number in front.
        factors: some factors of a larger product.
        result: one index for each axis of the product.
        dims: the size of each letter of the larger product.
    """
    sizes, found, repeated = list(dims), list[Factor](), set[int]()
    for factor in factors:
        if not _is_open(factor):
            found.append(factor)
            continue
        assert isinstance(factor.node, Product)
        assert are_letters(factor.node.result)
        assert are_letters(factor.indices)
        place = dict(zip(factor.node.result, factor.indices, strict=True))
        for letter, dim in enumerate(factor.node.dims):
            if letter not in place:
                place[letter] = len(sizes)
                sizes.append(dim)
        coefficient *= factor.node.coefficient
        repeated.update(factor.indices)
        for inner in factor.node.factors:
            indices = tuple([renamed(index, place) for index in inner.indices])
            found.append(inner._replace(indices=indices))
    # What an array is only repeated along, and then summed along, has no letter any more.
    gone = repeated.difference(letters_of((*result, *all_indices(found))))
    for dim in [sizes[letter] for letter in gone]:
        found.append(Factor(size(dim) if dim.number is None else number(dim.number), ()))
    return part(coefficient, found, result, sizes)


def _is_open(factor: Factor) -> bool:
    node, indices, power = factor
    if not isinstance(node, Product) or not node.is_convolution or power != 1:
        return False
    is_plain = are_letters(node.result) and are_letters(indices)
    return is_plain and len(set(node.result)) == len(set(indices)) == len(indices)

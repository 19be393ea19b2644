"""Labelled products as they were written, and matrix products read from left to right."""

from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph.nodes import ONCE, Factor, Index, Node, Product
from dimderiv.graph.products import product
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

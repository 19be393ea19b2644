"""Labelled products as they were written: what they are made of, not in normal form."""

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

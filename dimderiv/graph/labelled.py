"""A labelled product as it was written: what it is made of, before it is put in normal form."""

from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph.nodes import Factor, Index, Node
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

"""Pieces on their way: their sign apart, and without axes that they are only repeated along."""

from fractions import Fraction
from typing import NamedTuple

from dimderiv.conform import notation
from dimderiv.conform.notation import Form, TwoWay
from dimderiv.conform.sums import negated
from dimderiv.graph import ONCE, Product, Shifted, all_indices, letters_of
from dimderiv.language import Add


class Unfilled(NamedTuple):
    """A positive piece that may lack axes it is only repeated along, and its sign.

    Attributes:
        negative: whether it is subtracted.
        piece: the piece.
        present: which of its axes it has.
        scalars: how many factors in front of it are scalars.
    """

    negative: bool
    piece: TwoWay
    present: tuple[bool, ...]
    scalars: int = 0

    @property
    def signed(self) -> TwoWay:
        """The piece with its sign."""
        return negated(self.piece) if self.negative else self.piece


def magnitude(coefficient: Fraction) -> Fraction:
    """A coefficient without its sign; one that is 1 stays the same object."""
    return coefficient if coefficient is ONCE else abs(coefficient)


def present_axes(node: Product) -> tuple[bool, ...]:
    """Which axes of a product it is not only repeated along."""
    used = set(letters_of(all_indices(node.factors)))
    is_diagonal = len(set(node.result)) < len(node.result)
    return tuple(
        [
            is_diagonal or isinstance(i, Shifted) or used.issuperset(letters_of((i,)))
            for i in node.result
        ]
    )


def scalars_before(piece: TwoWay, array: TwoWay | None) -> int:
    """How many factors a piece has in front of the array that it is a multiple of."""
    if array is None:
        return 0
    return max(
        len(notation.factors(form)) - len(notation.factors(bare))
        for form, bare in zip(piece, array, strict=True)
    )


def with_short_start(form: Form) -> tuple[float, int]:
    """Orders forms of equal cost by their first term: `A + A'`, not `A' + A`."""
    first = form.tree.terms[0] if isinstance(form.tree, Add) else form.tree
    return form.cost, notation.symbols(first)

"""Axes that a value is only repeated along, written as ones."""

from collections.abc import Sequence
from fractions import Fraction

from dimderiv.conform import notation
from dimderiv.conform.notation import Face, Piece
from dimderiv.language import ONE, Call, Dim


def with_ones(piece: Piece | None, axes: Sequence[Dim], present: Sequence[bool]) -> Piece:
    """A piece times ones, so that it has the axes that it lacks."""
    missing = [dim for dim, there in zip(axes, present, strict=True) if not there]
    if len(missing) == len(axes):
        ones = _ones(missing[0], (*missing, ONE)[1])
        return ones if piece is None else notation.scaled(Fraction(1), [piece.straight], [], ones)
    assert piece is not None, "an axis is there only if something has it"
    if present[0]:
        return notation.matrix_product([piece, _ones(missing[0], ONE).turned])
    return notation.matrix_product([_ones(missing[0], ONE), piece])


def _ones(rows: Dim, cols: Dim) -> Piece:
    return Piece(
        Face(Call("ones", (rows.syntax(), cols.syntax())), 3),
        Face(Call("ones", (cols.syntax(), rows.syntax())), 3),
    )

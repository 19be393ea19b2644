"""What a network of letters is made of: edges between two letters, and the parts along them."""

from fractions import Fraction
from typing import NamedTuple

from dimderiv import notation
from dimderiv.language.syntax import Call, Node
from dimderiv.notation import Face, Piece


class Part(NamedTuple):
    """A piece raised to a power, and where it stood among the factors."""

    piece: Piece
    power: Fraction
    place: int

    @property
    def turned(self) -> "Part":
        """The part with its piece transposed."""
        return self._replace(piece=self.piece.turned)

    def raised(self, power: Fraction) -> Piece:
        """The piece to the size of a power, entry by entry."""
        if power == 1:
            return self.piece
        return Piece(
            notation.power(self.piece.straight, power, entrywise=True),
            notation.power(self.piece.flipped, power, entrywise=True),
        )


class Edge(NamedTuple):
    """Parts that run from one letter to another and are multiplied entry by entry."""

    start: int
    end: int
    parts: tuple[Part, ...]

    @property
    def turned(self) -> "Edge":
        """The edge from its end to its start."""
        return Edge(self.end, self.start, tuple(part.turned for part in self.parts))

    def leaving(self, letter: int) -> "Edge":
        """This edge, turned so that it starts at a letter."""
        return self if self.start == letter else self.turned


def ones(rows: Node, cols: Node, *_: Node) -> Part:
    """Ones, as a part that stood before all factors.

    Args:
        rows: how many rows.
        cols: how many columns.
    """
    face = Face(Call("ones", (rows, cols)), 3)
    return Part(Piece(face, notation.transposed(face)), Fraction(1), 0)

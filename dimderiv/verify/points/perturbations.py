"""How entries move together: those that a property ties, and those that a direction takes along."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from dimderiv.verify.evaluate import ONE, ZERO, Arithmetic, Jet, Scalar, Table

Place: TypeAlias = tuple[int, int]


class Move(NamedTuple):
    """One entry that moves, and how fast."""

    symbol: str
    place: Place
    slope: Scalar


def _mirrored(i: int, j: int) -> dict[Place, int]:
    return {(i, j): 1, (j, i): 1}


# The entries of a matrix that move with the one in row i and column j, and how fast.
TIED: Mapping[str, Callable[[int, int], Mapping[Place, int]]] = {
    "symmetric": _mirrored,
    "skew": lambda i, j: {(i, j): 1, (j, i): -1} if i != j else {},
    "diagonal": lambda i, j: {(i, j): 1} if i == j else {},
    "lower": lambda i, j: {(i, j): 1} if i >= j else {},
    "upper": lambda i, j: {(i, j): 1} if i <= j else {},
}


def tied_moves(symbol: str, place: Place, structure: str) -> Iterator[Move]:
    """What moves with one entry of a matrix.

    >>> [move.place for move in tied_moves("S", (0, 1), "symmetric")]
    [(0, 1), (1, 0)]
    """
    together = TIED[structure](*place) if structure else {place: 1}
    for each, slope in together.items():
        yield Move(symbol, each, Fraction(slope))


def moves_along(directions: Mapping[str, Table]) -> Iterator[Move]:
    """Every entry of some symbols, each by the entry of its direction."""
    for symbol, table in directions.items():
        for i, row in enumerate(table):
            for j, slope in enumerate(row):
                yield Move(symbol, (i, j), slope)


def perturbed(arithmetic: Arithmetic, table: Table, places: Sequence[Place]) -> Table:
    """A copy of a table in which one entry for each level carries a perturbation.

    Args:
        arithmetic: the arithmetic of the entries.
        table: the entries at the point.
        places: the perturbed entry of level 1, 2, ...
    """
    result = [list(row) for row in table]
    for level, (p, q) in enumerate(places, start=1):
        result[p][q] = arithmetic.add(result[p][q], Jet(level, ZERO, ONE))
    return result

"""How entries move together: those that a property ties, and those that a direction takes along."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from dimderiv.verify.claim import Claim
from dimderiv.verify.layout.tables import Place, Sized, entries, places, size_of


class Move(NamedTuple):
    """One entry that moves, and how fast."""

    symbol: str
    place: Place
    slope: Any


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
    """What moves with one entry of a symbol.

    >>> [move.place for move in tied_moves("S", (0, 1), "symmetric")]
    [(0, 1), (1, 0)]
    """
    together: Mapping[Place, int] = TIED[structure](*place) if structure else {place: 1}
    for each, slope in together.items():
        yield Move(symbol, each, slope)


def moves_along(directions: Mapping[str, Sized]) -> Iterator[Move]:
    """Every entry of some symbols, each by the entry of its direction."""
    for symbol, direction in directions.items():
        for place, slope in zip(places(size_of(direction)), entries(direction), strict=True):
            yield Move(symbol, place, slope)


def moves(claim: Claim, place: Place, point: Mapping[str, Sized]) -> Iterator[Move]:
    """What moves with one coordinate of the variable of a claim.

    Args:
        claim: the claim.
        place: the coordinate; along directions there is one, with which everything moves.
        point: the entries of each symbol.
    """
    if claim.along:
        return moves_along({name: point[along] for name, along in claim.along.items()})
    return tied_moves(claim.wrt, place, claim.structure)

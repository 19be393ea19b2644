"""How entries move together in the check."""

from fractions import Fraction

import pytest

from dimderiv.language.declared import Declaration
from dimderiv.language.shapes import Dim, Shape
from dimderiv.verify.layout.perturbations import TIED, moves_along, tied_moves
from dimderiv.verify.points.draw import drawn_points

N = Dim.of("n")


@pytest.mark.parametrize("structure", TIED)
def test_what_moves_keeps_the_property(structure: str) -> None:
    """A matrix that is drawn with a property has it after any of its entries moved."""
    declared = {"X": Declaration(Shape(N, N), frozenset({structure}))}
    table = next(drawn_points(declared, {"n": 3}, (), 0))["X"]
    for place in [(i, j) for i in range(3) for j in range(3)]:
        moved = [list(row) for row in table]
        for _, (p, q), slope in tied_moves("X", place, structure):
            assert isinstance(slope, int)
            moved[p][q] = Fraction(moved[p][q]) + slope

        assert keeps(structure, moved), (place, moved)


def keeps(structure: str, table: list[list[Fraction]]) -> bool:
    """Whether a matrix has a property, by its definition."""
    pairs = [(i, j) for i in range(3) for j in range(3)]
    match structure:
        case "symmetric":
            return all(table[i][j] == table[j][i] for i, j in pairs)
        case "skew":
            return all(table[i][j] == -table[j][i] for i, j in pairs)
        case "diagonal":
            return all(table[i][j] == 0 for i, j in pairs if i != j)
        case "lower":
            return all(table[i][j] == 0 for i, j in pairs if i < j)
    return all(table[i][j] == 0 for i, j in pairs if i > j)


@pytest.mark.parametrize("structure", TIED)
def test_every_free_entry_moves(structure: str) -> None:
    """As many ways to move as a matrix with the property has entries to choose."""
    ways = {
        frozenset(abs(move.slope) and move.place for move in tied_moves("X", (i, j), structure))
        for i in range(3)
        for j in range(3)
    } - {frozenset()}

    assert {"symmetric": 6, "skew": 3, "diagonal": 3, "lower": 6, "upper": 6}[structure] == len(
        ways
    )


def test_an_entry_by_itself() -> None:
    """Without a property, one entry moves."""
    assert [("X", (1, 2), Fraction(1))] == list(tied_moves("X", (1, 2), ""))


def test_along_directions() -> None:
    """All entries of all symbols move, each by that of its direction."""
    found = list(moves_along({"X": [[Fraction(2), Fraction(3)]], "t": [[Fraction(5)]]}))

    assert [("X", (0, 0), 2), ("X", (0, 1), 3), ("t", (0, 0), 5)] == found

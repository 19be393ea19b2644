"""No check is empty: what its points reach, and what it says where they do not reach something."""

from fractions import Fraction
from pathlib import Path

import pytest

from dimderiv import derive
from dimderiv.errors import VerificationError
from dimderiv.language.declarations import read_shapes
from dimderiv.verify.claim import Verification
from dimderiv.verify.points.draw import drawn_points, wider_points

RECTIFIER = """
[myrelu]
kind = "elementwise"
signature = "x -> y"
definition = "max(x, 0)"
derivative = "{derivative}"
reference = "a test"
"""


def report(expression: str, wrt: str, shapes: str = "", order: int = 1) -> Verification:
    """What the check says of an answer."""
    found = derive(expression, wrt, shapes=shapes, order=order).verification
    assert found is not None
    return found


@pytest.mark.parametrize("argument", ["x", "x - 3", "x + 30", "-x - 300", "3 - x.^2"])
def test_a_wrong_branch_is_found(argument: str, tmp_path: Path) -> None:
    """A rule that is wrong on one side of a kink is met there, however far off that lies."""
    rules = tmp_path / "mine.toml"
    rules.write_text(RECTIFIER.format(derivative="3 (x > 0)"), encoding="utf-8")

    with pytest.raises(VerificationError):
        derive(f"sum(myrelu({argument}))", "x", shapes="x: n", rules=rules)


@pytest.mark.parametrize("argument", ["x", "x - 3", "3 - x.^2"])
@pytest.mark.parametrize("place", ["0.05", "-0.05", "0.4"])
def test_a_kink_in_the_wrong_place_is_found(argument: str, place: str, tmp_path: Path) -> None:
    """Points lie closely on both sides of each kink."""
    rules = tmp_path / "mine.toml"
    rules.write_text(RECTIFIER.format(derivative=f"(x > {place})"), encoding="utf-8")

    with pytest.raises(VerificationError):
        derive(f"sum(myrelu({argument}))", "x", shapes="x: n", rules=rules)


@pytest.mark.parametrize("argument", ["x", "x - 3", "x + 30", "-x - 300", "3 - x.^2"])
def test_both_branches_are_met(argument: str, tmp_path: Path) -> None:
    """A right rule is checked on both sides."""
    rules = tmp_path / "mine.toml"
    rules.write_text(RECTIFIER.format(derivative="(x > 0)"), encoding="utf-8")
    found = derive(f"sum(myrelu({argument}))", "x", shapes="x: n", rules=rules).verification

    assert found is not None
    assert ("exact", ()) == (found.level, found.one_sided)


@pytest.mark.parametrize(
    ("expression", "shapes", "remark"),
    [
        ("sum(relu(exp(x)))", "x: n", "`relu(exp(x))` was met on one side only"),
        ("sum(abs(x))", "x: n positive", "`abs(x)` was met on one side only"),
        ("sum(max(x, x + 1))", "x: n", "`max(x, x + 1)` was met on one side only"),
    ],
)
def test_a_side_that_cannot_be_met_is_named(expression: str, shapes: str, remark: str) -> None:
    """Where a kink has one side only, the report says so, and the level is no more than partial."""
    found = report(expression, "x", shapes)

    assert "partial" == found.level
    assert (remark,) == found.one_sided
    assert str(found).endswith(f"but {remark}")


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes"),
    [
        ("sum(abs(L))", "L", "L: n x n lower"),
        ("sum(relu(K))", "K", "K: n x n skew"),
        ("sum(sqrt(S))", "S", "S: n x n lower"),
        ("max(U s)", "s", "U: m x n onehot; s: n"),
        ("sigmoid(300 z)", "z", "z: scalar"),
        ("(I - c) x", "x", "c: scalar; x: n"),
        ("sum((1 - I) .* A)", "A", "A: n x n"),
        ("x' diag(exp(I))", "x", "x: n"),
    ],
)
def test_right_answers_are_not_withheld(expression: str, wrt: str, shapes: str) -> None:
    """Kinks at entries that are 0, ties of classes and small numbers are no faults."""
    assert report(expression, wrt, shapes).level in {"exact", "30 digits"}


def test_a_tie_is_searched_for() -> None:
    """A maximum that is attained twice wherever it does not lie on the diagonal is found out."""
    with pytest.raises(VerificationError, match="attained more than once"):
        derive("max(A + A')", "A", shapes="A: n x n")


def test_several_points_of_fixed_sizes() -> None:
    """Large fixed sizes do not end the check after one point."""
    found = report("sum(p .* (A A' p))", "A", "p: 4; A: 4 x 30")

    assert found.points >= 2
    assert "exact" == found.level


def test_points_satisfy_no_relation_by_chance() -> None:
    """No entries are equal or opposite, and no row, column or diagonal sums to -1, 0 or 1."""
    symbols = read_shapes("p: 4; A: 4 x 6; B: 5 x 5; c: scalar; d: scalar")
    for number in range(4):
        for point in [next(drawn_points(symbols, {}, (), number)), *wider_points(symbols, {}, ())]:
            entries = [abs(x) for table in point.values() for row in table for x in row]
            lines = [
                line
                for table in point.values()
                for line in (*table, *map(list, zip(*table, strict=True)))
            ]

            assert len(entries) == len(set(entries))
            assert not {Fraction(-1), Fraction(0), Fraction(1)} & {sum(line) for line in lines}


def test_orders_are_met_that_are_not_their_own_inverses() -> None:
    """Where all are, places cannot be told from ranks, and that is said."""
    assert not report("w' sort(x)", "x", "x: n; w: n").one_sided
    two = report("w' sort(x)", "x", "x: 2; w: 2")
    assert any("own inverses" in told for told in two.one_sided)

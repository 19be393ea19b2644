"""Axes that a value is only repeated along."""

import pytest
from nodes import node, written

from dimderiv import derive
from dimderiv.conform.notation import named, with_ones
from dimderiv.language.shapes import Dim
from dimderiv.render.text import text

M, N = Dim.of("m"), Dim.of("n")


@pytest.mark.parametrize(
    ("rank", "present", "upright", "transposed"),
    [
        (0, (False, False), "x ones(m, n)", "x ones(n, m)"),
        (1, (True, False), "x ones(1, n)", "ones(n, 1) x'"),
        (2, (True, True), "x", "x'"),
    ],
)
def test_missing_axes_are_ones(
    rank: int, present: tuple[bool, bool], upright: str, transposed: str
) -> None:
    """A number times ones, a column times a row of ones; what has both axes stays."""
    piece = named("x", rank)
    whole = piece if all(present) else with_ones(piece, (M, N), present)

    assert (upright, transposed) == (text(whole.upright.tree), text(whole.transposed.tree))


def test_one_is_not_written() -> None:
    """Ones alone."""
    assert "ones(m, 1)" == text(with_ones(None, (M,), (False,)).upright.tree)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ones(m, 1) (r / t)", "ones(m, 1) r / t"),
        ("2 t ones(m, n)", "2 t ones(m, n)"),
        ("(x / t) ones(1, n)", "x ones(1, n) / t"),
        ("0.5 ones(m, 1) r - ones(m, n)", "ones(m, 1) (0.5 r - 1)"),
    ],
)
def test_scalars_stand_outside_of_ones(source: str, expected: str) -> None:
    """`ones(m, 1) r / t`, without brackets around the quotient."""
    assert expected == written(node(source, "r: 1 x n; x: m; t: scalar"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sum(Y ./ (1 s'))", "-sum(Y', axis=1) ./ s.^2"),
        ("sum(Y ./ sqrt(1 s'))", "-0.5 sum(Y', axis=1) ./ s.^1.5"),
        ("sum(Y ./ (2 ones(m, 1) s').^2)", "-0.5 sum(Y', axis=1) ./ s.^3"),
        ("sum((s' ./ s').^2 + s')", "ones(n, 1)"),
    ],
)
def test_ones_are_no_part_of_a_power(expression: str, expected: str) -> None:
    """A quotient by a repeated row is one by its entries."""
    assert expected == str(derive(expression, "s"))

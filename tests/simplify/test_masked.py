"""Products with a comparison among their factors."""

import pytest
from nodes import node, written

from dimderiv.simplify.simplify import Simplifier

SHAPES = "x: n; y: n; z: n; c: scalar; p: scalar positive; s: scalar; X: m x n; Y: m x n"


def simplified(text: str) -> str:
    """An expression after simplification."""
    return written(Simplifier()(node(text, SHAPES)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(x, y) .* (x > y)", "x .* (x > y)"),
        ("max(x, y) .* (x <= y)", "y .* (x <= y)"),
        ("min(x, y) .* (x < y)", "x .* (x < y)"),
        ("sign(x) .* y .* (x > 0)", "y .* (x > 0)"),
        ("sign(x) .* y .* (x >= 0)", "sign(x) .* y .* (x >= 0)"),
        ("clip(x, y, z) .* (x > y) .* (x < z)", "x .* (x > y) .* (x < z)"),
        ("where(x > 0, y, z) .* (x > 0)", "y .* (x > 0)"),
        ("(abs(x) - min(abs(x), y)) .* (abs(x) < y)", "0 ones(n, 1)"),
        ("(x > 0) .* y .* (x > -p)", "y .* (x > 0)"),
        ("(x > 0) .* y .* (x > -c)", "(x > 0) .* y .* (x > -c)"),
        ("(x > 0) .* y .* (x <= 0)", "0 ones(n, 1)"),
        ("max(X, Y) .* (X > Y)", "X .* (X > Y)"),
        ("min(exp(x), y) .* (exp(x) < y)", "min(exp(x), y) .* (exp(x) < y)"),
        ("where(x > 0, log(x), 0) .* (x > 0)", "where(x > 0, log(x), 0) .* (x > 0)"),
        ("exp(min(x, y)) .* (x < y)", "exp(min(x, y)) .* (x < y)"),
        ("y ./ max(x, p) .* (x > p)", "y .* (x > p) ./ max(x, p)"),
        ("sign(x).^2 .* (abs(x) > p)", "abs(x) > p"),
        ("sign(x).^2 .* (abs(x) > c)", "sign(x).^2 .* (abs(x) > c)"),
    ],
)
def test_the_other_factors_are_what_they_are_where_it_holds(text: str, expected: str) -> None:
    """Equal at every entry, also where both sides are equal."""
    assert expected == simplified(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x .* (x > 0)", "relu(x)"),
        ("x.^3 .* (x >= 0)", "relu(x).^3"),
        ("x .* (x < 0)", "x .* (x < 0)"),
        ("(x - y) .* (x > y)", "relu(x - y)"),
        ("(y - x) .* z .* (x > y)", "-z .* relu(x - y)"),
        ("x .* sign(x)", "abs(x)"),
        ("abs(x) .* sign(x)", "x"),
        ("min(abs(x), p) .* sign(x)", "clip(x, -p, p)"),
        ("min(abs(x), c) .* sign(x)", "min(abs(x), c) .* sign(x)"),
        ("(x > -y) .* (x < y)", "abs(x) < y"),
        ("(x > y - z) .* (x < y + z)", "abs(x - y) < z"),
        ("(x >= -y) .* (x < y)", "(x >= -y) .* (x < y)"),
    ],
)
def test_a_difference_beside_its_comparison_has_a_name(text: str, expected: str) -> None:
    """Its positive part, its size, or what lies within bounds."""
    assert expected == simplified(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y .* (c x > (c - 1) x)", "y .* (x > 0)"),
        ("z .* (x - 2 y >= x - 3 y)", "z .* (y >= 0)"),
        ("y .* (x - z > y - z)", "y .* (x > y)"),
    ],
)
def test_both_sides_of_a_comparison_have_nothing_in_common(text: str, expected: str) -> None:
    """What stands on both sides goes."""
    assert expected == simplified(text)

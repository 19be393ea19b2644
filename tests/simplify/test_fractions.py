"""Fractions over one line, and what cancels above it."""

import pytest
from nodes import node, written

from dimderiv.simplify.simplify import Simplifier

SHAPES = "X: m x n; V: m x n; W: m x k; H: k x n; A: n x n; x: n; y: n; s: scalar; t: scalar"


def simplified(text: str) -> str:
    """An expression after simplification."""
    return written(Simplifier()(node(text, SHAPES)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 - x ./ (1 + x)", "1 ./ (1 + x)"),
        ("x - x.^3 ./ (1 + x.^2)", "x ./ (1 + x.^2)"),
        ("1 ./ x + 1 ./ (1 - x)", "1 ./ (x .* (1 - x))"),
        ("1 ./ (1 + x) + 1 ./ (1 - x)", "2 ./ (1 - x.^2)"),
        ("1 ./ ((1 - x).^2 .* x) - 1 ./ ((1 - x) .* x.^2)", "(2 x - 1) ./ (x .* (1 - x)).^2"),
        ("1 / s - 1 / (1 + s)", "1 / (s (1 + s))"),
        ("1 / ||x|| - 1 / (1 + ||x||)", "1 / (||x|| (1 + ||x||))"),
        ("1 ./ sqrt(1 + x.^2) - x.^2 ./ (1 + x.^2).^1.5", "1 ./ (1 + x.^2).^1.5"),
    ],
)
def test_terms_that_collect_above_one_line_are_put_over_it(text: str, expected: str) -> None:
    """Over one denominator, or over all of them."""
    assert expected == simplified(text)


@pytest.mark.parametrize(
    "text",
    [
        "I - x x' / (x' x)",
        "1 ./ x + 1 ./ y",
        "1 + x ./ y",
        "A x - (x' A x) x / (x' x)",
    ],
)
def test_fractions_of_which_nothing_collects_stay_apart(text: str) -> None:
    """A projection is written as one."""
    assert node(text, SHAPES).weight == Simplifier()(node(text, SHAPES)).weight


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 ./ ((1 ./ x + 1 ./ y).^2 .* x.^2)", "(y ./ (y + x)).^2"),
        ("1 / (1 / s + 1 / t) / s", "t / (t + s)"),
    ],
)
def test_a_fraction_below_the_line_is_cleared(text: str, expected: str) -> None:
    """What it is divided by moves above."""
    assert expected == simplified(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(W H - V) .* (W H + V) ./ (W H).^2", "1 - (V ./ (W H)).^2"),
        ("(x - y) .* (x + y)", "(x - y) .* (x + y)"),
        ("1 ./ ((1 + x) .* (1 - x))", "1 ./ (1 - x.^2)"),
    ],
)
def test_sums_beside_each_other_are_multiplied_out(text: str, expected: str) -> None:
    """Only in a fraction, and only where that is shorter."""
    assert expected == simplified(text)

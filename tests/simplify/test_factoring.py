"""Common factors, taken out of sums."""

import pytest
from nodes import node, written

from dimderiv.graph.nodes import Sum
from dimderiv.simplify.factoring import factored
from dimderiv.simplify.simplify import Simplifier

SHAPES = "A: n x n; B: n x n; C: n x n; P: n x n; X: m x n; x: n; y: n; a: n; b: n; t: scalar"


def simplified(text: str) -> str:
    """An expression after simplification, which takes factors out again and again."""
    return written(Simplifier()(node(text, SHAPES)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A x + A' x", "(A + A') x"),
        ("A x + B x", "(A + B) x"),
        ("A B + A C", "A (B + C)"),
        ("B A + C A", "(B + C) A"),
        ("A .* B + A .* C", "A .* (B + C)"),
        ("x .* y + x .* a", "x .* (y + a)"),
        ("x x' A + x y'", "x (x' A + y')"),
        ("(x' y) a + (x' y) b", "(x' y) (a + b)"),
        ("(x' y) A + (x' y)^2 B", "(x' y) (A + (x' y) B)"),
        ("tr(A) A + tr(A) B", "tr(A) (A + B)"),
        ("x / (x' y) - y / (x' y)", "(x - y) / (x' y)"),
        ("x' A x + x' B x", "x' (A + B) x"),
        ("A (x - y) + B (x - y)", "(A + B) (x - y)"),
    ],
)
def test_a_common_factor_is_taken_out(text: str, expected: str) -> None:
    """From the same side, at the same letters, where that is shorter."""
    assert expected == simplified(text)


@pytest.mark.parametrize(
    "text", ["A B + C A", "A B + A' C", "x + A x", "A x + B y", "x .* y + x' y", "diag(x) + A .* x"]
)
def test_nothing_in_common(text: str) -> None:
    """The other side, the transpose, a lone term, or other letters."""
    assert text == simplified(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tr(A B) + t tr(A C)", "tr(A (B + t C))"),
        ("2 t tr(inv(A) C) + tr(B inv(A))", "tr(inv(A) (2 t C + B))"),
        ("t (x' A y) + x' B y", "x' (t A + B) y"),
    ],
)
def test_a_factor_inside_a_scalar_is_taken_out(text: str, expected: str) -> None:
    """A scalar that is multiplied by others is opened."""
    assert expected == simplified(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sqrt(t) x + y / sqrt(t)", "sqrt(t) (x + y / t)"),
        ("sqrt(t) x + sqrt(t) a + y / sqrt(t)", "sqrt(t) (x + a + y / t)"),
        ("t x + y / t", "t x + y / t"),
    ],
)
def test_a_root_above_and_below_the_line(text: str, expected: str) -> None:
    """One line under all of them is shorter; with whole powers it is not."""
    assert expected == simplified(text)


def test_a_symmetric_sum_is_not_factored_on_one_side() -> None:
    """`x (x' + y') + y x'` would hide that the sum is its own transpose."""
    value = node("x y' + y x' + x x'", SHAPES)

    assert isinstance(value, Sum)
    assert value.symmetric
    assert factored(value) is None


def test_a_diagonal_term_shares_what_is_not_on_its_diagonal() -> None:
    """The identity beside a product is what is left of the one, the product that of the other."""
    assert "(x' y) (A + I)" == simplified("(x' y) A + (x' y) I")

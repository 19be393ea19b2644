"""Shorter forms of equal value."""

import pytest
from nodes import node, written

from dimderiv import derive
from dimderiv.simplify.simplify import Simplifier

SHAPES = "A: n x n; B: n x n; C: n x n; P: n x n; X: m x n; x: n; y: n; a: n; b: n"


def simplified(text: str) -> str:
    """An expression after simplification."""
    return written(Simplifier()(node(text, SHAPES)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A .* (B ./ A)", "B"),
        ("A .* B ./ A", "B"),
        ("A .* (B ./ A - C)", "B - C .* A"),
        ("A .* (B ./ C - P)", "A .* (B ./ C - P)"),
        ("sqrt(x) .* (sqrt(x) + y)", "sqrt(x) .* (sqrt(x) + y)"),
        ("(x .* x - y) x'", "(x.^2 - y) x'"),
    ],
)
def test_a_factor_cancels_a_quotient_beside_it(text: str, expected: str) -> None:
    """It is multiplied into the sum, where a term divides by it."""
    assert expected == simplified(text)


def test_terms_cancel_when_multiplied_out() -> None:
    """Products of sums are opened where that leaves less."""
    assert "x .* a - y .* b" == simplified("(x + y) .* (a - b) + (x - y) .* b - y .* (a - b)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "tr(B (tr(inv(A) B) inv(A) - inv(A) B inv(A)))",
            "tr(inv(A) B)^2 - tr(inv(A) B inv(A) B)",
        ),
        ("tr(A (B + C))", "tr(A (B + C))"),
    ],
)
def test_a_scalar_is_taken_term_by_term_where_that_is_shorter(text: str, expected: str) -> None:
    """Contracted with a sum, a factor may become a power, or stay outside."""
    assert expected == simplified(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x - A y) x' - x y' A'", "x x' - A y x' - x y' A'"),
        ("(x - A y) x' - y x'", "(x - A y - y) x'"),
        ("(A x - x) x' + x x'", "A x x'"),
        ("diag(x) (diag(a) + y (x .* y)')", "diag(x .* a) + (x .* y) (x .* y)'"),
    ],
)
def test_a_sum_that_is_its_own_transpose_shows_it(text: str, expected: str) -> None:
    """It is multiplied out, and no factor of one side is taken out again."""
    assert expected == simplified(text)


def test_nothing_is_multiplied_in_that_does_not_cancel() -> None:
    """A root beside a mean only moves."""
    assert "sqrt(n) (x - mean(x))" == simplified("sqrt(n) (x - sum(x) / n)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(diag(x) + A, axis=1)", "x + sum(A, axis=1)"),
        ("sum(x' + A, axis=1)", None),
    ],
)
def test_a_diagonal_loses_a_sum_over_an_axis(text: str, expected: str | None) -> None:
    """A sum is taken term by term only where a term is diagonal."""
    assert (expected or written(node(text, SHAPES))) == simplified(text)


def test_what_was_given_is_left_alone() -> None:
    """A part of the expression itself is shown as the user wrote it."""
    given = node("A x + A' x", SHAPES)

    assert given is Simplifier([given.key])(given)


def test_a_part_that_was_given_stays_inside() -> None:
    """Only what is around it is simplified."""
    given = node("A x + A' x", SHAPES)
    whole = node("2 (A x + A' x) .* y", SHAPES)

    assert "2 (A x + A' x) .* y" == written(Simplifier([given.key])(whole))


@pytest.mark.parametrize("text", ["x", "exp(A x + B x)", "n"])
def test_only_sums_and_products_are_simplified(text: str) -> None:
    """Inside a map the user's own expression stands."""
    value = node(text, SHAPES)

    assert value is Simplifier()(value)


@pytest.mark.parametrize(
    ("text", "variable", "expected"),
    [
        ("x' A x", "x", "(A + A') x"),
        ("log(sum(exp(x)))", "x", "softmax(x)"),
        ("sum(log(1 + exp(X w)) - y .* (X w))", "w", "X' (sigmoid(X w) - y)"),
        (
            "-sum(y .* log(sigmoid(X w)) + (1 - y) .* log(1 - sigmoid(X w)))",
            "w",
            "X' (sigmoid(X w) - y)",
        ),
        ("sum(log(1 + exp(-y .* (X w))))", "w", "-X' (y .* sigmoid(-y .* (X w)))"),
        ("-sum(Y .* log(softmax(X)))", "X", "sum(Y, axis=1) .* softmax(X) - Y"),
    ],
)
def test_whole_derivatives(text: str, variable: str, expected: str) -> None:
    """Loss functions come out as in a textbook."""
    assert expected == derive(text, variable, verify=False).text()

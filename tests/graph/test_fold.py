"""Quotients that are named functions, and those that only look like them."""

import pytest
from nodes import node_as_written, written

from dimderiv.graph.fold import fold, fold_map
from dimderiv.graph.nodes import Map, Product

SHAPES = "X: m x n; Y: m x n; A: n x n; x: n; y: n"


def folded(text: str) -> str | None:
    """The product of an expression with one quotient folded."""
    value = node_as_written(text, SHAPES)
    assert isinstance(value, Product)
    found = fold(value)
    return None if found is None else written(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exp(X) ./ sum(exp(X), axis=1)", "softmax(X)"),
        ("exp(X) ./ sum(exp(X), axis=0)", "softmax(X, axis=0)"),
        ("2 exp(X - logsumexp(X, axis=0))", "2 softmax(X, axis=0)"),
        ("exp(x) / sum(exp(x))", "softmax(x)"),
        ("exp(X) ./ (2 sum(exp(X), axis=1))", "0.5 softmax(X)"),
        ("exp(X) ./ sum(exp(X), axis=1).^2", "softmax(X) ./ sum(exp(X), axis=1)"),
        ("E = exp(X); E ./ sum(E, axis=1)", "softmax(X)"),
        ("2 exp(logsoftmax(X))", "2 softmax(X)"),
        ("2 exp(X - logsumexp(X, axis=1))", "2 softmax(X)"),
        ("2 exp(x - logsumexp(x))", "2 softmax(x)"),
        ("2 exp(x - y - logsumexp(x - y))", "2 softmax(x - y)"),
    ],
)
def test_softmax(text: str, expected: str) -> None:
    """Exponentials over their sums along the rows, plain or by logarithms."""
    assert expected == folded(text)


@pytest.mark.parametrize(
    "text",
    [
        "exp(X) ./ sum(exp(Y), axis=1)",
        "exp(X) ./ sum(exp(X))",
        "exp(A') ./ sum(exp(A), axis=1)",
        "exp(A) ./ sum(exp(A), axis=1)'",
        "exp(X) .* sum(exp(X), axis=1)",
        "exp(X) ./ sqrt(sum(exp(X), axis=1))",
        "exp(X) ./ sum(exp(X).^2, axis=1)",
        "2 exp(Y - logsumexp(X, axis=1))",
        "2 exp(X + logsumexp(X, axis=1))",
    ],
)
def test_no_softmax(text: str) -> None:
    """Another axis, another argument, the other side of the line, another power."""
    assert folded(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exp(x) ./ (1 + exp(x))", "sigmoid(x)"),
        ("exp(x) ./ (exp(x) + 1)", "sigmoid(x)"),
        ("exp(x) ./ (1 + exp(x)).^2", "sigmoid(x) ./ (1 + exp(x))"),
        ("1 ./ (1 + exp(x))", "sigmoid(-x)"),
        ("1 ./ (1 + exp(-x))", "sigmoid(x)"),
        ("exp(x) ./ (1 + exp(y))", "exp(x) .* sigmoid(-y)"),
        ("exp(x) .* sigmoid(-x)", "sigmoid(x)"),
        ("exp(x) ./ (exp(x) + exp(y))", "sigmoid(x - y)"),
        ("exp(y) ./ (exp(x) + exp(y)).^2", "sigmoid(y - x) ./ (exp(x) + exp(y))"),
    ],
)
def test_sigmoid(text: str, expected: str) -> None:
    """An exponential over one plus itself, and one over one plus an exponential."""
    assert expected == folded(text)


@pytest.mark.parametrize(
    "text",
    [
        "exp(x) ./ (2 + exp(x))",
        "exp(x) ./ (1 - exp(x))",
        "exp(x) .* (1 + exp(x))",
        "1 ./ (1 + x)",
        "1 ./ sqrt(1 + exp(x))",
        "exp(x) .* sigmoid(x)",
        "exp(x) sigmoid(-x)'",
        "exp(x) ./ sigmoid(-x)",
    ],
)
def test_no_sigmoid(text: str) -> None:
    """Another number, sign, side of the line, function, argument or axis."""
    assert folded(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("relu(x) .* (x > 0)", "relu(x)"),
        ("relu(x) .* (y > 0)", None),
        ("relu(x) .* (x > 1)", None),
        ("relu(x) .* (x < 0)", None),
        ("relu(x) (x > 0)'", None),
        ("sign(x) ./ abs(x)", "1 ./ x"),
        ("sinh(x) ./ cosh(x)", "tanh(x)"),
        ("sinh(x) ./ cosh(x).^2", "tanh(x) ./ cosh(x)"),
        ("sin(x) ./ cos(x)", "tan(x)"),
        ("sinh(x) ./ cosh(y)", None),
        ("sin(x) .* cos(x)", None),
        ("sign(x) ./ abs(y)", None),
        ("sign(x) .* abs(x)", "x"),
        ("sign(x) .* x.^2", "x .* abs(x)"),
        ("sign(x) .* abs(y)", None),
        ("sign(x) ./ abs(x).^2", None),
        ("sign(x) (1 ./ abs(x))'", None),
        ("x.^y .* x", "x.^(y + 1)"),
        ("x.^y ./ x.^2", "x.^(y - 2)"),
        ("x.^y .* x.^z", "x.^(y + z)"),
        ("x.^y .* y", None),
        ("x.^y x'", None),
    ],
)
def test_relu_and_sign(text: str, expected: str | None) -> None:
    """A step beside its ramp says nothing new; a sign over its size is a quotient."""
    assert expected == folded(text)


def test_the_other_factors_stay() -> None:
    """Only the two that make the function are exchanged for it."""
    assert "3 X .* softmax(Y)" == folded("3 X .* exp(Y) ./ sum(exp(Y), axis=1)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where(x > y, 1, 0)", "x > y"),
        ("where(x >= y, 0, 1)", "x < y"),
        ("where(x > y, 1, 1)", "where(x > y, 1, 1)"),
        ("where(x > y, 2, 0)", "where(x > y, 2, 0)"),
        ("where(x, 1, 0)", "where(x, 1, 0)"),
    ],
)
def test_a_choice_of_one_and_zero(text: str, expected: str) -> None:
    """It is the comparison that it is made by, or the opposite one."""
    value = node_as_written(text, SHAPES)
    assert isinstance(value, Map)

    assert expected == written(fold_map(value))

"""A softmax, a sigmoid or a tanh that is written out has the derivative of the function."""

import pytest
from nodes import node, written

SHAPES = "S: m x n; T: m x n; x: n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exp(S) ./ sum(exp(S), axis=1)", "softmax(S)"),
        ("exp(S) ./ sum(exp(S), axis=0)", "softmax(S, axis=0)"),
        ("E = exp(S - max(S, axis=0)); E ./ sum(E, axis=0)", "softmax(S, axis=0)"),
        ("exp(x) / sum(exp(x))", "softmax(x)"),
        ("E = exp(S); E ./ sum(E, axis=1)", "softmax(S)"),
        ("E = exp(S); r = sum(E, axis=1); E ./ r", "softmax(S)"),
        ("E = exp(S - max(S, axis=1)); E ./ sum(E, axis=1)", "softmax(S)"),
        ("E = exp(x - max(x)); E / sum(E)", "softmax(x)"),
        ("1 ./ (1 + exp(-x))", "sigmoid(x)"),
        ("exp(x) ./ (1 + exp(x))", "sigmoid(x)"),
        ("exp(-x) ./ (1 + exp(-x))", "sigmoid(-x)"),
        ("1 - sigmoid(-x)", "sigmoid(x)"),
        ("(exp(x) - exp(-x)) ./ (exp(x) + exp(-x))", "tanh(x)"),
        ("E = exp(x); (E - 1 ./ E) ./ (E + 1 ./ E)", "tanh(x)"),
        ("(1 - exp(-2 x)) ./ (1 + exp(-2 x))", "tanh(x)"),
        ("2 ./ (1 + exp(-2 x)) - 1", "tanh(x)"),
        ("1 - 2 ./ (1 + exp(2 x))", "tanh(x)"),
        ("(exp(x) + exp(-x)) / 2", "cosh(x)"),
        ("0.5 (exp(x) - exp(-x))", "sinh(x)"),
        ("log(sigmoid(S))", "logsigmoid(S)"),
        ("h = 1 ./ (1 + exp(-x)); log(h)", "logsigmoid(x)"),
        ("h = 1 ./ (1 + exp(-x)); log(1 - h)", "-softplus(x)"),
        ("log(exp(S) ./ sum(exp(S), axis=1))", "logsoftmax(S)"),
        ("log(softmax(S))", "logsoftmax(S)"),
        ("P = softmax(S); log(P)", "logsoftmax(S)"),
    ],
)
def test_what_is_written_out_is_recognised(text: str, expected: str) -> None:
    """Also through names, and where the largest entry is subtracted first."""
    assert expected == written(node(text, SHAPES))


@pytest.mark.parametrize(
    "text",
    [
        "exp(S) ./ sum(exp(T), axis=1)",
        "log(S ./ sum(exp(S), axis=1))",
    ],
)
def test_what_is_something_else_stays(text: str) -> None:
    """Sums of another array, and another function."""
    found = written(node(text, SHAPES))

    assert "softmax" not in found
    assert "logsoftmax" not in found


def test_a_shift_along_the_other_axis_matters() -> None:
    """Only what is the same for a whole row goes away."""
    found = written(node("E = exp(S - max(S, axis=0)); E ./ sum(E, axis=1)", SHAPES))

    assert "softmax(S - max(S, axis=0))" == found

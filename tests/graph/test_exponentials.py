"""Two exponentials in a quotient, sums with a sigmoid, and those that only look like them."""

import pytest
from nodes import node_as_written, written

from dimderiv.graph.exponentials import hyperbolic, log_odds, rest_of_sigmoid, tangent
from dimderiv.graph.fold import fold
from dimderiv.graph.nodes import Product, Sum

SHAPES = "x: n; y: n; t: scalar"


def product_of(text: str) -> Product:
    """The product that an expression is as it is written."""
    value = node_as_written(text, SHAPES)
    assert isinstance(value, Product)
    return value


def sum_of(text: str) -> Sum:
    """The sum that an expression is as it is written."""
    value = node_as_written(text, SHAPES)
    assert isinstance(value, Sum)
    return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(exp(x) - exp(-x)) ./ (exp(x) + exp(-x))", "tanh(x)"),
        ("(exp(-x) - exp(x)) ./ (exp(-x) + exp(x))", "-tanh(x)"),
        ("(exp(2 x) - 1) ./ (exp(2 x) + 1)", "tanh(x)"),
        ("(exp(x) - exp(y)) ./ (exp(x) + exp(y))", "tanh(0.5 (x - y))"),
    ],
)
def test_a_difference_over_the_sum(text: str, expected: str) -> None:
    """The tanh of half of the difference of the exponents, in the order of the numerator."""
    found = fold(product_of(text))

    assert found is not None
    assert expected == written(found)


@pytest.mark.parametrize(
    "text",
    [
        "(exp(x) - exp(y)) ./ (exp(x) + exp(-x))",
        "(exp(x) - exp(-x)) .* (exp(x) + exp(-x))",
        "(exp(x) + exp(-x)) ./ (exp(x) - exp(-x))",
        "(exp(x) - 2 exp(-x)) ./ (exp(x) + exp(-x))",
        "exp(t) ./ (exp(x) + exp(y))",
    ],
)
def test_no_difference_over_the_sum(text: str) -> None:
    """Another exponent, another side of the line, another sign or number."""
    assert fold(product_of(text)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5 (exp(x) + exp(-x))", "cosh(x)"),
        ("0.5 (exp(-x) - exp(x))", "-sinh(x)"),
        ("2 ./ (exp(x) + exp(-x))", "1 ./ cosh(x)"),
        ("0.5 (exp(x) + exp(y))", None),
        ("3 (exp(x) + exp(-x))", None),
        ("0.5 (1 + exp(-x))", None),
    ],
)
def test_half_of_two_exponentials(text: str, expected: str | None) -> None:
    """A cosh or a sinh; with another factor it stays as it was written."""
    found = hyperbolic(product_of(text))

    assert expected == (None if found is None else written(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 - sigmoid(-x)", "sigmoid(x)"),
        ("sigmoid(-2 x) - 1", "-sigmoid(2 x)"),
        ("1 - sigmoid(x)", None),
        ("1 - sigmoid(t (y - x))", None),
        ("1 - 2 sigmoid(-x)", None),
    ],
)
def test_the_rest_of_a_sigmoid(text: str, expected: str | None) -> None:
    """The sigmoid of the opposite, where a minus sign goes away by that."""
    found = rest_of_sigmoid(sum_of(text))

    assert expected == (None if found is None else written(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 sigmoid(2 x) - 1", "tanh(x)"),
        ("1 - 2 sigmoid(x)", "-tanh(0.5 x)"),
        ("2 sigmoid(x) + 1", None),
        ("1 - sigmoid(x)", None),
    ],
)
def test_a_sigmoid_between_minus_one_and_one(text: str, expected: str | None) -> None:
    """Twice a sigmoid less 1 is a tanh."""
    found = tangent(sum_of(text))

    assert expected == (None if found is None else written(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("logsigmoid(x) + softplus(x)", "x"),
        ("y - softplus(x) - logsigmoid(x)", "y - x"),
        ("logsigmoid(x) - softplus(x)", None),
        ("logsigmoid(x) + softplus(y)", None),
    ],
)
def test_the_logarithm_of_odds(text: str, expected: str | None) -> None:
    """The logarithm of a sigmoid less that of the rest is the argument."""
    found = log_odds(sum_of(text))

    assert expected == (None if found is None else written(found))

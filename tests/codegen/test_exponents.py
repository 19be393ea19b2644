"""Exponents that cancel, or that a logarithm takes, never become exponentials that overflow."""

import random

import hostile
import mpmath
import numpy as np
import pytest

from dimderiv import derive

FAR = np.array([-900.0, -40.0, 0.5, 900.0])


@pytest.mark.parametrize("seed", range(20))
def test_random_code_at_hostile_inputs(seed: int) -> None:
    """As exact as the expression is in 53 bits with exponents that have no end."""
    rng = random.Random(seed)
    with mpmath.workdps(hostile.DIGITS):
        term = hostile.drawn(rng, 3, is_scalar=True)
        assert not list(hostile.judged(term, rng))


@pytest.mark.parametrize(
    "expression, value, slope",
    [
        ("sum(log(exp(x) + exp(-x)))", np.abs(FAR).sum() + np.log1p(np.exp(-1.0)), np.tanh(FAR)),
        ("sum(log(cosh(x)))", np.abs(FAR[[0, 1, 3]]).sum() - 3 * np.log(2), np.tanh(FAR)),
        ("log(1 + sum(exp(x)))", 900.0, [0, 0, 0, 1]),
        ("log(sum(2 exp(x)))", 900.0 + np.log(2), [0, 0, 0, 1]),
        ("sum(exp(x) ./ (1 + exp(x)))", 1 + 1 / (1 + np.exp(-0.5)), None),
        ("sum((exp(x) - exp(-x)) ./ (exp(x) + exp(-x)))", np.tanh(0.5) - 1, 1 - np.tanh(FAR) ** 2),
        ("-sum(log(sigmoid(x)))", 940 + np.log1p(np.exp(-0.5)), None),
        ("-sum(log(softmax(x)))", 4 * 900 + 39.5, 4 * np.array([0, 0, 0, 1]) - 1),
        ("exp(-x'x) / (exp(-x'x) + exp(-2 x'x))", 1.0, np.zeros(4)),
    ],
)
def test_values_and_gradients_where_exponentials_overflow(
    expression: str, value: float, slope: np.ndarray | None
) -> None:
    """Each at entries of 900 on both sides of 0."""
    found, gradient = derive(expression, "x", verify=False).function(value=True)(x=FAR)
    if expression == "sum(log(cosh(x)))":
        found -= np.log(np.cosh(0.5))
    np.testing.assert_allclose(found, value, rtol=1e-14)
    assert np.isfinite(gradient).all()
    if slope is not None:
        np.testing.assert_allclose(gradient, slope, rtol=1e-13, atol=1e-15)


def test_determinants_whose_rows_overflow() -> None:
    """Rows are made moderate before the matrix is factorized."""
    made = derive("log(det(diag(exp(x)) + B))", "x", shapes="B: n x n", verify=False)
    value, slope = made.function(value=True)(x=FAR, B=np.diag([1.0, 2.0, 0.5, 1.0]))

    rows = np.logaddexp(FAR, np.log([1.0, 2.0, 0.5, 1.0]))
    np.testing.assert_allclose(value, rows.sum(), rtol=1e-14)
    np.testing.assert_allclose(slope, np.exp(FAR - rows), rtol=1e-13)


def test_the_logarithm_of_a_large_determinant() -> None:
    """It is taken of the factors; that of a negative determinant is no number, as it is written."""
    made = derive("log(det(K))", "K", verify=False).function(value=True)
    large = np.diag(np.full(400, 30.0))

    assert made(K=large)[0] == pytest.approx(400 * np.log(30))
    with np.errstate(invalid="ignore"):
        assert np.isnan(made(K=large @ np.diag([-1.0] + [1.0] * 399))[0])


def test_rows_of_minus_infinity() -> None:
    """A row in which everything is masked has no sum, and the others keep theirs."""
    made = derive("sum(log(sum(exp(A), axis=1)))", "A", verify=False).function(value=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        value, slope = made(A=np.array([[-np.inf, -np.inf], [0.0, np.log(3)]]))

    assert value == -np.inf
    np.testing.assert_allclose(slope[1], [0.25, 0.75])


@pytest.mark.parametrize(
    "expression", ["exp(x) .* (1 - exp(x))", "y ./ (1 + exp(x))", "softmax(x) .* (y - softmax(x))"]
)
def test_what_cannot_overflow_for_nothing_is_left_as_it_is(expression: str) -> None:
    """No largest exponent is taken where the value is large itself, or a part at most 1."""
    source = derive(f"sum({expression})", "x", verify=False).code(value=True)
    assert "maximum" not in source and ".max(" not in source.replace("x.max(axis", "")

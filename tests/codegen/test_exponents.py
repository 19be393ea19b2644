"""Exponents that cancel, or that a logarithm takes, never become exponentials that overflow."""

import random

import hostile
import mpmath
import numpy as np
import pytest
from codegen.test_targets_agree import arrays_of

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


@pytest.mark.parametrize(
    ("expression", "lines"),
    [
        ("sum(log(exp(x) + exp(y)))", ["sigmoid(t1)", "np.log1p(np.exp(-np.abs(t1)))"]),
        (
            "exp(-x'x) / (exp(-x'x) + exp(-y'y))",
            ["s = sigmoid(y @ y - x @ x)", "return s, 2 * s * (s - 1) * x"],
        ),
        ("sum(log(1 - exp(-x)))", ["np.log(-np.expm1(-x)).sum(), 1 / np.expm1(x)"]),
        ("sum(exp(x) ./ (1 + exp(x)))", ["t1 = sigmoid(x)", "t1.sum(), t1 * (1 - t1)"]),
        (
            "log(1 + sum(exp(x)))",
            [
                "t1 = np.maximum(finite(x.max()), 0)  # scalar",
                "t2 = np.exp(x - t1)  # n",
                "t3 = np.exp(-t1) + t2.sum()  # scalar",
                "return np.log(t3) + t1, t2 / t3",
            ],
        ),
        (
            "-sum(y .* log(sigmoid(x)) + (1 - y) .* log(1 - sigmoid(x)))",
            [
                "t1 = np.log1p(np.exp(-np.abs(x)))  # n",
                "np.sum(y * (np.maximum(-x, 0) + t1) + (1 - y) * (np.maximum(x, 0) + t1))",
            ],
        ),
    ],
)
def test_stable_code_is_what_a_person_writes(expression: str, lines: list[str]) -> None:
    """One largest exponent for all of a sum, one logarithm for both sides of a probability."""
    source = derive(expression, "x", shapes="x: n; y: n", verify=False).code(value=True)

    assert [] == [line for line in lines if line not in source]
    assert source.count("np.exp(") <= 3


@pytest.mark.parametrize("target", ["numpy", "torch", "jax", "array_api"])
def test_what_is_divided_by_has_every_digit_near_0(target: str) -> None:
    """The logarithm of a probability that is 1 in 64 bits, also where two entries are equal."""
    pytest.importorskip({"array_api": "array_api_strict"}.get(target, target))
    made = derive("sum(y ./ log(softmax(x)))", "x", shapes="x: n; y: n", verify=False)
    function = made.function(target, value=True)
    asarray = arrays_of(target) if target != "numpy" else np.asarray
    for entries in ([0.0, 50.0, -3.0], [1.0, 40.0, 40.0]):
        with mpmath.workdps(60):
            exact = [mpmath.exp(each) for each in entries]
            logs = [mpmath.log(each / mpmath.fsum(exact)) for each in exact]
            expected = float(mpmath.fsum(1 / each for each in logs))

        value, _ = function(asarray(np.ones(3)), asarray(np.array(entries)))

        rtol = 1e-6 if str(value.dtype).endswith("float32") else 1e-13
        np.testing.assert_allclose(float(value), expected, rtol=rtol)


def test_sums_in_the_middle_of_a_chain_do_not_overflow() -> None:
    """In a product of exponentials of matrices each sum takes out its own largest exponent."""
    made = derive("log(ones(1, k) exp(A) exp(B) exp(c))", "A", shapes="A: k x k; c: k")
    far = np.array([[900.0, -900.0], [850.0, -3.0]])

    found = made.function()(A=-far, B=far, c=np.array([1.0, -1.0]))

    np.testing.assert_allclose(found.sum(), 1, rtol=1e-12)
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    "expression",
    [
        "det(diag(sigmoid(x) .* (x - exp(y))) + B)",
        "det(diag(sum(y) - sum(x) - exp(-x)) + B)",
        "det(diag(softmax((x .* y) ./ softmax(x))) + B)",
    ],
)
def test_what_is_multiplied_out_is_not_gathered_again(expression: str) -> None:
    """A Hessian has terms that differ in weights alone, which together would overflow."""
    found = derive(expression, "x", shapes="x: n; y: n; B: n x n; v: n", verify=False)
    gradient, product = found.function(), found.hvp("v").function()
    x, y, v = np.array([[0.3, -0.7, 0.4], [0.2, 0.9, -0.5], [1.0, -2.0, 0.5]])
    held = {"y": y, "B": np.array([[3.0, 1, 0], [1, 4, 1], [0, 2, 5]])}

    slopes = [gradient(x=x + step * v, **held) for step in (1e-5, -1e-5)]

    rates = (slopes[0] - slopes[1]) / 2e-5
    np.testing.assert_allclose(product(x=x, v=v, **held), rates, rtol=1e-7)

"""Generated code at hostile inputs, against values of 50 digits."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from dimderiv import derive

Array = np.ndarray
mp = mpmath.MPContext()
mp.dps = 50


def entries(function: Callable[..., Any], *arrays: Array) -> Array:
    """A function of exact numbers at each entry, rounded to 53 bits."""
    exact = np.frompyfunc(lambda *x: float(function(*map(mp.mpf, map(float, x)))), len(arrays), 1)
    return np.asarray(exact(*arrays), dtype=float)


def exact_softmax(x: Array) -> Array:
    """Exponentials over their sum, with 50 digits."""
    powers = [mp.exp(mp.mpf(float(each))) for each in x]
    return np.array([float(power / mp.fsum(powers)) for power in powers])


SCORES = np.array([-1e4, -700.0, -40.0, -1e-9, 0.0, 1e-9, 36.0, 710.0, 1e4])


def test_log_of_a_sum_of_exponentials_at_scores_of_ten_thousand() -> None:
    """The value is recognised where it is written out, and the gradient is a softmax."""
    made = derive("log(sum(exp(x)))", "x").function(value=True)

    value, gradient = made(x=SCORES)

    assert 1e4 == value
    np.testing.assert_allclose(gradient, exact_softmax(SCORES), rtol=1e-14, atol=1e-300)


def test_logistic_loss_at_scores_of_ten_thousand() -> None:
    """Softplus and sigmoid neither overflow nor lose their small values."""
    made = derive("sum(log(1 + exp(-y .* x)))", "x").function(value=True)
    y = np.where(np.arange(SCORES.size) % 2, 1.0, -1.0)

    value, gradient = made(x=SCORES, y=y)

    expected = entries(lambda x, y: mp.log1p(mp.exp(-y * x)), SCORES, y)
    np.testing.assert_allclose(value, expected.sum(), rtol=1e-14)
    slopes = entries(lambda x, y: -y / (1 + mp.exp(y * x)), SCORES, y)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-13, atol=1e-300)


def test_cross_entropy_at_scores_of_ten_thousand() -> None:
    """The loss of a record that is certainly wrong is the difference of its scores."""
    made = derive("cross_entropy(S, Y)", "S", shapes="S: N x c; Y: N x c").function(value=True)
    scores = np.array([[1e4, 0.0, -1e4], [0.0, 1e4, 1e4]])
    labels = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])

    value, gradient = made(S=scores, Y=labels)

    assert (2e4 + np.log(2)) / 2 == pytest.approx(value, rel=1e-15)
    expected = (np.array([exact_softmax(row) for row in scores]) - labels) / 2
    np.testing.assert_allclose(gradient, expected, rtol=1e-14)


@pytest.mark.parametrize("power", [4, 8, 11])
def test_a_nearly_singular_system_is_solved(power: int) -> None:
    """The residual is that of a backward stable solution, whatever the condition."""
    n = 8
    rotation = np.linalg.qr(np.random.default_rng(5).normal(size=(n, n)))[0]
    matrix = rotation @ np.diag(np.logspace(0, -power, n)) @ rotation.T
    matrix = (matrix + matrix.T) / 2
    made = derive("x' inv(S) x / 2", "x", shapes="S: n x n spd").function()
    x = np.arange(1.0, n + 1)

    found = made(S=matrix, x=x)

    residual = mp.matrix(matrix.tolist()) * mp.matrix(found.tolist()) - mp.matrix(x.tolist())
    size = float(mp.norm(mp.matrix(found.tolist()), 2)) * np.linalg.norm(matrix, 2)
    assert float(mp.norm(residual, 2)) < 1e-14 * size


def test_a_determinant_out_of_range_has_a_logarithm() -> None:
    """`logdet` does not go through the determinant."""
    made = derive("logdet(A)", "A").function(value=True)

    value, gradient = made(A=np.eye(400) * 1e-3)

    assert 400 * np.log(1e-3) == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(gradient, np.eye(400) * 1e3, rtol=1e-14)


def test_a_hessian_of_the_logistic_loss_with_saturated_scores() -> None:
    """The root of a weight that underflows is zero, not a number that is none."""
    made = derive("sum(log(1 + exp(-y .* (X w))))", "w", order=2).function()
    x = np.array([[1e4, 1.0], [-1e4, 2.0], [0.0, 3.0]])

    hessian = made(X=x, w=np.array([1.0, 0.0]), y=np.ones(3))

    np.testing.assert_allclose(hessian, np.diag([0, 9 / 4]), atol=1e-12)


@pytest.mark.parametrize(
    ("expression", "wrt", "order"),
    [
        ("S = X W + b; sum(softmax(S) .* Y)", "W", 1),
        ("sum(log(1 + exp(-z .* (X w))))", "w", 2),
        ("||X w||", "w", 1),
        ("s x'x + logsumexp(x)", "x", 2),
        ("logdet(A) + a' inv(A) a", "A", 1),
        ("||U V' - T||^2", "U", 2),
        ("sum(conv2(V, K).^2)", "V", 1),
        ("sum(relu(X w) .* (X w > 0))", "w", 1),
        ("sum(A + ones(n, n))", "A", 1),
    ],
)
def test_single_precision_stays(expression: str, wrt: str, order: int) -> None:
    """32-bit arrays and Python numbers give 32-bit results."""
    found = derive(
        expression,
        wrt,
        shapes="b: 1 x c" if "b;" in expression else None,
        order=order,
        verify=False,
    )
    sizes = {
        "X": (5, 4),
        "W": (4, 3),
        "b": (1, 3),
        "Y": (5, 3),
        "w": (4,),
        "z": (5,),
        "x": (4,),
        "A": (4, 4),
        "a": (4,),
        "U": (5, 2),
        "V": (6, 2),
        "T": (5, 6),
        "K": (2, 2),
    }
    arguments: dict[str, Any] = {
        name: np.ones(sizes[name], np.float32) if name != "s" else 0.5 for name in found.shapes
    }
    if "A" in arguments:
        arguments["A"] = arguments["A"] + np.eye(4, dtype=np.float32)

    assert np.float32 == found.function()(**arguments).dtype


@pytest.mark.parametrize(
    ("expression", "by"), [("x' eigvec(A)", "A"), ("x' eigvec(B B' + diag(v))", "v")]
)
def test_an_eigenvector_of_a_matrix_far_from_zero(expression: str, by: str) -> None:
    """Rounding of the largest eigenvalue is not taken for a gap between eigenvalues."""
    shapes = "A: n x n symmetric; B: n x n; v: n; x: n"
    derivation = derive(expression, by, shapes=shapes)
    rng = np.random.default_rng(0)
    x, draws = rng.normal(size=3), [rng.normal(size=(3, 3)) for _ in range(20)]
    for draw in draws:
        matrix = draw + draw.T + 1000 * np.eye(3)
        eigenvalues, vectors = np.linalg.eigh(matrix)
        first = vectors[:, -1] * np.sign(vectors[np.abs(vectors[:, -1]).argmax(), -1])
        others = vectors[:, :-1]
        wanted = np.outer(others / (eigenvalues[-1] - eigenvalues[:-1]) @ others.T @ x, first)
        given: dict[str, Any] = {"A": matrix, "x": x}
        if by == "v":
            factor = np.linalg.cholesky(matrix - np.eye(3))
            given, wanted = {"B": factor, "v": np.ones(3), "x": x}, np.diag(wanted)
        found = derivation.function()(**given)

        assert np.allclose(wanted, found, 1e-6, 1e-6)

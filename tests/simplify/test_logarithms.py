# mypy: disable-error-code="no-untyped-call"
"""Logarithms of matrices, and their derivatives."""

import numpy as np
import pytest
from scipy.linalg import fractional_matrix_power, logm

from dimderiv import derive
from dimderiv.codegen.targets.helpers import numpy_powers_helpers as helpers
from dimderiv.errors import DimderivError


@pytest.mark.parametrize(
    ("text", "wrt", "shapes", "expected"),
    [
        ("tr(logm(A))", "A", "", "inv(A)'"),
        ("tr(A logm(A))", "A", "", "I + logm(A)'"),
        ("-tr(S logm(S))", "S", "S: n x n spd", "-(I + logm(S))"),
        ("tr(logm(A)^2)", "A", "", "2 logm(A)' inv(A)'"),
        ("tr(logm(inv(A)))", "A", "", "-inv(A)'"),
        ("x' logm(A) y", "A", "", "dlogm(A', x y')"),
        ("logm(A)", "A", "", "dlogm(A)"),
        ("logm(a)", "a", "a: scalar", "1 / a"),
        ("tr(B logm(t A))", "t", "", "tr(B) / t"),
        ("tr(B logm(A + t C))", "t", "", "tr(dlogm(A + t C, B) C)"),
        ("sum(G .* dlogm(A, E))", "E", "", "dlogm(A', G)"),
        ("tr(R (logm(R) - logm(S)))", "R", "", "(I + logm(R) - logm(S))'"),
        ("tr(R (logm(R) - logm(S)))", "S", "", "-dlogm(S, R)'"),
        (
            "||logm(A) - logm(B)||^2",
            "A",
            "A: n x n spd; B: n x n spd",
            "2 dlogm(A, logm(A) - logm(B))",
        ),
        ("tr(B expm(expm(A)))", "A", "", "dexpm(A, dexpm(expm(A), B))'"),
        ("expm(expm(t A))", "t", "", "A expm(t A) expm(expm(t A))"),
    ],
)
def test_derivatives(text: str, wrt: str, shapes: str, expected: str) -> None:
    """By the scalar rule where matrices commute, by the Fréchet derivative where not."""
    assert expected == str(derive(text, wrt, shapes=shapes))


@pytest.mark.parametrize(
    ("text", "shapes", "message"),
    [
        ("logm(A)", "A: m x n", "needs a square matrix"),
        ("dlogm(A, E)", "A: n x n", "dlogm has no derivative by its argument A"),
    ],
)
def test_what_is_refused(text: str, shapes: str, message: str) -> None:
    """By name."""
    with pytest.raises(DimderivError, match=message):
        derive(text, "A", shapes=shapes)


def test_numpy_takes_the_logarithm() -> None:
    """As scipy does: of one with one eigenvector, of a turn, of a wide spectrum."""
    rng = np.random.default_rng(7)
    turned = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    matrices = [
        np.array([[4.0, 1, 0], [0, 4, 1], [0, 0, 4]]),
        np.array([[0.0, -1], [1, 0]]),
        turned @ np.diag(np.logspace(-5, 5, 6)) @ turned.T,
        1e200 * np.eye(2),
    ]
    for matrix in matrices:
        np.testing.assert_allclose(logm(matrix), helpers.logm(matrix), rtol=1e-5, atol=1e-12)


def test_the_derivative_of_a_logarithm_does_not_depend_on_the_length_of_the_direction() -> None:
    """It is linear in the direction, also where that is much larger or smaller than the matrix."""
    rng = np.random.default_rng(3)
    matrix, direction = 4 * np.eye(4) + rng.normal(size=(4, 4)), rng.normal(size=(4, 4))
    step = 1e-6
    ahead, behind = (logm(matrix + sign * step * direction) for sign in (1, -1))
    for scale in (1e-12, 1.0, 1e12):
        found = helpers.dlogm(matrix, scale * direction) / scale

        np.testing.assert_allclose((ahead - behind) / (2 * step), found, atol=1e-9)


@pytest.mark.parametrize("target", ["numpy", "jax", "torch", "array_api"])
def test_code_computes_powers_by_logarithms(target: str) -> None:
    """By the exponent and by the matrix, as differences say."""
    pytest.importorskip("array_api_strict" if target == "array_api" else target)
    found = derive("x' A^t y", "A,t", shapes="t: scalar").function(target)
    rng = np.random.default_rng(5)
    matrix, x, y = 6 * np.eye(3) + rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    by_matrix, by_exponent = (np.asarray(each) for each in found(x=x, A=matrix, t=0.7, y=y))
    step, unit = 1e-5, np.eye(3)[[1]].T @ np.eye(3)[[2]]

    def slope(change: np.ndarray, faster: float) -> float:
        ahead, behind = (
            x @ np.real(fractional_matrix_power(matrix + sign * change, 0.7 + sign * faster)) @ y
            for sign in (1, -1)
        )
        return float(ahead - behind) / (2 * step)

    assert slope(step * unit, 0.0) == pytest.approx(by_matrix[1, 2], rel=1e-5)
    assert slope(0 * unit, step) == pytest.approx(float(by_exponent), rel=1e-5)


@pytest.mark.parametrize("matrix", [np.diag([1.0, -2.0]), np.ones((2, 2)), np.zeros((2, 2))])
def test_numpy_refuses_a_logarithm_that_is_not_real(matrix: np.ndarray) -> None:
    """Also of a singular matrix, of which the roots exist."""
    with pytest.raises(np.linalg.LinAlgError):
        helpers.logm(matrix)

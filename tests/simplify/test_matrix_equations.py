# mypy: disable-error-code="no-untyped-call"
"""Sylvester and Lyapunov equations, and square roots of matrices, which are derived by them."""

import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov, solve_sylvester, sqrtm

from dimderiv import derive
from dimderiv.codegen.targets.helpers import numpy_powers_helpers as helpers
from dimderiv.errors import DimderivError


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        ("tr(G' sylvester(A, B, C))", "C", "sylvester(A', B', G)"),
        ("tr(G' sylvester(A, B, C))", "A", "-sylvester(A', B', G) sylvester(A, B, C)'"),
        ("tr(G' sylvester(A, B, C))", "B", "-sylvester(A, B, C)' sylvester(A', B', G)"),
        ("sylvester(A, B, C)", "C", "sylvester(A, B)"),
        ("tr(P lyap(A, Q))", "Q", "lyap(A', P')"),
        ("tr(sqrtm(A))", "A", "0.5 inv(sqrtm(A))'"),
        ("x' A^(1/2) y", "A", "sylvester(sqrtm(A), sqrtm(A), y x')'"),
        ("tr(A^(-1/2))", "A", "-0.5 inv(sqrtm(A))'^3"),
        ("sqrtm(A)", "A", "sylvester(sqrtm(A), sqrtm(A))"),
    ],
)
def test_derivatives(text: str, wrt: str, expected: str) -> None:
    """By every argument, by the adjoint equation; by the scalar rule where matrices commute."""
    assert expected == str(derive(text, wrt))


def test_a_symmetric_lyapunov_equation_has_a_symmetric_solution() -> None:
    """So that two terms are one."""
    found = derive("x' lyap(A, Q) x", "A", shapes="Q: n x n symmetric")

    assert "-2 lyap(A', x x') lyap(A, Q)" == str(found)


@pytest.mark.parametrize(
    ("text", "shapes", "message"),
    [
        ("sylvester(A, B, C)", "A: m x p; B: n x n; C: m x n", "needs a square matrix"),
        ("sylvester(A, b, c)", "A: n x n; b: scalar; c: n", "sylvester has a rule for matrices"),
        ("sylvester(A, B, C, A)", "A: n x n", "sylvester takes three arguments, not 4"),
        ("sqrtm(A)", "A: m x n", "needs a square matrix"),
    ],
)
def test_what_is_refused(text: str, shapes: str, message: str) -> None:
    """By name."""
    with pytest.raises(DimderivError, match=message):
        derive(text, "A", shapes=shapes)


@pytest.mark.parametrize("size", [3, 40])
def test_numpy_solves_the_equation(size: int) -> None:
    """As scipy does, by one system or by eigenvectors."""
    rng = np.random.default_rng(size)
    a, b, c = (rng.normal(size=(size, size)) for _ in range(3))
    a, b = a + 4 * size * np.eye(size), b + size * np.eye(size)

    np.testing.assert_allclose(solve_sylvester(a, b, c), helpers.sylvester(a, b, c), atol=1e-12)
    np.testing.assert_allclose(
        solve_continuous_lyapunov(a, c), helpers.sylvester(a, a.T, c), atol=1e-12
    )


def test_numpy_takes_the_root() -> None:
    """Also of a matrix with one eigenvector, and of one that is close to singular."""
    rng = np.random.default_rng(7)
    turned = np.linalg.qr(rng.normal(size=(8, 8)))[0]
    close = turned @ np.diag(np.logspace(-10, 0, 8)) @ turned.T
    for matrix in (np.array([[4.0, 1, 0], [0, 4, 1], [0, 0, 4]]), close, np.zeros((2, 2))):
        root = helpers.sqrtm(matrix)

        np.testing.assert_allclose(matrix, root @ root, atol=1e-14)
    matrix = 2 * np.eye(8) + turned
    np.testing.assert_allclose(sqrtm(matrix), helpers.sqrtm(matrix), atol=1e-12)


def test_numpy_refuses_a_root_that_is_not_real() -> None:
    """Rather than giving one that does not square to the matrix."""
    with pytest.raises(np.linalg.LinAlgError):
        helpers.sqrtm(np.diag([1.0, -2.0]))

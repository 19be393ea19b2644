"""Hessians of scalars, and the Jacobian of softmax."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import formulas
from benchmarks.case import Array, Case, signs, three
from benchmarks.matrices import FACTORS, factorization_loss, quadratic_form
from benchmarks.regressions import logistic_loss

ORDERS = three("n", small="10", medium="100", large="1000")


def diagonal(H: Array) -> Array:
    """The diagonal, as a view that can be written to."""
    return H.reshape(-1)[:: len(H) + 1]


def norm_hessian(x: Array) -> Array:
    """One outer product; the identity is added on the diagonal."""
    r = np.sqrt(x @ x)
    H: Array = np.multiply.outer(x / -(r**3), x)
    diagonal(H)[:] += 1 / r
    return H


def norm_hessian_as_printed(x: Array) -> Array:
    """With an identity matrix."""
    return np.asarray((np.eye(len(x)) - np.outer(x, x) / (x @ x)) / np.linalg.norm(x))


def softmax_jacobian(x: Array) -> Array:
    """One outer product; the probabilities are added on the diagonal."""
    p = np.exp(x - x.max())
    p /= p.sum()
    H: Array = np.multiply.outer(-p, p)
    diagonal(H)[:] += p
    return H


def softmax_jacobian_as_printed(x: Array) -> Array:
    """With a diagonal matrix."""
    p = np.exp(x - x.max())
    p /= p.sum()
    return np.asarray(np.diag(p) - np.outer(p, p))


def curvature(X: Array, w: Array, y: Array) -> Array:
    """The second derivatives of the losses by the scores."""
    s = np.tanh((X @ w) * (0.5 * y))
    s *= s
    s -= 1
    s *= -0.25
    return np.asarray(s * y**2)


def logistic_hessian(X: Array, w: Array, y: Array) -> Array:
    """Half of the weights into each factor, so that BLAS computes one triangle."""
    Z = X * np.sqrt(curvature(X, w, y))[:, None]
    return np.asarray(Z.T @ Z)


def logistic_hessian_as_printed(X: Array, w: Array, y: Array) -> Array:
    """Rows are scaled, then a general product."""
    return np.asarray((X.T * curvature(X, w, y)) @ X)


def factorization_hessian(U: Array, V: Array, T: Array) -> Array:
    """A Gram matrix in each block of the diagonal."""
    rows = np.arange(len(U))
    H = np.zeros((*U.shape, *U.shape))
    H[rows, :, rows, :] = 2 * (V.T @ V)
    return H


def factorization_hessian_view(U: Array, V: Array, T: Array) -> Array:
    """The same blocks through a view of the diagonal."""
    H = np.zeros((*U.shape, *U.shape))
    np.einsum("iaib->iab", H)[:] = 2 * (V.T @ V)
    return H


def quadratic_hessian(x: Array, A: Array) -> Array:
    """As it is printed."""
    return A + A.T


def one_gram(X: Array, w: Array, y: Array) -> Callable[[], object]:
    """The product with the vector, and one Gram product."""
    return lambda: (X @ w, X.T @ X)


def norm(of: Any, x: Any) -> Any:
    """The length of a vector."""
    return of.sqrt(x @ x)


def log_sum_exp(of: Any, x: Any) -> Any:
    """The logarithm of the sum of exponentials."""
    return of.logsumexp(x)


def softmax_of(of: Any, x: Any) -> Any:
    """The softmax of a vector."""
    return of.softmax(x)


CASES = (
    Case(
        "norm", "||x||", ("x",), {"x": "n"}, ORDERS, norm,
        {"as printed": norm_hessian_as_printed, "diagonal": norm_hessian},
        formula=formulas.norm_hessian, order=2,
    ),
    Case(
        "log-sum-exp", "logsumexp(x)", ("x",), {"x": "n"}, ORDERS, log_sum_exp,
        {"as printed": softmax_jacobian_as_printed, "diagonal": softmax_jacobian},
        formula=formulas.softmax_jacobian, order=2,
    ),
    Case(
        "softmax", "softmax(x)", ("x",), {"x": "n"}, ORDERS, softmax_of,
        {"as printed": softmax_jacobian_as_printed, "diagonal": softmax_jacobian},
        formula=formulas.softmax_jacobian, jacobian=True,
    ),
    Case(
        "quadratic form", "x' A x", ("x",), {"x": "n", "A": "n x n"}, ORDERS, quadratic_form,
        {"as printed": quadratic_hessian}, formula=formulas.quadratic_hessian, order=2,
    ),
    Case(
        "logistic regression", "sum(softplus(-y .* (X w)))", ("w",),
        {"X": "m x n", "w": "n", "y": "m"},
        three("m", "n", small="100 10", medium="2000 100", large="4000 1000"), logistic_loss,
        {"as printed": logistic_hessian_as_printed, "Gram": logistic_hessian}, one_gram,
        formulas.logistic_hessian, {"y": signs}, order=2,
    ),
    Case(
        "matrix factorization", "||U V' - T||^2", ("U",), FACTORS,
        three("m", "n", "r", small="10 10 2", medium="50 50 3", large="200 200 5"),
        factorization_loss,
        {"blocks": factorization_hessian, "view": factorization_hessian_view},
        lambda U, V, T: lambda: V.T @ V, formulas.factorization_hessian, order=2,
    ),
)  # fmt: skip

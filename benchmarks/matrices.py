"""Functions of matrices as a whole: products, traces, determinants."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import formulas
from benchmarks.case import Array, Case, definite, three
from benchmarks.regressions import blocks


def factors_by_residual(U: Array, V: Array, T: Array) -> Array:
    """As it is printed: the residual is an m x n matrix."""
    return np.asarray(2 * ((U @ V.T - T) @ V))


def factors_by_gram(U: Array, V: Array, T: Array) -> Array:
    """Without the residual: the small Gram matrix first."""
    G = U @ (V.T @ V)
    G -= T @ V
    G *= 2
    return np.asarray(G)


def two_products(x: Array, A: Array) -> Array:
    """The matrix is read twice, and never added to its transpose."""
    return np.asarray(A @ x + x @ A)


def one_product(x: Array, A: Array) -> Array:
    """As it is printed."""
    return np.asarray((A + A.T) @ x)


def two_products_in_blocks(x: Array, A: Array) -> Array:
    """Each block of rows is read once."""
    g = np.zeros_like(x)
    for rows in blocks(A):
        g += x[rows] @ A[rows]
        g[rows] += A[rows] @ x
    return g


def trace_by_square(X: Array) -> Array:
    """The square once, and one product with it."""
    G = X @ X @ X
    G *= 4
    return np.asarray(G.T)


def trace_by_power(X: Array) -> Array:
    """As it is printed."""
    return np.asarray(4 * np.linalg.matrix_power(X.T, 3))


def inverse_transposed(A: Array) -> Array:
    """The transpose is a view."""
    return np.asarray(np.linalg.inv(A).T)


def inverse_of_transpose(A: Array) -> Array:
    """As it is printed."""
    return np.asarray(np.linalg.inv(A.T))


def gaussian(X: Array, m: Array, S: Array) -> tuple[Array, Array]:
    """The inverse once, and the scatter matrix as one Gram product."""
    Z = X - m
    P = np.linalg.inv(S)
    D = P @ (Z.T @ Z) @ P
    D -= len(X) * P
    D *= 0.5
    return Z.sum(axis=0, keepdims=True) @ P, D


def gaussian_by_samples(X: Array, m: Array, S: Array) -> tuple[Array, Array]:
    """The samples are whitened first."""
    P = np.linalg.inv(S)
    B = (X - m) @ P
    D = B.T @ B
    D -= len(X) * P
    D *= 0.5
    return B.sum(axis=0, keepdims=True), D


def gaussian_blocks(X: Array, m: Array, S: Array) -> tuple[Array, Array]:
    """The scatter matrix block by block: the centred samples stay in the cache."""
    P = np.linalg.inv(S)
    C, total = np.zeros_like(S), np.zeros_like(m)
    for rows in blocks(X):
        Z = X[rows] - m
        C += Z.T @ Z
        total += Z.sum(axis=0)
    D = P @ C @ P
    D -= len(X) * P
    D *= 0.5
    return total @ P, D


def gram_products(U: Array, V: Array, T: Array) -> Callable[[], object]:
    """The three products without the residual."""
    G = V.T @ V
    return lambda: (V.T @ V, U @ G, T @ V)


def gaussian_products(X: Array, m: Array, S: Array) -> Callable[[], object]:
    """The scatter matrix, the inverse, and two products with it."""
    return lambda: (X.T @ X, np.linalg.inv(S), S @ S, S @ S)


def square_products(X: Array) -> Callable[[], object]:
    """Two products."""
    return lambda: (X @ X, X @ X)


def factorization_loss(of: Any, U: Any, V: Any, T: Any) -> Any:
    """The squared distance of a product from a matrix."""
    R = U @ V.T - T
    return (R * R).sum()


def quadratic_form(of: Any, x: Any, A: Any) -> Any:
    """The quadratic form."""
    return x @ (A @ x)


def trace_of_power(of: Any, X: Any) -> Any:
    """The trace of the fourth power."""
    return of.trace(X @ X @ X @ X)


def log_determinant(of: Any, A: Any) -> Any:
    """The logarithm of the determinant's absolute value."""
    return of.logdet(A)


def gaussian_likelihood(of: Any, X: Any, m: Any, S: Any) -> Any:
    """The log-likelihood of samples, without its constant."""
    Z = X - m
    return -X.shape[0] / 2 * of.logdet(S) - (Z * of.solve(S, Z.T).T).sum() / 2


FACTORS = {"U": "m x r", "V": "n x r", "T": "m x n"}
CASES = (
    Case(
        "matrix factorization", "||U V' - T||^2", ("U",), FACTORS,
        three("m", "n", "r", small="30 20 3", medium="300 200 10", large="2000 1500 20"),
        factorization_loss, {"as printed": factors_by_residual, "Gram": factors_by_gram},
        gram_products, formulas.factorization,
    ),
    Case(
        "quadratic form", "x' A x", ("x",), {"x": "n", "A": "n x n"},
        three("n", small="10", medium="200", large="2000"), quadratic_form,
        {"as printed": one_product, "two products": two_products,
         "blocks": two_products_in_blocks},
        lambda x, A: lambda: (A @ x, x @ A), formulas.quadratic_form,
    ),
    Case(
        "tr(X^4)", "tr(X^4)", ("X",), {"X": "n x n"},
        three("n", small="10", medium="100", large="600"), trace_of_power,
        {"as printed": trace_by_power, "square": trace_by_square}, square_products,
        formulas.trace_of_fourth_power,
    ),
    Case(
        "logdet", "logdet(A)", ("A",), {"A": "n x n"},
        three("n", small="10", medium="100", large="600"), log_determinant,
        {"as printed": inverse_of_transpose, "view": inverse_transposed},
        lambda A: lambda: np.linalg.inv(A), formulas.logdet, {"A": definite},
    ),
    Case(
        "Gaussian likelihood",
        "Z = X - m; -N logdet(S) / 2 - sum((Z inv(S)) .* Z) / 2", ("m", "S"),
        {"X": "N x d", "m": "1 x d", "S": "d x d spd"},
        three("N", "d", small="50 5", medium="1000 50", large="20000 100"), gaussian_likelihood,
        {"Gram": gaussian, "whitened": gaussian_by_samples, "blocks": gaussian_blocks},
        gaussian_products, formulas.gaussian, {"S": definite},
    ),
)  # fmt: skip

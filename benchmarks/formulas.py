"""Closed forms as formulas, in the words that numpy, jax and torch share; `of` is the library.

A compiler fuses what is elementwise, so these are not written in place.
"""

from typing import Any


def least_squares(of: Any, X: Any, w: Any, y: Any) -> Any:
    """The residual as a row."""
    return 2 * ((X @ w - y) @ X)


def ridge(of: Any, X: Any, w: Any, y: Any, c: Any) -> Any:
    """The same with the penalty."""
    return 2 * ((X @ w - y) @ X + c * w)


def logistic(of: Any, X: Any, w: Any, y: Any) -> Any:
    """The slopes as a row."""
    return -(y * of.sigmoid(-y * (X @ w))) @ X


def softmax_regression(of: Any, X: Any, W: Any, Y: Any) -> Any:
    """As it is printed."""
    return X.T @ ((of.softmax(X @ W) - Y) / len(X))


def net(of: Any, X: Any, W1: Any, b1: Any, W2: Any, b2: Any, Y: Any) -> Any:
    """One pass forward, one back."""
    return _passes(of, X, W1, b1, W2, b2, Y)[1]


def net_with_value(of: Any, X: Any, W1: Any, b1: Any, W2: Any, b2: Any, Y: Any) -> Any:
    """The value from the scores."""
    S, gradients = _passes(of, X, W1, b1, W2, b2, Y)
    return -(Y * of.logsoftmax(S)).sum() / len(X), gradients


def _passes(of: Any, X: Any, W1: Any, b1: Any, W2: Any, b2: Any, Y: Any) -> Any:
    H = of.relu(X @ W1 + b1)
    S = H @ W2 + b2
    R = (of.softmax(S) - Y) / len(X)
    M = (R @ W2.T) * (H > 0)
    return S, (X.T @ M, M.sum(0, keepdims=True), H.T @ R, R.sum(0, keepdims=True))


def attention(of: Any, Q: Any, K: Any, V: Any, G: Any) -> Any:
    """The scale in the thin factors."""
    scale = Q.shape[1] ** -0.5
    A = of.softmax((Q * scale) @ K.T)
    M = G @ V.T
    M = A * (M - (M * A).sum(1, keepdims=True))
    return M @ (K * scale), M.T @ (Q * scale), A.T @ G


def batch_norm(of: Any, X: Any, g: Any, b: Any, e: Any, G: Any) -> Any:
    """Each sum over the batch once."""
    Z = X - X.mean(0)
    t = 1 / of.sqrt((Z * Z).mean(0) + e)
    R = Z * t
    dg, db = (G * R).sum(0, keepdims=True), G.sum(0, keepdims=True)
    return g * t * (G - (db + R * dg) / len(X)), dg, db


def convolution(of: Any, V: Any, K: Any, T: Any) -> Any:
    """Both by the convolution of the library."""
    return 2 * of.conv2(V, of.conv2(V, K) - T)


def factorization(of: Any, U: Any, V: Any, T: Any) -> Any:
    """The small Gram matrix first."""
    return 2 * (U @ (V.T @ V) - T @ V)


def factorization_hessian(of: Any, U: Any, V: Any, T: Any) -> Any:
    """A Gram matrix in each block of the diagonal."""
    return 2 * of.einsum("ij,ab->iajb", of.eye(len(U)), V.T @ V)


def quadratic_form(of: Any, x: Any, A: Any) -> Any:
    """Two products with the vector."""
    return A @ x + x @ A


def quadratic_hessian(of: Any, x: Any, A: Any) -> Any:
    """As it is printed."""
    return A + A.T


def trace_of_fourth_power(of: Any, X: Any) -> Any:
    """The square once."""
    S = X @ X
    return 4 * (S @ X).T


def logdet(of: Any, A: Any) -> Any:
    """The inverse, transposed."""
    return of.inv(A).T


def gaussian(of: Any, X: Any, m: Any, S: Any) -> Any:
    """The scatter matrix as one Gram product."""
    Z, P = X - m, of.inv(S)
    return Z.sum(0, keepdims=True) @ P, 0.5 * (P @ (Z.T @ Z) @ P - len(X) * P)


def norm_hessian(of: Any, x: Any) -> Any:
    """With an identity matrix."""
    s = x @ x
    return (of.eye(len(x)) - of.outer(x / s, x)) / of.sqrt(s)


def softmax_jacobian(of: Any, x: Any) -> Any:
    """With a diagonal matrix."""
    p = of.softmax(x)
    return of.diag(p) - of.outer(p, p)


def logistic_hessian(of: Any, X: Any, w: Any, y: Any) -> Any:
    """Rows are scaled, then a general product."""
    s = of.sigmoid(y * (X @ w))
    return (X.T * (s * (1 - s) * y**2)) @ X

"""Closed forms by hand in jax, for the functions whose large sizes are a matter of fusion.

The compiler fuses what is elementwise, so these are written as formulas, not in place.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as np
from jax.nn import log_softmax, sigmoid, softmax

Form = Callable[..., Any]


def least_squares(X: Any, w: Any, y: Any) -> Any:
    """The residual as a row."""
    return 2 * ((X @ w - y) @ X)


def ridge(X: Any, w: Any, y: Any, c: Any) -> Any:
    """The same with the penalty."""
    return 2 * ((X @ w - y) @ X + c * w)


def logistic(X: Any, w: Any, y: Any) -> Any:
    """The slopes as a row."""
    return -(y * sigmoid(-y * (X @ w))) @ X


def softmax_regression(X: Any, W: Any, Y: Any) -> Any:
    """As it is printed."""
    return X.T @ ((softmax(X @ W) - Y) / len(X))


def net(X: Any, W1: Any, b1: Any, W2: Any, b2: Any, Y: Any) -> Any:
    """One pass forward, one back."""
    return _passes(X, W1, b1, W2, b2, Y)[1]


def net_with_value(X: Any, W1: Any, b1: Any, W2: Any, b2: Any, Y: Any) -> Any:
    """The value from the scores."""
    S, gradients = _passes(X, W1, b1, W2, b2, Y)
    return -(Y * log_softmax(S)).sum() / len(X), gradients


def _passes(X: Any, W1: Any, b1: Any, W2: Any, b2: Any, Y: Any) -> Any:
    H = np.maximum(X @ W1 + b1, 0)
    S = H @ W2 + b2
    R = (softmax(S) - Y) / len(X)
    M = (R @ W2.T) * (H > 0)
    return S, (X.T @ M, M.sum(0, keepdims=True), H.T @ R, R.sum(0, keepdims=True))


def attention(Q: Any, K: Any, V: Any, G: Any) -> Any:
    """The scale in the thin factors."""
    scale = Q.shape[1] ** -0.5
    A = softmax((Q * scale) @ K.T)
    M = G @ V.T
    M = A * (M - (M * A).sum(1, keepdims=True))
    return M @ (K * scale), M.T @ (Q * scale), A.T @ G


def batch_norm(X: Any, g: Any, b: Any, e: Any, G: Any) -> Any:
    """Each sum over the batch once."""
    Z = X - X.mean(0)
    t = 1 / np.sqrt((Z * Z).mean(0) + e)
    R = Z * t
    dg, db = (G * R).sum(0, keepdims=True), G.sum(0, keepdims=True)
    return g * t * (G - (db + R * dg) / len(X)), dg, db


def convolution(V: Any, K: Any, T: Any) -> Any:
    """Both by the convolution of the library."""
    return 2 * _correlated(V, _correlated(V, K) - T)


def _correlated(V: Any, K: Any) -> Any:
    return jax.lax.conv(V[None, None], K[None, None], (1, 1), "VALID")[0, 0]


# By the name of the case and what is computed of it.
FORMS: Mapping[tuple[str, str], Form] = {
    ("least squares", "gradient"): least_squares,
    ("ridge", "gradient"): ridge,
    ("logistic regression", "gradient"): logistic,
    ("softmax regression", "gradient"): softmax_regression,
    ("two-layer net", "gradient"): net,
    ("two-layer net, with value", "gradient"): net_with_value,
    ("attention", "gradient"): attention,
    ("batch norm", "gradient"): batch_norm,
    ("conv2", "gradient"): convolution,
}

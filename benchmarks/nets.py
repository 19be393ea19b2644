"""A net of two layers: its gradients, and its value beside them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import formulas
from benchmarks.case import Array, Case, one_hot, three
from benchmarks.regressions import softmax, softmax_of_columns


def net_classes_first(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, Y: Array
) -> tuple[Array, Array, Array, Array]:
    """The scores transposed, a class in each row."""
    H = X @ W1
    H += b1
    np.maximum(H, 0, out=H)
    S = W2.T @ H.T
    S += b2.T
    softmax_of_columns(S)
    S -= Y.T
    S /= len(X)
    M = S.T @ W2.T
    M *= H > 0
    return X.T @ M, M.sum(axis=0, keepdims=True), (S @ H).T, S.sum(axis=1)[None]


def net(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, Y: Array
) -> tuple[Array, Array, Array, Array]:
    """All four gradients from one pass forward and one back."""
    H = X @ W1
    H += b1
    np.maximum(H, 0, out=H)
    S = H @ W2
    S += b2
    softmax(S)
    S -= Y
    S /= len(X)
    M = S @ W2.T
    M *= H > 0
    return X.T @ M, M.sum(axis=0, keepdims=True), H.T @ S, S.sum(axis=0, keepdims=True)


def net_with_value(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, Y: Array
) -> tuple[Array, tuple[Array, Array, Array, Array]]:
    """The value from what the gradients need, in place."""
    H = X @ W1
    H += b1
    np.maximum(H, 0, out=H)
    S = H @ W2
    S += b2
    S -= S.max(axis=1, keepdims=True)
    value = -np.vdot(Y, S)
    np.exp(S, out=S)
    total = S.sum(axis=1, keepdims=True)
    value += np.log(total).sum()
    S /= total
    S -= Y
    S /= len(X)
    M = S @ W2.T
    M *= H > 0
    gradients = X.T @ M, M.sum(axis=0, keepdims=True), H.T @ S, S.sum(axis=0, keepdims=True)
    return np.asarray(value / len(X)), gradients


def net_with_value_classes_first(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, Y: Array
) -> tuple[Array, tuple[Array, Array, Array, Array]]:
    """The same with the scores transposed."""
    H = X @ W1
    H += b1
    np.maximum(H, 0, out=H)
    S = W2.T @ H.T
    S += b2.T
    S -= S.max(axis=0)
    value = -np.einsum("ij,ji->", Y, S)
    np.exp(S, out=S)
    total = S.sum(axis=0)
    value += np.log(total).sum()
    S /= total
    S -= Y.T
    S /= len(X)
    M = S.T @ W2.T
    M *= H > 0
    gradients = X.T @ M, M.sum(axis=0, keepdims=True), (S @ H).T, S.sum(axis=1)[None]
    return np.asarray(value / len(X)), gradients


def five_products(X: Array, W1: Array, W2: Array, Y: Array, **_: Array) -> Callable[[], object]:
    """Two products forward, three back."""
    H = X @ W1
    return lambda: (X @ W1, H @ W2, Y @ W2.T, X.T @ H, H.T @ Y)


def net_loss(of: Any, X: Any, W1: Any, b1: Any, W2: Any, b2: Any, Y: Any) -> Any:
    """The cross-entropy of a net with one hidden layer."""
    return -(Y * of.logsoftmax(of.relu(X @ W1 + b1) @ W2 + b2)).sum() / X.shape[0]


NET = "H = relu(X W1 + b1); S = H W2 + b2; cross_entropy(S, Y)"
NET_ARRAYS = {
    "X": "n x d", "W1": "d x h", "b1": "1 x h", "W2": "h x c", "b2": "1 x c", "Y": "n x c",
}  # fmt: skip
NET_SIZES = three(
    "n", "d", "h", "c", small="32 10 16 3", medium="256 64 128 10", large="2000 400 500 10"
)

CASES = (
    Case(
        "two-layer net", NET, ("W1", "b1", "W2", "b2"), NET_ARRAYS, NET_SIZES, net_loss,
        {"in place": net, "classes first": net_classes_first}, five_products,
        formulas.net, {"Y": one_hot},
    ),
    Case(
        "two-layer net, with value", NET, ("W1", "b1", "W2", "b2"), NET_ARRAYS, NET_SIZES, net_loss,
        {"in place": net_with_value, "classes first": net_with_value_classes_first},
        five_products, formulas.net_with_value, {"Y": one_hot}, with_value=True,
    ),
)  # fmt: skip

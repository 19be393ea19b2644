"""Hessians by a matrix."""

from typing import Any

import numpy as np

from benchmarks.case import Array, Case, one_hot, three
from benchmarks.regressions import softmax_loss


def tanh_loss(of: Any, X: Any, W: Any, Y: Any) -> Any:
    """One layer, squared errors."""
    R = of.tanh(X @ W) - Y
    return (R * R).sum()


def tanh_hessian(of: Any, X: Any, W: Any, Y: Any) -> Any:
    """A weighted Gram matrix for each column."""
    T = of.tanh(X @ W)
    s = 1 - T * T
    M = 2 * s * (s - 2 * T * (T - Y))
    H = of.einsum("na,nk,nb->kab", X, M, X)
    return of.einsum("kl,kab->akbl", of.eye(W.shape[1]), H)


def tanh_hessian_by_column(X: Array, W: Array, Y: Array) -> Array:
    """One product for each column, into its places."""
    T = np.tanh(X @ W)
    s = 1 - T * T
    M = 2 * s * (s - 2 * T * (T - Y))
    c, H = W.shape[1], np.zeros((*W.shape, *W.shape))
    for k in range(c):
        H[:, k, :, k] = (X.T * M[:, k]) @ X
    return H


def classes_hessian(of: Any, X: Any, W: Any, Y: Any) -> Any:
    """The covariance of each sample's classes in the middle."""
    P = of.softmax(X @ W) / len(X)
    (n, d), c = X.shape, W.shape[1]
    Z = (X[:, :, None] * P[:, None, :]).reshape(n, d * c)
    between = -len(X) * (Z.T @ Z).reshape(d, c, d, c)
    own = of.einsum("na,nk,nb->kab", X, P, X)
    return between + of.einsum("kl,kab->akbl", of.eye(c), own)


def classes_hessian_by_pair(X: Array, W: Array, Y: Array) -> Array:
    """One product for each pair of classes, half of them by symmetry."""
    P = np.exp(X @ W)
    P /= P.sum(axis=1, keepdims=True)
    (n, _), c = X.shape, W.shape[1]
    H = np.empty((*W.shape, *W.shape))
    for k in range(c):
        for m in range(k, c):
            weights = P[:, k] * ((k == m) - P[:, m]) / n
            H[:, k, :, m] = (X.T * weights) @ X
            H[:, m, :, k] = H[:, k, :, m]
    return H


HESSIANS = three("n", "d", "c", small="50 5 3", medium="500 20 5", large="4000 60 10")
BY_W = {"X": "n x d", "W": "d x c", "Y": "n x c"}
CASES = (
    Case(
        name="one layer of tanh",
        expression="||tanh(X W) - Y||^2",
        wrt=("W",),
        arrays=BY_W,
        sizes=HESSIANS,
        value=tanh_loss,
        by_hand={"by column": tanh_hessian_by_column},
        formula=tanh_hessian,
        order=2,
    ),
    Case(
        name="softmax regression",
        expression="cross_entropy(X W, Y)",
        wrt=("W",),
        arrays=BY_W,
        sizes=HESSIANS,
        value=softmax_loss,
        by_hand={"by pair": classes_hessian_by_pair},
        formula=classes_hessian,
        draws={"Y": one_hot},
        order=2,
    ),
)  # fmt: skip

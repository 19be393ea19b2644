"""Backward passes of layers, given the derivative `G` of what they return."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import formulas
from benchmarks.case import Array, Case, positive, three
from benchmarks.regressions import BLOCK, blocks, softmax


def attention(Q: Array, K: Array, V: Array, G: Array) -> tuple[Array, Array, Array]:
    """In place; the sums of rows without the product that they are of."""
    scale = 1 / np.sqrt(Q.shape[1])
    A = Q @ K.T
    A *= scale
    softmax(A)
    M = G @ V.T
    M -= np.einsum("ij,ij->i", M, A)[:, None]
    M *= A
    M *= scale
    return M @ K, M.T @ Q, A.T @ G


def attention_scaled(Q: Array, K: Array, V: Array, G: Array) -> tuple[Array, Array, Array]:
    """Scales the thin factors in place of the square ones."""
    scale = 1 / np.sqrt(Q.shape[1])
    A = (Q * scale) @ K.T
    softmax(A)
    M = G @ V.T
    M -= np.einsum("ij,ij->i", M, A)[:, None]
    M *= A
    return M @ (K * scale), M.T @ (Q * scale), A.T @ G


def attention_blocks(Q: Array, K: Array, V: Array, G: Array) -> tuple[Array, Array, Array]:
    """A block of queries at a time, so that no square matrix leaves the cache."""
    scale = 1 / np.sqrt(Q.shape[1])
    dQ, dK, dV = np.empty_like(Q), np.zeros_like(K), np.zeros_like(V)
    scaled = K * scale
    step = max(1, 2 * BLOCK // (8 * len(K)))
    for start in range(0, len(Q), step):
        rows = slice(start, start + step)
        A = softmax(Q[rows] @ scaled.T)
        M = G[rows] @ V.T
        M -= np.einsum("ij,ij->i", M, A)[:, None]
        M *= A
        dQ[rows] = M @ scaled
        dK += M.T @ Q[rows]
        dV += A.T @ G[rows]
    dK *= scale
    return dQ, dK, dV


def batch_norm(
    X: Array, g: Array, b: Array, e: Array, G: Array
) -> tuple[Array, Array, Array]:  # fmt: skip
    """In place, each sum over the batch once."""
    R = X - X.mean(axis=0)
    t = 1 / np.sqrt(np.einsum("ij,ij->j", R, R) / len(X) + e)
    R *= t
    dg = np.einsum("ij,ij->j", G, R)[None]
    db = G.sum(axis=0, keepdims=True)
    R *= dg / -len(X)
    R += G
    R -= db / len(X)
    R *= g * t
    return R, dg, db


def batch_norm_blocks(
    X: Array, g: Array, b: Array, e: Array, G: Array
) -> tuple[Array, Array, Array]:  # fmt: skip
    """A block of rows at a time: first all sums over the batch, then the gradient."""
    m, dX, db = X.mean(axis=0), np.empty_like(X), np.zeros_like(b)
    squares, products = np.zeros_like(m), np.zeros_like(m)
    for rows in blocks(X):
        Z = X[rows] - m
        squares += np.einsum("ij,ij->j", Z, Z)
        products += np.einsum("ij,ij->j", G[rows], Z)
        db += G[rows].sum(axis=0)
    t = 1 / np.sqrt(squares / len(X) + e)
    dg = products * t
    for rows in blocks(X):
        Z = np.subtract(X[rows], m, out=dX[rows])
        Z *= dg * t / -len(X)
        Z += G[rows]
        Z -= db / len(X)
        Z *= g * t
    return dX, dg[None], db


def batch_norm_plain(
    X: Array, g: Array, b: Array, e: Array, G: Array
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The formula of the paper's appendix, simplified, as one would type it."""
    Z = X - X.mean(axis=0)
    t = np.sqrt((Z**2).mean(axis=0) + e)
    R = Z / t
    dg = (G * R).sum(axis=0, keepdims=True)
    db = G.sum(axis=0, keepdims=True)
    return g / t * (G - (db + R * dg) / len(X)), dg, db


def convolved(V: Array, K: Array) -> Array:
    """The valid cross-correlation, one entry of the kernel after another."""
    rows, cols = V.shape[0] - K.shape[0] + 1, V.shape[1] - K.shape[1] + 1
    found, part = np.zeros((rows, cols)), np.empty((rows, cols))
    for (k, p), weight in np.ndenumerate(K):
        found += np.multiply(V[k : k + rows, p : p + cols], weight, out=part)
    return found


def convolution_by_shifts(V: Array, K: Array, T: Array) -> Array:
    """Views of the image, shifted by each entry of the kernel."""
    R = convolved(V, K)
    R -= T
    R *= 2
    found = np.empty_like(K)
    for k, p in np.ndindex(K.shape):
        found[k, p] = np.einsum("ij,ij->", V[k : k + len(R), p : p + R.shape[1]], R)
    return found


def convolution_by_windows(V: Array, K: Array, T: Array) -> Array:
    """Windows of the image, contracted without a copy."""
    W = np.lib.stride_tricks.sliding_window_view(V, K.shape)
    R = np.einsum("opkl,kl->op", W, K)
    R -= T
    R *= 2
    return np.asarray(np.einsum("opkl,op->kl", W, R))


def convolution_by_columns(V: Array, K: Array, T: Array) -> Array:
    """The windows as a matrix, so that both products are BLAS's."""
    W = np.lib.stride_tricks.sliding_window_view(V, K.shape).reshape(-1, K.size)
    R = W @ K.ravel()
    R -= T.ravel()
    R *= 2
    return np.asarray((R @ W).reshape(K.shape))


def attention_products(Q: Array, K: Array, V: Array, G: Array) -> Callable[[], object]:
    """The five products."""
    A = Q @ K.T
    return lambda: (Q @ K.T, G @ V.T, A @ K, A.T @ Q, A.T @ G)


def attended(of: Any, Q: Any, K: Any, V: Any, G: Any) -> Any:
    """One head of attention, against a derivative handed down."""
    return (G * (of.softmax(Q @ K.T / Q.shape[1] ** 0.5) @ V)).sum()


def normalized(of: Any, X: Any, g: Any, b: Any, e: Any, G: Any) -> Any:
    """Batch normalization, against a derivative handed down."""
    Z = X - of.mean(X)
    return (G * (Z / of.sqrt(of.mean(Z * Z) + e) * g + b)).sum()


def filter_loss(of: Any, V: Any, K: Any, T: Any) -> Any:
    """The squared distance of a filtered image from another."""
    R = of.conv2(V, K) - T
    return (R * R).sum()


CASES = (
    Case(
        "attention", "A = softmax(Q K' / sqrt(d)); sum(G .* (A V))", ("Q", "K", "V"),
        {"Q": "n x d", "K": "n x d", "V": "n x d", "G": "n x d"},
        three("n", "d", small="16 8", medium="128 32", large="1024 64"), attended,
        {"in place": attention, "thin scaling": attention_scaled, "blocks": attention_blocks},
        attention_products, formulas.attention,
    ),
    Case(
        "batch norm",
        "Z = X - mean(X, axis=0); v = mean(Z.^2, axis=0);"
        " R = Z ./ sqrt(v + e); sum(G .* (R .* g + b))",
        ("X", "g", "b"),
        {"X": "n x d", "g": "1 x d", "b": "1 x d", "e": "scalar", "G": "n x d"},
        three("n", "d", small="32 10", medium="500 100", large="10000 200"), normalized,
        {"plain": batch_norm_plain, "in place": batch_norm, "blocks": batch_norm_blocks},
        None, formulas.batch_norm, {"e": positive},
    ),
    Case(
        "conv2", "||conv2(V, K) - T||^2", ("K",),
        {"V": "h x w", "K": "k x k", "T": "(h - k + 1) x (w - k + 1)"},
        three(
            "h", "w", "k", small="12 12 3", medium="64 64 5", large="512 512 7",
        ),
        filter_loss,
        {"shifts": convolution_by_shifts, "windows": convolution_by_windows,
         "columns": convolution_by_columns},
        formula=formulas.convolution, without=("formula",),
    ),
)  # fmt: skip

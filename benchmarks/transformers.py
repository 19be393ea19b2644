"""Parts of nets as papers have them, each against a derivative handed down."""

from typing import Any

import numpy as np

from benchmarks.case import Array, Case, one_hot, positive, three

ROWS = three("n", "d", small="32 10", medium="500 100", large="10000 200")
GATED = three("n", "d", "h", small="16 8 16", medium="128 64 256", large="2000 256 1024")


def norm_of_rows(of: Any, X: Any, g: Any, b: Any, e: Any, G: Any) -> Any:
    """Layer normalization."""
    return (G * of.layer_norm(X, g, b, e)).sum()


def norm_of_rows_slopes(of: Any, X: Any, g: Any, b: Any, e: Any, G: Any) -> Any:
    """Each sum over a row once."""
    Z = X - X.mean(1, keepdims=True)
    t = 1 / of.sqrt((Z * Z).mean(1, keepdims=True) + e)
    R, M = Z * t, G * g
    dX = t * (M - M.mean(1, keepdims=True) - R * (M * R).mean(1, keepdims=True))
    return dX, (G * R).sum(0, keepdims=True), G.sum(0, keepdims=True)


def norm_of_rows_in_place(
    X: Array, g: Array, b: Array, e: Array, G: Array
) -> tuple[Array, Array, Array]:
    """Two arrays, and sums by contractions."""
    d = X.shape[1]
    R = X - X.mean(axis=1, keepdims=True)
    t = 1 / np.sqrt(np.einsum("ij,ij->i", R, R) / d + e)[:, None]
    R *= t
    dg, db = np.einsum("ij,ij->j", G, R)[None], G.sum(axis=0, keepdims=True)
    M = G * g
    least, along = M.mean(axis=1, keepdims=True), np.einsum("ij,ij->i", M, R)[:, None] / d
    R *= along
    M -= R
    M -= least
    M *= t
    return M, dg, db


def lengths(of: Any, X: Any, g: Any, e: Any, G: Any) -> Any:
    """Root-mean-square normalization."""
    return (G * (X / of.sqrt((X * X).mean(1)[:, None] + e) * g)).sum()


def lengths_slopes(of: Any, X: Any, g: Any, e: Any, G: Any) -> Any:
    """Each sum over a row once."""
    t = 1 / of.sqrt((X * X).mean(1, keepdims=True) + e)
    R, M = X * t, G * g
    return t * (M - R * (M * R).mean(1, keepdims=True)), (G * R).sum(0, keepdims=True)


def lengths_in_place(X: Array, g: Array, e: Array, G: Array) -> tuple[Array, Array]:
    """Two arrays, and sums by contractions."""
    d = X.shape[1]
    t = 1 / np.sqrt(np.einsum("ij,ij->i", X, X) / d + e)[:, None]
    R, M = X * t, G * g
    dg = np.einsum("ij,ij->j", G, R)[None]
    R *= np.einsum("ij,ij->i", M, R)[:, None] / d
    M -= R
    M *= t
    return M, dg


def masked(of: Any, Q: Any, K: Any, V: Any, M: Any, G: Any) -> Any:
    """Attention to what came before."""
    return (G * (of.softmax(Q @ K.T / Q.shape[1] ** 0.5 + M) @ V)).sum()


def masked_slopes(of: Any, Q: Any, K: Any, V: Any, M: Any, G: Any) -> Any:
    """The scale in the thin factors."""
    scale = Q.shape[1] ** -0.5
    A = of.softmax((Q * scale) @ K.T + M)
    E = G @ V.T
    E = A * (E - (E * A).sum(1, keepdims=True))
    return E @ (K * scale), E.T @ (Q * scale), A.T @ G


def masked_in_place(Q: Array, K: Array, V: Array, M: Array, G: Array) -> tuple[Array, Array, Array]:
    """Two square arrays."""
    scale = Q.shape[1] ** -0.5
    A = (Q * scale) @ K.T
    A += M
    A -= A.max(axis=1, keepdims=True)
    np.exp(A, out=A)
    A /= A.sum(axis=1, keepdims=True)
    dV, E = A.T @ G, G @ V.T
    E -= np.einsum("ij,ij->i", E, A)[:, None]
    E *= A
    E *= scale
    return E @ K, E.T @ Q, dV


def causal(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Zero on and below the diagonal, and far below zero above it."""
    return np.triu(np.full(shape, -1e9), 1)


def gated(of: Any, X: Any, W: Any, V: Any, U: Any, G: Any) -> Any:
    """A gated linear unit."""
    Z = X @ W
    return (G * ((Z * of.sigmoid(Z) * (X @ V)) @ U)).sum()


def gated_slopes(of: Any, X: Any, W: Any, V: Any, U: Any, G: Any) -> Any:
    """Six products."""
    Z, B, M = X @ W, X @ V, G @ U.T
    p = of.sigmoid(Z)
    A = Z * p
    return X.T @ (M * B * (p + A * (1 - p))), X.T @ (M * A), (A * B).T @ G


def gated_in_place(X: Array, W: Array, V: Array, U: Array, G: Array) -> tuple[Array, Array, Array]:
    """As few arrays as can be."""
    Z, B, M = X @ W, X @ V, G @ U.T
    p = np.multiply(Z, 0.5)
    np.tanh(p, out=p)
    p *= 0.5
    p += 0.5
    A = np.multiply(Z, p, out=Z)
    dV = X.T @ (M * A)
    dU = (A * B).T @ G
    M *= B
    np.subtract(1, p, out=B)
    B *= A
    B += p
    M *= B
    return X.T @ M, dV, dU


def smooth_layer(of: Any, X: Any, W: Any, b: Any, V: Any, G: Any) -> Any:
    """Two layers with the normal distribution between."""
    Z = X @ W + b
    return (G * ((0.5 * Z * (1 + of.erf(Z * 0.5**0.5))) @ V)).sum()


def smooth_layer_slopes(of: Any, X: Any, W: Any, b: Any, V: Any, G: Any) -> Any:
    """The distribution once."""
    Z = X @ W + b
    cdf = 0.5 * (1 + of.erf(Z * 0.5**0.5))
    M = (G @ V.T) * (cdf + Z * of.exp(-0.5 * Z * Z) * (0.5 / 3.141592653589793) ** 0.5)
    return X.T @ M, M.sum(0, keepdims=True), (Z * cdf).T @ G


def low_rank(of: Any, X: Any, W: Any, A: Any, B: Any, Y: Any) -> Any:
    """Weights that are adapted by a product of low rank."""
    R = X @ (W + A @ B) - Y
    return (R * R).sum()


def low_rank_slopes(of: Any, X: Any, W: Any, A: Any, B: Any, Y: Any) -> Any:
    """All products but one are thin."""
    T = X @ A
    R = X @ W + T @ B - Y
    return 2 * (X.T @ (R @ B.T)), 2 * (T.T @ R)


def low_rank_summed(X: Array, W: Array, A: Array, B: Array, Y: Array) -> tuple[Array, Array]:
    """The weights are added up first."""
    R = X @ (W + A @ B)
    R -= Y
    R *= 2
    return X.T @ (R @ B.T), (X @ A).T @ R


def graph_net(of: Any, S: Any, X: Any, W1: Any, W2: Any, Y: Any) -> Any:
    """A net on a graph, two layers."""
    return -(Y * of.logsoftmax(S @ (of.relu(S @ (X @ W1)) @ W2))).sum() / len(X)


def graph_net_slopes(of: Any, S: Any, X: Any, W1: Any, W2: Any, Y: Any) -> Any:
    """Products with the graph are thin."""
    H = of.relu(S @ (X @ W1))
    R = S.T @ ((of.softmax(S @ (H @ W2)) - Y) / len(X))
    return X.T @ (S.T @ ((R @ W2.T) * (H > 0))), H.T @ R


def neighbours(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Symmetric weights with small rows."""
    A = generator.random(shape)
    return (A + A.T) / (2 * len(A))


CASES = (
    Case(
        name="layer norm",
        expression="mu = mean(X, axis=1); Z = X - mu;"
        " sum(G .* (Z ./ sqrt(mean(Z.^2, axis=1) + e) .* g + b))",
        wrt=("X", "g", "b"),
        arrays={"X": "n x d", "g": "1 x d", "b": "1 x d", "e": "scalar", "G": "n x d"},
        sizes=ROWS,
        value=norm_of_rows,
        by_hand={"in place": norm_of_rows_in_place},
        formula=norm_of_rows_slopes,
        draws={"e": positive},
    ),
    Case(
        name="RMS norm",
        expression="sum(G .* (X ./ sqrt(mean(X.^2, axis=1) + e) .* g))",
        wrt=("X", "g"),
        arrays={"X": "n x d", "g": "1 x d", "e": "scalar", "G": "n x d"},
        sizes=ROWS,
        value=lengths,
        by_hand={"in place": lengths_in_place},
        formula=lengths_slopes,
        draws={"e": positive},
    ),
    Case(
        name="masked attention",
        expression="A = softmax(Q K' / sqrt(d) + M); sum(G .* (A V))",
        wrt=("Q", "K", "V"),
        arrays={**dict.fromkeys("QKV", "n x d"), "M": "n x n", "G": "n x d"},
        sizes=three("n", "d", small="16 8", medium="128 32", large="1024 64"),
        value=masked,
        by_hand={"in place": masked_in_place},
        formula=masked_slopes,
        draws={"M": causal},
    ),
    Case(
        name="gated linear unit",
        expression="sum(G .* ((silu(X W) .* (X V)) U))",
        wrt=("W", "V", "U"),
        arrays={"X": "n x d", "W": "d x h", "V": "d x h", "U": "h x d", "G": "n x d"},
        sizes=GATED,
        value=gated,
        by_hand={"in place": gated_in_place},
        formula=gated_slopes,
    ),
    Case(
        name="two layers with gelu",
        expression="sum(G .* (gelu(X W + b) V))",
        wrt=("W", "b", "V"),
        arrays={"X": "n x d", "W": "d x h", "b": "1 x h", "V": "h x d", "G": "n x d"},
        sizes=GATED,
        value=smooth_layer,
        by_hand={},
        formula=smooth_layer_slopes,
    ),
    Case(
        name="low-rank adaptation",
        expression="||X (W + A B) - Y||^2",
        wrt=("A", "B"),
        arrays={"X": "n x d", "W": "d x k", "A": "d x r", "B": "r x k", "Y": "n x k"},
        sizes=three(
            "n", "d", "k", "r", small="16 8 8 2", medium="200 128 128 4", large="2000 768 768 8"
        ),
        value=low_rank,
        by_hand={"summed": low_rank_summed},
        formula=low_rank_slopes,
    ),
    Case(
        name="net on a graph",
        expression="cross_entropy(S relu(S X W1) W2, Y)",
        wrt=("W1", "W2"),
        arrays={
            "S": "n x n symmetric", "X": "n x d", "W1": "d x h", "W2": "h x c", "Y": "n x c",
        },
        sizes=three(
            "n", "d", "h", "c", small="20 8 6 3", medium="200 64 16 5", large="1500 500 32 7"
        ),
        value=graph_net,
        by_hand={},
        formula=graph_net_slopes,
        draws={"S": neighbours, "Y": one_hot},
    ),
)  # fmt: skip

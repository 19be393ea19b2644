"""Gradients of functions of arrays with more axes: heads, images, factors, labels."""

from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from benchmarks.case import Array, Case, three

Labels: TypeAlias = "NDArray[np.int64]"

HEADS = """
    Q[b,i,h,d] = X[b,i,e] U[e,h,d]; K[b,i,h,d] = X[b,i,e] L[e,h,d]; V[b,i,h,d] = X[b,i,e] Z[e,h,d];
    S[b,h,i,j] = Q[b,i,h,d] K[b,j,h,d] / 8; P = softmax(S, axis=j);
    O[b,i,h,d] = P[b,h,i,j] V[b,j,h,d]; Y[b,i,e] = O[b,i,h,d] W[h,d,e]; sum(G .* Y)
"""


def heads(
    X: Array, U: Array, L: Array, Z: Array, W: Array, G: Array
) -> tuple[Array, ...]:  # fmt: skip
    """Each projection one product; each head a matrix of a stack, without a copy."""
    M, D = X.shape[2], U.shape[1] * U.shape[2]
    flat, slope = X.reshape(-1, M), G.reshape(-1, M)
    split = (*X.shape[:2], *U.shape[1:])

    def stacked(rows: Array) -> Array:
        return rows.reshape(split).transpose(0, 2, 1, 3)

    Q, K, V = (stacked(flat @ P.reshape(M, D)) for P in (U, L, Z))
    P = Q @ K.transpose(0, 1, 3, 2)
    P /= 8
    P -= P.max(axis=-1, keepdims=True)
    np.exp(P, out=P)
    P /= P.sum(axis=-1, keepdims=True)
    merged = np.empty((len(flat), D))
    np.matmul(P, V, out=stacked(merged))
    dO = stacked(slope @ W.reshape(D, M).T)
    dS = dO @ V.transpose(0, 1, 3, 2)
    dS -= np.einsum("bhij,bhij->bhi", dS, P)[..., None]
    dS *= P
    dS /= 8
    dQ, dK, dV = (np.empty_like(merged) for _ in range(3))
    np.matmul(dS, K, out=stacked(dQ))
    np.matmul(dS.transpose(0, 1, 3, 2), Q, out=stacked(dK))
    np.matmul(P.transpose(0, 1, 3, 2), dO, out=stacked(dV))
    dX = dQ @ U.reshape(M, D).T
    dX += dK @ L.reshape(M, D).T
    dX += dV @ Z.reshape(M, D).T
    by = [(flat.T @ each).reshape(U.shape) for each in (dQ, dK, dV)]
    return dX.reshape(X.shape), *by, (merged.T @ slope).reshape(W.shape)


def heads_value(lib: Any, X: Any, U: Any, L: Any, Z: Any, W: Any, G: Any) -> Any:
    """The same on the operations of a library."""
    Q, K, V = (lib.einsum("bie,ehd->bhid", X, P) for P in (U, L, Z))
    P = lib.softmax(lib.einsum("bhid,bhjd->bhij", Q, K) / 8)
    O = lib.einsum("bhij,bhjd->bihd", P, V)  # noqa: E741
    return (G * lib.einsum("bihd,hde->bie", O, W)).sum()


def images(X: Array, W: Array, G: Array, budget: int = 1 << 18) -> tuple[Array, Array]:
    """Columns of some images at a time, as large as the cache."""
    (n, c, h, w), o = X.shape, len(W)
    padded = np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)))
    slopes = np.pad(G, ((0, 0), (0, 0), (1, 1), (1, 1)))
    turned = W[:, :, ::-1, ::-1].transpose(1, 0, 2, 3).reshape(c, -1)
    dX, dW = np.empty_like(X), np.zeros((o, c * 9))
    step = max(1, budget // (9 * max(c, o) * h * w))
    for start in range(0, n, step):
        block = slice(start, start + step)
        columns = sliding_window_view(slopes[block], (3, 3), (2, 3)).transpose(0, 1, 4, 5, 2, 3)
        np.matmul(turned, columns.reshape(-1, 9 * o, h * w), out=dX[block].reshape(-1, c, h * w))
        columns = sliding_window_view(padded[block], (3, 3), (2, 3)).transpose(1, 4, 5, 0, 2, 3)
        rows = G[block].swapaxes(0, 1).reshape(o, -1)
        dW += rows @ columns.reshape(9 * c, -1).T
    return dX, dW.reshape(W.shape)


def images_value(lib: Any, X: Any, W: Any, G: Any) -> Any:
    """The same on the operations of a library."""
    return (G * lib.conv2d(X, W)).sum()


def factors(T: Array, A: Array, B: Array, C: Array) -> tuple[Array, Array, Array]:
    """The residual, one product with the last factor for two gradients, one more for the third."""
    both = (A[:, None, :] * B).reshape(-1, A.shape[1])
    E = both @ C.T
    np.subtract(E, T.reshape(E.shape), out=E)
    dC = E.T @ both
    part = (E @ C).reshape(len(A), len(B), -1)
    return np.einsum("ijr,jr->ir", part, B), np.einsum("ijr,ir->jr", part, A), dC


def factors_value(lib: Any, T: Any, A: Any, B: Any, C: Any) -> Any:
    """The same on the operations of a library."""
    return ((lib.einsum("ir,jr,kr->ijk", A, B, C) - T) ** 2).sum() / 2


def rows_added(E: Array, W: Array, y: Labels, t: Labels) -> tuple[Array, Array]:
    """Rows are added up by a sparse matrix."""
    from scipy.sparse import csc_matrix

    H, n = E[y], len(y)
    P = H @ W
    P -= P.max(axis=1, keepdims=True)
    np.exp(P, out=P)
    P /= P.sum(axis=1, keepdims=True)
    P[np.arange(n), t] -= 1
    P /= n
    places = csc_matrix((np.ones(n), y, np.arange(n + 1)), (len(E), n))
    return places @ (P @ W.T), H.T @ P


def rows_at(E: Array, W: Array, y: Labels, t: Labels) -> tuple[Array, Array]:
    """Rows are added up by numpy alone."""
    H, n = E[y], len(y)
    P = (H @ W).T.copy()
    P -= P.max(axis=0)
    np.exp(P, out=P)
    P /= P.sum(axis=0)
    P[t, np.arange(n)] -= 1
    P /= n
    dE = np.zeros_like(E)
    np.add.at(dE, y, P.T @ W.T)
    return dE, (P @ H).T


def rows_value(lib: Any, E: Any, W: Any, y: Any, t: Any) -> Any:
    """The same on the operations of a library."""
    logs = lib.logsoftmax(E[y] @ W)
    return -logs[lib.arange(len(y)), t].sum() / len(y)


SHAPES = {"X": "B x T x M", **dict.fromkeys("ULZ", "M x H x D"), "W": "H x D x M", "G": "B x T x M"}
CASES = (
    Case(
        name="multi-head attention",
        expression=" ".join(HEADS.split()),
        wrt=("X", "U", "L", "Z", "W"),
        arrays=SHAPES,
        sizes=three(*"BTMHD", small="2 16 32 2 16", medium="8 64 128 4 32", large="8 256 512 8 64"),
        value=heads_value,
        by_hand={"stacks": heads},
    ),
    Case(
        name="convolutional layer",
        expression="sum(G .* conv2d(X, W, padding=1))",
        wrt=("X", "W"),
        arrays={"X": "N x C x A x B", "W": "F x C x 3 x 3", "G": "N x F x A x B"},
        sizes=three(*"NCFAB", small="2 3 4 8 8", medium="8 16 16 28 28", large="16 64 64 56 56"),
        value=images_value,
        by_hand={"columns": images, "more columns": partial(images, budget=1 << 20)},
        without=("HIPS autograd",),
    ),
    Case(
        name="factors of a tensor",
        expression="E[i,j,k] = A[i,r] B[j,r] C[k,r] - T[i,j,k]; sum(E.^2) / 2",
        wrt=("A", "B", "C"),
        arrays={"T": "I0 x J x K", "A": "I0 x R", "B": "J x R", "C": "K x R"},
        sizes=three(
            "I0", "J", "K", "R", small="8 9 10 3", medium="60 60 60 20", large="200 200 200 50"
        ),
        value=factors_value,
        by_hand={"shared": factors},
    ),
    Case(
        name="embedding and labels",
        expression="mean(-logsoftmax(E[y, :] W)[i, t[i]])",
        wrt=("E", "W"),
        arrays={"E": "V x D", "W": "D x C", "y": "N labels V", "t": "N labels C"},
        sizes=three(
            *"VDCN", small="20 8 5 16", medium="1000 64 50 500", large="20000 256 1000 4096"
        ),
        value=rows_value,
        by_hand={"sparse": rows_added, "in place": rows_at},
    ),
)

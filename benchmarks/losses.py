"""Losses of models: regressions, rankings, factors, clusters."""

from typing import Any

import numpy as np

from benchmarks.case import Array, Case, positive, signs, three
from benchmarks.regressions import ROWS, blocks

REGRESSION = {"X": "m x n", "w": "n", "y": "m"}


def huber_loss(of: Any, X: Any, w: Any, y: Any) -> Any:
    """Squares near 0, absolute values beyond 1."""
    a = of.abs(X @ w - y)
    return of.where(a < 1, a * a / 2, a - 0.5).sum()


def huber_slope(of: Any, X: Any, w: Any, y: Any) -> Any:
    """The residual, cut off."""
    return (X @ w - y).clip(-1, 1) @ X


def huber_in_blocks(X: Array, w: Array, y: Array) -> Array:
    """Each block of rows is read once."""
    g = np.zeros_like(w)
    for rows in blocks(X):
        r = X[rows] @ w
        r -= y[rows]
        g += np.clip(r, -1, 1, out=r) @ X[rows]
    return g


def hinge_loss(of: Any, X: Any, w: Any, y: Any, c: Any) -> Any:
    """Squared hinges and a penalty."""
    h = of.relu(1 - y * (X @ w))
    return h @ h + c * (w @ w)


def hinge_slope(of: Any, X: Any, w: Any, y: Any, c: Any) -> Any:
    """The hinges as a row."""
    return 2 * (c * w - (y * of.relu(1 - y * (X @ w))) @ X)


def poisson_loss(of: Any, X: Any, w: Any, y: Any) -> Any:
    """The negative log-likelihood of counts."""
    z = X @ w
    return (of.exp(z) - y * z).sum()


def poisson_slope(of: Any, X: Any, w: Any, y: Any) -> Any:
    """The residual as a row."""
    return (of.exp(X @ w) - y) @ X


def poisson_hessian(of: Any, X: Any, w: Any, y: Any) -> Any:
    """Rows are scaled, then a general product."""
    return (X.T * of.exp(X @ w)) @ X


def poisson_gram(X: Array, w: Array, y: Array) -> Array:
    """Half of the weights in each factor, so that BLAS computes one triangle."""
    Z = X * np.exp(X @ w / 2)[:, None]
    return np.asarray(Z.T @ Z)


def triplet_loss(of: Any, A: Any, P: Any, N: Any) -> Any:
    """What is alike nearer than what is not, by a margin."""
    return of.relu(((A - P) ** 2).sum(1) - ((A - N) ** 2).sum(1) + 1).sum()


def triplet_slopes(of: Any, A: Any, P: Any, N: Any) -> Any:
    """The mask in one column."""
    B, C = A - P, A - N
    on = (2.0 * ((B * B).sum(1) - (C * C).sum(1) + 1 > 0))[:, None]
    return on * (N - P), -on * B, on * C


def triplet_in_place(A: Array, P: Array, N: Array) -> tuple[Array, Array, Array]:
    """Three arrays, each written twice."""
    B, C = A - P, A - N
    r = np.einsum("ij,ij->i", B, B)
    r -= np.einsum("ij,ij->i", C, C)
    on = np.where(r > -1, 2.0, 0.0)[:, None]
    C *= on
    B *= -on
    return -(B + C), B, C


def ranking_loss(of: Any, U: Any, P: Any, N: Any) -> Any:
    """Bayesian personalized ranking."""
    return of.softplus((U * (N - P)).sum(1)).sum()


def ranking_slopes(of: Any, U: Any, P: Any, N: Any) -> Any:
    """The weight of each pair in one column."""
    D = N - P
    u = of.sigmoid((U * D).sum(1))[:, None]
    V = u * U
    return u * D, -V, V


def ranking_in_place(U: Array, P: Array, N: Array) -> tuple[Array, Array, Array]:
    """The scores by a contraction."""
    D = N - P
    u = np.einsum("ij,ij->i", U, D)
    u *= 0.5
    np.tanh(u, out=u)
    u += 1
    u *= 0.5
    V = u[:, None] * U
    D *= u[:, None]
    return D, -V, V


def divergence(of: Any, X: Any, W: Any, H: Any) -> Any:
    """The divergence of a matrix from a product of factors that are not negative."""
    Y = W @ H
    return (Y - X * of.log(Y)).sum()


def divergence_slopes(of: Any, X: Any, W: Any, H: Any) -> Any:
    """One quotient, two products."""
    R = 1 - X / (W @ H)
    return R @ H.T, W.T @ R


def divergence_by_sums(X: Array, W: Array, H: Array) -> tuple[Array, Array]:
    """The ones are multiplied as sums."""
    R = W @ H
    np.divide(X, R, out=R)
    return H.sum(axis=1) - R @ H.T, W.sum(axis=0)[:, None] - W.T @ R


def clusters_loss(of: Any, X: Any, C: Any) -> Any:
    """Squared distances from the nearest centre."""
    D = (X * X).sum(1)[:, None] + (C * C).sum(1) - 2 * (X @ C.T)
    return of.amin(D).sum()


def clusters_slope(X: Array, C: Array) -> Array:
    """The nearest centre as a mask."""
    D = (C * C).sum(axis=1) - 2 * (X @ C.T)
    near = (D == D.min(axis=1, keepdims=True)).astype(float)
    return np.asarray(2 * (near.sum(axis=0)[:, None] * C - near.T @ X))


def clusters_by_row(X: Array, C: Array) -> Array:
    """The nearest centre as a number, samples added up by a sparse matrix."""
    from scipy.sparse import csr_matrix

    D = X @ C.T
    D *= -2
    D += np.einsum("ij,ij->i", C, C)
    n, nearest = len(X), D.argmin(axis=1)
    near = csr_matrix((np.ones(n), nearest, np.arange(n + 1)), (n, len(C)))
    G = np.bincount(nearest, minlength=len(C))[:, None] * C
    G -= near.T @ X
    G *= 2
    return np.asarray(G)


def contrast(of: Any, A: Any, B: Any, t: Any) -> Any:
    """Each row is to be nearest to the row of the same number."""
    return -of.trace(of.logsoftmax(A @ B.T / t)) / len(A)


def contrast_slopes(of: Any, A: Any, B: Any, t: Any) -> Any:
    """The scales in the thin factors."""
    n = len(A)
    M, s = of.softmax((A / t) @ B.T), 1 / (n * t)
    return (M @ B - B) * s, (M.T @ A - A) * s


def contrast_in_place(A: Array, B: Array, t: Array) -> tuple[Array, Array]:
    """One square array."""
    M, s = (A / t) @ B.T, 1 / (len(A) * t)
    M -= M.max(axis=1, keepdims=True)
    np.exp(M, out=M)
    M /= M.sum(axis=1, keepdims=True)
    dA, dB = M @ B, M.T @ A
    for found, other in ((dA, B), (dB, A)):
        found -= other
        found *= s
    return dA, dB


def overlap(of: Any, X: Any, w: Any, y: Any) -> Any:
    """The Dice coefficient of probabilities and labels."""
    p = of.sigmoid(X @ w)
    return 1 - 2 * (p @ y) / (p.sum() + y.sum())


def overlap_slope(of: Any, X: Any, w: Any, y: Any) -> Any:
    """The quotient rule, then one product."""
    p = of.sigmoid(X @ w)
    total = p.sum() + y.sum()
    return ((p @ y / total - y) * (2 / total) * p * (1 - p)) @ X


TRIPLES = three("m", "d", small="32 8", medium="1000 64", large="50000 128")
CASES = (
    Case(
        name="Huber regression",
        expression="h = min(abs(X w - y), 1); sum(h .* (abs(X w - y) - h / 2))",
        wrt=("w",),
        arrays=REGRESSION,
        sizes=ROWS,
        value=huber_loss,
        by_hand={"blocks": huber_in_blocks},
        formula=huber_slope,
    ),
    Case(
        name="squared hinge",
        expression="sum(relu(1 - y .* (X w)).^2) + c w' w",
        wrt=("w",),
        arrays={**REGRESSION, "c": "scalar"},
        sizes=ROWS,
        value=hinge_loss,
        by_hand={},
        formula=hinge_slope,
        draws={"y": signs, "c": positive},
    ),
    Case(
        name="Poisson regression",
        expression="sum(exp(X w) - y .* (X w))",
        wrt=("w",),
        arrays=REGRESSION,
        sizes=ROWS,
        value=poisson_loss,
        by_hand={},
        formula=poisson_slope,
    ),
    Case(
        name="Poisson regression",
        expression="sum(exp(X w) - y .* (X w))",
        wrt=("w",),
        arrays=REGRESSION,
        sizes=three("m", "n", small="100 10", medium="2000 100", large="4000 600"),
        value=poisson_loss,
        by_hand={"Gram": poisson_gram},
        formula=poisson_hessian,
        order=2,
    ),
    Case(
        name="Dice",
        expression="p = sigmoid(X w); 1 - 2 p' y / (sum(p) + sum(y))",
        wrt=("w",),
        arrays=REGRESSION,
        sizes=ROWS,
        value=overlap,
        by_hand={},
        formula=overlap_slope,
        draws={"y": positive},
    ),
    Case(
        name="triplet",
        expression="sum(relu(sum((A - P).^2, axis=1) - sum((A - N).^2, axis=1) + 1))",
        wrt=("A", "P", "N"),
        arrays=dict.fromkeys("APN", "m x d"),
        sizes=TRIPLES,
        value=triplet_loss,
        by_hand={"in place": triplet_in_place},
        formula=triplet_slopes,
    ),
    Case(
        name="pairwise ranking",
        expression="sum(softplus(-sum(U .* (P - N), axis=1)))",
        wrt=("U", "P", "N"),
        arrays=dict.fromkeys("UPN", "m x d"),
        sizes=TRIPLES,
        value=ranking_loss,
        by_hand={"in place": ranking_in_place},
        formula=ranking_slopes,
    ),
    Case(
        name="nonnegative factors",
        expression="sum(W H - X .* log(W H))",
        wrt=("W", "H"),
        arrays={"X": "m x n", "W": "m x r", "H": "r x n"},
        sizes=three("m", "n", "r", small="30 20 3", medium="300 200 10", large="2000 1500 20"),
        value=divergence,
        by_hand={"sums": divergence_by_sums},
        formula=divergence_slopes,
        draws=dict.fromkeys("XWH", positive),
    ),
    Case(
        name="k-means",
        expression="D = sum(X.^2, axis=1) + sum(C.^2, axis=1)' - 2 X C'; sum(min(D, axis=1))",
        wrt=("C",),
        arrays={"X": "n x d", "C": "k x d"},
        sizes=three("n", "d", "k", small="50 3 4", medium="2000 20 10", large="50000 50 30"),
        value=clusters_loss,
        by_hand={"mask": clusters_slope, "sparse": clusters_by_row},
        slower="samples are added up by a product with a mask, not by a sparse matrix",
    ),
    Case(
        name="contrastive",
        expression="cross_entropy(A B' / t, eye(n))",
        wrt=("A", "B"),
        arrays={"A": "n x d", "B": "n x d", "t": "scalar"},
        sizes=three("n", "d", small="16 8", medium="256 64", large="2000 128"),
        value=contrast,
        by_hand={"in place": contrast_in_place},
        formula=contrast_slopes,
        draws={"t": positive},
    ),
)

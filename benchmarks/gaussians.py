"""Likelihoods of normal distributions, and what has a kernel or a covariance."""

from typing import Any

import numpy as np

from benchmarks.case import Array, Case, definite, normal, positive, three

KERNELS = three("n", small="20", medium="200", large="1000")


def distances(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Squared distances of points in the plane."""
    x = generator.standard_normal((shape[0], 2))
    return np.asarray(((x[:, None] - x) ** 2).sum(axis=2))


def symmetric(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """A symmetric matrix of normal entries."""
    A = normal(generator, shape)
    return (A + A.T) / 2


def mixture(of: Any, X: Any, M: Any, p: Any, s: Any) -> Any:
    """The log-likelihood of a mixture of round normal distributions."""
    D = (X * X).sum(1)[:, None] - 2 * (X @ M.T) + (M * M).sum(1)
    return of.logsumexp(of.log(p) - 0.5 * D / s).sum()


def mixture_slope(of: Any, X: Any, M: Any, p: Any, s: Any) -> Any:
    """Without what is the same for all components."""
    T = of.softmax(of.log(p) + (X @ M.T - 0.5 * (M * M).sum(1)) / s)
    return (T.T @ X - T.sum(0)[:, None] * M) / s


def mixture_components_first(X: Array, M: Array, p: Array, s: Array) -> Array:
    """A component in each row, in place."""
    T = (M / s) @ X.T
    T += (np.log(p) - np.einsum("ij,ij->i", M, M) / (2 * s))[:, None]
    T -= T.max(axis=0)
    np.exp(T, out=T)
    T /= T.sum(axis=0)
    G = T @ X
    G -= T.sum(axis=1)[:, None] * M
    G /= s
    return np.asarray(G)


def ridge_of_kernel(of: Any, D: Any, y: Any, l: Any, c: Any) -> Any:  # noqa: E741
    """The least value of kernel ridge regression."""
    K = of.exp(-D / (2 * l * l))
    return y @ of.solve(K + c * of.eye(len(y)), y)


def ridge_by_length(of: Any, D: Any, y: Any, l: Any, c: Any) -> Any:  # noqa: E741
    """One solve."""
    K = of.exp(-D / (2 * l * l))
    z = of.solve(K + c * of.eye(len(y)), y)
    return -(z @ ((K * D) @ z)) / l**3


def ridge_in_place(D: Array, y: Array, l: Array, c: Array) -> Array:  # noqa: E741
    """The diagonal is added in place, the factors of Cholesky are used where scipy is there."""
    from scipy.linalg import cho_factor, cho_solve

    K = D * (-0.5 / l**2)
    np.exp(K, out=K)
    A = K.copy()
    A.reshape(-1)[:: len(A) + 1] += c
    z = cho_solve(cho_factor(A, lower=True, overwrite_a=True, check_finite=False), y)
    K *= D
    return np.asarray(-(z @ (K @ z)) / l**3)


def process(of: Any, D: Any, y: Any, a: Any, l: Any, s: Any) -> Any:  # noqa: E741
    """The negative log-likelihood of a Gaussian process."""
    K = a * a * of.exp(-D / (2 * l * l)) + s * s * of.eye(len(y))
    return (y @ of.solve(K, y) + of.logdet(K)) / 2


def process_slopes(of: Any, D: Any, y: Any, a: Any, l: Any, s: Any) -> Any:  # noqa: E741
    """One inverse."""
    E = of.exp(-D / (2 * l * l))
    P = of.inv(a * a * E + s * s * of.eye(len(y)))
    z = P @ y
    S = P - of.outer(z, z)
    M = S * E
    return a * M.sum(), (M * D).sum() * a * a / (2 * l**3), s * of.trace(S)


def process_in_place(
    D: Array, y: Array, a: Array, l: Array, s: Array  # noqa: E741
) -> tuple[Array, ...]:  # fmt: skip
    """The inverse from the factor of Cholesky, by LAPACK."""
    from scipy.linalg.lapack import dpotrf, dpotri

    E = D * (-0.5 / l**2)
    np.exp(E, out=E)
    K = E * (a * a)
    K.reshape(-1)[:: len(K) + 1] += s * s
    S = np.tril(dpotri(dpotrf(K, lower=1)[0], lower=1)[0])
    S += np.tril(S, -1).T
    z = S @ y
    S -= np.multiply.outer(z, z)
    trace = S.trace()
    S *= E
    dl = np.einsum("ij,ij->", S, D) * (a * a / (2 * l**3))
    return np.asarray(a * S.sum()), np.asarray(dl), np.asarray(s * trace)


def components(of: Any, W: Any, S: Any, s: Any, n: Any) -> Any:
    """The negative log-likelihood of probabilistic principal components."""
    C = W @ W.T + s * of.eye(len(W))
    return n * of.logdet(C) + of.trace(of.solve(C, S))


def components_slopes(of: Any, W: Any, S: Any, s: Any, n: Any) -> Any:
    """One inverse of the covariance."""
    P = of.inv(W @ W.T + s * of.eye(len(W)))
    M = n * P - P @ S @ P
    return 2 * (M @ W), of.trace(M)


def components_by_lemma(W: Array, S: Array, s: Array, n: Array) -> tuple[Array, Array]:
    """The inversion lemma: all products are as thin as the factor."""
    M = W.T @ W
    small = np.linalg.inv(M + s * np.eye(len(M)))
    V = W @ small
    B = (S @ W) @ small
    A = W.T @ B
    BW = (B - W @ (small @ A)) / s
    trace = (n * (len(W) - (small * M).sum())) / s
    squared = (S.trace() - 2 * (B * W).sum() + ((V.T @ W) * A.T).sum()) / s**2
    return 2 * (n * V - BW), np.asarray(trace - squared)


def precision(of: Any, S: Any, P: Any, c: Any) -> Any:
    """The graphical lasso."""
    return of.trace(S @ P) - of.logdet(P) + c * of.abs(P).sum()


def precision_slope(of: Any, S: Any, P: Any, c: Any) -> Any:
    """As it is printed."""
    return S - of.inv(P) + c * of.sign(P)


def innovation(of: Any, H: Any, P: Any, R: Any, v: Any) -> Any:
    """The negative log-likelihood of an innovation of a Kalman filter."""
    S = H @ P @ H.T + R
    return (v @ of.solve(S, v) + of.logdet(S)) / 2


def innovation_slope(of: Any, H: Any, P: Any, R: Any, v: Any) -> Any:
    """One inverse of the covariance of the innovation."""
    Q = of.inv(H @ P @ H.T + R)
    z = Q @ v
    return H.T @ (Q - of.outer(z, z)) @ H / 2


def sharpe(of: Any, m: Any, w: Any, S: Any) -> Any:
    """The mean of a portfolio over its deviation, negative."""
    return -(m @ w) / of.sqrt(w @ (S @ w))


def sharpe_slope(of: Any, m: Any, w: Any, S: Any) -> Any:
    """One product with the covariance."""
    Sw = S @ w
    v = w @ Sw
    return (Sw * ((m @ w) / v) - m) / of.sqrt(v)


CASES = (
    Case(
        name="Gaussian mixture",
        expression="sum(logsumexp(log(p)' - 0.5 * (sum(X.^2, axis=1) - 2 X M'"
        " + sum(M.^2, axis=1)') / s, axis=1))",
        wrt=("M",),
        arrays={"X": "n x d", "M": "k x d", "p": "k", "s": "scalar"},
        sizes=three("n", "d", "k", small="50 3 4", medium="2000 20 10", large="50000 50 30"),
        value=mixture,
        by_hand={"components first": mixture_components_first},
        formula=mixture_slope,
        draws={"p": positive, "s": positive},
    ),
    Case(
        name="kernel ridge by its length scale",
        expression="K = exp(-D / (2 l^2)); y' inv(K + c eye(n)) y",
        wrt=("l",),
        arrays={"D": "n x n symmetric", "y": "n", "l": "scalar positive", "c": "scalar positive"},
        sizes=KERNELS,
        value=ridge_of_kernel,
        by_hand={"in place": ridge_in_place},
        formula=ridge_by_length,
        draws={"D": distances, "l": positive, "c": positive},
        slower="nothing says that the kernel is definite, so that it is solved with LU",
    ),
    Case(
        name="Gaussian process",
        expression="K = a^2 exp(-D / (2 l^2)) + s^2 eye(n); 0.5 y' inv(K) y + 0.5 logdet(K)",
        wrt=("a", "l", "s"),
        arrays={"D": "n x n symmetric", "y": "n", **dict.fromkeys("als", "scalar positive")},
        sizes=KERNELS,
        value=process,
        by_hand={"LAPACK": process_in_place},
        formula=process_slopes,
        draws={"D": distances, **dict.fromkeys("als", positive)},
        slower="nothing says that the kernel is definite, so that it is inverted by LU",
    ),
    Case(
        name="probabilistic components",
        expression="C = W W' + s eye(d); n logdet(C) + tr(inv(C) S)",
        wrt=("W", "s"),
        arrays={"W": "d x q", "S": "d x d symmetric", "s": "scalar positive", "n": "scalar"},
        sizes=three("d", "q", small="10 2", medium="100 5", large="1000 20"),
        value=components,
        by_hand={"inversion lemma": components_by_lemma},
        formula=components_slopes,
        draws={"S": definite, "s": positive},
    ),
    Case(
        name="graphical lasso",
        expression="tr(S P) - logdet(P) + c sum(abs(P))",
        wrt=("P",),
        arrays={"S": "n x n symmetric", "P": "n x n spd", "c": "scalar"},
        sizes=KERNELS,
        value=precision,
        by_hand={},
        formula=precision_slope,
        draws={"S": symmetric, "P": definite},
    ),
    Case(
        name="innovation of a Kalman filter",
        expression="S = H P H' + R; 0.5 v' inv(S) v + 0.5 logdet(S)",
        wrt=("P",),
        arrays={"H": "m x n", "P": "n x n spd", "R": "m x m spd", "v": "m"},
        sizes=three("n", "m", small="6 3", medium="100 40", large="1000 100"),
        value=innovation,
        by_hand={},
        formula=innovation_slope,
        draws={"P": definite, "R": definite},
    ),
    Case(
        name="Sharpe ratio",
        expression="-(m' w) / sqrt(w' S w)",
        wrt=("w",),
        arrays={"m": "n", "w": "n", "S": "n x n spd"},
        sizes=three("n", small="10", medium="200", large="2000"),
        value=sharpe,
        by_hand={},
        formula=sharpe_slope,
        draws={"S": definite},
    ),
)

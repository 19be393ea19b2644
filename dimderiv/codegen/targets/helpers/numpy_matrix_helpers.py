# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""Functions of a matrix as a whole, and factorizations, for generated numpy code.

As in `numpy_helpers`, generated code contains their text.
"""

import math

import numpy as np

try:
    from scipy.linalg import lapack
except ImportError:
    lapack = None


def expm(A):
    """The matrix exponential: a Taylor polynomial of A / 2^s, squared s times."""
    s = max(0, math.frexp(np.linalg.norm(A, 1))[1] + 1)
    term = total = np.eye(len(A), dtype=A.dtype)
    for k in range(1, 20):
        term = term @ A / (2**s * k)
        total = total + term
    return np.linalg.matrix_power(total, 2**s)


def dexpm(A, E):
    """The derivative of expm at A in the direction E, from a block matrix."""
    n = len(A)
    return expm(np.block([[A, E], [np.zeros_like(A), A]]))[:n, n:]


def dexpm_matrix(A):
    """The matrix K with vec(dexpm(A, E)) = K vec(E), columns stacked."""
    n = len(A)
    units = np.eye(n * n, dtype=A.dtype).reshape(n * n, n, n, order="F")
    return np.stack([dexpm(A, E).ravel(order="F") for E in units], axis=1)


def routine(name, A):
    """The routine of LAPACK for a matrix; None without scipy, of another type, or of no entries."""
    kind = {"f": "s", "d": "d"}.get(A.dtype.char) if A.size else None
    return getattr(lapack, f"{kind}{name}", None)


def cholesky(S, name="the matrix"):
    """The lower triangular L with S = L L'; of S the lower triangle is read."""
    potrf = routine("potrf", S)
    if potrf is None:
        try:
            return np.linalg.cholesky(S)
        except np.linalg.LinAlgError as error:
            raise np.linalg.LinAlgError(f"{name} is not positive definite") from error
    # LAPACK reads by columns: a transpose is a view there, and not copied.
    U, info = potrf(S.T)
    if info:
        raise np.linalg.LinAlgError(f"{name} is not positive definite")
    return U.T


def cholesky_solve(L, B):
    """The X with L L' X = B."""
    potrs = routine("potrs", L)
    if potrs is None:
        return substituted(L.T[::-1, ::-1], substituted(L, B)[::-1])[::-1].copy()
    return potrs(L.T, B)[0]


def cholesky_inv(L):
    """The inverse of L L', exactly symmetric."""
    potri = routine("potri", L)
    if potri is None:
        X = substituted(L, np.eye(len(L), dtype=L.dtype))
        return X.T @ X
    lower = potri(L.T)[0].T
    V = lower + lower.T
    V.reshape(-1)[:: len(V) + 1] = lower.diagonal()
    return V


def cholesky_logdet(L):
    """The logarithm of the determinant of L L'."""
    return 2 * np.log(L.diagonal()).sum()


def cholesky_det(L):
    """The determinant of L L'."""
    return L.diagonal().prod() ** 2


def substituted(L, B):
    """The X with L X = B for a lower triangular L, block by block."""
    X = B.astype(L.dtype)
    for start in range(0, len(L), 32):
        block = slice(start, start + 32)
        X[block] -= L[block, :start] @ X[:start]
        X[block] = np.linalg.solve(L[block, block], X[block])
    return X


def lower_solve(L, B, transposed=False):
    """The X with L X = B, or L' X = B, for a lower triangular L."""
    trtrs = routine("trtrs", L)
    if trtrs is None:
        if transposed:
            return substituted(L.T[::-1, ::-1], B[::-1])[::-1].copy()
        return substituted(L, B)
    # LAPACK reads by columns: what it sees is the upper triangular L'.
    return trtrs(L.T, B, lower=0, trans=not transposed)[0]


def lower_inv(L):
    """The inverse of a lower triangular L."""
    return lower_solve(L, np.eye(len(L), dtype=L.dtype))


def lower_logdet(L):
    """The logarithm of the determinant of a lower triangular L."""
    return np.log(np.abs(L.diagonal())).sum()


def lower_det(L):
    """The determinant of a lower triangular L."""
    return L.diagonal().prod()


def lower_detsign(L):
    """The sign of the determinant of a lower triangular L."""
    return np.sign(L.diagonal()).prod()


def lu(A):
    """The factors of A'; without scipy A itself, which every use factorizes."""
    getrf = routine("getrf", A)
    return A if getrf is None else getrf(A.T)


def lu_solve(factors, B, transposed=False):
    """The X with A X = B, or A' X = B."""
    if isinstance(factors, np.ndarray):
        return np.linalg.solve(factors.T if transposed else factors, B)
    LU, pivots, info = factors
    if info:
        raise np.linalg.LinAlgError("Singular matrix")
    return routine("getrs", LU)(LU, pivots, B, trans=not transposed)[0]


def lu_inv(factors):
    """The inverse of A."""
    if isinstance(factors, np.ndarray):
        return np.linalg.inv(factors)
    LU, pivots, info = factors
    if info:
        raise np.linalg.LinAlgError("Singular matrix")
    return routine("getri", LU)(LU, pivots, lwork=64 * len(LU))[0].T


def lu_logdet(factors):
    """The logarithm of the absolute value of the determinant of A."""
    if isinstance(factors, np.ndarray):
        return np.linalg.slogdet(factors)[1]
    with np.errstate(divide="ignore"):
        return np.log(np.abs(factors[0].diagonal())).sum()


def lu_det(factors):
    """The determinant of A."""
    if isinstance(factors, np.ndarray):
        return np.linalg.det(factors)
    return lu_detsign(factors) * np.abs(factors[0].diagonal().prod())


def lu_detsign(factors):
    """The sign of the determinant of A."""
    if isinstance(factors, np.ndarray):
        return np.linalg.slogdet(factors)[0]
    LU, pivots, _ = factors
    sign = np.sign(LU.diagonal()).prod()
    return -sign if np.count_nonzero(pivots != np.arange(len(LU))) % 2 else sign


def inv(A):
    """The inverse of A."""
    return lu_inv(lu(A))


def polar(A):
    """The factor of the polar decomposition with orthonormal columns or rows."""
    u, _, vt = np.linalg.svd(A, full_matrices=False)
    return u @ vt


def eigvec(A):
    """The unit eigenvector of the largest eigenvalue, its largest entry positive."""
    v = np.linalg.eigh(A)[1][:, -1]
    return v * np.sign(v[np.argmax(np.abs(v))])


def eigvecs(A):
    """The unit eigenvectors as columns, by ascending eigenvalue, their largest entries positive."""
    V = np.linalg.eigh(A)[1]
    top = np.take_along_axis(V, np.abs(V).argmax(axis=0)[None, :], axis=0)
    return V * np.sign(top)


def svdvals(A):
    """The singular values, descending."""
    return np.linalg.svdvals(tall(A))


def svd(A):
    """U, s and V with A = U diag(s) V'; the largest entry of each column of V is positive."""
    U, s, Vt = np.linalg.svd(tall(A), full_matrices=False)
    sign = np.sign(np.take_along_axis(Vt, np.abs(Vt).argmax(axis=1)[:, None], axis=1))
    return U * sign.T, s, (Vt * sign).T


def tall(A):
    """A matrix that has not fewer rows than columns."""
    if A.shape[0] < A.shape[1]:
        raise ValueError(f"singular values of {A.shape[0]} rows and {A.shape[1]} columns")
    return A


def gap_pinv(A):
    """The pseudoinverse of eigmax(A) I - A, A symmetric: rounding of eigmax(A) is no gap."""
    w, V = np.linalg.eigh(A)
    gaps = w[-1] - w
    is_gap = gaps > len(w) * np.finfo(w.dtype).eps * np.abs(w).max()
    return V / np.where(is_gap, gaps, np.inf) @ V.T

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions of whole matrices that numpy lacks, for generated numpy code."""

import numpy as np


def whole(k):
    """An exponent of a matrix as a whole number."""
    if k != int(k):
        raise ValueError(f"a power of a matrix has a whole exponent, and this is {k}")
    return int(k)


def block(A, E):
    """The matrix [A, E; 0, A], of which a function has its derivative at A along E on the right."""
    return np.block([[A, E], [np.zeros_like(A), A]])


def units(m, n, A):
    """The m x n matrices with a single 1, in the order of stacked columns."""
    return np.eye(m * n, dtype=A.dtype).reshape(m * n, n, m).transpose(0, 2, 1)


def stacked(matrices):
    """The matrix whose columns are matrices with their columns stacked."""
    return np.stack([E.ravel(order="F") for E in matrices], axis=1)


def dpower(A, k, E):
    """The derivative of A to the power of k in the direction E, the sum of A^r E A^(k - 1 - r)."""
    n = len(A)
    return np.linalg.matrix_power(block(A, E), whole(k))[:n, n:]


def dpower_matrix(A, k):
    """The matrix K with vec(dpower(A, k, E)) = K vec(E), columns stacked."""
    n = len(A)
    return stacked([dpower(A, k, E) for E in units(n, n, A)])


def sylvester(A, B, C):
    """The X with A X + X B = C: of few entries by one system, of many by eigenvectors.

    Eigenvectors may be nearly dependent, so what they leave over is solved for again.
    """
    m, n = C.shape
    if m * n <= 900:
        found = np.linalg.solve(kronecker_sum(A, B), C.ravel(order="F"))
        return found.reshape(n, m).T
    (a, U), (b, V) = np.linalg.eig(A), np.linalg.eig(B)
    X = np.zeros_like(C)
    for _ in range(3):
        inner = np.linalg.solve(U, (C - A @ X - X @ B) @ V) / (a[:, None] + b)
        X = X + np.linalg.solve(V.T, (U @ inner).T).T.real
    scale = (np.linalg.norm(A) + np.linalg.norm(B)) * np.linalg.norm(X)
    if not np.linalg.norm(C - A @ X - X @ B) <= 1e4 * np.finfo(C.dtype).eps * scale:
        raise np.linalg.LinAlgError("the eigenvectors of A or B are too nearly dependent")
    return X


def kronecker_sum(A, B):
    """The matrix K with vec(A X + X B) = K vec(X), columns stacked."""
    return np.kron(np.eye(len(B), dtype=A.dtype), A) + np.kron(B.T, np.eye(len(A), dtype=A.dtype))


def sylvester_matrix(A, B):
    """The matrix K with vec(sylvester(A, B, C)) = K vec(C), columns stacked."""
    system = kronecker_sum(A, B)
    return np.linalg.solve(system, np.eye(len(system), dtype=A.dtype))


def sqrtm(A):
    """The principal square root, by Newton's iteration in the form that adds up the steps."""
    c = np.linalg.norm(A, 1)
    if not c:
        return A
    X, E = A / c, (np.eye(len(A), dtype=A.dtype) - A / c) / 2
    for _ in range(100):
        X = X + E
        E = -E @ np.linalg.solve(X, E) / 2
        if np.linalg.norm(E) <= np.finfo(A.dtype).eps * np.linalg.norm(X):
            return (X + E) * np.sqrt(c)
    raise np.linalg.LinAlgError("a matrix with an eigenvalue that is negative or 0 has no root")


def logm(A, n=None):
    """The principal logarithm, by the series of that of a root of which n rows are near 1.

    Its trace is the logarithm of the determinant; it is not where an eigenvalue is 0.
    """
    one, X, s = np.eye(len(A), dtype=A.dtype), A, 1
    while np.linalg.norm((X - one)[:n, :n], 1) > 0.25 and s < 60:
        X, s = sqrtm(X), s + 1
    Z = np.linalg.solve(X + one, X - one)
    square, total = Z @ Z, one / 21
    for k in range(19, 0, -2):
        total = one / k + square @ total
    L, logdet = 2**s * Z @ total, np.linalg.slogdet(A)[1]
    if not abs(np.trace(L) - logdet) <= 1e-3 * (1 + abs(np.trace(L))):
        raise np.linalg.LinAlgError("a matrix with an eigenvalue that is 0 has no logarithm")
    return L


def dlogm(A, E):
    """The derivative of logm at A in the direction E, from a block matrix of two equal norms."""
    n, scale = len(A), np.linalg.norm(A, 1) / (np.linalg.norm(E, 1) or 1)
    return logm(block(A, scale * E), n)[:n, n:] / scale


def dlogm_matrix(A):
    """The matrix K with vec(dlogm(A, E)) = K vec(E), columns stacked."""
    n = len(A)
    return stacked([dlogm(A, E) for E in units(n, n, A)])

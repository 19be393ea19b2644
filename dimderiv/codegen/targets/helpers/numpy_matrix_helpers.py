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

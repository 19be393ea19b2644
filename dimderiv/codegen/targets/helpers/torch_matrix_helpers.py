# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions of whole matrices that torch lacks, for generated torch code."""

import torch


def whole(k):
    """An exponent of a matrix as a whole number."""
    if k != int(k):
        raise ValueError(f"a power of a matrix has a whole exponent, and this is {k}")
    return int(k)


def block(A, E):
    """The matrix [A, E; 0, A], of which a function has its derivative at A along E on the right."""
    above = torch.cat([A, E], -1)
    return torch.cat([above, torch.cat([torch.zeros_like(A), A], -1)], -2)


def units(m, n, A):
    """The m x n matrices with a single 1, in the order of stacked columns."""
    return torch.eye(m * n, dtype=A.dtype, device=A.device).reshape(m * n, n, m).mT


def stacked(matrices):
    """The matrix whose columns are matrices with their columns stacked."""
    return torch.stack([E.T.ravel() for E in matrices], 1)


def dpower(A, k, E):
    """The derivative of A to the power of k in the direction E, the sum of A^r E A^(k - 1 - r)."""
    n = len(A)
    return torch.linalg.matrix_power(block(A, E), whole(k))[:n, n:]


def dpower_matrix(A, k):
    """The matrix K with vec(dpower(A, k, E)) = K vec(E), columns stacked."""
    n = len(A)
    return stacked([dpower(A, k, E) for E in units(n, n, A)])

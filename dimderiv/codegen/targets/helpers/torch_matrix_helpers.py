# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""Functions of a matrix as a whole, and factorizations, for generated torch code.

As in `torch_helpers`, generated code contains their text.
"""

import torch


def dexpm(A, E):
    """The derivative of the matrix exponential at A in the direction E, from a block matrix."""
    n = A.shape[-1]
    above = torch.cat([A, E], -1)
    below = torch.cat([torch.zeros_like(A), A], -1)
    return torch.linalg.matrix_exp(torch.cat([above, below], -2))[..., :n, n:]


def dexpm_matrix(A):
    """The matrix K with vec(dexpm(A, E)) = K vec(E), columns stacked."""
    n = len(A)
    units = torch.eye(n * n, dtype=A.dtype, device=A.device).reshape(n * n, n, n).mT
    return torch.stack([dexpm(A, E).T.ravel() for E in units], 1)


def cholesky_solve(L, B):
    """The X with L L' X = B."""
    if B.ndim == 1:
        return torch.cholesky_solve(B[:, None], L)[:, 0]
    return torch.cholesky_solve(B, L)


def cholesky_logdet(L):
    """The logarithm of the determinant of L L'."""
    return 2 * L.diagonal().log().sum()


def cholesky_det(L):
    """The determinant of L L'."""
    return L.diagonal().prod() ** 2


def lower_solve(L, B, transposed=False):
    """The X with L X = B, or L' X = B, for a lower triangular L."""
    A = L.mT if transposed else L
    if B.ndim == 1:
        return torch.linalg.solve_triangular(A, B[:, None], upper=transposed)[:, 0]
    return torch.linalg.solve_triangular(A, B, upper=transposed)


def lower_inv(L):
    """The inverse of a lower triangular L."""
    return lower_solve(L, torch.eye(len(L), dtype=L.dtype, device=L.device))


def lower_logdet(L):
    """The logarithm of the determinant of a lower triangular L."""
    return L.diagonal().abs().log().sum()


def lower_det(L):
    """The determinant of a lower triangular L."""
    return L.diagonal().prod()


def lower_detsign(L):
    """The sign of the determinant of a lower triangular L."""
    return L.diagonal().sign().prod()


def lu_solve(factors, B, transposed=False):
    """The X with A X = B, or A' X = B."""
    if B.ndim == 1:
        return lu_solve(factors, B[:, None], transposed)[:, 0]
    return torch.linalg.lu_solve(*factors, B, adjoint=transposed)


def lu_inv(factors):
    """The inverse of A."""
    LU, _ = factors
    return lu_solve(factors, torch.eye(len(LU), dtype=LU.dtype, device=LU.device))


def lu_logdet(factors):
    """The logarithm of the absolute value of the determinant of A."""
    return factors[0].diagonal().abs().log().sum()


def lu_det(factors):
    """The determinant of A."""
    return lu_detsign(factors) * factors[0].diagonal().prod().abs()


def lu_detsign(factors):
    """The sign of the determinant of A."""
    LU, pivots = factors
    exchanges = (pivots != torch.arange(1, len(LU) + 1, device=LU.device)).sum()
    return (1 - 2 * (exchanges % 2)) * LU.diagonal().sign().prod()


def polar(A):
    """The factor of the polar decomposition with orthonormal columns or rows."""
    u, _, vt = torch.linalg.svd(A, full_matrices=False)
    return u @ vt


def eigvec(A):
    """The unit eigenvector of the largest eigenvalue, its largest entry positive."""
    v = torch.linalg.eigh(A)[1][:, -1]
    return v * v[v.abs().argmax()].sign()


def eigvecs(A):
    """The unit eigenvectors as columns, by ascending eigenvalue, their largest entries positive."""
    V = torch.linalg.eigh(A)[1]
    top = V.gather(0, V.abs().argmax(0, keepdim=True))
    return V * top.sign()


def svdvals(A):
    """The singular values, descending."""
    return torch.linalg.svdvals(tall(A))


def svd(A):
    """U, s and V with A = U diag(s) V'; the largest entry of each column of V is positive."""
    U, s, Vt = torch.linalg.svd(tall(A), full_matrices=False)
    sign = Vt.gather(1, Vt.abs().argmax(1, keepdim=True)).sign()
    return U * sign.T, s, (Vt * sign).T


def tall(A):
    """A matrix that has not fewer rows than columns."""
    if A.shape[0] < A.shape[1]:
        raise ValueError(f"singular values of {A.shape[0]} rows and {A.shape[1]} columns")
    return A


def gap_pinv(A):
    """The pseudoinverse of eigmax(A) I - A, A symmetric: rounding of eigmax(A) is no gap."""
    w, V = torch.linalg.eigh(A)
    gaps = w[-1] - w
    is_gap = gaps > len(w) * torch.finfo(w.dtype).eps * w.abs().max()
    return V / torch.where(is_gap, gaps, torch.inf) @ V.T

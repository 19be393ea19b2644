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


def sylvester(A, B, C):
    """The X with A X + X B = C: of few entries by one system, of many by eigenvectors.

    Eigenvectors may be nearly dependent, so what they leave over is solved for again.
    """
    m, n = C.shape
    if m * n <= 900:
        return torch.linalg.solve(kronecker_sum(A, B), C.T.ravel()).reshape(n, m).T
    (a, U), (b, V) = torch.linalg.eig(A), torch.linalg.eig(B)
    X = torch.zeros_like(C)
    for _ in range(3):
        rest = (C - A @ X - X @ B).to(V.dtype)
        inner = torch.linalg.solve(U, rest @ V) / (a[:, None] + b)
        X = X + torch.linalg.solve(V.T, (U @ inner).T).T.real
    scale = (torch.linalg.norm(A) + torch.linalg.norm(B)) * torch.linalg.norm(X)
    if not torch.linalg.norm(C - A @ X - X @ B) <= 1e4 * torch.finfo(C.dtype).eps * scale:
        raise ValueError("the eigenvectors of A or B are too nearly dependent")
    return X


def kronecker_sum(A, B):
    """The matrix K with vec(A X + X B) = K vec(X), columns stacked."""
    eyes = [torch.eye(len(each), dtype=A.dtype, device=A.device) for each in (B, A)]
    return torch.kron(eyes[0], A.contiguous()) + torch.kron(B.T.contiguous(), eyes[1])


def sylvester_matrix(A, B):
    """The matrix K with vec(sylvester(A, B, C)) = K vec(C), columns stacked."""
    system = kronecker_sum(A, B)
    return torch.linalg.solve(system, torch.eye(len(system), dtype=A.dtype, device=A.device))


def sqrtm(A):
    """The principal square root, by Newton's iteration in the form that adds up the steps."""
    c = A.abs().sum(0).max()
    if not c:
        return A
    X = A / c
    E = (torch.eye(len(A), dtype=A.dtype, device=A.device) - X) / 2
    for _ in range(100):
        X = X + E
        E = -E @ torch.linalg.solve(X, E) / 2
        if torch.linalg.norm(E) <= torch.finfo(A.dtype).eps * torch.linalg.norm(X):
            return (X + E) * c.sqrt()
    raise ValueError("a matrix with an eigenvalue that is negative or 0 has no root")


def logm(A, n=None):
    """The principal logarithm, by the series of that of a root of which n rows are near 1.

    Its trace is the logarithm of the determinant; it is not where an eigenvalue is 0.
    """
    one, X, s = torch.eye(len(A), dtype=A.dtype, device=A.device), A, 1
    while (X - one)[:n, :n].abs().sum(0).max() > 0.25 and s < 60:
        X, s = sqrtm(X), s + 1
    Z = torch.linalg.solve(X + one, X - one)
    square, total = Z @ Z, one / 21
    for k in range(19, 0, -2):
        total = one / k + square @ total
    L, logdet = 2**s * Z @ total, torch.linalg.slogdet(A)[1]
    if not (L.trace() - logdet).abs() <= 1e-3 * (1 + L.trace().abs()):
        raise ValueError("a matrix with an eigenvalue that is 0 has no logarithm")
    return L


def dlogm(A, E):
    """The derivative of logm at A in the direction E, from a block matrix of two equal norms."""
    n, scale = len(A), A.abs().sum(0).max() / (E.abs().sum(0).max() or 1)
    return logm(block(A, scale * E), n)[:n, n:] / scale


def dlogm_matrix(A):
    """The matrix K with vec(dlogm(A, E)) = K vec(E), columns stacked."""
    n = len(A)
    return stacked([dlogm(A, E) for E in units(n, n, A)])

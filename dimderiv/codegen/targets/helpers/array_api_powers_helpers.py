# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions of whole matrices that the array API standard lacks, for generated code."""

import math

from dimderiv.codegen.targets.helpers.array_api_helpers import (
    linalg,
    namespace,
    place,
)


def mpower(A, k):
    """A to the power of the whole number k, from 0 to 65535, by squaring; of any other k it is NaN.

    The exponent is an array, so no value is looked at: all 16 binary digits are gone through.
    """
    xp = namespace(A)
    k = xp.asarray(k, dtype=A.dtype)
    left, square = k, A
    power = xp.broadcast_to(xp.eye(A.shape[-1], dtype=A.dtype, **place(A)), A.shape)
    for _ in range(16):
        half = xp.floor(left / 2)
        power = xp.where(left > 2 * half, power @ square, power)
        left, square = half, square @ square
    is_known = (k >= 0) & (k == xp.floor(k)) & (left == 0)
    return xp.where(is_known, power, xp.full_like(power, math.nan))


def block(A, E):
    """The matrix [A, E; 0, A], of which a function has its derivative at A along E on the right."""
    xp = namespace(A)
    above = xp.concat([A, E], axis=1)
    return xp.concat([above, xp.concat([xp.zeros_like(A), A], axis=1)], axis=0)


def units(m, n, A):
    """The m x n matrices with a single 1, in the order of stacked columns."""
    xp = namespace(A)
    rows = xp.reshape(xp.eye(m * n, dtype=A.dtype, **place(A)), (m * n, n, m))
    return [rows[k, :, :].T for k in range(m * n)]


def stacked(matrices):
    """The matrix whose columns are matrices with their columns stacked."""
    xp = namespace(matrices[0])
    return xp.stack([xp.reshape(E.T, (-1,)) for E in matrices], axis=1)


def dpower(A, k, E):
    """The derivative of A to the power of k in the direction E, the sum of A^r E A^(k - 1 - r)."""
    n = A.shape[0]
    return mpower(block(A, E), k)[:n, n:]


def dpower_matrix(A, k):
    """The matrix K with vec(dpower(A, k, E)) = K vec(E), columns stacked."""
    n = A.shape[0]
    return stacked([dpower(A, k, E) for E in units(n, n, A)])


def sylvester(A, B, C):
    """The X with A X + X B = C, by one system of its entries."""
    xp, (m, n) = namespace(A), C.shape
    found = linalg("solve", kronecker_sum(A, B), xp.reshape(C.T, (m * n, 1)))
    return xp.reshape(found, (n, m)).T


def kronecker_sum(A, B):
    """The matrix K with vec(A X + X B) = K vec(X), columns stacked."""
    xp, m, n = namespace(A), A.shape[0], B.shape[0]
    eyes = [xp.eye(size, dtype=A.dtype, **place(A)) for size in (n, m)]
    blocks = eyes[0][:, None, :, None] * A[None, :, None, :]
    blocks = blocks + B.T[:, None, :, None] * eyes[1][None, :, None, :]
    return xp.reshape(blocks, (m * n, m * n))


def sylvester_matrix(A, B):
    """The matrix K with vec(sylvester(A, B, C)) = K vec(C), columns stacked."""
    xp, system = namespace(A), kronecker_sum(A, B)
    return linalg("solve", system, xp.eye(system.shape[0], dtype=A.dtype, **place(A)))


def sqrtm(A, steps=50):
    """The principal square root, by Newton's iteration in the form that adds up the steps.

    No value is looked at, so there are as many steps as may be needed, the last of which add
    nothing.
    """
    xp = namespace(A)
    c = xp.max(xp.sum(xp.abs(A), axis=0))
    X = A / c
    E = (xp.eye(A.shape[0], dtype=A.dtype, **place(A)) - X) / 2
    for _ in range(steps):
        X = X + E
        E = -E @ linalg("solve", X, E) / 2
    is_near = xp.sum(xp.abs(E)) <= 1e-3 * xp.sum(xp.abs(X))
    return xp.where(is_near, (X + E) * xp.sqrt(c), xp.full_like(X, math.nan))


def logm(A, n=None):
    """The principal logarithm, by the series of that of a root of which n rows are near 1.

    Its trace is the logarithm of the determinant; it is NaN where it is not.  No value is looked
    at, so there are 12 roots, of which those are left that are not needed; each needs half as many
    steps as the one before.
    """
    xp = namespace(A)
    one, X, scale = xp.eye(A.shape[0], dtype=A.dtype, **place(A)), A, xp.ones_like(A[0, 0])
    for k in range(12):
        is_far = xp.max(xp.sum(xp.abs((X - one)[:n, :n]), axis=0)) > 0.25
        X = xp.where(is_far, sqrtm(X, 50 // 2**k + 20), X)
        scale = xp.where(is_far, 2 * scale, scale)
    Z = linalg("solve", X + one, X - one)
    square, total = Z @ Z, one / 21
    for k in range(19, 0, -2):
        total = one / k + square @ total
    L, logdet = 2 * scale * Z @ total, linalg("slogdet", A)[1]
    is_log = xp.abs(linalg("trace", L) - logdet) <= 1e-3 * (1 + xp.abs(linalg("trace", L)))
    return xp.where(is_log, L, xp.full_like(L, math.nan))


def dlogm(A, E):
    """The derivative of logm at A in the direction E, from a block matrix of two equal norms."""
    xp, n = namespace(A), A.shape[0]
    whole, size = (xp.max(xp.sum(xp.abs(M), axis=0)) for M in (A, E))
    scale = whole / xp.where(size > 0, size, xp.ones_like(size))
    return logm(block(A, scale * E), n)[:n, n:] / scale


def dlogm_matrix(A):
    """The matrix K with vec(dlogm(A, E)) = K vec(E), columns stacked."""
    n = A.shape[0]
    return stacked([dlogm(A, E) for E in units(n, n, A)])

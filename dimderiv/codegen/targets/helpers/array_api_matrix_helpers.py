# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""Functions of a matrix as a whole, and factorizations, for code of the array API.

As in `array_api_helpers`, generated code contains their text.
"""

from dimderiv.codegen.targets.helpers.array_api_helpers import linalg, namespace, place


def expm(A):
    """The matrix exponential: a Taylor polynomial of A / 2^s, squared s times.

    The number s is an array, so no value is looked at: the loop goes on to the greatest that makes
    sense, and multiplies by the identity from s on.
    """
    xp = namespace(A)
    norm = xp.max(xp.sum(xp.abs(A), axis=0))
    s = xp.ceil(xp.log2(xp.clip(norm, 1, None))) + 1
    unit = xp.eye(A.shape[0], dtype=A.dtype, **place(A))
    term = total = unit
    for k in range(1, 20):
        term = term @ A / (2**s * k)
        total = total + term
    for k in range(64):
        total = total @ xp.where(s > k, total, unit)
    return total


def dexpm(A, E):
    """The derivative of expm at A in the direction E, from a block matrix."""
    xp, n = namespace(A), A.shape[0]
    above = xp.concat([A, E], axis=1)
    below = xp.concat([xp.zeros_like(A), A], axis=1)
    return expm(xp.concat([above, below], axis=0))[:n, n:]


def dexpm_matrix(A):
    """The matrix K with vec(dexpm(A, E)) = K vec(E), columns stacked."""
    xp, n = namespace(A), A.shape[0]
    units = xp.reshape(xp.eye(n * n, dtype=A.dtype, **place(A)), (n * n, n, n))
    columns = [xp.reshape(dexpm(A, units[k, :, :].T).T, (n * n,)) for k in range(n * n)]
    return xp.stack(columns, axis=1)


def polar(A):
    """The factor of the polar decomposition with orthonormal columns or rows."""
    u, _, vt = linalg("svd", A, full_matrices=False)
    return u @ vt


def eigvec(A):
    """The unit eigenvector of the largest eigenvalue, its largest entry positive."""
    xp = namespace(A)
    v = linalg("eigh", A)[1][:, -1]
    largest = xp.reshape(xp.argmax(xp.abs(v)), (1,))
    return v * xp.sign(xp.take(v, largest, axis=0))


def eigvecs(A):
    """The unit eigenvectors as columns, by ascending eigenvalue, their largest entries positive."""
    xp = namespace(A)
    V = linalg("eigh", A)[1]
    top = xp.argmax(xp.abs(V), axis=0)
    is_top = xp.arange(V.shape[0], dtype=top.dtype, **place(A))[:, None] == top[None, :]
    return V * xp.sign(xp.sum(xp.where(is_top, V, xp.zeros_like(V)), axis=0))


def svdvals(A):
    """The singular values, descending."""
    return linalg("svdvals", tall(A))


def svd(A):
    """U, s and V with A = U diag(s) V'; the largest entry of each column of V is positive."""
    xp = namespace(A)
    U, s, Vt = linalg("svd", tall(A), full_matrices=False)
    top = xp.argmax(xp.abs(Vt), axis=1)
    is_top = xp.arange(Vt.shape[1], dtype=top.dtype, **place(A))[None, :] == top[:, None]
    sign = xp.sign(xp.sum(xp.where(is_top, Vt, xp.zeros_like(Vt)), axis=1, keepdims=True))
    return U * sign.T, s, (Vt * sign).T


def tall(A):
    """A matrix that has not fewer rows than columns."""
    if A.shape[0] < A.shape[1]:
        raise ValueError(f"singular values of {A.shape[0]} rows and {A.shape[1]} columns")
    return A


def gap_pinv(A):
    """The pseudoinverse of eigmax(A) I - A, A symmetric: rounding of eigmax(A) is no gap."""
    xp = namespace(A)
    w, V = linalg("eigh", A)
    gaps = w[-1] - w
    is_gap = gaps > A.shape[0] * xp.finfo(w.dtype).eps * xp.max(xp.abs(w))
    return V / xp.where(is_gap, gaps, xp.full_like(gaps, xp.inf)) @ V.T

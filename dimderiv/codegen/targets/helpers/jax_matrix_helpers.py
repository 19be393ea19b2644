# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""Functions of a matrix as a whole, and factorizations, for generated jax code.

As in `jax_helpers`, generated code contains their text.
"""

import jax
import jax.numpy as jnp


def dexpm(A, E):
    """The derivative of expm at A in the direction E."""
    return jax.jvp(jax.scipy.linalg.expm, (A,), (E,))[1]


def dexpm_matrix(A):
    """The matrix K with vec(dexpm(A, E)) = K vec(E), columns stacked."""
    n = len(A)
    units = jnp.eye(n * n, dtype=A.dtype).reshape(n * n, n, n)
    return jax.vmap(lambda E: dexpm(A, E.T).T.reshape(n * n), out_axes=1)(units)


def cholesky_solve(L, B):
    """The X with L L' X = B."""
    return jax.scipy.linalg.cho_solve((L, True), B)


def cholesky_inv(L):
    """The inverse of L L', exactly symmetric."""
    X = jax.scipy.linalg.solve_triangular(L, jnp.eye(len(L), dtype=L.dtype), lower=True)
    V = X.T @ X
    return (V + V.T) / 2


def cholesky_logdet(L):
    """The logarithm of the determinant of L L'."""
    return 2 * jnp.log(L.diagonal()).sum()


def cholesky_det(L):
    """The determinant of L L'."""
    return L.diagonal().prod() ** 2


def lower_solve(L, B, transposed=False):
    """The X with L X = B, or L' X = B, for a lower triangular L."""
    return jax.scipy.linalg.solve_triangular(L, B, trans=int(transposed), lower=True)


def lower_inv(L):
    """The inverse of a lower triangular L."""
    return lower_solve(L, jnp.eye(len(L), dtype=L.dtype))


def lower_logdet(L):
    """The logarithm of the determinant of a lower triangular L."""
    return jnp.log(jnp.abs(L.diagonal())).sum()


def lower_det(L):
    """The determinant of a lower triangular L."""
    return L.diagonal().prod()


def lower_detsign(L):
    """The sign of the determinant of a lower triangular L."""
    return jnp.sign(L.diagonal()).prod()


def lu_solve(factors, B, transposed=False):
    """The X with A X = B, or A' X = B."""
    return jax.scipy.linalg.lu_solve(factors, B, trans=int(transposed))


def lu_inv(factors):
    """The inverse of A."""
    LU, _ = factors
    return lu_solve(factors, jnp.eye(len(LU), dtype=LU.dtype))


def lu_logdet(factors):
    """The logarithm of the absolute value of the determinant of A."""
    return jnp.log(jnp.abs(factors[0].diagonal())).sum()


def lu_det(factors):
    """The determinant of A."""
    return lu_detsign(factors) * jnp.abs(factors[0].diagonal().prod())


def lu_detsign(factors):
    """The sign of the determinant of A."""
    LU, pivots = factors
    exchanges = (pivots != jnp.arange(len(LU))).sum()
    return (1 - 2 * (exchanges % 2)) * jnp.sign(LU.diagonal()).prod()


def polar(A):
    """The factor of the polar decomposition with orthonormal columns or rows."""
    u, _, vt = jnp.linalg.svd(A, full_matrices=False)
    return u @ vt


def eigvec(A):
    """The unit eigenvector of the largest eigenvalue, its largest entry positive."""
    v = jnp.linalg.eigh(A)[1][:, -1]
    return v * jnp.sign(v[jnp.argmax(jnp.abs(v))])


def eigvecs(A):
    """The unit eigenvectors as columns, by ascending eigenvalue, their largest entries positive."""
    V = jnp.linalg.eigh(A)[1]
    top = jnp.take_along_axis(V, jnp.abs(V).argmax(axis=0)[None, :], axis=0)
    return V * jnp.sign(top)


def svdvals(A):
    """The singular values, descending."""
    return jnp.linalg.svd(tall(A), compute_uv=False)


def svd(A):
    """U, s and V with A = U diag(s) V'; the largest entry of each column of V is positive."""
    U, s, Vt = jnp.linalg.svd(tall(A), full_matrices=False)
    sign = jnp.sign(jnp.take_along_axis(Vt, jnp.abs(Vt).argmax(axis=1)[:, None], axis=1))
    return U * sign.T, s, (Vt * sign).T


def tall(A):
    """A matrix that has not fewer rows than columns."""
    if A.shape[0] < A.shape[1]:
        raise ValueError(f"singular values of {A.shape[0]} rows and {A.shape[1]} columns")
    return A


def gap_pinv(A):
    """The pseudoinverse of eigmax(A) I - A, A symmetric: rounding of eigmax(A) is no gap."""
    w, V = jnp.linalg.eigh(A)
    gaps = w[-1] - w
    is_gap = gaps > len(w) * jnp.finfo(w.dtype).eps * jnp.abs(w).max()
    return V / jnp.where(is_gap, gaps, jnp.inf) @ V.T

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions of whole matrices that jax lacks, for generated jax code."""

import jax
import jax.numpy as jnp


def mpower(A, k):
    """A to the power of the whole number k, which may be traced, by squaring."""
    unit = jnp.broadcast_to(jnp.eye(A.shape[-1], dtype=A.dtype), A.shape)

    def squared(state):
        left, power, square = state
        return left // 2, jnp.where(left % 2, power @ square, power), square @ square

    state = jnp.abs(jnp.asarray(k).astype(int)), unit, A
    power = jax.lax.while_loop(lambda state: state[0] > 0, squared, state)[1]
    return jax.lax.cond(jnp.all(jnp.asarray(k) < 0), jnp.linalg.inv, lambda P: P, power)


def block(A, E):
    """The matrix [A, E; 0, A], of which a function has its derivative at A along E on the right."""
    return jnp.block([[A, E], [jnp.zeros_like(A), A]])


def units(m, n, A):
    """The m x n matrices with a single 1, in the order of stacked columns."""
    return jnp.eye(m * n, dtype=A.dtype).reshape(m * n, n, m).transpose(0, 2, 1)


def stacked(matrices):
    """The matrix whose columns are matrices with their columns stacked."""
    return jnp.stack([E.T.reshape(-1) for E in matrices], axis=1)


def dpower(A, k, E):
    """The derivative of A to the power of k in the direction E, the sum of A^r E A^(k - 1 - r)."""
    n = len(A)
    return mpower(block(A, E), k)[:n, n:]


def dpower_matrix(A, k):
    """The matrix K with vec(dpower(A, k, E)) = K vec(E), columns stacked."""
    n = len(A)
    return stacked([dpower(A, k, E) for E in units(n, n, A)])


def sylvester(A, B, C):
    """The X with A X + X B = C, by one system of its entries."""
    m, n = C.shape
    return jnp.linalg.solve(kronecker_sum(A, B), C.T.reshape(-1)).reshape(n, m).T


def kronecker_sum(A, B):
    """The matrix K with vec(A X + X B) = K vec(X), columns stacked."""
    eyes = [jnp.eye(len(each), dtype=A.dtype) for each in (B, A)]
    return jnp.kron(eyes[0], A) + jnp.kron(B.T, eyes[1])


def sylvester_matrix(A, B):
    """The matrix K with vec(sylvester(A, B, C)) = K vec(C), columns stacked."""
    system = kronecker_sum(A, B)
    return jnp.linalg.solve(system, jnp.eye(len(system), dtype=A.dtype))


def sqrtm(A):
    """The principal square root, by Newton's iteration in the form that adds up the steps.

    Where it does not converge, as of a matrix with a negative eigenvalue, it is not a number.
    """
    c = jnp.linalg.norm(A, 1)
    c = jnp.where(c > 0, c, 1)
    accuracy = jnp.finfo(A.dtype).eps

    def is_far(state):
        X, E, count = state
        return (jnp.linalg.norm(E) > accuracy * jnp.linalg.norm(X)) & (count < 100)

    def moved(state):
        X, E, count = state
        X = X + E
        return X, -E @ jnp.linalg.solve(X, E) / 2, count + 1

    start = A / c, (jnp.eye(len(A), dtype=A.dtype) - A / c) / 2, 0
    X, E, count = jax.lax.while_loop(is_far, moved, start)
    return jnp.where(count < 100, (X + E) * jnp.sqrt(c), jnp.nan)


def logm(A, n=None):
    """The principal logarithm, by the series of that of a root of which n rows are near 1.

    Its trace is the logarithm of the determinant; it is not a number where it is not.
    """
    one = jnp.eye(len(A), dtype=A.dtype)

    def is_far(state):
        X, s = state
        return (jnp.linalg.norm((X - one)[:n, :n], 1) > 0.25) & (s < 60)

    X, s = jax.lax.while_loop(is_far, lambda state: (sqrtm(state[0]), state[1] + 1), (A, 1))
    Z = jnp.linalg.solve(X + one, X - one)
    square, total = Z @ Z, one / 21
    for k in range(19, 0, -2):
        total = one / k + square @ total
    L, logdet = jnp.exp2(s).astype(A.dtype) * Z @ total, jnp.linalg.slogdet(A)[1]
    is_log = jnp.abs(jnp.trace(L) - logdet) <= 1e-3 * (1 + jnp.abs(jnp.trace(L)))
    return jnp.where(is_log, L, jnp.nan)


def dlogm(A, E):
    """The derivative of logm at A in the direction E, from a block matrix of two equal norms."""
    n, size = len(A), jnp.linalg.norm(E, 1)
    scale = jnp.linalg.norm(A, 1) / jnp.where(size > 0, size, 1)
    return logm(block(A, scale * E), n)[:n, n:] / scale


def dlogm_matrix(A):
    """The matrix K with vec(dlogm(A, E)) = K vec(E), columns stacked."""
    n = len(A)
    return stacked([dlogm(A, E) for E in units(n, n, A)])

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions that generated jax code may need and jax lacks.

They are not called here: generated code contains the text of those that it uses, above its own
function, so that it runs anywhere jax does.  Therefore they are written as a user would, without
types, and refer to nothing but jax and each other.  They can be traced: what they decide, they
decide by shapes.
"""

import jax
import jax.numpy as jnp

from dimderiv.codegen.targets.helpers.python_helpers import linear_map, misfit  # noqa: F401


def floats(*values):
    """The values as arrays of one floating type, which Python numbers take from the arrays."""
    known = [v if isinstance(v, (int, float)) else jnp.asarray(v) for v in values]
    dtype = jnp.result_type(float, *known)
    return [jnp.asarray(value, dtype) for value in known]


def finite(x):
    """The largest exponent, which is taken off the others: 0 where it is no finite number."""
    return jnp.where(jnp.isfinite(x), x, 0)


def recast(dtype, *values):
    """The values as arrays of a type, unless that loses more than digits."""
    arrays = [jnp.asarray(value) for value in values]
    for array in arrays:
        if jnp.iscomplexobj(array) and not jnp.issubdtype(dtype, jnp.complexfloating):
            raise TypeError(f"cannot make {dtype} of complex numbers")
    return [array.astype(dtype) for array in arrays]


def agrees(shape, expected):
    """Whether a shape has the sizes that are expected; where nothing is, any does."""
    if len(shape) != len(expected):
        return False
    return all(b is None or a == b for a, b in zip(shape, expected, strict=True))


def applied(name, function, expected, *arguments):
    """The value of a function that was handed in: of a shape with the sizes that are expected."""
    if not callable(function):
        raise TypeError(f"{name} is a function, not {type(function).__name__}")
    arrays = [jnp.asarray(argument) for argument in arguments]
    value = jnp.asarray(function(*arrays), jnp.result_type(*arrays, float))
    expected = arrays[0].shape if expected is None else expected
    if not agrees(value.shape, expected):
        raise ValueError(f"{name} returned an array of shape {value.shape}, expected {expected}")
    return value


def conv2(V, K):
    """The valid cross-correlation: sum over k, l of V[o + k, p + l] K[k, l]."""
    return jax.lax.conv(V[None, None], K[None, None], (1, 1), "VALID")[0, 0]


def conv2_full(G, K):
    """The full convolution: sum over k, l of G[i - k, j - l] K[k, l]."""
    p, q = K.shape
    return conv2(jnp.pad(G, ((p - 1, p - 1), (q - 1, q - 1))), K[::-1, ::-1])


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


def gap_pinv(A):
    """The pseudoinverse of eigmax(A) I - A, A symmetric: rounding of eigmax(A) is no gap."""
    w, V = jnp.linalg.eigh(A)
    gaps = w[-1] - w
    is_gap = gaps > len(w) * jnp.finfo(w.dtype).eps * jnp.abs(w).max()
    return V / jnp.where(is_gap, gaps, jnp.inf) @ V.T


def on_diagonal(values, pattern, shape, dtype):
    """The array of values where all axes with one number in the pattern have equal indices.

    It is 0 elsewhere.  The values have an axis for each number, or only for the last ones.
    """
    firsts = [pattern.index(axis) for axis in pattern]
    values = jnp.asarray(values, dtype)
    own = (1,) * (len(set(pattern)) - values.ndim) + values.shape
    values = values.reshape([own[axis] if k == firsts[k] else 1 for k, axis in enumerate(pattern)])
    inside = True
    for k, first in enumerate(firsts):
        if k != first:
            here, there = (jax.lax.broadcasted_iota(int, shape, axis) for axis in (k, first))
            inside &= here == there
    return jnp.where(inside, values, 0)


def windows(x, sizes, axes):
    """Windows of these sizes that slide along these axes; their own axes come last."""
    for size, axis in zip(sizes, axes, strict=True):
        starts = jnp.arange(x.shape[axis] - size + 1)
        x = jnp.take(x, starts[:, None] + jnp.arange(size), axis=axis)
        x = jnp.moveaxis(x, axis + 1, -1)
    return x


def sheared(x, pairs):
    """The array y with y[.., i, .., i + k, ..] = x[.., i, .., k, ..] for pairs of axes, else 0."""
    for pair in pairs:
        y = jnp.moveaxis(x, pair, (0, 1))
        m, n, *rest = y.shape
        # Each row begins one place further to the right than the one above it.
        y = jnp.pad(y, [(0, 0), (0, m), *[(0, 0) for _ in rest]]).reshape(m * (m + n), *rest)
        x = jnp.moveaxis(y[: m * (m + n - 1)].reshape(m, m + n - 1, *rest), (0, 1), pair)
    return x


def overlap_add(x, groups):
    """Sums of the entries whose indices along each group of neighbouring axes have equal sums."""
    for axis, count in enumerate(groups):
        for _ in range(count - 1):
            x = sheared(x, [(axis, axis + 1)]).sum(axis=axis)
    return x

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

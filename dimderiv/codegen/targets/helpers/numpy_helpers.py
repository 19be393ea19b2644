# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions that generated numpy code may need and numpy lacks.

They are not called here: generated code contains the text of those that it uses, above its own
function, so that it runs anywhere numpy does.  Therefore they are written as a user would, without
types, and refer to nothing but numpy, `math`, scipy where it is installed, and each other.
"""

import math

import numpy as np

from dimderiv.codegen.targets.helpers.numpy_special_helpers import (  # noqa: F401
    digamma,
    erfc,
    erfinv,
    lgamma,
    logsigmoid,
    polygamma,
)
from dimderiv.codegen.targets.helpers.python_helpers import misfit  # noqa: F401

try:
    from scipy import special
except ImportError:
    special = None


def floats(*values):
    """The values as arrays of one floating type, which Python numbers take from the arrays."""
    arrays = [np.asarray(value) for value in values]
    dtype = arrays[0].dtype
    if dtype.kind not in "fc" or [array for array in arrays if array.dtype is not dtype]:
        pairs = zip(values, arrays, strict=True)
        weak = [v if isinstance(v, (int, float)) else array for v, array in pairs]
        dtype = np.result_type(0.0, *weak)
        arrays = [array.astype(dtype, copy=False) for array in arrays]
    return arrays


def recast(dtype, *values):
    """The values as arrays of a type, unless that loses more than digits."""
    return [np.asarray(value).astype(dtype, casting="same_kind", copy=False) for value in values]


def linear_operator(dtype, rows, columns, apply, adjoint, remade):
    """A function of arrays of certain shapes as an operator on vectors, for scipy's solvers.

    It is pickled as the function that it comes from and what that was given.
    """
    try:
        from scipy.sparse.linalg import LinearOperator
    except ImportError as error:
        message = "an operator is one of scipy, which is missing: pip install scipy"
        raise ImportError(message) from error

    def flat(function, shapes):
        ends = [0]
        for shape in shapes:
            ends.append(ends[-1] + math.prod(shape))
        places = list(zip(map(slice, ends[:-1], ends[1:]), shapes, strict=True))

        def product(vector):
            vector = np.ravel(vector)
            result = function(*[vector[place].reshape(shape) for place, shape in places])
            arrays = result if isinstance(result, tuple) else (result,)
            return np.concatenate([array.reshape(-1) for array in arrays])

        return ends[-1], product

    (height, backward), (width, forward) = flat(adjoint, rows), flat(apply, columns)

    def conjugated(vector):
        return backward(vector.conj()).conj()

    operator = LinearOperator((height, width), forward, conjugated, dtype=dtype)
    operator.apply, operator.apply_adjoint = apply, adjoint
    operator.__reduce_ex__ = lambda protocol: remade
    return operator


def agrees(shape, expected):
    """Whether a shape has the sizes that are expected; where nothing is, any does."""
    if len(shape) != len(expected):
        return False
    return all(b is None or a == b for a, b in zip(shape, expected, strict=True))


def applied(name, function, expected, *arguments):
    """The value of a function that was handed in: of a shape with the sizes that are expected."""
    if not callable(function):
        raise TypeError(f"{name} is a function, not {type(function).__name__}")
    arrays = [np.asarray(argument) for argument in arguments]
    dtype = np.result_type(*arrays, 0.0)
    value = np.array(function(*arrays), dtype)  # which may be changed in place
    expected = arrays[0].shape if expected is None else expected
    if not agrees(value.shape, expected):
        raise ValueError(f"{name} returned an array of shape {value.shape}, expected {expected}")
    return value


def blocks(count, width):
    """Slices for the rows of an array, of so many entries each: a block stays in the cache."""
    step = max(16, 65536 // max(1, width))
    return [slice(start, start + step) for start in range(0, count, step)]


def softmax(x, axis=0, out=None):
    """Exponentials over their sum along an axis; the shift keeps them from overflowing."""
    if axis and x.shape[1] < 64 and out is None:
        return softmax(x.T.copy()).T  # sums of many short rows are slow
    e = np.subtract(x, x.max(axis=axis, keepdims=axis > 0), out=out)
    np.exp(e, out=e)
    e /= e.sum(axis=axis, keepdims=axis > 0)
    return e


def logsoftmax(x, axis=0, out=None):
    """The logarithm of softmax along an axis, without taking that of a tiny number."""
    if axis and x.shape[1] < 64 and out is None:
        return logsoftmax(x.T.copy()).T  # sums of many short rows are slow
    x = np.subtract(x, x.max(axis=axis, keepdims=axis > 0), out=out)
    x -= np.log(np.exp(x).sum(axis=axis, keepdims=axis > 0))
    return x


def logsumexp(x, axis=None):
    """The logarithm of the sum of exponentials, without overflow."""
    top = finite(x.max(axis=axis, keepdims=True))
    total = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return total.squeeze(axis)


def finite(x):
    """The largest exponent, which is taken off the others: 0 where it is no finite number."""
    return np.where(np.isfinite(x), x, x.dtype.type(0))


def outer(u, v):
    """The products of entries: rows of middle length are quicker by einsum, which starts slowly."""
    return np.einsum("i,j->ij", u, v) if 128 < len(v) < 2500 else u[:, None] * v


def sigmoid(x):
    """1 / (1 + exp(-x)) of each entry."""
    return sigmoid_of_minus(-x)


def sigmoid_of_minus(x):
    """1 / (1 + exp(x)) of each entry, where the exponential does not overflow."""
    return np.reciprocal(1 + np.exp(np.minimum(x, 88 if x.dtype.itemsize < 8 else 709)))


def softplus(x):
    """log(1 + exp(x)) of each entry; `np.logaddexp` takes three times as long for it."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def erf(x):
    """The error function of each entry; numpy alone takes ten times as long for it."""
    return special.erf(x) if special else np.vectorize(math.erf, otypes=[x.dtype])(x)


def gelu(x):
    """The product of x and the normal distribution function."""
    return x / 2 * (1 + erf(x / math.sqrt(2)))


def silu(x):
    """The product of x and its sigmoid."""
    return x * sigmoid(x)


def conv2(V, K):
    """The valid cross-correlation: sum over k, l of V[o + k, p + l] K[k, l]."""
    (h, w), (p, q) = V.shape, K.shape
    m, n = h - p + 1, w - q + 1
    if m * n * p * q <= 4096:
        windows = strided(V, (m, n, p, q), (0, 1, 0, 1))
        return (windows.reshape(m * n, p * q) @ K.ravel()).reshape(m, n)
    if p * q > m * n:
        return conv2_of_large(V, K)
    out = np.zeros((m, n), V.dtype)
    for top, rows in row_blocks(V, (p + q) * n):
        columns = strided(rows, (q, len(rows), n), (1, 0, 1)).reshape(q, -1)
        parts = (K @ columns).reshape(p, -1, n)
        for i in range(p):
            first, last = max(top - i, 0), min(top - i + len(rows), m)
            if first < last:
                out[first:last] += parts[i, first + i - top : last + i - top]
    return out


def conv2_of_large(V, K):
    """The same where the kernel has more entries than the result."""
    (h, w), (p, q) = V.shape, K.shape
    m, n = h - p + 1, w - q + 1
    padded = np.zeros((h + m - 1, q), V.dtype)
    padded[m - 1 : h] = K
    out = np.zeros((m, n), V.dtype)
    for top, rows in row_blocks(V, (m + n) * q):
        columns = strided(rows, (n, len(rows), q), (1, 0, 1)).reshape(n, -1)
        kernels = strided(padded[top:], (m, len(rows), q), (0, 0, 1)).reshape(m, -1)
        out += kernels @ columns.T
    return out[::-1].copy()


def strided(A, shape, axes):
    """A view of a matrix; a step along each axis of it is one along an axis of the matrix."""
    return np.lib.stride_tricks.as_strided(A, shape, [A.strides[axis] for axis in axes])


def row_blocks(A, width):
    """Blocks of rows, each with the number of its first, for which buffers stay in the cache."""
    step = max(1, 65536 // width)
    return [(top, A[top : top + step]) for top in range(0, len(A), step)]


def conv2_full(G, K):
    """The full convolution: sum over k, l of G[i - k, j - l] K[k, l]."""
    if K.size > G.size:
        G, K = K, G
    (m, n), (p, q) = G.shape, K.shape
    padded = np.zeros((m + 2 * p - 2, n + 2 * q - 2), G.dtype)
    padded[p - 1 : p - 1 + m, q - 1 : q - 1 + n] = G
    return conv2(padded, K[::-1, ::-1])


def sheared(x, pairs):
    """The array y with y[.., i, .., i + k, ..] = x[.., i, .., k, ..] for pairs of axes, else 0."""
    shape = list(x.shape)
    for i, k in pairs:
        shape[k] += x.shape[i] - 1
    y = np.zeros(shape, x.dtype)
    strides = list(y.strides)
    for i, k in pairs:
        strides[i] += y.strides[k]
    np.lib.stride_tricks.as_strided(y, x.shape, strides)[...] = x
    return y


def overlap_add(x, groups):
    """Sums of the entries whose indices along each group of neighbouring axes have equal sums."""
    for axis, count in enumerate(groups):
        for _ in range(count - 1):
            y = np.moveaxis(x, (axis, axis + 1), (0, 1))
            out = np.zeros((len(y) + y.shape[1] - 1, *y.shape[2:]), y.dtype)
            for k in range(y.shape[1]):
                out[k : k + len(y)] += y[:, k]
            x = np.moveaxis(out, 0, axis)
    return x

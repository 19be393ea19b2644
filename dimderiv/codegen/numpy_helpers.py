# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions that generated numpy code may need and numpy lacks.

They are not called here: generated code contains the text of those that it uses, above its own
function, so that it runs anywhere numpy does.  Therefore they are written as a user would, without
types, and refer to nothing but numpy, `math` and each other.
"""

import math

import numpy as np


def checked(known=None, /, **expected):
    """The values as arrays of floats; ValueError for one whose shape is not as expected."""
    sizes = {dim: (size, "") for dim, size in (known or {}).items()}
    arrays = []
    for name, (value, *dims) in expected.items():
        array = np.asarray(value)
        if not np.issubdtype(array.dtype, np.inexact):
            array = array.astype(float)
        fits = len(dims) == array.ndim
        for dim, size in zip(dims, array.shape if fits else (), strict=False):
            number = (dim, "") if isinstance(dim, int) else (size, f" from {name}")
            fits = fits and sizes.setdefault(dim, number)[0] == size
        if not fits:
            wanted = "(" + ", ".join(map(str, dims)) + ("," if len(dims) == 1 else "") + ")"
            named = [dim for dim in dict.fromkeys(dims) if dim in sizes and dim != sizes[dim][0]]
            why = " and ".join(f"{dim} = {sizes[dim][0]}{sizes[dim][1]}" for dim in named)
            reason = f" with {why}" if why else ""
            raise ValueError(f"{name} has shape {array.shape}, expected {wanted}{reason}")
        arrays.append(array)
    return arrays


def applied(name, function, x, order):
    """The value of a function that was handed in, or of its gradient or Hessian, as order says."""
    if not callable(function):
        raise TypeError(f"{name} is a function, not {type(function).__name__}")
    x = np.asarray(x)
    value = np.asarray(function(x))
    expected = ((), x.shape, x.shape[-1:] * 2)[order]
    if value.shape != expected:
        raise ValueError(f"{name} returned an array of shape {value.shape}, expected {expected}")
    return value


def softmax(x):
    """Exponentials over their sum along the last axis; the shift keeps them from overflowing."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def logsoftmax(x):
    """The logarithm of softmax along the last axis, without taking that of a tiny number."""
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def logsumexp(x, axis=None):
    """The logarithm of the sum of exponentials, without overflow."""
    top = x.max(axis=axis, keepdims=True)
    total = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return total.squeeze(axis)


def cross_entropy(S, Y):
    """The mean over records of minus the log-probability that S gives to Y."""
    return -(Y * logsoftmax(S)).sum(axis=-1).mean()


def sigmoid(x):
    """1 / (1 + exp(-x)), exact to rounding at both ends."""
    return np.exp(-np.logaddexp(0, -x))


def erf(x):
    """The error function of each entry."""
    return np.vectorize(math.erf, otypes=[float])(x)


def gelu(x):
    """The product of x and the normal distribution function."""
    return x / 2 * (1 + erf(x / math.sqrt(2)))


def silu(x):
    """The product of x and its sigmoid."""
    return x * sigmoid(x)


def conv2(V, K):
    """The valid cross-correlation: sum over k, l of V[o + k, p + l] K[k, l]."""
    windows = np.lib.stride_tricks.sliding_window_view(V, K.shape)
    return np.einsum("opkl,kl->op", windows, K)


def commutation(m, n):
    """Where each entry of vec(X.T) stands in vec(X), for an X of shape (m, n)."""
    return np.arange(m * n).reshape(n, m).ravel(order="F")


def expm(A):
    """The matrix exponential: a Taylor polynomial of A / 2^s, squared s times."""
    s = max(0, math.frexp(np.linalg.norm(A, 1))[1] + 1)
    term = total = np.eye(len(A))
    for k in range(1, 20):
        term = term @ A / (2**s * k)
        total = total + term
    return np.linalg.matrix_power(total, 2**s)


def dexpm(A, E):
    """The derivative of expm at A in the direction E, from a block matrix."""
    n = len(A)
    return expm(np.block([[A, E], [np.zeros_like(A), A]]))[:n, n:]


def dexpm_matrix(A):
    """The matrix K with vec(dexpm(A, E)) = K vec(E), columns stacked."""
    n = len(A)
    units = np.eye(n * n).reshape(n * n, n, n, order="F")
    return np.stack([dexpm(A, E).ravel(order="F") for E in units], axis=1)


def polar(A):
    """The factor of the polar decomposition with orthonormal columns or rows."""
    u, _, vt = np.linalg.svd(A, full_matrices=False)
    return u @ vt


def eigvec(A):
    """The unit eigenvector of the largest eigenvalue, its largest entry positive."""
    v = np.linalg.eigh(A)[1][:, -1]
    return v * np.sign(v[np.argmax(np.abs(v))])


def entries(A, index, sizes):
    """The array of A[index(i, j, ...)] for i, j, ... below the sizes; 0 outside of A."""
    indices = np.broadcast_arrays(*index(*np.indices(sizes)))
    pairs = zip(indices, A.shape, strict=True)
    inside = np.all([(i >= 0) & (i < size) for i, size in pairs], axis=0)
    return np.where(inside, A[tuple(np.where(inside, i, 0) for i in indices)], 0)

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions that generated numpy code may need for arrays with more axes than a matrix.

They are printed like those of `numpy_helpers`, which imports them.
"""

import numpy as np


def softmax_along(x, axis, out=None):
    """Exponentials over their sum along one of many axes."""
    e = np.subtract(x, x.max(axis=axis, keepdims=True), out=out)
    np.exp(e, out=e)
    e /= e.sum(axis=axis, keepdims=True)
    return e


def logsoftmax_along(x, axis, out=None):
    """The logarithm of softmax along one of many axes."""
    x = np.subtract(x, x.max(axis=axis, keepdims=True), out=out)
    x -= np.log(np.exp(x).sum(axis=axis, keepdims=True))
    return x


def over_stack(function, *arrays):
    """A function of matrices of each matrix of a stack."""
    heads = arrays[0].shape[:-2]
    flat = [array.reshape(-1, *array.shape[-2:]) for array in arrays]
    found = np.stack([function(*each) for each in zip(*flat, strict=True)])
    return found.reshape(*heads, *found.shape[1:])

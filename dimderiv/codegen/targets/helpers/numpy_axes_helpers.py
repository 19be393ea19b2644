# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions that generated numpy code may need for arrays with more axes than a matrix.

As in `numpy_helpers`, generated code contains their text.
"""

import math

import numpy as np

from dimderiv.codegen.targets.helpers.python_helpers import edges_of, overlaps

try:
    from scipy import sparse
except ImportError:
    sparse = None


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


def bordered(x, edges):
    """The array with zeros before and after it along axes; less than none are left out."""
    shape, inside, place = edges_of(x.shape, edges)
    if list(x[inside].shape) == shape:
        return x[inside]
    out = np.zeros(shape, x.dtype)
    out[place] = x[inside]
    return out


def windowed(x, groups):
    """A view with axes of certain sizes and steps in the place of one."""
    shape, strides = list(x.shape), list(x.strides)
    for axis, counts, steps in groups[::-1]:
        shape[axis : axis + 1] = counts
        strides[axis : axis + 1] = [step * x.strides[axis] for step in steps]
    return np.lib.stride_tricks.as_strided(x, shape, strides)


def overlapped(x, groups):
    """Sums of the entries that windows would show at one place."""
    shape, parts = overlaps(x.shape, groups)
    out = np.zeros(shape, x.dtype)
    for place, part in parts:
        out[place] += x[part]
    return out


def selection(sizes, steps, offset, dtype):
    """The array that is 1 where the first index is an affine one of the others, else 0."""
    first, *others = np.ogrid[tuple(map(slice, sizes))]
    places = offset + sum(step * index for step, index in zip(steps, others, strict=True))
    return (first == places).astype(dtype)


def distances(x, z):
    """The squared distance of each row of a matrix from each row of another one."""
    out = np.empty((len(x), len(z)), np.result_type(x, z))
    step = max(1, 262144 // max(1, z.size))
    for start in range(0, len(x), step):
        rows = x[start : start + step, None, :] - z
        np.einsum("ijk,ijk->ij", rows, rows, out=out[start : start + step])
    return out


def conv(x, w, strides, dilations, edges):
    """Sums over what windows of images show: of x[n,c,2i+r,..] w[o,c,r,..], zeros around x."""
    x = bordered(x, [(axis, *each) for axis, each in enumerate(edges, 2)])
    (n, c), (o, _, *kernel) = x.shape[:2], w.shape
    along = list(zip(x.shape[2:], x.strides[2:], kernel, strides, dilations, strict=True))
    sizes = [1 + (m - 1 - (k - 1) * d) // s for m, _, k, s, d in along]
    spots, taps = math.prod(sizes), math.prod(kernel)
    far = [*(size * d for _, size, _, _, d in along), *(size * s for _, size, _, s, _ in along)]
    view = np.lib.stride_tricks.as_strided(x, (n, c, *kernel, *sizes), (*x.strides[:2], *far))
    if taps > spots:
        return conv_of_large(view, w, sizes)
    out = np.empty((n, o, *sizes), np.result_type(x, w))
    rows = w.reshape(o, c * taps)
    step = max(1, 262144 // (c * taps * spots))
    for start in range(0, n, step):
        block = slice(start, start + step)
        columns = view[block].reshape(-1, c * taps, spots)
        np.matmul(rows, columns, out=out[block].reshape(-1, o, spots))
    return out


def conv_of_large(view, w, sizes):
    """The same where the kernels have more entries than the results."""
    n, c, o, d = view.shape[0], view.shape[1], w.shape[0], len(sizes)
    spots, taps = math.prod(sizes), math.prod(w.shape[2:])
    order = (0, *range(2 + d, 2 + 2 * d), 1, *range(2, 2 + d))
    total = np.zeros((o, n * spots), np.result_type(view, w))
    step = max(1, 262144 // (n * taps * spots))
    for start in range(0, c, step):
        block = slice(start, start + step)
        columns = view[:, block].transpose(order).reshape(n * spots, -1)
        total += w[:, block].reshape(o, -1) @ columns.T
    return total.reshape(o, n, *sizes).swapaxes(0, 1)


def conv_adjoint(g, w, strides, dilations):
    """The array with the sums over o of g[n,o,i,..] w[o,c,r,..] added up at n,c,2i+r,.."""
    (n, o, *sizes), (_, c, *kernel) = g.shape, w.shape
    pairs = zip(sizes, strides, kernel, dilations, strict=True)
    out = np.zeros((n, c, *[1 + (m - 1) * s + (k - 1) * d for m, s, k, d in pairs]), g.dtype)
    columns = w.reshape(o, -1).T
    step = max(1, 262144 // (columns.shape[0] * math.prod(sizes)))
    for start in range(0, n, step):
        block = slice(start, start + step)
        parts = columns @ g[block].reshape(-1, o, math.prod(sizes))
        parts = parts.reshape(-1, c, *kernel, *sizes)
        for tap in np.ndindex(*kernel):
            first = [k * d for k, d in zip(tap, dilations, strict=True)]
            ends = zip(first, sizes, strides, strict=True)
            place = [slice(f, f + (m - 1) * s + 1, s) for f, m, s in ends]
            out[(block, slice(None), *place)] += parts[(slice(None), slice(None), *tap)]
    return out


def taken(x, labels, shared):
    """The entries of x at the labels, along the axis after those that x shares with the labels."""
    grid = np.ogrid[tuple(map(slice, labels.shape))]
    return x[(*[grid[axis] for axis in shared], labels)]


def put(x, labels, shared, count):
    """The array with x at the labels, along the axis after those that it shares with the labels."""
    rest = x.shape[labels.ndim :]
    if not shared:
        return added_up(x.reshape(labels.size, -1), labels.ravel(), count).reshape(count, *rest)
    out = np.zeros((*[labels.shape[axis] for axis in shared], count, *rest), x.dtype)
    grid = np.ogrid[tuple(map(slice, labels.shape))]
    np.add.at(out, (*[grid[axis] for axis in shared], labels), x)
    return out


def added_up(rows, labels, count):
    """The sum of the rows with each label: by a sparse matrix, as numpy alone is slow with many."""
    if sparse is None or rows.size < 8192:
        out = np.zeros((count, rows.shape[1]), rows.dtype)
        np.add.at(out, labels, rows)
        return out
    if labels.min() < 0 or labels.max() >= count:
        raise IndexError(f"a label is not one of 0 to {count - 1}")
    ones, ends = np.ones(len(labels), rows.dtype), np.arange(len(labels) + 1)
    return sparse.csc_matrix((ones, labels, ends), (count, len(labels))) @ rows

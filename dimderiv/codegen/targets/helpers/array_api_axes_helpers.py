# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions for arrays with more axes than a matrix that the array API standard lacks.

As in `array_api_helpers`, generated code contains their text.
"""

import itertools
import math

from dimderiv.codegen.targets.helpers.array_api_helpers import indices, namespace, place
from dimderiv.codegen.targets.helpers.python_helpers import edges_of, overlaps


def over_stack(function, *arrays):
    """A function of matrices of each matrix of a stack."""
    xp, heads = namespace(*arrays), arrays[0].shape[:-2]
    flat = [xp.reshape(array, (-1, *array.shape[-2:])) for array in arrays]
    every = range(flat[0].shape[0])
    found = xp.stack([function(*[array[k, :, :] for array in flat]) for k in every])
    return xp.reshape(found, (*heads, *found.shape[1:]))


def bordered(x, edges):
    """The array with zeros before and after it along axes; less than none are left out."""
    xp = namespace(x)
    x = x[edges_of(x.shape, edges)[1]]
    for axis, before, after in edges:
        shape = list(x.shape)
        for count, order in ((before, 1), (after, -1)):
            shape[axis] = max(count, 0)
            zeros = xp.zeros(tuple(shape), dtype=x.dtype, **place(x))
            x = xp.concat([zeros, x][::order], axis=axis) if count > 0 else x
    return x


def windowed(x, groups):
    """An array with axes of certain sizes and steps in the place of one."""
    xp = namespace(x)
    for axis, counts, steps in groups[::-1]:
        grids = indices(counts, x)
        places = sum(step * grid for step, grid in zip(steps, grids, strict=True))
        taken = xp.take(x, xp.reshape(places, (-1,)), axis=axis)
        x = xp.reshape(taken, (*x.shape[:axis], *counts, *x.shape[axis + 1 :]))
    return x


def overlapped(x, groups):
    """Sums of the entries that windows would show at one place."""
    shape, parts = overlaps(x.shape, groups)
    total = 0
    for target, part in parts:
        y = x[part]
        for axis, along in enumerate(target):
            y = with_gaps(y, axis, along.step)
        first = [along.start for along in target]
        sizes = zip(shape, first, y.shape, strict=True)
        after = [size - start - own for size, start, own in sizes]
        total = total + bordered(y, list(zip(range(y.ndim), first, after, strict=True)))
    return total


def with_gaps(x, axis, step):
    """The array with zeros between its entries along an axis."""
    if step == 1:
        return x
    xp, size = namespace(x), x.shape[axis]
    head, tail = x.shape[:axis], x.shape[axis + 1 :]
    zeros = xp.zeros((*head, size, step - 1, *tail), dtype=x.dtype, **place(x))
    x = xp.concat([xp.reshape(x, (*head, size, 1, *tail)), zeros], axis=axis + 1)
    x = xp.reshape(x, (*head, size * step, *tail))
    return bordered(x, [(axis, 0, 1 - step)])


def selection(sizes, steps, offset, xp, like):
    """The array that is 1 where the first index is an affine one of the others, else 0."""
    first, *others = indices(sizes, xp.zeros((1,), **like))
    places = offset + sum(step * index for step, index in zip(steps, others, strict=True))
    return xp.astype(first == places, like["dtype"])


def distances(x, z):
    """The squared distance of each row of a matrix from each row of another one."""
    rows = x[:, None, :] - z[None, :, :]
    return namespace(x).sum(rows * rows, axis=-1)


def conv(x, w, strides, dilations, edges):
    """Sums over what windows of images show: of x[n,c,2i+r,..] w[o,c,r,..], zeros around x."""
    xp, kernel = namespace(x), w.shape[2:]
    x = bordered(x, [(axis, *each) for axis, each in enumerate(edges, 2)])
    along = list(zip(kernel, strides, dilations, strict=True))
    pairs = zip(x.shape[2:], along, strict=True)
    sizes = [1 + (m - 1 - (k - 1) * d) // s for m, (k, s, d) in pairs]
    if math.prod(kernel) > math.prod(sizes):
        every = tuple(range(1, x.ndim))
        parts = [
            xp.tensordot(x[window_at(tap, strides, kernel, dilations)], w, axes=(every, every))
            for tap in itertools.product(*map(range, sizes))
        ]
        return xp.reshape(xp.stack(parts, axis=-1), (x.shape[0], w.shape[0], *sizes))
    total = 0
    for tap in itertools.product(*map(range, kernel)):
        part = x[window_at(tap, dilations, sizes, strides)]
        total = total + xp.tensordot(part, w[(..., *tap)], axes=((1,), (1,)))
    return xp.moveaxis(total, -1, 1)


def conv_adjoint(g, w, strides, dilations):
    """The array with the sums over o of g[n,o,i,..] w[o,c,r,..] added up at n,c,2i+r,.."""
    xp, kernel = namespace(g), w.shape[2:]
    for axis, step in enumerate(strides, 2):
        g = with_gaps(g, axis, step)
    total = 0
    for tap in itertools.product(*map(range, kernel)):
        part = xp.moveaxis(xp.tensordot(g, w[(..., *tap)], axes=((1,), (0,))), -1, 1)
        along = zip(tap, kernel, dilations, strict=True)
        edges = [(axis, k * d, (n - 1 - k) * d) for axis, (k, n, d) in enumerate(along, 2)]
        total = total + bordered(part, edges)
    return total


def window_at(tap, steps, sizes, apart):
    """The index of a window of images, which begins at a place and has entries so far apart."""
    along = zip(tap, steps, sizes, apart, strict=True)
    parts = [slice(k * s, k * s + (n - 1) * d + 1, d) for k, s, n, d in along]
    return (slice(None), slice(None), *parts)


def taken(x, labels, shared):
    """The entries of x at the labels, along the axis after those that x shares with the labels."""
    xp, count = namespace(x), len(shared)
    if not shared:
        rest = x.shape[1:]
        return xp.reshape(xp.take(x, xp.reshape(labels, (-1,)), axis=0), (*labels.shape, *rest))
    # Of each axis of the labels, x has the same places or, with size 1, all.
    sizes = [labels.shape[k] if k in shared else 1 for k in range(labels.ndim)]
    x = xp.reshape(x, (*sizes, *x.shape[count:]))
    chosen = chosen_by(labels, x.shape[labels.ndim], x)
    chosen = xp.reshape(chosen, (*chosen.shape, *[1] * (x.ndim - chosen.ndim)))
    return xp.sum(xp.where(chosen, x, xp.zeros_like(x)), axis=labels.ndim)


def put(x, labels, shared, count):
    """The array with x at the labels, along the axis after those that it shares with the labels."""
    xp, rank = namespace(x), labels.ndim
    parts = []
    for label in range(count):
        here = xp.reshape(labels == label, (*labels.shape, *[1] * (x.ndim - rank)))
        here = xp.where(here, x, xp.zeros_like(x))
        summed = tuple(axis for axis in range(rank) if axis not in shared)
        parts.append(xp.sum(here, axis=summed) if summed else here)
    return xp.stack(parts, axis=len(shared))


def put_into(x, entries, labels):
    """The array with entries added at the labels, along the axis after those of the labels."""
    xp, rank = namespace(x), labels.ndim
    chosen = chosen_by(labels, x.shape[rank], x)
    chosen = xp.reshape(chosen, (*chosen.shape, *[1] * (x.ndim - rank - 1)))
    entries = xp.expand_dims(entries, axis=rank) if entries.ndim else entries
    return x + xp.where(chosen, entries, 0 * x)


def chosen_by(labels, count, like):
    """Whether a place on an axis of some size is the label, for each label."""
    *_, places = indices((*labels.shape, count), like)
    return labels[..., None] == places

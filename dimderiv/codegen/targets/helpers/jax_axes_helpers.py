# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions for arrays with more axes than a matrix that jax lacks.

As in `jax_helpers`, generated code contains their text.
"""

import jax
import jax.numpy as jnp

from dimderiv.codegen.targets.helpers.python_helpers import overlaps


def over_stack(function, *arrays):
    """A function of matrices of each matrix of a stack."""
    for _ in arrays[0].shape[2:]:
        function = jax.vmap(function)
    return function(*arrays)


def bordered(x, edges):
    """The array with zeros before and after it along axes; less than none are left out."""
    widths = [(0, 0, 0)] * x.ndim
    for axis, before, after in edges:
        widths[axis] = (before, after, 0)
    return jax.lax.pad(x, jnp.zeros((), x.dtype), widths)


def windowed(x, groups):
    """An array with axes of certain sizes and steps in the place of one."""
    for axis, counts, steps in groups[::-1]:
        grids = jnp.meshgrid(*[jnp.arange(n) for n in counts], indexing="ij")
        places = sum(step * grid for step, grid in zip(steps, grids, strict=True))
        x = jnp.take(x, places, axis=axis)
    return x


def overlapped(x, groups):
    """Sums of the entries that windows would show at one place."""
    shape, parts = overlaps(x.shape, groups)
    out = jnp.zeros(shape, x.dtype)
    for place, part in parts:
        out = out.at[place].add(x[part])
    return out


def selection(sizes, steps, offset, dtype):
    """The array that is 1 where the first index is an affine one of the others, else 0."""
    first, *others = jnp.ogrid[tuple(map(slice, sizes))]
    places = offset + sum(step * index for step, index in zip(steps, others, strict=True))
    return (first == places).astype(dtype)


def distances(x, z):
    """The squared distance of each row of a matrix from each row of another one."""
    return jnp.square(x[:, None, :] - z).sum(axis=-1)


def conv(x, w, strides, dilations, edges):
    """Sums over what windows of images show: of x[n,c,2i+r,..] w[o,c,r,..], zeros around x."""
    return jax.lax.conv_general_dilated(x, w, strides, edges, rhs_dilation=dilations)


def conv_adjoint(g, w, strides, dilations):
    """The array with the sums over o of g[n,o,i,..] w[o,c,r,..] added up at n,c,2i+r,.."""
    edges = [((k - 1) * d, (k - 1) * d) for k, d in zip(w.shape[2:], dilations, strict=True)]
    turned = jnp.flip(w, tuple(range(2, w.ndim))).swapaxes(0, 1)
    return jax.lax.conv_general_dilated(
        g, turned, (1,) * len(edges), edges, lhs_dilation=strides, rhs_dilation=dilations
    )


def taken(x, labels, shared):
    """The entries of x at the labels, along the axis after those that x shares with the labels."""
    grid = jnp.indices(labels.shape, sparse=True)
    return x[(*[grid[axis] for axis in shared], labels)]


def put(x, labels, shared, count):
    """The array with x at the labels, along the axis after those that it shares with the labels."""
    rest, grid = x.shape[labels.ndim :], jnp.indices(labels.shape, sparse=True)
    out = jnp.zeros((*[labels.shape[axis] for axis in shared], count, *rest), x.dtype)
    return out.at[(*[grid[axis] for axis in shared], labels)].add(x)

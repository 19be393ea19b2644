# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions for arrays with more axes than a matrix that torch lacks.

As in `torch_helpers`, generated code contains their text.
"""

import math

import torch

from dimderiv.codegen.targets.helpers.python_helpers import overlaps
from dimderiv.codegen.targets.helpers.torch_helpers import indices


def over_stack(function, *tensors):
    """A function of matrices of each matrix of a stack."""
    heads = tensors[0].shape[:-2]
    flat = [tensor.reshape(-1, *tensor.shape[-2:]) for tensor in tensors]
    found = torch.stack([function(*each) for each in zip(*flat, strict=True)])
    return found.reshape(*heads, *found.shape[1:])


def bordered(x, edges):
    """The tensor with zeros before and after it along axes; less than none are left out."""
    widths = [0] * (2 * x.ndim)
    for axis, before, after in edges:
        widths[2 * (x.ndim - axis) - 2 : 2 * (x.ndim - axis)] = before, after
    return torch.nn.functional.pad(x, widths)


def windowed(x, groups):
    """A view with axes of certain sizes and steps in the place of one."""
    shape, strides = list(x.shape), list(x.stride())
    for axis, counts, steps in groups[::-1]:
        shape[axis : axis + 1] = counts
        strides[axis : axis + 1] = [step * x.stride(axis) for step in steps]
    return x.as_strided(shape, strides, x.storage_offset())


def overlapped(x, groups):
    """Sums of the entries that windows would show at one place."""
    shape, parts = overlaps(x.shape, groups)
    out = x.new_zeros(shape)
    for place, part in parts:
        out[place] += x[part]
    return out


def selection(sizes, steps, offset, dtype, device=None):
    """The tensor that is 1 where the first index is an affine one of the others, else 0."""
    first, *others = indices(sizes, device)
    places = offset + sum(step * index for step, index in zip(steps, others, strict=True))
    return (first == places).to(dtype)


def distances(x, z):
    """The squared distance of each row of a matrix from each row of another one."""
    return torch.cdist(x, z, compute_mode="donot_use_mm_for_euclid_dist").square()


def conv(x, w, strides, dilations, edges):
    """Sums over what windows of images show: of x[n,c,2i+r,..] w[o,c,r,..], zeros around x."""
    dims = x.ndim - 2
    if any(before != after or before < 0 for before, after in edges):
        x = bordered(x, [(axis, *each) for axis, each in enumerate(edges, 2)])
        edges = [(0, 0)] * dims
    zeros = [before for before, _ in edges]
    reach = zip(x.shape[2:], zeros, w.shape[2:], dilations, strides, strict=True)
    sizes = [1 + (m + 2 * z - 1 - (k - 1) * d) // s for m, z, k, d, s in reach]
    if dims < 3 and math.prod(w.shape[2:]) > math.prod(sizes):
        # That is how libraries sum over images, and have a function for it.
        by_weight = (torch.nn.grad.conv1d_weight, torch.nn.grad.conv2d_weight)[dims - 1]
        shape = (w.shape[0], x.shape[0], *sizes)
        images, slopes = x.transpose(0, 1), w.transpose(0, 1)
        found = by_weight(images, shape, slopes, dilations, zeros, strides)
        return found.transpose(0, 1)
    function = getattr(torch.nn.functional, f"conv{dims}d")
    return function(x, w, stride=strides, padding=zeros, dilation=dilations)


def conv_adjoint(g, w, strides, dilations):
    """The tensor with the sums over o of g[n,o,i,..] w[o,c,r,..] added up at n,c,2i+r,.."""
    function = getattr(torch.nn.functional, f"conv_transpose{g.ndim - 2}d")
    return function(g, w, stride=strides, dilation=dilations)


def taken(x, labels, shared):
    """The entries of x at the labels, along the axis after those that x shares with the labels."""
    grid = indices(labels.shape, labels.device)
    return x[(*[grid[axis] for axis in shared], labels)]


def put(x, labels, shared, count):
    """The tensor with x at the labels, along the axis after those that it shares with them."""
    rest, grid = x.shape[labels.ndim :], indices(labels.shape, labels.device)
    out = x.new_zeros(*[labels.shape[axis] for axis in shared], count, *rest)
    if not shared:
        return out.index_add_(0, labels.ravel(), x.reshape(-1, *rest))
    return out.index_put_((*[grid[axis] for axis in shared], labels), x, accumulate=True)

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions that generated torch code may need and torch lacks.

They are not called here: generated code contains the text of those that it uses, above its own
function.  Therefore they are written as a user would, without types, and refer to nothing but
torch and each other.
"""

import torch

from dimderiv.codegen.targets.helpers.python_helpers import linear_map, misfit  # noqa: F401


def floats(*values):
    """The values as tensors of one floating type on one device, which Python numbers take on.

    Tensors that require grad are detached: what is computed of them here is the derivative.
    """
    tensors = [as_tensor(value) for value in values]
    weak = [isinstance(value, (int, float)) for value in values]
    dtype = torch.int64
    for k, tensor in enumerate(tensors):
        dtype = dtype if weak[k] else torch.promote_types(dtype, tensor.dtype)
    if not dtype.is_floating_point and not dtype.is_complex:
        dtype = torch.float64
    given = [value for value in values if isinstance(value, torch.Tensor)]
    devices = {str(t.device) for t in given if t.ndim} or {str(t.device) for t in given[:1]}
    if len(devices) > 1:
        raise ValueError(f"the tensors are on different devices: {', '.join(sorted(devices))}")
    device = devices.pop() if devices else None
    return [tensor.to(device=device, dtype=dtype) for tensor in tensors]


def finite(x):
    """The largest exponent, which is taken off the others: 0 where it is no finite number."""
    return torch.where(torch.isfinite(x), x, torch.zeros_like(x))


def polygamma(n, x):
    """The n-th derivative of digamma, which torch has for whole numbers n."""
    return torch.polygamma(int(n), x)


def recast(like, *values):
    """The values as tensors of the type and on the device of another one."""
    tensors = [as_tensor(value) for value in values]
    if any(tensor.is_complex() for tensor in tensors) and not like.is_complex():
        raise TypeError(f"cannot make {like.dtype} of complex numbers")
    return [tensor.to(like) for tensor in tensors]


def as_tensor(value):
    """A tensor off the tape, an array with its own type, or numbers in double precision."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    if hasattr(value, "dtype"):
        # torch warns of arrays that cannot be written to, and refuses negative strides.
        return torch.as_tensor(value.copy())
    return torch.as_tensor(value, dtype=torch.float64)


def agrees(shape, expected):
    """Whether a shape has the sizes that are expected; where nothing is, any does."""
    if len(shape) != len(expected):
        return False
    return all(b is None or a == b for a, b in zip(shape, expected, strict=True))


def applied(name, function, expected, *arguments):
    """The value of a function that was handed in: of a shape with the sizes that are expected."""
    if not callable(function):
        raise TypeError(f"{name} is a function, not {type(function).__name__}")
    x, value = arguments[0], function(*arguments)
    value = torch.as_tensor(value, dtype=x.dtype, device=x.device).detach().clone()
    expected = tuple(x.shape) if expected is None else expected
    if not agrees(value.shape, expected):
        raise ValueError(
            f"{name} returned a tensor of shape {tuple(value.shape)}, expected {expected}"
        )
    return value


def compared(test, x, y):
    """Where a comparison holds 1, and 0 elsewhere: torch is slow to multiply by truth values."""
    if isinstance(y, torch.Tensor) and y.shape != x.shape:
        x, y = torch.broadcast_tensors(x, y)
    return test(x, y, out=torch.empty(x.shape, dtype=x.dtype, device=x.device))


def indices(sizes, device):
    """The indices along each axis of a tensor of these sizes, at every place."""
    along = [torch.arange(size, device=device) for size in sizes]
    return torch.meshgrid(*along, indexing="ij")


# From so many entries on, torch's convolution on a processor copies more than it computes.
LARGE = 8192


def conv2(V, K):
    """The valid cross-correlation: sum over k, l of V[o + k, p + l] K[k, l]."""
    (m, n), (p, q) = V.shape, K.shape
    m, n = m - p + 1, n - q + 1
    if V.is_cuda or max(m * n, p * q) < LARGE:
        return torch.nn.functional.conv2d(V[None, None], K[None, None])[0, 0]
    if p * q > m * n:
        places = [(i, j) for i in range(m) for j in range(n)]
        sums = [torch.tensordot(V[i : i + p, j : j + q], K, 2) for i, j in places]
        return torch.stack(sums).reshape(m, n)
    out = V.new_zeros(m, n)
    for i in range(p):
        for j in range(q):
            out.addcmul_(V[i : i + m, j : j + n], K[i, j])
    return out


def conv2_full(G, K):
    """The full convolution: sum over k, l of G[i - k, j - l] K[k, l]."""
    if K.numel() > G.numel():
        G, K = K, G
    if G.is_cuda or G.numel() < LARGE:
        return torch.nn.functional.conv_transpose2d(G[None, None], K[None, None])[0, 0]
    (m, n), (p, q) = G.shape, K.shape
    out = G.new_zeros(m + p - 1, n + q - 1)
    for i in range(p):
        for j in range(q):
            out[i : i + m, j : j + n].addcmul_(G, K[i, j])
    return out


def sheared(x, pairs):
    """The tensor y with y[.., i, .., i + k, ..] = x[.., i, .., k, ..] for pairs of axes, else 0."""
    shape = list(x.shape)
    for i, k in pairs:
        shape[k] += x.shape[i] - 1
    y = x.new_zeros(shape)
    strides = list(y.stride())
    for i, k in pairs:
        strides[i] += y.stride(k)
    y.as_strided(x.shape, strides).copy_(x)
    return y


def overlap_add(x, groups):
    """Sums of the entries whose indices along each group of neighbouring axes have equal sums."""
    for axis, count in enumerate(groups):
        for _ in range(count - 1):
            rows, cols = x.shape[axis : axis + 2]
            i, j = indices((rows, cols), x.device)
            shape = (*x.shape[:axis], rows + cols - 1, *x.shape[axis + 2 :])
            x = x.new_zeros(shape).index_add_(axis, (i + j).ravel(), x.flatten(axis, axis + 1))
    return x

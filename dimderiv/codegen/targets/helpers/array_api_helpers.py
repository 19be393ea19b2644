# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions that generated code may need and the array API standard lacks.

They are not called here: generated code contains the text of those that it uses, above its own
function.  Therefore they are written as a user would, without types, and refer to nothing but the
standard (2023.12) and each other.  They look at no value, so that lazy arrays stay lazy.
"""

import math

from dimderiv.codegen.targets.helpers.python_helpers import linear_map, misfit  # noqa: F401


def arrays(*values):
    """The library, the type and device of new arrays, and the values as arrays of that type.

    Python numbers, and arrays of numpy beside those of another library, become its arrays.
    """
    xp = namespace(*values)
    found = [each if xp is namespace(each, None) else xp.asarray(each) for each in values]
    pairs = zip(found, values, strict=True)
    typed = {array.dtype for array, value in pairs if hasattr(value, "dtype")}
    real = [dtype for dtype in typed if xp.isdtype(dtype, ("real floating", "complex floating"))]
    dtype = xp.result_type(*real) if real else xp.asarray(0.0).dtype
    found = [array if array.dtype == dtype else xp.astype(array, dtype) for array in found]
    return xp, {"dtype": dtype, **place(found[0])}, found


def recast(xp, like, *values):
    """The values as arrays of a library and a type, unless that loses more than digits."""
    found = [each if xp is namespace(each, None) else xp.asarray(each) for each in values]
    for array in found:
        if xp.isdtype(array.dtype, "complex floating") and array.dtype != like["dtype"]:
            raise TypeError(f"cannot make {like['dtype']} of complex numbers")
    return [a if a.dtype == like["dtype"] else xp.astype(a, like["dtype"]) for a in found]


def namespace(*values):
    """The library whose arrays are among the values, numpy only where there is no other."""
    known = {}
    for value in values:
        if hasattr(value, "__array_namespace__"):
            xp = value.__array_namespace__()
        elif hasattr(value, "dtype"):
            try:
                from array_api_compat import array_namespace
            except ImportError as error:
                kind = type(value).__module__.partition(".")[0]
                message = f"arrays of {kind} need the package array-api-compat"
                raise ImportError(message) from error
            xp = array_namespace(value)
        else:
            continue
        known[xp.__name__] = xp
    if len(known) > 1:
        known.pop("numpy", None)
    if len(known) > 1:
        raise TypeError(f"arrays of different libraries: {', '.join(sorted(known))}")
    if not known and values[-1:] != (None,):
        raise TypeError("no argument is an array")
    return next(iter(known.values()), None)


def place(array):
    """The device for new arrays beside an array; nothing where the library knows no devices."""
    device = getattr(array, "device", None)
    return {} if device is None else {"device": device}


def linalg(name, *arrays, **options):
    """A function of the extension for linear algebra, which a library may lack."""
    xp = namespace(*arrays)
    function = getattr(getattr(xp, "linalg", None), name, None)
    if function is None:
        raise NotImplementedError(f"{xp.__name__} has no linalg.{name}")
    return function(*arrays, **options)


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
    xp = namespace(x)
    is_array = hasattr(value, "shape")
    value = xp.astype(value, x.dtype) if is_array else xp.asarray(value, dtype=x.dtype, **place(x))
    expected = x.shape if expected is None else expected
    if not agrees(value.shape, expected):
        raise ValueError(f"{name} returned an array of shape {value.shape}, expected {expected}")
    return value


def softmax(x, axis=-1):
    """Exponentials over their sum along an axis; the shift keeps them from overflowing."""
    xp = namespace(x)
    e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    return e / xp.sum(e, axis=axis, keepdims=True)


def logsoftmax(x, axis=-1):
    """The logarithm of softmax along an axis, without taking that of a tiny number."""
    xp = namespace(x)
    x = x - xp.max(x, axis=axis, keepdims=True)
    return x - xp.log(xp.sum(xp.exp(x), axis=axis, keepdims=True))


def logsumexp(x, axis=None):
    """The logarithm of the sum of exponentials, without overflow."""
    xp = namespace(x)
    axis = tuple(range(x.ndim)) if axis is None else (axis,)
    top = finite(xp.max(x, axis=axis, keepdims=True))
    total = xp.log(xp.sum(xp.exp(x - top), axis=axis, keepdims=True)) + top
    return xp.squeeze(total, axis=axis)


def finite(x):
    """The largest exponent, which is taken off the others: 0 where it is no finite number."""
    xp = namespace(x)
    return xp.where(xp.isfinite(x), x, xp.zeros_like(x))


def softplus(x):
    """The logarithm of 1 + exp(x), without overflow."""
    xp = namespace(x)
    return xp.maximum(x, xp.zeros_like(x)) + xp.log1p(xp.exp(-xp.abs(x)))


def sigmoid(x):
    """1 / (1 + exp(-x)), by the exponential that does not overflow."""
    xp = namespace(x)
    e = xp.exp(-xp.abs(x))
    return xp.where(x < 0, e, xp.ones_like(x)) / (1 + e)


def logsigmoid(x):
    """The logarithm of sigmoid(x), without overflow."""
    return -softplus(-x)


def silu(x):
    """The product of x and its sigmoid."""
    return x * sigmoid(x)


def einsum(spec, A, B):
    """The sum of products that letters say, as products of stacked matrices."""
    xp = namespace(A, B)
    a, b, out = spec.replace("->", ",").split(",")
    stacked = [i for i in a if i in b and i in out]
    summed = [i for i in a if i in b and i not in out]
    left, right = [i for i in a if i not in b], [i for i in b if i not in a]
    order = [a.index(i) for i in stacked + left + summed]
    A = A if order == sorted(order) else xp.permute_dims(A, tuple(order))
    order = [b.index(i) for i in stacked + summed + right]
    B = B if order == sorted(order) else xp.permute_dims(B, tuple(order))
    count, rows = len(stacked), len(left)
    heads, lefts, inner = A.shape[:count], A.shape[count : count + rows], A.shape[count + rows :]
    rights = B.shape[count + len(summed) :]
    if left or right:
        A = xp.reshape(A, (*heads, math.prod(lefts), math.prod(inner)))
        B = xp.reshape(B, (*heads, math.prod(inner), math.prod(rights)))
        product = xp.reshape(A @ B, (*heads, *lefts, *rights))
    else:
        product = xp.sum(A * B, axis=tuple(range(count, A.ndim)))
    order = [(stacked + left + right).index(i) for i in out]
    return product if order == sorted(order) else xp.permute_dims(product, tuple(order))


def diagonal(x, pattern):
    """The entries where axes with equal numbers in the pattern have equal indices."""
    xp, axes = namespace(x), list(pattern)
    for letter in [k for k in dict.fromkeys(pattern) for _ in range(pattern.count(k) - 1)]:
        first = axes.index(letter)
        second = axes.index(letter, first + 1)
        rest = [k for k in range(len(axes)) if k not in (first, second)]
        x, n = xp.permute_dims(x, (*rest, first, second)), x.shape[first]
        x = xp.reshape(x, (*x.shape[:-2], n * n))[..., :: n + 1]
        axes = [*(axes[k] for k in rest), letter]
    order = tuple(axes.index(letter) for letter in dict.fromkeys(pattern))
    return x if order == tuple(sorted(order)) else xp.permute_dims(x, order)


def on_diagonals(x, pattern, sizes):
    """The array of these sizes with x where axes with equal numbers have equal indices, else 0."""
    xp, places = namespace(x), indices(sizes, x)
    x = xp.broadcast_to(x, [sizes[pattern.index(k)] for k in dict.fromkeys(pattern)])
    axes = list(enumerate(pattern))
    x = x[tuple(slice(None) if pattern.index(k) == axis else None for axis, k in axes)]
    for axis, letter in axes:
        if pattern.index(letter) < axis:
            x = xp.where(places[pattern.index(letter)] == places[axis], x, xp.zeros_like(x))
    return x


def indices(sizes, like):
    """The indices along each axis of an array of these sizes; they broadcast against each other."""
    xp, found = namespace(like), []
    for axis, size in enumerate(sizes):
        along = xp.arange(size, **place(like))
        found.append(xp.reshape(along, (*(1,) * axis, size, *(1,) * (len(sizes) - axis - 1))))
    return found


def windows(x, sizes, axes):
    """The windows of these sizes at every place along axes, each size an axis at the end."""
    xp = namespace(x)
    for size, axis in zip(sizes, axes, strict=True):
        count = x.shape[axis] - size + 1
        i, j = indices((count, size), x)
        x = xp.take(x, xp.reshape(i + j, (-1,)), axis=axis)
        x = xp.reshape(x, (*x.shape[:axis], count, size, *x.shape[axis + 1 :]))
        x = xp.moveaxis(x, axis + 1, -1)
    return x


def conv2(V, K):
    """The valid cross-correlation: sum over k, l of V[o + k, p + l] K[k, l]."""
    xp, (m, n), (p, q) = namespace(V), V.shape, K.shape
    m, n = m - p + 1, n - q + 1
    if p * q > m * n:
        places = [(i, j) for i in range(m) for j in range(n)]
        sums = [xp.sum(V[i : i + p, j : j + q] * K) for i, j in places]
        return xp.reshape(xp.stack(sums), (m, n))
    places = [(i, j) for i in range(p) for j in range(q)]
    return sum(K[i, j] * V[i : i + m, j : j + n] for i, j in places)


def conv2_full(G, K):
    """The full convolution: sum over k, l of G[i - k, j - l] K[k, l]."""
    xp = namespace(G)
    if math.prod(K.shape) > math.prod(G.shape):
        G, K = K, G
    for axis, size in enumerate(K.shape):
        shape = (size - 1, G.shape[1]) if axis == 0 else (G.shape[0], size - 1)
        edge = xp.zeros(shape, dtype=G.dtype, **place(G))
        G = xp.concat([edge, G, edge], axis=axis)
    return conv2(G, xp.flip(K))


def sheared(x, pairs):
    """The array y with y[.., i, .., i + k, ..] = x[.., i, .., k, ..] for pairs of axes, else 0."""
    xp = namespace(x)
    for pair in pairs:
        y = xp.moveaxis(x, pair, (0, 1))
        m, n, *rest = y.shape
        # Each row begins one place further to the right than the one above it.
        y = xp.concat([y, xp.zeros((m, m, *rest), dtype=x.dtype, **place(x))], axis=1)
        y = xp.reshape(y, (m * (m + n), *rest))[: m * (m + n - 1), ...]
        x = xp.moveaxis(xp.reshape(y, (m, m + n - 1, *rest)), (0, 1), pair)
    return x


def overlap_add(x, groups):
    """Sums of the entries whose indices along each group of neighbouring axes have equal sums."""
    xp = namespace(x)
    for axis, count in enumerate(groups):
        for _ in range(count - 1):
            x = xp.sum(sheared(x, [(axis, axis + 1)]), axis=axis)
    return x

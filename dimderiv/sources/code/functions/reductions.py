"""Sums, means, extremes and norms: of all entries, or along axes, which go unless they are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from dimderiv.language import Binary, Call, Number, Transpose
from dimderiv.sources.code import operators
from dimderiv.sources.code.arranging import axis_of, reduced_axes
from dimderiv.sources.code.habits import OF_A_NUMBER
from dimderiv.sources.code.operators import entrywise, extreme
from dimderiv.sources.code.values import IS_NO_COLUMN, Array, Parts, Place, Value, transposed

TWO = Array(Number(Fraction(2)), 0)


def axes_of(at: Place, array: Array, axis: Value) -> list[int]:
    """The numbers of the axes that something runs along; all of them where none is given."""
    if axis is None:
        return list(range(array.axes))
    given = axis if isinstance(axis, tuple) else (axis,)
    wholes = [at.array(each).whole for each in given]
    if None in wholes:
        at.refuse("an axis is a whole number here", "such as axis=0")
    return sorted(axis_of(at, array, whole) for whole in wholes if whole is not None)


def reduced(at: Place, function: str, array: Array, axis: Value, keepdims: Value) -> Array:
    """A reduction along axes."""
    if array.axes == 0:
        at.hesitate(OF_A_NUMBER)
    axes = axes_of(at, array, axis)
    is_kept = _is_true(at, keepdims)
    if len(axes) == array.axes:
        tree = Call(function, (array.tree,), span=at.span)
        return Array(tree, array.axes if is_kept else 0)
    if array.axes == 2:
        tree = Call(function, (array.tree,), axis=axes[0], span=at.span)
        return Array(tree, 2) if is_kept else Array(tree, 1, is_row=axes[0] == 0)
    if is_kept:
        return Array(Call(function, (array.tree,), axis=tuple(axes), span=at.span), array.axes)
    if function == "var":
        middle = reduced(at, "mean", array, axis, keepdims=True)
        centred = operators.added(at, array, middle, subtract=True)
        return reduced(at, "mean", operators.raised(at, centred, TWO), axis, keepdims=False)
    return reduced_axes(at, function, array, axes)


def _is_true(at: Place, value: Value) -> bool:
    if not isinstance(value, bool):
        at.refuse("keepdims is True or False")
    return value


def _reduction(function: str) -> Callable[..., Array]:
    def read(at: Place, a: Value, axis: Value = None, keepdims: Value = False) -> Array:
        array = at.array(a)
        if at.library == "python" and array.axes > 1:
            # Python's own sum adds rows.
            axis = Array(Number(Fraction(0)), 0)
        return reduced(at, function, array, axis, keepdims)

    return read


def _extreme(function: str) -> Callable[..., Value]:
    def read(at: Place, a: Value, axis: Value = None, keepdims: Value = False) -> Value:
        is_second = at.library == "torch" and isinstance(axis, Array) and axis.whole is None
        if is_second or (at.library == "python" and axis is not None):
            return extreme(at, function, at.array(a), at.array(axis))
        array = reduced(at, function, at.array(a), axis, keepdims)
        is_pair = at.library == "torch" and axis is not None
        return Parts(function, {"values": array, "indices": None}) if is_pair else array

    return read


def spread(
    at: Place,
    a: Value,
    axis: Value = None,
    ddof: Value = None,
    unbiased: Value = None,
    correction: Value = None,
    keepdims: Value = False,
) -> Array:
    """A variance; that of PyTorch divides by one less than the number of entries."""
    array = at.array(a)
    less = 1 if at.library == "torch" else 0
    if isinstance(unbiased, bool):
        less = int(unbiased)
    for given in (ddof, correction):
        if given is not None:
            whole = at.array(given).whole
            less = whole if whole is not None else at.refuse("ddof is a whole number")
    found = reduced(at, "var", array, axis, keepdims)
    if not less:
        return found
    count = _count(at, array, axes_of(at, array, axis))
    shorter = operators.added(at, count, Array(Number(Fraction(less)), 0), subtract=True)
    factor = Binary("/", count.tree, shorter.tree, at.span)
    return Array(Binary("*", factor, found.tree, at.span), found.axes, found.is_row)


def _count(at: Place, array: Array, axes: Sequence[int]) -> Array:
    """How many entries a reduction runs over."""
    sizes = [at.size(array, axis) for axis in axes]
    total = sizes[0]
    for size in sizes[1:]:
        total = operators.multiplied(at, total, size)
    return total


def deviation(at: Place, a: Value, axis: Value = None, **options: Value) -> Array:
    """A standard deviation."""
    return entrywise(at, "sqrt", spread(at, a, axis, **options))


def norm(
    at: Place,
    a: Value,
    ord: Value = None,
    axis: Value = None,
    keepdims: Value = False,
    p: Value = None,
) -> Array:
    """A norm of a 1-D array, of a matrix, or along axes."""
    ord = p if ord is None else ord
    array = at.array(a)
    axes = axes_of(at, array, axis)
    kind = _order_of(at, ord)
    is_matrix = len(axes) == 2 and at.library != "torch"
    if kind in (None, "fro") or (kind == 2 and not is_matrix):
        if len(axes) == array.axes:
            tree = Call("norm2", (array.tree,), span=at.span)
            return Array(tree, array.axes if _is_true(at, keepdims) else 0)
        squares = operators.raised(at, array, TWO)
        return entrywise(at, "sqrt", reduced(at, "sum", squares, axis, keepdims))
    if is_matrix or kind == "nuc":
        return _norm_of_matrix(at, array, kind)
    sizes = entrywise(at, "abs", array)
    if kind == 1:
        return reduced(at, "sum", sizes, axis, keepdims)
    if kind in ("inf", "-inf"):
        return reduced(at, "max" if kind == "inf" else "min", sizes, axis, keepdims)
    order = at.array(ord)
    total = reduced(at, "sum", operators.raised(at, sizes, order), axis, keepdims)
    inverse = Binary("/", Number(Fraction(1)), order.tree, at.span)
    return operators.raised(at, total, Array(inverse, 0))


def vector_norm(
    at: Place,
    a: Value,
    ord: Value = None,
    axis: Value = None,
    keepdims: Value = False,
) -> Array:
    """A norm of entries, whatever the axes, as `torch.norm` has it too."""
    return norm(replace(at, library="torch"), a, ord, axis, keepdims)


def _order_of(at: Place, order: Value) -> int | str | None:
    match order:
        case None | str():
            return order
        case Array():
            return order.name if order.name in ("inf",) else order.whole
    at.refuse("the order of a norm is a number or a word")


def _norm_of_matrix(at: Place, array: Array, kind: int | str | None) -> Array:
    if array.axes != 2:
        at.misfit("this is a norm of a matrix")
    if kind == "nuc":
        return Array(Call("normN", (array.tree,), span=at.span), 0)
    if kind == 2:
        gram = Binary("*", Transpose(array.tree, at.span), array.tree, at.span)
        return Array(Call("sqrt", (Call("eigmax", (gram,), span=at.span),), span=at.span), 0)
    if kind in (1, "inf"):
        sizes = Call("abs", (array.tree,), span=at.span)
        sums = Call("sum", (sizes,), axis=0 if kind == 1 else 1, span=at.span)
        return Array(Call("max", (sums,), span=at.span), 0)
    at.refuse("this norm of a matrix is not read", "the Frobenius norm, or ord=2, 'nuc', 1, np.inf")


def count_mean(at: Place, a: Value, axis: Value = None, weights: Value = None) -> Array:
    """A mean, perhaps with weights."""
    array = at.array(a)
    if weights is None:
        return reduced(at, "mean", array, axis, keepdims=False)
    given = at.array(weights)
    weighted = operators.multiplied(at, array, given)
    total = reduced(at, "sum", weighted, axis, keepdims=False)
    if given.axes != array.axes:
        at.refuse("weights of one axis of a matrix are not read", "X.T @ w / w.sum()")
    return operators.divided(at, total, reduced(at, "sum", given, axis, keepdims=False))


def along_rows(at: Place, function: str, array: Array, axis: int) -> Array:
    """A function that the language has for each row, along an axis."""
    if array.axes == 1:
        return Array(Call(function, (array.tree,), span=at.span), 1, array.is_row)
    if array.axes == 2:
        if axis == 0:
            return Array(Call(function, (array.tree,), axis=0, span=at.span), 2)
        at.claim(array.tree, IS_NO_COLUMN)
        return Array(Call(function, (array.tree,), span=at.span), 2)
    return Array(Call(function, (array.tree,), axis=(axis,), span=at.span), array.axes)


def _softmax(function: str) -> Callable[..., Array]:
    def read(at: Place, a: Value, axis: Value = None) -> Array:
        array = at.array(a)
        if axis is None and at.library == "torch" and array.axes > 1:
            at.refuse(f"{function} of torch without dim is not read", "dim=-1, or dim=1")
        if array.axes == 0:
            at.misfit(f"{function} is that of an array")
        if axis is None and at.library in ("numpy", "scipy") and array.axes > 1:
            lifted = reduced(at, "logsumexp", array, None, keepdims=False)
            logs = operators.added(at, array, lifted, subtract=True)
            return entrywise(at, "exp", logs) if function == "softmax" else logs
        (number,) = [array.axes - 1] if axis is None else axes_of(at, array, axis)
        return along_rows(at, function, array, number)

    return read


def logsumexp(
    at: Place, a: Value, axis: Value = None, b: Value = None, keepdims: Value = False
) -> Array:
    """The logarithm of a sum of exponentials, with weights where they are given."""
    array = at.array(a)
    if b is None:
        return reduced(at, "logsumexp", array, axis, keepdims)
    weighted = operators.multiplied(at, at.array(b), entrywise(at, "exp", array))
    return entrywise(at, "log", reduced(at, "sum", weighted, axis, keepdims))


def ordered(at: Place, a: Value, axis: Value = None) -> Value:
    """The entries in their order, along the last axis unless another is given."""
    array = at.array(a)
    if array.axes == 0:
        at.misfit("a sort is that of an array")
    (number,) = [array.axes - 1] if axis is None else axes_of(at, array, axis)
    found = along_rows(at, "sort", array, number)
    return Parts("sort", {"values": found, "indices": None}) if at.library == "torch" else found


def median(at: Place, a: Value) -> Array:
    """The middle entry, or the mean of both; PyTorch takes the smaller one."""
    if at.library == "torch":
        at.refuse("the median of torch is the smaller one of two in the middle", "np.median(x)")
    return Array(Call("median", (at.array(a).tree,), span=at.span), 0)


def cumsum(at: Place, a: Value, axis: Value = None) -> Array:
    """Running sums."""
    array = at.array(a)
    if array.axes == 1:
        return Array(Call("cumsum", (array.row,), span=at.span), 1, is_row=True)
    if array.axes != 2 or axis is None:
        at.misfit("running sums are read of 1-D arrays, or along an axis of a matrix")
    (number,) = axes_of(at, array, axis)
    at.claim(array.tree if number else transposed(array.tree), IS_NO_COLUMN)
    return Array(Call("cumsum", (array.tree,), axis=number, span=at.span), 2)


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **{name: _reduction(name) for name in ("sum", "mean", "prod")},
    "logsumexp": logsumexp,
    "sort": ordered,
    "median": median,
    **{name: _extreme(name) for name in ("max", "min")},
    **{f"a{name}": _reduction(name) for name in ("max", "min")},
    "average": count_mean,
    "var": spread,
    "std": deviation,
    "norm": norm,
    "vector_norm": vector_norm,
    "softmax": _softmax("softmax"),
    "log_softmax": _softmax("logsoftmax"),
    "cumsum": cumsum,
}

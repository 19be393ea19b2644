"""Arrays with their axes in other places, merged, put in or left out, and arrays put together."""

from collections.abc import Callable, Mapping

from dimderiv.language import Blocks
from dimderiv.sources.code.arranging import (
    axis_of,
    exchanged,
    permuted,
    raveled,
    reshaped,
    reversed_axes,
    with_new_axes,
)
from dimderiv.sources.code.values import (
    IS_COLUMN,
    IS_NUMBER,
    IS_ROW,
    Array,
    Place,
    Value,
    whole_number,
)


def transpose(at: Place, a: Value, *axes: Value) -> Array:
    """Axes in another order; in PyTorch the two that are named are exchanged."""
    array = at.array(a)
    given = axes[0] if len(axes) == 1 and isinstance(axes[0], tuple) else axes
    wholes = _wholes(at, given)
    if not wholes:
        return reversed_axes(at, array)
    is_swap = at.library == "torch" or (not at.library and array.axes > 1)
    if len(wholes) == 2 and is_swap:
        return exchanged(at, array, *wholes)
    return permuted(at, array, [axis_of(at, array, axis) for axis in wholes])


def swapaxes(at: Place, a: Value, axis1: Value, axis2: Value) -> Array:
    """Two axes exchanged."""
    return exchanged(at, at.array(a), *_wholes(at, (axis1, axis2)))


def matrix_transpose(at: Place, a: Value) -> Array:
    """The last two axes exchanged."""
    return exchanged(at, at.array(a), -2, -1)


def reshape(at: Place, a: Value, *sizes: Value) -> Array:
    """Another shape."""
    given = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple) else sizes
    return reshaped(at, at.array(a), [at.array(size, 0) for size in given])


def ravel(at: Place, a: Value) -> Array:
    """All entries in one axis."""
    return raveled(at, at.array(a))


def expand_dims(at: Place, a: Value, axis: Value) -> Array:
    """An axis of size 1 put in."""
    array = at.array(a)
    (place,) = _wholes(at, (axis,))
    kept: list[int | None] = list(range(array.axes))
    kept.insert(place if place >= 0 else array.axes + 1 + place, None)
    return with_new_axes(at, array, kept)


def squeeze(at: Place, a: Value, axis: Value = None) -> Array:
    """An axis of size 1 left out."""
    array = at.array(a)
    if axis is None and array.axes > 1:
        at.refuse("squeeze without an axis leaves out what the sizes say", "squeeze(axis=...)")
    if array.axes == 1:
        return item(at, a)
    (place,) = [axis_of(at, array, each) for each in _wholes(at, (axis,))]
    if array.axes == 2:
        at.claim(array.tree, IS_ROW if place == 0 else IS_COLUMN)
        return Array(array.tree, 1, is_row=place == 0)
    at.refuse("squeeze of an array with more than two axes is not read", "X[:, 0, :]")


def item(at: Place, a: Value) -> Array:
    """The one entry of an array, as a number."""
    array = at.array(a)
    at.claim(array.tree, IS_NUMBER)
    return Array(array.tree, 0)


def concatenate(at: Place, a: Value, axis: Value = None) -> Array:
    """Arrays along one of their axes."""
    arrays = _arrays(at, a)
    place = 0 if axis is None else axis_of(at, arrays[0], _wholes(at, (axis,))[0])
    if len({array.axes for array in arrays}) > 1 or arrays[0].axes not in (1, 2):
        at.misfit("arrays with the same number of axes are put together, one or two")
    if arrays[0].axes == 1:
        return Array(Blocks(tuple((array.column,) for array in arrays), at.span), 1)
    trees = tuple(array.tree for array in arrays)
    rows = tuple((tree,) for tree in trees) if place == 0 else (trees,)
    return Array(Blocks(rows, at.span), 2)


def hstack(at: Place, a: Value) -> Array:
    """Arrays side by side."""
    arrays = _arrays(at, a)
    along = 0 if arrays[0].axes == 1 else 1
    return concatenate(at, a, Array(whole_number(along, at.span), 0))


def vstack(at: Place, a: Value) -> Array:
    """Arrays one below the other; 1-D arrays are rows."""
    trees = [array.row if array.axes == 1 else array.tree for array in _arrays(at, a)]
    return Array(Blocks(tuple((tree,) for tree in trees), at.span), 2)


def column_stack(at: Place, a: Value) -> Array:
    """Arrays side by side; 1-D arrays are columns."""
    trees = [array.column if array.axes == 1 else array.tree for array in _arrays(at, a)]
    return Array(Blocks((tuple(trees),), at.span), 2)


def stack(at: Place, a: Value, axis: Value = None) -> Array:
    """1-D arrays as the rows of a matrix, or as its columns."""
    arrays = [at.array(array, 1) for array in _arrays(at, a)]
    place = 0 if axis is None else _wholes(at, (axis,))[0]
    return vstack(at, tuple(arrays)) if place in (0, -2) else column_stack(at, tuple(arrays))


def block(at: Place, a: Value) -> Array:
    """A matrix of blocks, or of numbers; a plain list of numbers is a 1-D array."""
    rows = _list(at, a)
    if not any(isinstance(row, tuple) for row in rows):
        return Array(Blocks(tuple((at.array(row, 0).tree,) for row in rows), at.span), 1)
    trees = tuple(tuple(at.array(each).tree for each in _list(at, row)) for row in rows)
    return Array(Blocks(trees, at.span), 2)


def _list(at: Place, value: Value) -> tuple[Value, ...]:
    if not isinstance(value, tuple) or not value:
        at.refuse("the arrays stand in a list here", "[A, B]")
    return value


def _arrays(at: Place, value: Value) -> list[Array]:
    return [at.array(each) for each in _list(at, value)]


def _wholes(at: Place, values: Value) -> list[int]:
    given = values if isinstance(values, tuple) else (values,)
    wholes = [whole for each in given if (whole := at.array(each).whole) is not None]
    if len(wholes) < len(given):
        at.refuse("axes are whole numbers here")
    return wholes


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **dict.fromkeys(["transpose", "permute", "permute_dims", "t"], transpose),
    **dict.fromkeys(["swapaxes", "swapdims"], swapaxes),
    **dict.fromkeys(["matrix_transpose", "adjoint"], matrix_transpose),
    **dict.fromkeys(["reshape", "view"], reshape),
    **dict.fromkeys(["ravel", "flatten"], ravel),
    **dict.fromkeys(["expand_dims", "unsqueeze"], expand_dims),
    "squeeze": squeeze,
    "item": item,
    **dict.fromkeys(["concatenate", "concat", "cat"], concatenate),
    "hstack": hstack,
    "vstack": vstack,
    "column_stack": column_stack,
    "stack": stack,
    "block": block,
}

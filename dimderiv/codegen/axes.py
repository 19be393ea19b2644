"""The axes of what generated code returns: those of the value, then those of the variable."""

from dimderiv.codegen.arrays import ATOM, Arrays, Code, indexed, wrapped
from dimderiv.shapes import Dim, Shape


def axes_of(shape: Shape) -> tuple[Dim, ...]:
    """The axes of an array as it is passed and returned: a row is `(1, C)`."""
    return tuple(shape) if shape.is_row else shape.axes


def returned(code: Code, of: Shape, wrt: Shape, is_index_form: bool, arrays: Arrays) -> str:
    """The text of a derivative with its axes as in `value.shape + variable.shape`.

    Args:
        code: the derivative: a matrix, or an index form with the axes of both.
        of: the shape of the value that is differentiated.
        wrt: the shape of the variable.
        is_index_form: whether the code already has one axis for each axis of both.
        arrays: the operations on pieces of code.
    """
    if not is_index_form:
        code = arrays.full(code)
    axes = axes_of(of) + axes_of(wrt)
    if not is_index_form and len(of.axes + wrt.axes) > 2:
        return _unstacked(code, of, wrt, arrays)
    if len(axes) == 2 and code.shape.is_row and not is_index_form:
        return arrays.two_axes(code)
    if all(not dim.is_one for dim in axes):
        return code.text
    if not is_index_form and code.shape.is_row and not code.flat:
        code = indexed(code, "[0]")
    index = ", ".join("None" if dim.is_one else ":" for dim in axes)
    return f"{wrapped(code, ATOM)}[{index}]"


def _unstacked(code: Code, of: Shape, wrt: Shape, arrays: Arrays) -> str:
    """A matrix of stacked columns, taken apart into the axes that were stacked."""
    sizes = [arrays.size(dim).text for shape in (of, wrt) for dim in reversed(axes_of(shape))]
    text = f"{wrapped(code, ATOM)}.reshape({', '.join(sizes)})"
    count = len(axes_of(of))
    total = count + len(axes_of(wrt))
    order = [*reversed(range(count)), *reversed(range(count, total))]
    return f"{text}.transpose({', '.join(map(str, order))})"

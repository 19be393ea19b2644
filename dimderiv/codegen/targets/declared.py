"""Declared functions in generated code: they are handed in, as are their gradients and Hessians."""

from collections.abc import Iterable, Mapping, Sequence

from dimderiv.codegen.read import axes_of
from dimderiv.language import GRADIENT, HESSIAN, Dim, Shape

HELPER = "applied"


def called_functions(functions: Iterable[str], unknown: Mapping[str, Shape]) -> list[str]:
    """The declared functions and the derivatives of them that are called.

    Args:
        functions: all functions that are called.
        unknown: the declared functions.

    Returns:
        Such as `["f", "∇f"]`, in the order of their declaration.
    """
    called = set(functions)
    names = [sign + name for name in unknown for sign in ("", GRADIENT, HESSIAN)]
    return [name for name in names if name in called]


def described(function: str, name: str, shape: Shape) -> str:
    """What a function takes and returns, for a docstring.

    Args:
        function: such as `∇f`.
        name: how it is called in the code.
        shape: the shape of its argument.
    """
    base = function.lstrip(HESSIAN)
    given = f"{name}: a function of {_array(axes_of(shape))}, which returns"
    if function == base:
        return f"{given} a scalar."
    if function == GRADIENT + base:
        return f"{given} the gradient of {base}, {_array(axes_of(shape))}."
    return f"{given} the Hessian of {base}, {_array(shape.axes * 2)}."


def _array(axes: Sequence[Dim]) -> str:
    if not axes:
        return "a scalar"
    inside = ", ".join(map(str, axes)) + ("," if len(axes) == 1 else "")
    return f"an array of shape ({inside})"


def call_of(
    function: str,
    name: str,
    argument: str,
    is_row: bool,
    helper: str,
    module: str,
    entries: str = "[0]",
) -> str:
    """The text of a call of a function that is handed in."""
    order = len(function) - len(function.lstrip(HESSIAN))
    if is_row and argument.isidentifier():
        argument = f"{argument}[None, :]"
    elif is_row:
        argument = f"{module}.reshape({argument}, (1, -1))"
    row = entries if is_row and order == 1 else ""
    return f'{helper}("{name}", {name}, {argument}, {order}){row}'

"""Declared functions in generated code: they are handed in, as are their gradients and Hessians."""

from collections.abc import Iterable, Mapping, Sequence

from dimderiv.codegen.read import axes_of
from dimderiv.codegen.targets.text import listed
from dimderiv.language import GRADIENT, HESSIAN, Dim, Shape


def called_functions(functions: Iterable[str], declared: Mapping[str, Shape]) -> list[str]:
    """The declared functions and the derivatives of them that are called.

    Args:
        functions: all functions that are called.
        declared: the declared functions.

    Returns:
        Such as `["f", "∇f"]`, in the order of their declaration.
    """
    called = set(functions)
    names = [sign + name for name in declared for sign in ("", GRADIENT, HESSIAN)]
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
    return f"an array of shape ({listed([str(dim) for dim in axes])})"

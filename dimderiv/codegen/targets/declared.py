"""Declared functions in generated code: they are handed in, as are their gradients and Hessians."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dimderiv.codegen.read import axes_of
from dimderiv.codegen.targets.text import listed
from dimderiv.language import GRADIENT, PRIMES, SIGNS, Dim, Shape, declared_part


def called_functions(functions: Iterable[str], declared: Mapping[str, Shape]) -> list[str]:
    """The declared functions and the derivatives of them that are called.

    Args:
        functions: all functions that are called.
        declared: the declared functions.

    Returns:
        Such as `["f", "∇f"]`, in the order of their declaration.
    """
    called = set(functions)
    names = [each for name in declared for each in dict.fromkeys(_with_derivatives(name))]
    return [name for name in names if name in called]


def _with_derivatives(name: str) -> Iterator[str]:
    yield from (sign + name for sign in SIGNS)
    yield from (name + primes for primes in PRIMES)


def described(function: str, name: str, shape: Shape, *, is_elementwise: bool) -> str:
    """What a function takes and returns, for a docstring.

    Args:
        function: such as `∇f`.
        name: how it is called in the code.
        shape: the shape of its argument.
        is_elementwise: whether it is one of each entry by itself.
    """
    base, order = declared_part(function)
    if is_elementwise:
        what = (base, f"the derivative of {base}", f"the second derivative of {base}")[order]
        return f"{name}: a function of an array, which returns {what} of each entry."
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

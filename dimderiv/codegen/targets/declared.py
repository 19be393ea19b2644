"""Declared functions in generated code: they are handed in, as are their gradients and Hessians."""

from collections.abc import Iterable, Mapping, Sequence

from dimderiv.codegen.read import axes_of
from dimderiv.codegen.targets.text import listed
from dimderiv.language import (
    GRADIENT,
    HESSIAN,
    HESSIANS,
    JACOBIAN,
    RATE,
    SECOND_RATE,
    Dim,
    Signature,
    declared_part,
    figures_of,
    sign_of,
)

_KINDS = {
    GRADIENT: "the gradient",
    HESSIAN: "the Hessian",
    JACOBIAN: "the Jacobian",
    HESSIANS: "the Hessian of each entry",
    RATE: "the derivative",
    SECOND_RATE: "the second derivative",
}
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]


def called_functions(functions: Iterable[str], declared: Mapping[str, Signature]) -> list[str]:
    """The declared functions and the derivatives of them that are called.

    Args:
        functions: all functions that are called.
        declared: the declared functions.

    Returns:
        Such as `["f", "∇f"]`, in the order of their declaration.
    """
    called = set(functions)
    names = [each for name, signature in declared.items() for each in signature.derivatives(name)]
    return [name for name in names if name in called]


def described(function: str, name: str, signature: Signature) -> str:
    """What a function takes and returns, for a docstring.

    Args:
        function: such as `∇f`.
        name: how it is called in the code.
        signature: what the declared function takes and returns.
    """
    base, order = declared_part(function)
    if signature.is_elementwise:
        what = (base, f"the derivative of {base}", f"the second derivative of {base}")[order]
        return f"{name}: a function of an array, which returns {what} of each entry."
    given = " and ".join(_array(axes_of(shape)) for shape in signature.arguments)
    returned = _array(axes_of(signature.shape_of(function)))
    told = f"{name}: a function of {given}, which returns"
    if not order:
        return f"{told} {returned}."
    kind = _KINDS[sign_of(function)]
    return f"{told} {kind} of {base}{_by(function)}, {returned}."


def _by(function: str) -> str:
    """By which of several arguments a derivative is taken."""
    names = [_ORDINALS[int(figure) - 1] for figure in figures_of(function)]
    return f" by its {' and its '.join(names)} argument" if names else ""


def _array(axes: Sequence[Dim]) -> str:
    if not axes:
        return "a scalar"
    return f"an array of shape ({listed([str(dim) for dim in axes])})"

"""Functions that no simpler ones make: values by mpmath, derivatives by differences of many digits.

A rule says what mpmath calls its function; what it says of the derivative is not read here.
"""

from typing import Any

from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate.arithmetic import COST_OF_FUNCTION, Arithmetic, Jet, Scalar, jet


def special(name: str, arithmetic: Arithmetic, *arguments: Scalar) -> Scalar:
    """A function of mpmath of numbers, the last of which may be a series.

    Args:
        name: what mpmath calls it.
        arithmetic: the arithmetic.
        arguments: its arguments.

    Raises:
        NotVerifiableError: another argument moves, or mpmath has no such function.
    """
    *parameters, x = arguments
    if any(type(parameter) is Jet for parameter in parameters):
        raise NotVerifiableError(f"{name} by another argument than its last one")
    if not callable(getattr(arithmetic.context, name, None)):
        raise NotVerifiableError(f"mpmath has no function {name}")
    return _derivative(name, arithmetic, [arithmetic.inexact(each) for each in parameters], x, 0)


def _derivative(name: str, a: Arithmetic, parameters: list[Any], x: Scalar, order: int) -> Scalar:
    if type(x) is Jet:
        value, slope = (_derivative(name, a, parameters, x.value, order + k) for k in (0, 1))
        return jet(x.level, value, a.mul(slope, x.slope))
    function = getattr(a.context, name)
    a.effort.spent += COST_OF_FUNCTION * (order + 1) ** 2
    try:
        found = a.context.diff(lambda t: function(*parameters, t), a.inexact(x), order)
    except (ArithmeticError, ValueError):
        return a.hole(f"{name} has no value here")
    if not isinstance(found, a.context.mpf) or not a.context.isfinite(found):
        return a.hole(f"{name} has no real value here")
    return found

"""Functions of one scalar: their values by mpmath, their derivatives from a table."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from dimderiv.verify.evaluate.arithmetic import (
    COST_OF_FUNCTION,
    LARGEST_LOGARITHM,
    ONE,
    ZERO,
    Arithmetic,
    Jet,
    Scalar,
    jet,
    leading,
)
from dimderiv.verify.layout import COMPARISONS, PRIMITIVES

ScalarFunction: TypeAlias = Callable[[Arithmetic, Scalar], Scalar]
# Of the argument and of the value there.
PrimitiveSlope: TypeAlias = Callable[[Arithmetic, Scalar, Scalar], Scalar]


def _plus_square(a: Arithmetic, sign: int, x: Scalar) -> Scalar:
    """`1 + x^2` or `1 - x^2`."""
    return a.add(ONE, a.mul(Fraction(sign), a.mul(x, x)))


def _slope_of_arcsin(a: Arithmetic, x: Scalar) -> Scalar:
    return a.div(ONE, primitive("sqrt", a, _plus_square(a, -1, x)))


def _slope_of_erf(a: Arithmetic, x: Scalar) -> Scalar:
    bell = primitive("exp", a, a.negative(a.mul(x, x)))
    return a.mul(2 / a.context.sqrt(a.context.pi), bell)


# The derivative of each primitive at `x`, where its value is `y`; a test has sympy prove them.
SLOPES: Mapping[str, PrimitiveSlope] = {
    "exp": lambda a, x, y: y,
    "log": lambda a, x, y: a.div(ONE, x),
    "sqrt": lambda a, x, y: a.div(Fraction(1, 2), y),
    "sin": lambda a, x, y: primitive("cos", a, x),
    "cos": lambda a, x, y: a.negative(primitive("sin", a, x)),
    "tan": lambda a, x, y: _plus_square(a, 1, y),
    "sinh": lambda a, x, y: primitive("cosh", a, x),
    "cosh": lambda a, x, y: primitive("sinh", a, x),
    "tanh": lambda a, x, y: _plus_square(a, -1, y),
    "asin": lambda a, x, y: _slope_of_arcsin(a, x),
    "acos": lambda a, x, y: a.negative(_slope_of_arcsin(a, x)),
    "atan": lambda a, x, y: a.div(ONE, _plus_square(a, 1, x)),
    "erf": lambda a, x, y: _slope_of_erf(a, x),
}

_DOMAINS: Mapping[str, Callable[[Scalar], bool]] = {
    "exp": lambda x: abs(x) <= LARGEST_LOGARITHM,
    "sinh": lambda x: abs(x) <= LARGEST_LOGARITHM,
    "cosh": lambda x: abs(x) <= LARGEST_LOGARITHM,
    "log": lambda x: x > 0,
    "sqrt": lambda x: x >= 0,
    "asin": lambda x: -1 <= x <= 1,
    "acos": lambda x: -1 <= x <= 1,
}

_AT_ZERO = {"exp": ONE, "cos": ONE, "cosh": ONE} | dict.fromkeys(
    ("sin", "tan", "sinh", "tanh", "asin", "atan", "erf"), ZERO
)


def primitive(name: str, arithmetic: Arithmetic, x: Scalar) -> Scalar:
    """A primitive function of a number or a series."""
    if type(x) is Jet:
        value = primitive(name, arithmetic, x.value)
        slope = SLOPES[name](arithmetic, x.value, value)
        return jet(x.level, value, arithmetic.mul(slope, x.slope))
    if name in _DOMAINS and not _DOMAINS[name](x):
        return arithmetic.hole(f"{name} has no value here")
    known = _exact_value(name, arithmetic, x)
    if known is not None:
        return known
    arithmetic.effort.spent += COST_OF_FUNCTION
    return getattr(arithmetic.context, name)(arithmetic.inexact(x))


def _exact_value(name: str, arithmetic: Arithmetic, x: Scalar) -> Fraction | None:
    if type(x) is not Fraction:
        return None
    if name == "sqrt":
        return arithmetic.exact_root(x)
    if name == "log":
        return ZERO if x == 1 else None
    return None if x else _AT_ZERO.get(name)


def power(arithmetic: Arithmetic, base: Scalar, exponent: Scalar) -> Scalar:
    """One scalar to the power of another."""
    if type(exponent) is Fraction and exponent.denominator == 1:
        return arithmetic.integer_power(base, int(exponent))
    if type(exponent) is Fraction and exponent.denominator == 2:
        return arithmetic.integer_power(primitive("sqrt", arithmetic, base), exponent.numerator)
    logarithm = primitive("log", arithmetic, base)
    return primitive("exp", arithmetic, arithmetic.mul(exponent, logarithm))


def _sigmoid(a: Arithmetic, x: Scalar) -> Scalar:
    return a.div(ONE, a.add(ONE, primitive("exp", a, a.negative(x))))


def _softplus(a: Arithmetic, x: Scalar) -> Scalar:
    return primitive("log", a, a.add(ONE, primitive("exp", a, x)))


def _gelu(a: Arithmetic, x: Scalar) -> Scalar:
    root = primitive("sqrt", a, Fraction(2))
    bell = a.add(ONE, primitive("erf", a, a.div(x, root)))
    return a.mul(a.mul(Fraction(1, 2), x), bell)


def _absolute(a: Arithmetic, x: Scalar) -> Scalar:
    return a.negative(x) if a.sign(x) < 0 else x


def _relu(a: Arithmetic, x: Scalar) -> Scalar:
    return x if a.sign(x) > 0 else ZERO


def _primitive_function(name: str) -> ScalarFunction:
    return lambda arithmetic, x: primitive(name, arithmetic, x)


ELEMENTWISE: Mapping[str, ScalarFunction] = {
    **{ours: _primitive_function(theirs) for ours, theirs in PRIMITIVES.items()},
    "abs": _absolute,
    "sign": lambda a, x: Fraction(a.sign(x)),
    "relu": _relu,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "gelu": _gelu,
    "silu": lambda a, x: a.mul(x, _sigmoid(a, x)),
    # Perturbations of any order end here.
    "stop": lambda a, x: leading(x),
}


def entry_operation(arithmetic: Arithmetic, operator: str) -> Callable[[Scalar, Scalar], Scalar]:
    """An operation on entries: a product, a quotient, a power, or a comparison as 0 or 1."""
    match operator:
        case ".*":
            return arithmetic.mul
        case "./":
            return arithmetic.div
        case ".^":
            return lambda x, y: power(arithmetic, x, y)
    wanted = COMPARISONS[operator]
    return lambda x, y: Fraction(arithmetic.compare(x, y) in wanted)


def log_sum_exp(arithmetic: Arithmetic, entries: list[Scalar]) -> Scalar:
    """The logarithm of the sum of the exponentials."""
    shift = max((leading(entry) for entry in entries), key=arithmetic.inexact)
    exponentials = [primitive("exp", arithmetic, arithmetic.sub(entry, shift)) for entry in entries]
    return arithmetic.add(shift, primitive("log", arithmetic, arithmetic.total(exponentials)))

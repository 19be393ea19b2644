"""Functions of one scalar: their values by mpmath, their derivatives by sympy's scalar `diff`."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, reduce
from typing import Any, TypeAlias

from dimderiv.verify.arithmetic import (
    LARGEST_LOGARITHM,
    ONE,
    ZERO,
    Arithmetic,
    Jet,
    OutOfDomain,
    Scalar,
    jet,
    leading,
)

ScalarFunction: TypeAlias = Callable[[Arithmetic, Scalar], Scalar]

# Our name of each primitive function, and the name that sympy and mpmath agree on.
PRIMITIVES = {
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "erf": "erf",
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
    """A primitive function of a number or a series.

    Args:
        name: as mpmath has it.
        arithmetic: the arithmetic to compute in.
        x: the argument.

    Raises:
        OutOfDomain: there is no real value or no derivative.
    """
    if type(x) is Jet:
        value = primitive(name, arithmetic, x.value)
        slope = _derivative(name)(arithmetic, x.value)
        return jet(x.level, value, arithmetic.mul(slope, x.slope))
    if name in _DOMAINS and not _DOMAINS[name](x):
        raise OutOfDomain(f"{name} has no value here")
    known = _exact_value(name, arithmetic, x)
    if known is not None:
        return known
    return getattr(arithmetic.context, name)(arithmetic.inexact(x))


def _exact_value(name: str, arithmetic: Arithmetic, x: Scalar) -> Fraction | None:
    if type(x) is not Fraction:
        return None
    if name == "sqrt":
        return arithmetic.exact_root(x)
    if name == "log":
        return ZERO if x == 1 else None
    return None if x else _AT_ZERO.get(name)


@cache
def _derivative(name: str) -> ScalarFunction:
    # sympy takes half a second to import, and polynomials and rational functions do without.
    import sympy

    x = sympy.Symbol("x", real=True)
    return _compiled(sympy.diff(getattr(sympy, name)(x), x))


def _compiled(expression: Any) -> ScalarFunction:
    """A function that evaluates an expression of sympy in the arithmetic it is given."""
    if expression.is_Symbol:
        return lambda _, x: x
    if expression.is_Rational:
        value = Fraction(int(expression.p), int(expression.q))
        return lambda arithmetic, _: value
    if str(expression) == "pi":
        return lambda arithmetic, _: +arithmetic.context.pi
    parts = [_compiled(argument) for argument in expression.args]
    if expression.is_Add:
        return lambda a, x: reduce(a.add, [part(a, x) for part in parts])
    if expression.is_Mul:
        return lambda a, x: reduce(a.mul, [part(a, x) for part in parts])
    if expression.is_Pow:
        exponent = Fraction(str(expression.exp))
        return lambda a, x: power(a, parts[0](a, x), exponent)
    name = expression.func.__name__
    return lambda a, x: primitive(name, a, parts[0](a, x))


def power(arithmetic: Arithmetic, base: Scalar, exponent: Scalar) -> Scalar:
    """One scalar to the power of another.

    Args:
        arithmetic: the arithmetic to compute in.
        base: positive, unless the exponent is a constant whole number.
        exponent: any scalar.

    Raises:
        OutOfDomain: there is no real value or no derivative.
    """
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
}


def log_sum_exp(arithmetic: Arithmetic, entries: list[Scalar]) -> Scalar:
    """The logarithm of the sum of the exponentials.

    Args:
        arithmetic: the arithmetic to compute in.
        entries: at least one.
    """
    shift = max((leading(entry) for entry in entries), key=arithmetic.inexact)
    exponentials = [primitive("exp", arithmetic, arithmetic.sub(entry, shift)) for entry in entries]
    return arithmetic.add(shift, primitive("log", arithmetic, arithmetic.total(exponentials)))

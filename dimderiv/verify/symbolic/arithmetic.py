"""Two kinds of entries, and the functions of the language on them.

`Symbols` computes in expressions of sympy, `Floats` in long floats.  Which side of a kink holds is
decided at one point, where the floats come first and leave a record of the sides.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any, TypeAlias

import sympy
from mpmath.ctx_mp import MPContext

from dimderiv.verify.claim import TIED, NotVerifiableError
from dimderiv.verify.layout import PRIMITIVES
from dimderiv.verify.symbolic.tables import Entry


class Outside(ArithmeticError):  # noqa: N818 - an event of the search for a point, no fault
    """The expression has no value or no derivative at this point."""


class AnswerOutside(Outside):
    """The answer has no value, where the expression has one."""


class TooLarge(Exception):  # noqa: N818 - the cue for a check in floats
    """A closed form has grown beyond the work that is allowed."""


class NoClosedForm(TooLarge):
    """At these sizes there is none that this judge knows."""


_DOMAINS: Mapping[str, Callable[[Any], bool]] = {
    "log": lambda x: x > 0,
    "sqrt": lambda x: x >= 0,
    "asin": lambda x: -1 <= x <= 1,
    "acos": lambda x: -1 <= x <= 1,
    "exp": lambda x: abs(x) < LARGEST_EXPONENT,
    "sinh": lambda x: abs(x) < LARGEST_EXPONENT,
    "cosh": lambda x: abs(x) < LARGEST_EXPONENT,
}
LARGEST_EXPONENT = 5000
TINY = 1e-40
LARGEST_POWER = 200


class Floats:
    """Long floats.

    Args:
        digits: the precision.
        like: an evaluation nearby, whose sides of kinks and stopped values are taken in order;
            without one, they are found.
    """

    def __init__(self, digits: int, like: "Floats | None" = None) -> None:
        self.context: Any = MPContext()
        self.context.dps = digits
        self.tiny = self.context.mpf(10) ** (-digits // 2)
        self.sides: list[int] = []
        self.stopped: list[Entry] = []
        self.like = like

    def at_point(self, x: Entry) -> Any:
        """The value of an entry at the point."""
        return x

    def number(self, value: Fraction | int) -> Entry:
        """An exact number as an entry."""
        return self.context.mpf(value.numerator) / value.denominator

    def total(self, terms: Sequence[Entry]) -> Entry:
        """The sum of any number of terms."""
        return sum(terms, self.context.zero)

    def function(self, name: str, *xs: Entry) -> Entry:
        """A scalar function, by sympy's name."""
        mpf = self.context.mpf
        if name in _DOMAINS and not (isinstance(xs[0], mpf) and _DOMAINS[name](xs[0])):
            raise Outside(f"{name} has no value here")
        try:
            found = getattr(self.context, name)(*xs)
        except ValueError as error:
            raise Outside(f"{name} has no value here") from error
        if name not in PRIMITIVES.values() and not isinstance(found, mpf):
            raise Outside(f"{name} has no real value here")
        return found

    def power(self, base: Entry, exponent: Entry) -> Entry:
        """A scalar to the power of another."""
        exponent = self.context.convert(exponent)
        if exponent == int(exponent):
            if abs(exponent) > LARGEST_POWER:
                raise Outside("a power too large to evaluate")
            return base ** int(exponent)
        if base <= 0:
            raise Outside("a power of a number that is not positive")
        return base**exponent

    def sign(self, x: Entry) -> int:
        """-1, 0 or 1 at the point."""
        found = 0 if abs(x) < self.tiny else 1 if x > 0 else -1
        if self.like is not None and len(self.sides) < len(self.like.sides):
            found = self.like.sides[len(self.sides)]
        self.sides.append(found)
        return found

    def stop(self, x: Entry) -> Entry:
        """The value that stays where it is while entries move."""
        found = x if self.like is None else self.like.stopped[len(self.stopped)]
        self.stopped.append(found)
        return found

    def declared(self, name: str, places: tuple[int, ...], arguments: Sequence[Entry]) -> Entry:
        """A partial derivative of a function declared only."""
        return stand_in(self.context, name, places, arguments)

    @property
    def pi(self) -> Entry:
        """The number."""
        return +self.context.pi


class Symbols:
    """Expressions of sympy.

    Args:
        value: the value of an expression at the point.
    """

    def __init__(self, value: Callable[[Entry], Any]) -> None:
        self.value = value
        self.tiny = TINY

    def at_point(self, x: Entry) -> Any:
        """The value of an entry at the point."""
        return self.value(sympy.sympify(x))

    def number(self, value: Fraction | int) -> Entry:
        """An exact number as an entry."""
        return sympy.Rational(value.numerator, value.denominator)

    def total(self, terms: Sequence[Entry]) -> Entry:
        """The sum of any number of terms."""
        return sympy.Add(*terms)

    def function(self, name: str, *xs: Entry) -> Entry:
        """A scalar function, by sympy's name."""
        if not hasattr(sympy, name):
            raise NotVerifiableError(f"sympy has no function {name}")
        return getattr(sympy, name)(*xs)

    def power(self, base: Entry, exponent: Entry) -> Entry:
        """A scalar to the power of another."""
        return sympy.sympify(base) ** exponent

    def sign(self, x: Entry) -> int:
        """-1, 0 or 1 at the point."""
        value = self.at_point(x)
        if abs(value.imag) > TINY:
            raise Outside("a comparison of numbers that are not real")
        return 0 if abs(value) < TINY else 1 if value.real > 0 else -1

    def stop(self, x: Entry) -> Entry:
        """The value as a constant."""
        return Stopped(x)

    def declared(self, name: str, places: tuple[int, ...], arguments: Sequence[Entry]) -> Entry:
        """A partial derivative of a function declared only."""
        return unknown_function(name, tuple(sorted(places)))(*arguments)

    @property
    def pi(self) -> Entry:
        """The number."""
        return sympy.pi


# What an evaluator needs beside Python's operators.
Arithmetic: TypeAlias = Floats | Symbols


class Stopped(sympy.Function):  # type: ignore[misc]
    """A value without derivatives."""

    def fdiff(self, argindex: int = 1) -> Entry:
        """Nothing."""
        return sympy.Integer(0)


class Unknown(sympy.Function):  # type: ignore[misc]
    """A partial derivative of a function of which nothing is known, at some arguments."""

    base: str
    places: tuple[int, ...]

    def fdiff(self, argindex: int = 1) -> Entry:
        """The partial derivative by one argument more, the same in every order."""
        places = tuple(sorted((*self.places, argindex - 1)))
        return unknown_function(self.base, places)(*self.args)


_UNKNOWN: dict[tuple[str, tuple[int, ...]], type[Unknown]] = {}


def unknown_function(name: str, places: tuple[int, ...]) -> type[Unknown]:
    """The class of a partial derivative."""
    if (name, places) not in _UNKNOWN:
        full = f"{name}_{'_'.join(map(str, places))}"
        _UNKNOWN[name, places] = type(full, (Unknown,), {"base": name, "places": places})
    return _UNKNOWN[name, places]


def stand_in(context: Any, name: str, places: tuple[int, ...], arguments: Sequence[Entry]) -> Entry:
    """A partial derivative of a concrete function in the place of one that is declared only.

    A sum of three exponentials of linear forms, since every partial derivative of one is a multiple
    of it.
    """
    total = context.zero
    for ridge in range(3):
        draw = Random(f"{name} {ridge} {len(arguments)}")
        slopes = [context.mpf(draw.choice((-1, 1)) * draw.randint(3, 30)) / 37 for _ in arguments]
        term = context.exp(sum(s * x for s, x in zip(slopes, arguments, strict=True)))
        for place in places:
            term *= slopes[place]
        total += term * (ridge + 1)
    return total


def _sigmoid(a: Arithmetic, x: Entry) -> Entry:
    return 1 / (1 + a.function("exp", -x))


def _gelu(a: Arithmetic, x: Entry) -> Entry:
    return x * (1 + a.function("erf", x / a.function("sqrt", a.number(2)))) / 2


def _scalar_function(name: str) -> Callable[[Arithmetic, Entry], Entry]:
    return lambda a, x: a.function(name, x)


# At a kink itself the convention of the rules holds: the derivative is 0.
ELEMENTWISE: Mapping[str, Callable[[Arithmetic, Entry], Entry]] = {
    **{ours: _scalar_function(theirs) for ours, theirs in PRIMITIVES.items()},
    "abs": lambda a, x: a.sign(x) * x,
    "sign": lambda a, x: a.number(a.sign(x)),
    "relu": lambda a, x: x if a.sign(x) > 0 else a.number(0),
    "sigmoid": _sigmoid,
    "softplus": lambda a, x: a.function("log", 1 + a.function("exp", x)),
    "silu": lambda a, x: x * _sigmoid(a, x),
    "gelu": _gelu,
    "stop": lambda a, x: a.stop(x),
}


def extreme(a: Arithmetic, values: Sequence[Entry], side: int) -> Entry:
    """The largest entry for side 1, the least for -1."""
    best, tied = values[0], False
    for value in values[1:]:
        order = a.sign(value - best)
        if order == side:
            best, tied = value, False
        elif order == 0:
            tied = tied or bool(value != best)
    if tied and isinstance(a, Symbols):
        raise Outside(TIED)
    return best


def log_sum_exp(a: Arithmetic, values: Sequence[Entry]) -> Entry:
    """The logarithm of the sum of the exponentials."""
    return a.function("log", a.total([a.function("exp", value) for value in values]))

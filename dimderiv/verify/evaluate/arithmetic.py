"""Numbers that carry an exact derivative: rationals, long floats, and truncated power series.

An entry that does not depend on the perturbed one is a `Fraction` while it is rational and a long
float afterwards.  An entry that does is a `Jet`, `value + slope e` with `e^2 = 0`: arithmetic in
that ring *is* differentiation, and needs no rules.  Jets of different levels nest, so that
`order` levels give a derivative of that order.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import isqrt
from typing import Any, Literal, NamedTuple, TypeAlias

from mpmath.ctx_mp import MPContext

from dimderiv.verify.evaluate.effort import Branches, Effort

# A Fraction, a float of mpmath, or a Jet of these; mpmath has no types.
Scalar: TypeAlias = Any

ZERO = Fraction(0)
ONE = Fraction(1)

LARGEST_RATIONAL_BITS = 6000
LARGEST_EXPONENT = 5000
LARGEST_LOGARITHM = 10_000
# What an elementary function costs, in additions and multiplications of rationals.
COST_OF_FUNCTION = 20
# Rationals of this many bits cost twice as much as short ones.
LONG_RATIONAL_BITS = 256


class OutOfDomain(ArithmeticError):  # noqa: N818 - an event of the search for a point, no fault
    """The function has no derivative at this point: another one is to be drawn."""


class Jet(NamedTuple):
    """`value + slope e`, with `e^2 = 0` and one `e` for each level."""

    level: int
    value: Scalar
    slope: Scalar


def jet(level: int, value: Scalar, slope: Scalar) -> Scalar:
    """A series, or its value where the slope is exactly zero."""
    return value if type(slope) is Fraction and not slope else Jet(level, value, slope)


def leading(x: Scalar) -> Scalar:
    """The value at the point itself, without perturbations."""
    while type(x) is Jet:
        x = x.value
    return x


def mixed_slope(x: Scalar, order: int) -> Scalar:
    """The coefficient of the product of the perturbations `1 ... order`.

    Args:
        x: a number or a series.
        order: the number of perturbations.
    """
    for level in range(order, 0, -1):
        if type(x) is not Jet or x.level != level:
            return ZERO
        x = x.slope
    return x


@cache
def _context(digits: int) -> MPContext:
    """A context of our own: mpmath's shared one belongs to the program that uses us."""
    context = MPContext()
    context.dps = digits
    return context


class Arithmetic:
    """Addition, multiplication and elementary functions of scalars, at one precision.

    Args:
        digits: the precision of what is not rational.
        effort: what may be spent; without it, as much as it takes.
    """

    def __init__(self, digits: int, effort: Effort | None = None) -> None:
        self.digits = digits
        self.effort = effort or Effort()
        self.branches = Branches()
        # Whether what has no value is not a number, instead of the end of the evaluation.
        self.has_holes = False
        self.context = _context(digits)
        self.tiny: Scalar = self.context.mpf(10) ** (-5 * digits // 6)

    def tick(self) -> None:
        """Raise `OutOfTime` once the budget is used up."""
        self.effort.check()

    def hole(self, reason: str) -> Scalar:
        """What stands where there is no value.

        Args:
            reason: why there is none.

        Raises:
            OutOfDomain: holes are not allowed.
        """
        if self.has_holes:
            return self.context.nan
        raise OutOfDomain(reason)

    def inexact(self, x: Scalar) -> Scalar:
        """A plain number as a float of the working precision.

        Args:
            x: a number, not a series.
        """
        return self.context.mpf(x.numerator) / x.denominator if type(x) is Fraction else x

    def add(self, a: Scalar, b: Scalar) -> Scalar:
        """The sum.

        Args:
            a: a term.
            b: a term.
        """
        if type(a) is Jet or type(b) is Jet:
            level = _common_level(a, b)
            (a0, a1), (b0, b1) = parts_at(a, level), parts_at(b, level)
            return jet(level, self.add(a0, b0), self.add(a1, b1))
        self.effort.spent += 1
        if type(a) is type(b):
            return a + b
        if type(a) is Fraction and not a:
            return b
        if type(b) is Fraction and not b:
            return a
        return self.inexact(a) + self.inexact(b)

    def mul(self, a: Scalar, b: Scalar) -> Scalar:
        """The product; an exact zero stays one.

        Args:
            a: a factor.
            b: a factor.
        """
        if type(a) is Jet:
            if type(b) is Jet:
                return self._product(a, b)
            return jet(a.level, self.mul(a.value, b), self.mul(a.slope, b))
        if type(b) is Jet:
            return jet(b.level, self.mul(a, b.value), self.mul(a, b.slope))
        self.effort.spent += 1
        if type(a) is type(b):
            return self._bounded(a * b) if type(a) is Fraction else a * b
        if (type(a) is Fraction and not a) or (type(b) is Fraction and not b):
            return ZERO
        return self.inexact(a) * self.inexact(b)

    def _product(self, a: Jet, b: Jet) -> Scalar:
        level = max(a.level, b.level)
        (a0, a1), (b0, b1) = parts_at(a, level), parts_at(b, level)
        return jet(level, self.mul(a0, b0), self.add(self.mul(a0, b1), self.mul(a1, b0)))

    def _bounded(self, x: Fraction) -> Scalar:
        # Rationals of a long computation can grow without bound; floats cannot.
        bits = x.denominator.bit_length() + x.numerator.bit_length()
        self.effort.spent += bits // LONG_RATIONAL_BITS
        return self.inexact(x) if bits > LARGEST_RATIONAL_BITS else x

    def negative(self, a: Scalar) -> Scalar:
        """The number with its sign changed.

        Args:
            a: a number or a series.
        """
        return (
            Jet(a.level, self.negative(a.value), self.negative(a.slope)) if type(a) is Jet else -a
        )

    def sub(self, a: Scalar, b: Scalar) -> Scalar:
        """The difference.

        Args:
            a: what is subtracted from.
            b: what is subtracted.
        """
        return self.add(a, self.negative(b))

    def div(self, a: Scalar, b: Scalar) -> Scalar:
        """The quotient.

        Args:
            a: the dividend.
            b: the divisor.

        Raises:
            OutOfDomain: the divisor is zero.
        """
        if type(a) is Jet or type(b) is Jet:
            level = _common_level(a, b)
            (a0, a1), (b0, b1) = parts_at(a, level), parts_at(b, level)
            value = self.div(a0, b0)
            return jet(level, value, self.div(self.sub(a1, self.mul(value, b1)), b0))
        self.effort.spent += 1
        if self.is_zero(b):
            return self.hole("division by zero")
        if type(a) is Fraction and (type(b) is Fraction or not a):
            return self._bounded(a / b) if type(b) is Fraction else ZERO
        return self.inexact(a) / self.inexact(b)

    def total(self, terms: Sequence[Scalar]) -> Scalar:
        """The sum of any number of terms.

        Args:
            terms: the terms, possibly none.
        """
        result: Scalar = ZERO
        for term in terms:
            result = self.add(result, term)
        return result

    def is_zero(self, x: Scalar) -> bool:
        """Whether a plain number is zero, or no more than the rounding of one.

        Args:
            x: a number, not a series.
        """
        return not x if type(x) is Fraction else bool(abs(x) < self.tiny)

    def is_moving(self, x: Scalar) -> bool:
        """Whether a number carries a perturbation that is not 0.

        Args:
            x: a number or a series.
        """
        if type(x) is not Jet:
            return False
        return not self.is_zero(leading(x.slope)) or self.is_moving(x.value)

    def sign(self, x: Scalar) -> int:
        """The sign at the point.

        Args:
            x: a number or a series.

        Raises:
            OutOfDomain: the sign changes right here.
        """
        side = self._side(x)
        self.branches.note(side)
        return side

    def _side(self, x: Scalar) -> int:
        value = leading(x)
        if not self.is_zero(value):
            return 1 if value > 0 else -1
        if type(x) is Jet:
            raise OutOfDomain("a kink")
        return 0

    def compare(self, a: Scalar, b: Scalar) -> int:
        """-1, 0 or 1 as `a` is less than, equal to or greater than `b`.

        Args:
            a: a number or a series.
            b: a number or a series.

        Raises:
            OutOfDomain: they are equal, and not when perturbed.
        """
        side = self.order(a, b)
        self.branches.note(side)
        return side

    def order(self, a: Scalar, b: Scalar) -> int:
        """The same, of which nothing is noted.

        Args:
            a: a number or a series.
            b: a number or a series.

        Raises:
            OutOfDomain: they are equal, and not when perturbed.
        """
        # One value computed twice differs by a float zero, which would look like a kink.
        return 0 if type(a) is type(b) and a == b else self._side(self.sub(a, b))

    def extreme(self, entries: Sequence[Scalar], side: Literal[1, -1]) -> Scalar:
        """The largest entry for side 1, the smallest for -1.

        Args:
            entries: at least one.
            side: which one.
        """
        place, is_tied = 0, False
        for index, entry in enumerate(entries[1:], start=1):
            order = self.order(entry, entries[place])
            if order == side:
                place, is_tied = index, False
            is_tied |= order == 0
        if len(entries) > 1:
            self.branches.note(place)
        if is_tied:
            self.branches.ties.add(self.branches.site)
        return entries[place]

    def integer_power(self, x: Scalar, exponent: int) -> Scalar:
        """A power by repeated multiplication.

        Args:
            x: the base.
            exponent: of either sign.
        """
        if abs(exponent) > LARGEST_EXPONENT:
            raise OutOfDomain("a power too large to evaluate")
        if exponent < 0:
            return self.div(ONE, self.integer_power(x, -exponent))
        return repeated(self.mul, x, exponent, ONE)

    def exact_root(self, x: Scalar) -> Fraction | None:
        """The square root, where it is rational.

        Args:
            x: a number that is not negative.
        """
        if type(x) is not Fraction:
            return None
        top, bottom = isqrt(x.numerator), isqrt(x.denominator)
        is_square = top * top == x.numerator and bottom * bottom == x.denominator
        return Fraction(top, bottom) if is_square else None


def repeated(multiply: Callable[[Any, Any], Any], base: Any, exponent: int, one: Any) -> Any:
    """A power with few multiplications.

    >>> repeated(lambda a, b: a * b, 3, 5, 1)
    243
    """
    result = one
    while exponent:
        if exponent & 1:
            result = multiply(result, base)
        exponent >>= 1
        if exponent:
            base = multiply(base, base)
    return result


def _common_level(a: Scalar, b: Scalar) -> int:
    return max(x.level for x in (a, b) if type(x) is Jet)


def parts_at(x: Scalar, level: int) -> tuple[Scalar, Scalar]:
    """The value of a series without a perturbation, and what stands before that."""
    return (x.value, x.slope) if type(x) is Jet and x.level == level else (x, ZERO)

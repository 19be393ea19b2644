"""When two numbers that ought to be equal are taken to be."""

from collections.abc import Sequence
from fractions import Fraction

from dimderiv.verify.evaluate import Arithmetic, Scalar

AGREED_DIGITS = 30
WORKING_DIGITS = 60
DOUBTFUL_DIGITS = 200
SURPLUS_DIGITS = 40


def agree(arithmetic: Arithmetic, expected: Scalar, found: Scalar) -> bool:
    """Whether two numbers are equal, as rationals or to 30 digits."""
    if type(expected) is Fraction and type(found) is Fraction:
        return expected == found
    a, b = arithmetic.inexact(expected), arithmetic.inexact(found)
    return bool(abs(a - b) <= max(abs(a), abs(b)) / 10**AGREED_DIGITS)


def is_rounding(arithmetic: Arithmetic, before: Sequence[Scalar], after: Sequence[Scalar]) -> bool:
    """Whether numbers all but vanished when they were computed with more digits."""
    few, more = (max(abs(arithmetic.inexact(x)) for x in xs) for xs in (before, after))
    return bool(more <= few / 10**SURPLUS_DIGITS)

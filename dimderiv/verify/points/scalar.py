"""A function of one number at one number: its value and the slopes there."""

from fractions import Fraction

from dimderiv.errors import DimderivError
from dimderiv.verify.claim import Claim
from dimderiv.verify.evaluate import (
    ONE,
    ZERO,
    Arithmetic,
    Jet,
    OutOfDomain,
    Scalar,
    leading,
    mixed_slope,
)
from dimderiv.verify.layout import entries
from dimderiv.verify.points.agreement import WORKING_DIGITS
from dimderiv.verify.points.setting import Setting, Trial


def slopes_at(claim: Claim, at: Fraction) -> tuple[Scalar, Scalar, Scalar] | None:
    """The value, the slope and the second derivative; nothing where there are none.

    Args:
        claim: one about a function of a scalar variable, and of nothing else.
        at: the argument.
    """
    arithmetic = Arithmetic(WORKING_DIGITS)
    moved = arithmetic.add(arithmetic.add(at, Jet(1, ZERO, ONE)), Jet(2, ZERO, ONE))
    setting = Setting([claim])
    try:
        found = setting.varied(
            Trial(arithmetic, {}, {claim.wrt: [[at]]}), {}, {claim.wrt: [[moved]]}
        )
    except (OutOfDomain, DimderivError):
        return None
    (value,) = entries(found)
    inner = value.value if type(value) is Jet and value.level == 2 else value
    return leading(value), mixed_slope(inner, 1), mixed_slope(value, 2)

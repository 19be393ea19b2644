"""When two values are equal, and what a comparison of all of them came to."""

from dataclasses import dataclass
from typing import Any

AGREED_DIGITS = 60
DIGITS = 100
MORE_DIGITS = 400


@dataclass
class Outcome:
    """What was compared at a point.

    Attributes:
        compared: how many entries agreed.
        nonzero: how many of them are not 0.
        proved: whether each was shown to be equal by cancellation.
        work: how many products of terms the proof took.
    """

    compared: int = 0
    nonzero: int = 0
    proved: bool = True
    work: int = 0


def agree(a: Any, b: Any) -> bool:
    """Whether two floats are equal to 60 digits, or both are nothing but rounding."""
    size = max(abs(a), abs(b))
    return bool(abs(a - b) <= size / 10**AGREED_DIGITS or size < NOTHING)


# Derivatives of this size do not occur; what cancels to zero comes out as large as rounding.
NOTHING = 10.0**-85


def shown(x: Any) -> str:
    """A float in twelve digits."""
    return f"{float(x.real):.12g}" if abs(x.imag) < NOTHING else f"{complex(x):.12g}"

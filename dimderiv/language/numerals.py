"""Numbers that remember how they were written: `0.3989` stays a decimal, `1/2` a fraction.

They are exact fractions all the same, equal to those that remember nothing.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

PLACES = 20
# A number that was computed is a decimal where it has few: 0.25 and 0.001, but 1/64.
COMPUTED_PLACES, COMPUTED_DIGITS = 6, 2


class Written(Fraction):
    """A number from a text; what is computed with it is written like it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Fraction({self.numerator}, {self.denominator})"


class Decimal(Written):
    """A number that was written with a decimal point, or computed from one."""

    __slots__ = ()


class Ratio(Written):
    """A number that was written as a quotient, or computed from one."""

    __slots__ = ()


def _like(one: object, other: object) -> type[Written]:
    return Decimal if isinstance(one, Decimal) or isinstance(other, Decimal) else Ratio


def _remembering(name: str) -> Callable[..., Any]:
    plain = getattr(Fraction, name)

    def method(self: Written, *other: Any) -> Any:
        value = plain(self, *other)
        return _like(self, *other or (self,))(value) if isinstance(value, Fraction) else value

    return method


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow"):
    setattr(Written, f"__{_name}__", _remembering(f"__{_name}__"))
for _name in ("neg", "pos", "abs"):
    setattr(Written, f"__{_name}__", _remembering(f"__{_name}__"))


def reciprocal(value: Fraction) -> Written:
    """What a division by a number multiplies by: a quotient, unless the number was a decimal."""
    return _like(value, value)(1 / value)


def decimal_places(value: Fraction) -> int | None:
    """How many decimals say a number exactly; nothing where that is not how it is written.

    >>> decimal_places(Fraction(1, 4)), decimal_places(Ratio(1, 4)), decimal_places(Fraction(1, 8))
    (2, None, None)
    """
    if value.denominator == 1:
        return 0
    is_given = isinstance(value, Decimal)
    most = PLACES if is_given else COMPUTED_PLACES
    if isinstance(value, Ratio) or 10**most % value.denominator:
        return None
    places = next(n for n in range(1, most + 1) if not 10**n % value.denominator)
    digits = abs(value) % 1 * 10**places
    return places if is_given or digits < 10**COMPUTED_DIGITS else None

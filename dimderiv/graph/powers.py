"""Powers of numbers and of products: which of them are taken, and how long they are to write."""

from fractions import Fraction
from math import isqrt

from dimderiv.graph.facts import is_nonnegative
from dimderiv.graph.letters import are_letters
from dimderiv.graph.nodes import ONCE, Product
from dimderiv.graph.numbering import all_indices

MOST_BITS = 64
HALF = Fraction(1, 2)


def is_entrywise(node: Product, power: Fraction) -> bool:
    """Whether a power of the product is the product of the powers of its factors."""
    places = set(node.result)
    if len(places) != len(node.result) or not are_letters(node.result):
        return False
    if not places.issuperset(all_indices(node.factors)):
        return False
    if power.denominator == 1:
        return rational_power(node.coefficient, power) is not None
    if node.coefficient != 1:
        return False
    is_repeated = len(node.factors) == 1 and node.factors[0].power == 1
    return is_repeated or all(is_nonnegative(factor.node) for factor in node.factors)


def rational_power(base: Fraction, power: Fraction) -> Fraction | None:
    """The power of a number, where it is a rational number that is not too long.

    >>> rational_power(Fraction(4, 9), Fraction(-1, 2))
    Fraction(3, 2)
    """
    if base is ONCE:
        return base
    if _is_long(base, power):
        return None
    if power.denominator == 1:
        return base ** int(power) if base or power > 0 else None
    if base <= 0 or power.denominator != 2:
        return None
    roots = (isqrt(base.numerator), isqrt(base.denominator))
    if roots[0] ** 2 != base.numerator or roots[1] ** 2 != base.denominator:
        return None
    return Fraction(*roots) ** power.numerator


def _is_long(base: Fraction, power: Fraction) -> bool:
    """Whether the power of a number has so many digits that it is better left as a power."""
    digits = max(base.numerator.bit_length(), base.denominator.bit_length())
    return abs(base) != 1 and digits * abs(power) > MOST_BITS


def power_symbols(power: Fraction) -> int:
    """How many symbols a power takes: `./ x`, `sqrt(x)`, `x.^2`."""
    above, below = power.as_integer_ratio()
    is_below = above < 0
    if abs(above) != 1 or below > 2:
        return is_below + 2
    return is_below + (below == 2)

"""Powers of numbers."""

from fractions import Fraction

import pytest

from dimderiv.graph.powers import power_symbols, rational_power


@pytest.mark.parametrize(
    ("base", "power", "expected"),
    [
        ("4/9", "-1/2", "3/2"),
        ("-2", "3", "-8"),
        ("1", "1000000", "1"),
        ("2", "1/2", None),
        ("-4", "1/2", None),
        ("8", "1/3", None),
        ("0", "-1", None),
        ("3", "1000", None),
    ],
)
def test_a_rational_power(base: str, power: str, expected: str | None) -> None:
    """A root that is no rational number, or a number that is too long, is left as a power."""
    found = rational_power(Fraction(base), Fraction(power))

    assert (None if expected is None else Fraction(expected)) == found


@pytest.mark.parametrize(
    ("power", "expected"), [("1", 0), ("-1", 1), ("1/2", 1), ("-1/2", 2), ("2", 2), ("-3", 3)]
)
def test_how_long_a_power_is(power: str, expected: int) -> None:
    """A line below, a root sign, an operator and an exponent."""
    assert expected == power_symbols(Fraction(power))

"""Decimals stay decimals and fractions fractions, and both stay exact."""

from fractions import Fraction

import pytest

from dimderiv import derive
from dimderiv.language.numerals import Decimal, Ratio


@pytest.mark.parametrize(
    ("text", "expected", "latex"),
    [
        ("0.3989422804014327 c'x", "0.3989422804014327 c", "0.3989422804014327 c"),
        ("0.5 x'A x", "0.5 (A + A') x", r"0.5 (A + A^{\top}) x"),
        ("1/2 x'A x", "(A + A') x / 2", r"\frac{(A + A^{\top}) x}{2}"),
        ("x'A x / 2", "(A + A') x / 2", r"\frac{(A + A^{\top}) x}{2}"),
        ("0.1 x'x + (1/2) c'x", "0.2 x + c / 2", r"0.2 x + \frac{c}{2}"),
        ("(3/4) x'x", "3 x / 2", r"\frac{3 x}{2}"),
        ("0.1 x'x / 3", "x / 15", r"\frac{x}{15}"),
        ("1e-12 x'x", "0.000000000002 x", "0.000000000002 x"),
        ("sum(x.^2.5)", "2.5 x.^1.5", r"2.5 x^{\circ 1.5}"),
        ("sum(sqrt(x))", "0.5 ./ sqrt(x)", r"\tfrac{1}{2} \oslash \sqrt{x}"),
    ],
)
def test_a_number_is_printed_as_it_was_written(text: str, expected: str, latex: str) -> None:
    """Also after arithmetic, as long as a decimal ends."""
    found = derive(text, "x")

    assert expected == str(found)
    assert latex == found.latex()


def test_the_order_of_derivations_does_not_matter() -> None:
    """Nothing that is kept from one derivation tells another how a number was written."""
    texts = ("0.5 x'A x", "1/2 x'A x", "0.5 x'A x")

    assert ["0.5 (A + A') x", "(A + A') x / 2", "0.5 (A + A') x"] == [
        str(derive(text, "x", verify=False)) for text in texts
    ]


@pytest.mark.parametrize("kind", [Decimal, Ratio])
def test_arithmetic_remembers(kind: type[Fraction]) -> None:
    """On either side; a decimal has the last word; the value is that of a fraction."""
    half, third = kind(1, 2), Fraction(1, 3)

    for found in (half + third, third - half, half * 2, 1 / half, -half, abs(half), half**2):
        assert isinstance(found, kind)
    assert isinstance(Decimal(1, 2) * Ratio(1, 3), Decimal)
    assert half + third == Fraction(5, 6)
    assert hash(half) == hash(Fraction(1, 2))
    assert repr(half) == repr(Fraction(1, 2))

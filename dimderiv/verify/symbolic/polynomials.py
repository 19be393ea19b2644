"""Polynomials with rational coefficients, as the coefficient of each monomial.

Each generator has bits of its own in the whole number that a monomial is, so that monomials are
multiplied by one addition.
"""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from operator import or_
from typing import TypeAlias

Coefficient: TypeAlias = Fraction | int
Polynomial: TypeAlias = dict[int, Coefficient]

BITS = 16
_MASK = (1 << BITS) - 1


def constant(value: Coefficient) -> Polynomial:
    """A number as a polynomial."""
    value = int(value) if value == int(value) else value
    return {0: value} if value else {}


def over_one_denominator(p: Polynomial) -> tuple[int, dict[int, int]]:
    """A polynomial as whole coefficients over one number."""
    below = lcm(*(c.denominator for c in p.values()))
    return below, {m: c.numerator * (below // c.denominator) for m, c in p.items()}


def divided(p: Mapping[int, int], below: int) -> Polynomial:
    """A polynomial of whole coefficients over one number."""
    if below == 1:
        return {monomial: c for monomial, c in p.items() if c}
    return {monomial: Fraction(c, below) for monomial, c in p.items() if c}


def scaled(p: Polynomial, factor: Coefficient) -> Polynomial:
    """A multiple."""
    return {monomial: c * factor for monomial, c in p.items()} if factor else {}


def key_of(p: Polynomial) -> frozenset[tuple[int, Coefficient]]:
    """What is equal where polynomials are."""
    return frozenset(p.items())


def bits_of(p: Mapping[int, Coefficient]) -> int:
    """The bits that occur in a monomial."""
    return reduce(or_, p, 0)


def exponent_of(monomial: int, number: int) -> int:
    """The exponent of a generator in a monomial."""
    return (monomial >> (BITS * number)) & _MASK


def powers_of(monomial: int) -> dict[int, int]:
    """The generators of a monomial, by number, with their exponents."""
    found, number = {}, 0
    while monomial:
        if exponent := monomial & _MASK:
            found[number] = exponent
        monomial >>= BITS
        number += 1
    return found


def parts_of(p: Polynomial, number: int) -> dict[int, Polynomial]:
    """The coefficient of each power of a generator."""
    parts: defaultdict[int, Polynomial] = defaultdict(dict)
    for monomial, c in p.items():
        exponent = exponent_of(monomial, number)
        parts[exponent][monomial - (exponent << (BITS * number))] = c
    return parts


def times(p: Polynomial, number: int, exponent: int) -> Polynomial:
    """A multiple by a power of a generator."""
    return {monomial + (exponent << (BITS * number)): c for monomial, c in p.items()}


def split(p: Polynomial) -> tuple[Fraction, int, Polynomial]:
    """A number, a monomial, and a polynomial of coprime whole coefficients: their product."""
    below, whole = over_one_denominator(p)
    top = gcd(*whole.values()) * (1 if p[max(p)] > 0 else -1)
    common = {number: min(exponent_of(m, number) for m in p) for number in powers_of(next(iter(p)))}
    monomial = sum(power << (BITS * number) for number, power in common.items())
    return Fraction(top, below), monomial, {m - monomial: c // top for m, c in whole.items()}

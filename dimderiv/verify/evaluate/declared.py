"""Concrete functions in the place of those that are only declared.

A polynomial with terms of degree three, products of different entries and coefficients that are all
different: its derivatives are no accident, and they are exact over fractions.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from random import Random

from dimderiv.language import declared_part, places_of
from dimderiv.verify.evaluate.arithmetic import Arithmetic, Scalar
from dimderiv.verify.layout import Sized, SizedSignature, Table, entries, entry_pairs

# The numbers of the entries that are multiplied; a polynomial has a coefficient for each.
Monomial = tuple[int, ...]

LARGEST = 7
DENOMINATORS = (1, 2, 3)
# So that an exponential of a definite matrix is no astronomical number.
DAMPING = 8


Terms = tuple[tuple[Fraction, Monomial], ...]


def put_in_place(
    function: str, known: SizedSignature, arithmetic: Arithmetic, arguments: Sequence[Table]
) -> Sized:
    """The value of the function that stands in for a declared one, or a derivative of it.

    Args:
        function: the function, or a derivative of it.
        known: what it takes and returns.
        arithmetic: the arithmetic of the entries.
        arguments: the tables.
    """
    given = [entry for argument in arguments for entry in entries(argument)]
    first, counts = known.first_entries(), [size.entries for size in known.arguments]
    moved = [range(first[k], first[k] + counts[k]) for k in places_of(function)]
    found = [
        _value(arithmetic, _differentiated(terms, places), given)
        for terms in stand_ins(declared_part(function)[0], known)
        for places in product(*moved)
    ]
    return known.placed(function, found)


def stand_ins(name: str, known: SizedSignature) -> list[Terms]:
    """A polynomial for each entry of the value of a function, in the entries of its arguments."""
    count, properties = sum(size.entries for size in known.arguments), known.signature.properties
    if known.signature.value.is_scalar:
        return [stand_in(name, count)]
    pairs = entry_pairs(known.value, is_symmetric=bool(properties))
    if "spd" in properties:
        return [_of_definite(name, pair, count) for pair in pairs]
    return [stand_in(f"{name} {i} {j}", count) for i, j in pairs]


def _value(arithmetic: Arithmetic, terms: Terms, given: Sequence[Scalar]) -> Scalar:
    values: list[Scalar] = []
    for coefficient, monomial in terms:
        arithmetic.tick()
        product: Scalar = coefficient
        for place in monomial:
            product = arithmetic.mul(product, given[place])
        values.append(product)
    return arithmetic.total(values)


def _differentiated(terms: Terms, places: Sequence[int]) -> Terms:
    for place in places:
        terms = _without(terms, place)
    return terms


@cache
def _without(terms: Terms, place: int) -> Terms:
    """The terms of the derivative by one entry: each occurrence of it is left out once."""
    return tuple(
        (coefficient, monomial[:k] + monomial[k + 1 :])
        for coefficient, monomial in terms
        for k, factor in enumerate(monomial)
        if factor == place
    )


@cache
def stand_in(name: str, count: int) -> Terms:
    """A polynomial that is the same whenever it is asked for, and another for each name.

    >>> stand_in("f", 2) == stand_in("f", 2), stand_in("f", 2) == stand_in("g", 2)
    (True, False)
    """
    draw = Random(f"{name} {count}")
    monomials: list[Monomial] = [()]
    for i in range(count):
        after, beyond = (i + 1) % count, (i + 2) % count
        monomials += [(i,), (i, i), (i, after), (i, beyond), (i, i, i), (i, i, after)]
        monomials += [(i, after, beyond)]
    # Each once: of few entries some are the same, and their coefficients could cancel.
    once = {tuple(sorted(monomial)): _coefficient(draw) for monomial in monomials}
    return tuple((coefficient, monomial) for monomial, coefficient in once.items())


@cache
def _of_definite(name: str, pair: tuple[int, int], count: int) -> Terms:
    """An entry of `L L' + I`, which is positive definite wherever it is taken."""
    row, col = pair
    sums: dict[Monomial, Fraction] = {(): Fraction(row == col)}
    for k in range(row + 1):
        for c, left in _of_factor(name, row, k, count):
            for d, right in _of_factor(name, col, k, count):
                monomial = tuple(sorted(left + right))
                sums[monomial] = sums.get(monomial, Fraction(0)) + c * d
    return tuple((coefficient, monomial) for monomial, coefficient in sums.items())


@cache
def _of_factor(name: str, row: int, col: int, count: int) -> Terms:
    """An entry of `L`: its squares and products make the second derivatives of `L L'` vary."""
    draw = Random(f"{name} {row} {col} {count}")
    monomials = dict.fromkeys([(), *[(i,) for i in range(count)], (count - 1, count - 1), (0, 0)])
    return tuple((_coefficient(draw) / DAMPING, monomial) for monomial in monomials)


def _coefficient(draw: Random) -> Fraction:
    size = Fraction(draw.randint(1, LARGEST), draw.choice(DENOMINATORS))
    return draw.choice((size, -size))

"""Concrete functions in the place of those that are only declared.

A polynomial with terms of degree three, products of different entries and coefficients that are all
different: its derivatives are no accident, and they are exact over fractions.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from random import Random

from dimderiv.verify.evaluate.arithmetic import Arithmetic, Scalar
from dimderiv.verify.layout import Table, entries, filled, size_of

StandInTerm = tuple[int, ...]

LARGEST = 7
DENOMINATORS = (1, 2, 3)


@dataclass(frozen=True)
class StandIn:
    """A polynomial in the entries of a table, row by row.

    Attributes:
        terms: a coefficient and the numbers of the entries that are multiplied, for each term.
        count: how many entries there are.
    """

    terms: tuple[tuple[Fraction, StandInTerm], ...]
    count: int

    def value(self, arithmetic: Arithmetic, argument: Table) -> Table:
        """The value, as a table with one entry."""
        return [[_polynomial(arithmetic, self.terms, entries(argument))]]

    def gradient(self, arithmetic: Arithmetic, argument: Table) -> Table:
        """The derivatives by the entries, in the shape of the argument."""
        given, cols = entries(argument), size_of(argument).cols
        return filled(
            size_of(argument),
            lambda i, j: _polynomial(arithmetic, _without(self.terms, i * cols + j), given),
        )

    def hessian(self, arithmetic: Arithmetic, argument: Table) -> Table:
        """The second derivatives: a row and a column for each entry."""
        given = entries(argument)

        def entry(i: int, j: int) -> Scalar:
            return _polynomial(arithmetic, _without(_without(self.terms, i), j), given)

        return filled((self.count, self.count), entry)


def _polynomial(
    arithmetic: Arithmetic, terms: tuple[tuple[Fraction, StandInTerm], ...], given: list[Scalar]
) -> Scalar:
    values: list[Scalar] = []
    for coefficient, monomial in terms:
        arithmetic.tick()
        product: Scalar = coefficient
        for place in monomial:
            product = arithmetic.mul(product, given[place])
        values.append(product)
    return arithmetic.total(values)


@cache
def _without(
    terms: tuple[tuple[Fraction, StandInTerm], ...], place: int
) -> tuple[tuple[Fraction, StandInTerm], ...]:
    """The terms of the derivative by one entry: each occurrence of it is left out once."""
    return tuple(
        (coefficient, monomial[:k] + monomial[k + 1 :])
        for coefficient, monomial in terms
        for k, factor in enumerate(monomial)
        if factor == place
    )


@cache
def stand_in(name: str, count: int) -> StandIn:
    """A polynomial that is the same whenever it is asked for, and another for each name.

    >>> function = stand_in("f", 2)
    >>> function == stand_in("f", 2), function == stand_in("g", 2)
    (True, False)
    """
    draw = Random(f"{name} {count}")
    monomials: list[StandInTerm] = [()]
    for i in range(count):
        after, beyond = (i + 1) % count, (i + 2) % count
        monomials += [(i,), (i, i), (i, after), (i, beyond), (i, i, i), (i, i, after)]
        monomials += [(i, after, beyond)]
    # Each once: of few entries some are the same, and their coefficients could cancel.
    once = {tuple(sorted(monomial)): _coefficient(draw) for monomial in monomials}
    return StandIn(tuple((coefficient, monomial) for monomial, coefficient in once.items()), count)


def _coefficient(draw: Random) -> Fraction:
    size = Fraction(draw.randint(1, LARGEST), draw.choice(DENOMINATORS))
    return draw.choice((size, -size))


def put_in_place(name: str, order: int, arithmetic: Arithmetic, argument: Table) -> Table:
    """The value of the function that stands in for a declared one, its gradient or its Hessian.

    Args:
        name: of the function.
        order: how often it is differentiated.
        arithmetic: the arithmetic of the entries.
        argument: the table.
    """
    rows, cols = size_of(argument)
    function = stand_in(name, rows * cols)
    return (function.value, function.gradient, function.hessian)[order](arithmetic, argument)

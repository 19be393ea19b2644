"""The values of functions of matrices that are linear in their last argument.

The derivative of a function of a matrix in a direction is a block of the function of a block matrix
(Higham, Functions of Matrices, 2008, equation 3.16).
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TypeAlias

from dimderiv.verify.evaluate.arithmetic import (
    ONE,
    ZERO,
    Arithmetic,
    Jet,
    Scalar,
    jet,
    leading,
    parts_at,
)
from dimderiv.verify.evaluate.matrices import (
    MOST_ITERATIONS,
    exponential,
    inverse,
    is_negligible,
    matrix_power,
    square_roots,
)
from dimderiv.verify.evaluate.tables import combined, diagonal, each, eliminated, matrix_product
from dimderiv.verify.layout import Linear, Table, entries, filled, square_size, transposed

NEAR_ONE = 0.25
OfOne: TypeAlias = Callable[[Arithmetic, Table], Table]


def derivative(function: OfOne, arithmetic: Arithmetic, table: Table, direction: Table) -> Table:
    """The derivative of a function of a matrix in a direction."""
    size = square_size(table)
    upper = [[*own, *other] for own, other in zip(table, direction, strict=True)]
    lower = [[ZERO] * size + list(row) for row in table]
    return [row[size:] for row in function(arithmetic, upper + lower)[:size]]


def power(arithmetic: Arithmetic, table: Table, exponent: Scalar) -> Table:
    """A power of a square matrix; one that is not half a whole number by the logarithm.

    Args:
        arithmetic: the arithmetic of the entries.
        table: the matrix.
        exponent: a number or a series.
    """
    if type(exponent) is Fraction and exponent.denominator == 1:
        return matrix_power(arithmetic, table, int(exponent))
    if type(exponent) is Fraction and exponent.denominator == 2:
        return matrix_power(arithmetic, square_root(arithmetic, table), exponent.numerator)
    inner = each(logarithm(arithmetic, table), partial(arithmetic.mul, exponent))
    return exponential(arithmetic, inner)


def _power_along(arithmetic: Arithmetic, table: Table, exponent: Table, direction: Table) -> Table:
    """The derivative of a power."""
    ((number,),) = exponent

    def function(arithmetic: Arithmetic, table: Table) -> Table:
        return power(arithmetic, table, number)

    if type(number) is Fraction and number.denominator == 1:
        return derivative(function, arithmetic, table, direction)
    return _along(function, arithmetic, table, direction, number)


def sylvester(arithmetic: Arithmetic, left: Table, right: Table, value: Table) -> Table:
    """The solution of `A X + X B = C`, by its entries."""
    rows, cols = square_size(left), square_size(right)

    def coefficient(place: int, other: int) -> Scalar:
        (j, i), (q, p) = divmod(place, rows), divmod(other, rows)
        first = left[i][p] if j == q else ZERO
        second = right[q][j] if i == p else ZERO
        return arithmetic.add(first, second)

    system = filled((rows * cols, rows * cols), coefficient)
    stacked = [[entry] for entry in entries(transposed(value))]
    _, found = eliminated(arithmetic, system, stacked)
    return filled((rows, cols), lambda i, j: found[j * rows + i][0])


def square_root(arithmetic: Arithmetic, table: Table) -> Table:
    """The principal root `X` of a square matrix, which moves so that `X X` moves as the matrix."""
    level = _level(entries(table))
    if not level:
        return square_roots(arithmetic, table)[0]
    value, slope = (each(table, lambda x: parts_at(x, level)[k]) for k in (0, 1))  # noqa: B023
    root = square_root(arithmetic, value)
    moved = sylvester(arithmetic, root, root, slope)
    return combined(root, moved, lambda x, y: jet(level, x, y))


def logarithm(arithmetic: Arithmetic, table: Table) -> Table:
    """The principal logarithm: that of a root near 1, by the series of the area tangent.

    Higham, Functions of Matrices (2008), section 11.5 and equation 11.6.
    """
    one, doublings = diagonal(square_size(table)), 1
    # A series of rationals that ends would be taken for an exact value.
    table = each(table, partial(arithmetic.mul, arithmetic.inexact(ONE)))
    while not _is_near(arithmetic, table, one):
        table, doublings = square_root(arithmetic, table), doublings + 1
    below = inverse(arithmetic, combined(table, one, arithmetic.add))
    term = matrix_product(arithmetic, combined(table, one, arithmetic.sub), below)
    square, total = matrix_product(arithmetic, term, term), term
    for k in range(3, MOST_ITERATIONS, 2):
        term = matrix_product(arithmetic, term, square)
        total = combined(total, each(term, partial(arithmetic.mul, Fraction(1, k))), arithmetic.add)
        if all(is_negligible(arithmetic, entry) for entry in entries(term)):
            break
    return each(total, partial(arithmetic.mul, Fraction(2**doublings)))


def _is_near(arithmetic: Arithmetic, table: Table, one: Table) -> bool:
    change = combined(table, one, lambda x, y: arithmetic.inexact(leading(x)) - y)
    return bool(sum(abs(entry) for entry in entries(change)) < NEAR_ONE)


def _along(
    function: OfOne, arithmetic: Arithmetic, table: Table, direction: Table, *others: Scalar
) -> Table:
    """The same derivative by a perturbation of its own: roots of block matrices cost more."""
    level = 1 + _level([*entries(table), *entries(direction), *others])
    moved = combined(table, direction, lambda x, y: jet(level, x, y))
    return each(function(arithmetic, moved), lambda x: parts_at(x, level)[1])


def _level(scalars: Sequence[Scalar]) -> int:
    """The highest level of perturbations, 0 where there is none."""
    return max((x.level for x in scalars if type(x) is Jet), default=0)


LINEAR: Mapping[str, Linear] = {
    "dexpm": Linear(partial(derivative, exponential)),
    "dlogm": Linear(partial(_along, logarithm)),
    "dpower": Linear(_power_along, 2),
    "sylvester": Linear(sylvester, 2, 0, 1),
}

"""Functions of whole matrices on tables: inverses, exponentials, polar factors."""

from fractions import Fraction
from functools import partial
from typing import cast

from dimderiv.verify.evaluate.arithmetic import (
    ONE,
    ZERO,
    Arithmetic,
    Jet,
    OutOfDomain,
    Scalar,
    leading,
    repeated,
)
from dimderiv.verify.evaluate.tables import (
    SingularMatrix,
    clear_column,
    combined,
    diagonal,
    each,
    eliminated,
    matrix_product,
)
from dimderiv.verify.layout import Table, entries, square_size, transposed

LARGEST_NORM = 1000
EXPM_HALVINGS = 8
MOST_ITERATIONS = 200


def inverse(arithmetic: Arithmetic, table: Table) -> Table:
    """The inverse of a square matrix.

    Args:
        arithmetic: the arithmetic of the entries.
        table: the matrix.

    Raises:
        OutOfDomain: the matrix is singular.
    """
    return eliminated(arithmetic, table, diagonal(square_size(table)))[1]


def matrix_power(arithmetic: Arithmetic, table: Table, exponent: int) -> Table:
    """A whole power of a square matrix."""
    if exponent < 0:
        table = inverse(arithmetic, table)
    multiply = partial(matrix_product, arithmetic)
    return cast(Table, repeated(multiply, table, abs(exponent), diagonal(square_size(table))))


def trace(arithmetic: Arithmetic, table: Table) -> Table:
    """The sum of the diagonal, as a table of one entry."""
    return [[arithmetic.total([table[i][i] for i in range(square_size(table))])]]


def pseudo_inverse(arithmetic: Arithmetic, table: Table) -> Table:
    """The inverse of Moore and Penrose, by a factorisation into matrices of full rank."""
    try:
        return _inverse_of_full_rank(arithmetic, table)
    except SingularMatrix:
        if any(type(entry) is Jet for entry in entries(table)):
            raise
    columns, rows = _rank_factors(arithmetic, table)
    if not rows:
        return [[ZERO] * len(table) for _ in table[0]]
    left, right = (_inverse_of_full_rank(arithmetic, part) for part in (columns, rows))
    return matrix_product(arithmetic, right, left)


def _inverse_of_full_rank(arithmetic: Arithmetic, table: Table) -> Table:
    turned = transposed(table)
    if len(table) < len(turned):
        gram = matrix_product(arithmetic, table, turned)
        return matrix_product(arithmetic, turned, inverse(arithmetic, gram))
    gram = matrix_product(arithmetic, turned, table)
    return matrix_product(arithmetic, inverse(arithmetic, gram), turned)


def _rank_factors(arithmetic: Arithmetic, table: Table) -> tuple[Table, Table]:
    """Independent columns of a table, and the rows that make it from them."""
    rows, pivots = [list(row) for row in table], list[int]()
    for column in range(len(table[0])):
        k = len(pivots)
        if k == len(rows):
            break
        best = max(range(k, len(rows)), key=lambda i: abs(arithmetic.inexact(rows[i][column])))
        if arithmetic.is_zero(rows[best][column]):
            continue
        rows[k], rows[best] = rows[best], rows[k]
        clear_column(arithmetic, rows, k, column)
        pivots.append(column)
    return [[row[column] for column in pivots] for row in table], rows[: len(pivots)]


def exponential(arithmetic: Arithmetic, table: Table) -> Table:
    """Taylor's series of a fraction of the matrix, squared back."""
    norm = max(abs(arithmetic.inexact(leading(entry))) for entry in entries(table))
    if norm > LARGEST_NORM:
        raise OutOfDomain("a matrix too large to exponentiate")
    halvings = max(0, int(norm * len(table)).bit_length()) + EXPM_HALVINGS
    scale = arithmetic.inexact(Fraction(1, 2**halvings))
    step = each(table, lambda entry: arithmetic.mul(entry, scale))
    result = term = diagonal(square_size(table))
    for k in range(1, MOST_ITERATIONS):
        scaled = each(step, partial(arithmetic.mul, Fraction(1, k)))
        term = matrix_product(arithmetic, term, scaled)
        result = combined(result, term, arithmetic.add)
        if k > 2 and all(is_negligible(arithmetic, entry) for entry in entries(term)):
            break
    for _ in range(halvings):
        result = matrix_product(arithmetic, result, result)
    return result


def is_negligible(arithmetic: Arithmetic, x: Scalar) -> bool:
    """Whether a term of a series adds nothing, with all its perturbations.

    Args:
        arithmetic: the arithmetic of the series.
        x: a number or a jet.
    """
    if type(x) is Jet:
        return is_negligible(arithmetic, x.value) and is_negligible(arithmetic, x.slope)
    return bool(abs(arithmetic.inexact(x)) < arithmetic.context.eps / 1000)


def nuclear_norm(arithmetic: Arithmetic, table: Table) -> Table:
    """The sum of the singular values, the trace of the root of the smaller Gram matrix."""
    small = table if len(table) <= len(table[0]) else transposed(table)
    return trace(arithmetic, _roots_of_gram(arithmetic, small)[0])


def polar_factor(arithmetic: Arithmetic, table: Table) -> Table:
    """The factor of the polar decomposition that has orthonormal columns or rows."""
    if len(table) > len(table[0]):
        return transposed(polar_factor(arithmetic, transposed(table)))
    return matrix_product(arithmetic, _roots_of_gram(arithmetic, table)[1], table)


def _roots_of_gram(arithmetic: Arithmetic, table: Table) -> tuple[Table, Table]:
    """The root of `A A'` and its inverse."""
    return square_roots(arithmetic, matrix_product(arithmetic, table, transposed(table)))


def square_roots(arithmetic: Arithmetic, table: Table) -> tuple[Table, Table]:
    """The principal root of a square matrix and its inverse, by Denman and Beavers' iteration.

    Higham, Functions of Matrices (2008), equation 6.15.
    """
    unit = arithmetic.inexact(ONE)
    root = each(table, lambda x: arithmetic.mul(x, unit))
    other = diagonal(len(root))
    half = Fraction(1, 2)

    def halfway(x: Scalar, y: Scalar) -> Scalar:
        return arithmetic.mul(half, arithmetic.add(x, y))

    for _ in range(MOST_ITERATIONS):
        inverted = inverse(arithmetic, other)
        change = combined(root, inverted, arithmetic.sub)
        if all(_is_settled(arithmetic, entry) for entry in entries(change)):
            return root, other
        inverse_root = inverse(arithmetic, root)
        root, other = combined(root, inverted, halfway), combined(other, inverse_root, halfway)
    raise OutOfDomain("a root that does not converge")


def _is_settled(arithmetic: Arithmetic, x: Scalar) -> bool:
    if type(x) is Jet:
        return _is_settled(arithmetic, x.value) and _is_settled(arithmetic, x.slope)
    return arithmetic.is_zero(x)

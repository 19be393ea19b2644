"""Functions of whole matrices on tables: inverses, exponentials, polar factors, eigenvalues."""

from fractions import Fraction
from functools import partial
from typing import Any, cast

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
# Each step of Newton's method doubles the order to which a series is known.
NEWTON_STEPS = 3
SMALLEST_GAP = Fraction(1, 10**6)


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
        if k > 2 and all(_is_negligible(arithmetic, entry) for entry in entries(term)):
            break
    for _ in range(halvings):
        result = matrix_product(arithmetic, result, result)
    return result


def _is_negligible(arithmetic: Arithmetic, x: Scalar) -> bool:
    if type(x) is Jet:
        return _is_negligible(arithmetic, x.value) and _is_negligible(arithmetic, x.slope)
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


def largest_eigenvalue(arithmetic: Arithmetic, table: Table) -> Table:
    """The largest eigenvalue of a symmetric matrix, whose perturbations need not be symmetric."""
    return [[_leading_pair(arithmetic, table)[1]]]


def leading_eigenvector(arithmetic: Arithmetic, table: Table) -> Table:
    """The unit eigenvector of the largest eigenvalue, whose entry of largest size is positive."""
    return [[entry] for entry in _leading_pair(arithmetic, table)[0]]


def _leading_pair(arithmetic: Arithmetic, table: Table) -> tuple[list[Scalar], Scalar]:
    """The eigenvector and the eigenvalue, by Newton's method from those at the point itself."""
    vector, value = _pair_at_point(arithmetic, each(table, leading))
    if not any(type(entry) is Jet for entry in entries(table)):
        return vector, value
    for _ in range(NEWTON_STEPS):
        vector, value = _newton_step(arithmetic, table, vector, value)
    return vector, value


def _newton_step(
    arithmetic: Arithmetic, table: Table, vector: list[Scalar], value: Scalar
) -> tuple[list[Scalar], Scalar]:
    """One step towards `A v = value v` and `v' v = 1`."""
    size, column = len(vector), [[x] for x in vector]
    away = combined(table, diagonal(size, value), arithmetic.sub)
    bordered = [[*row, arithmetic.negative(x)] for row, x in zip(away, vector, strict=True)]
    bordered.append([*vector, ZERO])
    residual = each(matrix_product(arithmetic, away, column), arithmetic.negative)
    length = arithmetic.total([arithmetic.mul(x, x) for x in vector])
    residual.append([arithmetic.mul(Fraction(1, 2), arithmetic.sub(ONE, length))])
    _, step = eliminated(arithmetic, bordered, residual)
    moved = [arithmetic.add(x, step[i][0]) for i, x in enumerate(vector)]
    return moved, arithmetic.add(value, step[size][0])


def _pair_at_point(arithmetic: Arithmetic, table: Table) -> tuple[list[Scalar], Scalar]:
    size = square_size(table)
    skew = combined(table, transposed(table), arithmetic.sub)
    if not all(arithmetic.is_zero(entry) for entry in entries(skew)):
        raise OutOfDomain("eigenvalues of a matrix that is not symmetric")
    context: Any = arithmetic.context
    values, vectors = context.eigsy(context.matrix(each(table, arithmetic.inexact)))
    order = sorted(range(size), key=lambda k: values[k])
    last = order[-1]
    if size > 1 and values[last] - values[order[-2]] < arithmetic.inexact(SMALLEST_GAP):
        raise OutOfDomain("a largest eigenvalue that is not simple")
    vector = [vectors[i, last] for i in range(size)]
    largest = max(vector, key=abs)
    return [x if largest > 0 else -x for x in vector], values[last]

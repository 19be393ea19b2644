"""Eigenvalues and eigenvectors of symmetric matrices, whose perturbations need not be symmetric.

Singular values and vectors are those of `A' A`.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from dimderiv.verify.evaluate.arithmetic import (
    ONE,
    ZERO,
    Arithmetic,
    Jet,
    OutOfDomain,
    Scalar,
    leading,
)
from dimderiv.verify.evaluate.functions import primitive
from dimderiv.verify.evaluate.tables import (
    SingularMatrix,
    combined,
    diagonal,
    each,
    eliminated,
    matrix_product,
    symmetric_part,
)
from dimderiv.verify.layout import Table, entries, square_size, transposed

# An eigenvector of length 1, whose entry of largest size is positive, and its eigenvalue.
Pair: TypeAlias = tuple[list[Scalar], Scalar]

# Each step of Newton's method doubles the order to which a series is known.
NEWTON_STEPS = 3
SMALLEST_GAP = Fraction(1, 10**6)


def largest_eigenvalue(arithmetic: Arithmetic, table: Table) -> Table:
    """The largest eigenvalue, which must be simple."""
    return [[_followed(arithmetic, table, _at_point(arithmetic, table, [-1])[0])[1]]]


def smallest_eigenvalue(arithmetic: Arithmetic, table: Table) -> Table:
    """The smallest eigenvalue, which must be simple."""
    return [[_followed(arithmetic, table, _at_point(arithmetic, table, [0])[0])[1]]]


def leading_eigenvector(arithmetic: Arithmetic, table: Table) -> Table:
    """The eigenvector of the largest eigenvalue."""
    (pair,) = _at_point(arithmetic, table, [-1])
    return [[entry] for entry in _followed(arithmetic, table, pair)[0]]


def eigenvalues(arithmetic: Arithmetic, table: Table) -> Table:
    """All eigenvalues of the symmetric part, ascending, each of which must be simple."""
    return [[value] for _, value in _pairs(arithmetic, table)]


def eigenvectors(arithmetic: Arithmetic, table: Table) -> Table:
    """The matrix whose columns are the eigenvectors of the symmetric part, in the same order."""
    return transposed([vector for vector, _ in _pairs(arithmetic, table)])


def singular_values(arithmetic: Arithmetic, table: Table) -> Table:
    """All singular values, descending, each of which must be simple and not 0."""
    return [[value] for _, value in _singular(arithmetic, table)]


def left_vectors(arithmetic: Arithmetic, table: Table) -> Table:
    """The matrix whose columns are the left singular vectors, in the same order."""
    pairs = _singular(arithmetic, table)
    right = transposed([vector for vector, _ in pairs])
    images = transposed(matrix_product(arithmetic, table, right))
    columns = [
        [arithmetic.div(x, value) for x in column]
        for column, (_, value) in zip(images, pairs, strict=True)
    ]
    return transposed(columns)


def right_vectors(arithmetic: Arithmetic, table: Table) -> Table:
    """The matrix whose columns are the right singular vectors, the largest entries positive."""
    return transposed([vector for vector, _ in _singular(arithmetic, table)])


def _singular(arithmetic: Arithmetic, table: Table) -> list[Pair]:
    """The right singular vectors with the singular values, by descending value."""
    if len(table) < len(table[0]):
        raise SingularMatrix("singular values of a matrix with fewer rows than columns")
    found = []
    for vector, square in _pairs(arithmetic, matrix_product(arithmetic, transposed(table), table)):
        if arithmetic.inexact(leading(square)) < arithmetic.inexact(SMALLEST_GAP):
            raise OutOfDomain("a singular value that is 0")
        found.append((vector, primitive("sqrt", arithmetic, square)))
    return found[::-1]


def _pairs(arithmetic: Arithmetic, table: Table) -> Iterator[Pair]:
    for pair in _at_point(arithmetic, table, range(square_size(table))):
        yield _followed(arithmetic, symmetric_part(arithmetic, table), pair)


def _followed(arithmetic: Arithmetic, table: Table, pair: Pair) -> Pair:
    """The pair of a perturbed matrix, by Newton's method from that at the point itself."""
    if not any(type(entry) is Jet for entry in entries(table)):
        return pair
    for _ in range(NEWTON_STEPS):
        pair = _newton_step(arithmetic, table, *pair)
    return pair


def _newton_step(arithmetic: Arithmetic, table: Table, vector: list[Scalar], value: Scalar) -> Pair:
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


def _at_point(arithmetic: Arithmetic, table: Table, wanted: Sequence[int]) -> list[Pair]:
    """Pairs of the matrix without its perturbations, by their places among all of them."""
    table = each(table, leading)
    size = square_size(table)
    skew = combined(table, transposed(table), arithmetic.sub)
    if not all(arithmetic.is_zero(entry) for entry in entries(skew)):
        raise OutOfDomain("eigenvalues of a matrix that is not symmetric")
    context: Any = arithmetic.context
    values, vectors = context.eigsy(context.matrix(each(table, arithmetic.inexact)))
    order = sorted(range(size), key=lambda k: values[k])
    found = []
    for k in (order[place] for place in wanted):
        others = [abs(values[k] - values[other]) for other in order if other != k]
        if others and min(others) < arithmetic.inexact(SMALLEST_GAP):
            raise OutOfDomain("an eigenvalue that is not simple")
        vector = [vectors[i, k] for i in range(size)]
        is_positive = max(vector, key=abs) > 0
        found.append(([x if is_positive else -x for x in vector], values[k]))
    return found

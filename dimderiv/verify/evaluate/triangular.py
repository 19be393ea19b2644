"""The triangular factor of a definite matrix, by its own recursion."""

from dimderiv.verify.evaluate.arithmetic import ZERO, Arithmetic, OutOfDomain, Scalar, leading
from dimderiv.verify.evaluate.functions import primitive
from dimderiv.verify.evaluate.tables import symmetric_part
from dimderiv.verify.layout import Table, square_size


def cholesky(arithmetic: Arithmetic, table: Table) -> Table:
    """The lower L with a positive diagonal and L L' the symmetric part of a matrix.

    Args:
        arithmetic: the arithmetic of the entries.
        table: the matrix.

    Raises:
        OutOfDomain: it is not positive definite.
    """
    size, table = square_size(table), symmetric_part(arithmetic, table)
    lower: Table = [[ZERO] * size for _ in range(size)]

    def left(i: int, j: int) -> Scalar:
        terms = [arithmetic.mul(lower[i][k], lower[j][k]) for k in range(j)]
        return arithmetic.sub(table[i][j], arithmetic.total(terms))

    for j in range(size):
        arithmetic.tick()
        pivot = left(j, j)
        if not arithmetic.inexact(leading(pivot)) > arithmetic.tiny:
            raise OutOfDomain("a matrix that is not positive definite")
        lower[j][j] = primitive("sqrt", arithmetic, pivot)
        for i in range(j + 1, size):
            lower[i][j] = arithmetic.div(left(i, j), lower[j][j])
    return lower

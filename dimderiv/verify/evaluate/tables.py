"""Arrays of two axes as lists of rows of scalars, and the operations of the language on them."""

from collections.abc import Callable, Sequence

from dimderiv.errors import ShapeError
from dimderiv.verify.evaluate.arithmetic import ONE, ZERO, Arithmetic, OutOfDomain, Scalar, leading
from dimderiv.verify.layout import Size, Table, filled, size_of, square_size, transposed


class SingularMatrix(OutOfDomain):
    """A matrix that is to be inverted has no inverse."""


def each(table: Table, function: Callable[[Scalar], Scalar]) -> Table:
    """A function of every entry."""
    return [[function(entry) for entry in row] for row in table]


def diagonal(size: int, entry: Scalar = ONE) -> Table:
    """A multiple of the identity.

    Args:
        size: rows, and columns.
        entry: what stands on the diagonal.
    """
    return filled((size, size), lambda i, j: entry if i == j else ZERO)


def commutation(rows: int, cols: int) -> Table:
    """The matrix that turns the stacked columns of a table into those of its transpose.

    >>> commutation(1, 2) == diagonal(2)
    True
    """
    size = rows * cols
    # Entry (i, j) stands at j * rows + i among the columns, at i * cols + j among the rows.
    places = [j * rows + i for i in range(rows) for j in range(cols)]
    return filled((size, size), lambda row, col: ONE if places[row] == col else ZERO)


def broadcast_size(sizes: Sequence[Size]) -> Size:
    """The size to which tables stretch along their axes of size 1."""
    result = []
    for axis in (0, 1):
        lengths = {size[axis] for size in sizes} - {1}
        if len(lengths) > 1:
            shown = " and ".join(str(size) for size in dict.fromkeys(sizes))
            raise ShapeError(f"entrywise operands of unlike sizes: {shown}")
        result.append(lengths.pop() if lengths else 1)
    return Size(*result)


def combined(a: Table, b: Table, function: Callable[[Scalar, Scalar], Scalar]) -> Table:
    """A function of the entries of two tables, stretched along axes of size 1.

    Args:
        a: first operands.
        b: second operands.
        function: the function of two entries.
    """
    if size_of(a) == size_of(b):
        return [list(map(function, *rows)) for rows in zip(a, b, strict=True)]
    return stretched(function, a, b)


def stretched(function: Callable[..., Scalar], *tables: Table) -> Table:
    """A function of the entries of tables, stretched along axes of size 1.

    Args:
        function: the function of as many entries as there are tables.
        tables: its operands.
    """

    def entry(i: int, j: int) -> Scalar:
        return function(*(t[min(i, len(t) - 1)][min(j, len(t[0]) - 1)] for t in tables))

    return filled(broadcast_size([size_of(table) for table in tables]), entry)


def matrix_product(arithmetic: Arithmetic, a: Table, b: Table) -> Table:
    """The matrix product.

    Args:
        arithmetic: the arithmetic of the entries.
        a: the left factor.
        b: the right factor.

    Raises:
        ShapeError: the inner sizes differ.
    """
    if len(a[0]) != len(b):
        raise ShapeError(f"a product of {size_of(a)} and {size_of(b)}")
    columns = transposed(b)
    result = []
    for row in a:
        arithmetic.tick()
        result.append([_inner(arithmetic, row, column) for column in columns])
    return result


def _inner(arithmetic: Arithmetic, row: list[Scalar], column: list[Scalar]) -> Scalar:
    return arithmetic.total([arithmetic.mul(x, y) for x, y in zip(row, column, strict=True)])


def eliminated(arithmetic: Arithmetic, a: Table, right: Table) -> tuple[Scalar, Table]:
    """Gauss-Jordan elimination."""
    size = square_size(a)
    rows = [[*own, *other] for own, other in zip(a, right, strict=True)]
    determinant: Scalar = ONE
    for k in range(size):
        pivot = max(range(k, size), key=lambda i: abs(arithmetic.inexact(leading(rows[i][k]))))
        if arithmetic.is_zero(leading(rows[pivot][k])):
            raise SingularMatrix("a singular matrix")
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
            determinant = arithmetic.negative(determinant)
        determinant = arithmetic.mul(determinant, rows[k][k])
        clear_column(arithmetic, rows, k, k)
    return determinant, [row[size:] for row in rows]


def clear_column(arithmetic: Arithmetic, rows: Table, k: int, col: int) -> None:
    """Make a column that of the identity, by the row of the pivot."""
    pivot = rows[k][col]
    # Entries left of the pivot are done with: they are 0, or never read again.
    rows[k][col:] = [arithmetic.div(entry, pivot) for entry in rows[k][col:]]
    for i, row in enumerate(rows):
        if i != k:
            arithmetic.tick()
            factor = arithmetic.negative(row[col])
            row[col:] = [
                arithmetic.add(x, arithmetic.mul(factor, y))
                for x, y in zip(row[col:], rows[k][col:], strict=True)
            ]

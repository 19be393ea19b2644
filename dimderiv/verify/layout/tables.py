"""Tables of entries of any kind, as lists of rows: their sizes, and where entries stand."""

from collections.abc import Callable
from typing import Any, TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.layout.sizes import Size

Table: TypeAlias = list[list[Any]]


class SizeUnknownError(NotVerifiableError):
    """The surroundings do not say how large a constant is."""

    def __init__(self) -> None:
        super().__init__("the place of `I`, `vector` or `matrix` does not say its size")


def size_of(table: Table) -> Size:
    """Rows and columns of a table.

    Args:
        table: at least one row.
    """
    return Size(len(table), len(table[0]))


def is_single(table: Table) -> bool:
    """Whether a table is a scalar.

    Args:
        table: the table.
    """
    return size_of(table) == (1, 1)


def square_size(table: Table) -> int:
    """The number of rows, and of columns.

    Args:
        table: the table.

    Raises:
        ShapeError: these differ.
    """
    rows, cols = size_of(table)
    if rows != cols:
        raise ShapeError(f"a square matrix is needed, not one of {size_of(table)}")
    return rows


def filled(size: tuple[int, int], entry: Callable[[int, int], Any]) -> Table:
    """The table of a function of row and column.

    Args:
        size: rows and columns.
        entry: the function.

    >>> filled((2, 3), lambda i, j: 10 * i + j)
    [[0, 1, 2], [10, 11, 12]]
    """
    rows, cols = size
    return [[entry(i, j) for j in range(cols)] for i in range(rows)]


def transposed(table: Table) -> Table:
    """Rows as columns.

    Args:
        table: the table to transpose.
    """
    return [list(column) for column in zip(*table, strict=True)]


def entries(table: Table) -> list[Any]:
    """All entries, row by row.

    Args:
        table: the table.
    """
    return [entry for row in table for entry in row]

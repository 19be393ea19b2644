"""Arrays of scalars, those of two axes as lists of rows, and the operations of the language."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import overload

from dimderiv.errors import ShapeError
from dimderiv.verify.evaluate.arithmetic import ONE, ZERO, Arithmetic, OutOfDomain, Scalar, leading
from dimderiv.verify.layout import (
    Array,
    Size,
    Sized,
    Table,
    broadcast,
    entries,
    filled,
    shaped,
    size_of,
    square_size,
    stretched_places,
    transposed,
    two_axes,
)


class SingularMatrix(OutOfDomain):
    """A matrix that is to be inverted has no inverse."""


@overload
def each(value: Table, function: Callable[[Scalar], Scalar]) -> Table: ...
@overload
def each(value: Array, function: Callable[[Scalar], Scalar]) -> Array: ...
@overload
def each(value: Sized, function: Callable[[Scalar], Scalar]) -> Sized: ...
def each(value: Sized, function: Callable[[Scalar], Scalar]) -> Sized:
    """A function of every entry."""
    if isinstance(value, Array):
        return value._replace(entries=[function(entry) for entry in value.entries])
    return [[function(entry) for entry in row] for row in value]


def diagonal(size: int, entry: Scalar = ONE) -> Table:
    """A multiple of the identity.

    Args:
        size: rows, and columns.
        entry: what stands on the diagonal.
    """
    return filled((size, size), lambda i, j: entry if i == j else ZERO)


def symmetric_part(arithmetic: Arithmetic, table: Table) -> Table:
    """The mean of a square matrix and its transpose."""
    half = Fraction(1, 2)
    return combined(
        table, transposed(table), lambda x, y: arithmetic.mul(half, arithmetic.add(x, y))
    )


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
    """The size to which arrays stretch along their axes of size 1."""
    return Size(*broadcast(sizes))


@overload
def combined(a: Table, b: Table, function: Callable[[Scalar, Scalar], Scalar]) -> Table: ...
@overload
def combined(a: Sized, b: Sized, function: Callable[[Scalar, Scalar], Scalar]) -> Sized: ...
def combined(a: Sized, b: Sized, function: Callable[[Scalar, Scalar], Scalar]) -> Sized:
    """A function of the entries of two arrays, stretched along axes of size 1.

    Args:
        a: first operands.
        b: second operands.
        function: the function of two entries.
    """
    if isinstance(a, Array) or isinstance(b, Array) or size_of(a) != size_of(b):
        return stretched(function, a, b)
    return [list(map(function, *rows)) for rows in zip(a, b, strict=True)]


def stretched(function: Callable[..., Scalar], *values: Sized) -> Sized:
    """A function of the entries of arrays, stretched along axes of size 1.

    Args:
        function: the function of as many entries as there are arrays.
        values: its operands.
    """
    sizes = [size_of(value) for value in values]
    whole = broadcast_size(sizes)
    if len(whole) > 2:
        places = [stretched_places(size, whole) for size in sizes]
        flat = [entries(value) for value in values]
        columns = [[own[i] for i in at] for own, at in zip(flat, places, strict=True)]
        return Array(whole, list(map(function, *columns)))
    tables = [value for value in values if not isinstance(value, Array)]

    def entry(i: int, j: int) -> Scalar:
        return function(*(t[min(i, len(t) - 1)][min(j, len(t[0]) - 1)] for t in tables))

    return filled(whole, entry)


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


def batched_product(arithmetic: Arithmetic, a: Sized, b: Sized) -> Sized:
    """The matrix product along the last two axes, for each place of the others.

    Args:
        arithmetic: the arithmetic of the entries.
        a: the left factors.
        b: the right factors.
    """
    leading = broadcast([size_of(a)[:-2], size_of(b)[:-2]])
    pairs = zip(_matrices(a, leading), _matrices(b, leading), strict=True)
    products = [matrix_product(arithmetic, left, right) for left, right in pairs]
    lengths = (*leading, *size_of(products[0]))
    return shaped(lengths, [entry for product in products for entry in entries(product)])


def _matrices(value: Sized, leading: tuple[int, ...]) -> list[Table]:
    """The matrices along the last two axes, for each place of the others."""
    if not isinstance(value, Array):
        return [value] * prod(leading)
    rows, cols = value.lengths[-2:]
    size = rows * cols
    found = [
        shaped((rows, cols), value.entries[start : start + size])
        for start in range(0, len(value.entries), size)
    ]
    return [two_axes(found[i]) for i in stretched_places(value.lengths[:-2], leading)]


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

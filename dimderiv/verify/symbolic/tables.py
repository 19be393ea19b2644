"""Tables of entries, and those whose size only their surroundings say: `I`, `vector`, `matrix`.

An entry is an expression of sympy or a float of mpmath; both have Python's operators.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isqrt
from typing import Any, TypeAlias

from dimderiv.errors import LimitError, ShapeError
from dimderiv.language import frozen
from dimderiv.verify.layout import (
    Size,
    SizeUnknownError,
    Table,
    entries,
    filled,
    is_single,
    size_of,
    transposed,
)

Entry: TypeAlias = Any
# Entries of one table; only nested Kronecker products have more, and then exponentially more.
LARGEST = 5_000


@frozen.record
class Open:
    """A table that is made once its size is known.

    Attributes:
        rows: how many, where that is known.
        cols: how many, where that is known.
        make: gives the table of a size.
        square: whether there are as many rows as columns.
    """

    rows: int | None
    cols: int | None
    make: Callable[[int, int], Table]
    square: bool = False


Value: TypeAlias = Table | Open


def is_scalar(value: Value) -> bool:
    """Whether a value is a table with one entry."""
    return not isinstance(value, Open) and is_single(value)


def sides_of(value: Value) -> tuple[int | None, int | None]:
    """How many rows and columns a value has, where that is known."""
    if isinstance(value, Open):
        return value.rows, value.cols
    rows, cols = size_of(value)
    return rows, cols


def closed(value: Value, rows: int | None = None, cols: int | None = None) -> Table:
    """A value as a table."""
    if not isinstance(value, Open):
        return value
    rows, cols = value.rows or rows, value.cols or cols
    if value.square:
        rows = cols = max(rows or 0, cols or 0) or None
    if rows is None or cols is None:
        raise SizeUnknownError
    return value.make(rows, cols)


def changed(value: Value, change: Callable[[Table], Table]) -> Value:
    """The same sizes with other entries."""
    if isinstance(value, Open):
        return replace(value, make=lambda m, n: change(value.make(m, n)))
    return change(value)


def mapped(value: Value, function: Callable[[Entry], Entry]) -> Value:
    """A function of every entry."""
    return changed(value, lambda table: [[function(entry) for entry in row] for row in table])


def turned(value: Value) -> Value:
    """Rows as columns, whatever their number."""
    if isinstance(value, Open):
        return Open(
            value.cols, value.rows, lambda m, n: transposed(value.make(n, m)), square=value.square
        )
    return transposed(value)


def entrywise(function: Callable[..., Entry], *operands: Value) -> Value:
    """A function of the entries of tables, stretched along axes of size 1."""
    tables = [value for value in operands if not isinstance(value, Open)]
    unsized = [value for value in operands if isinstance(value, Open)]
    rows, cols = (_common([size_of(table)[axis] for table in tables]) for axis in (0, 1))
    if not unsized:
        return _stretched(function, tables, Size(rows or 1, cols or 1))
    square = any(value.square for value in unsized)
    rows = rows if rows != 1 else None
    cols = cols if cols != 1 else None
    for value in unsized:
        rows, cols = rows or value.rows, cols or value.cols

    def make(m: int, n: int) -> Table:
        return _stretched(function, [closed(value, m, n) for value in operands], Size(m, n))

    if square and (rows or cols):
        rows = cols = max(rows or 0, cols or 0)
    return make(rows, cols) if rows and cols else Open(rows, cols, make, square)


def _common(lengths: Sequence[int]) -> int | None:
    longer = set(lengths) - {1}
    if len(longer) > 1:
        raise ShapeError(f"entrywise operands of sizes {' and '.join(map(str, sorted(longer)))}")
    return longer.pop() if longer else (1 if lengths else None)


def _stretched(function: Callable[..., Entry], tables: Sequence[Table], size: Size) -> Table:
    def entry(i: int, j: int) -> Entry:
        return function(*(t[min(i, len(t) - 1)][min(j, len(t[0]) - 1)] for t in tables))

    for table in tables:
        if any(own not in (1, whole) for own, whole in zip(size_of(table), size, strict=True)):
            raise ShapeError(f"an entrywise operand of size {size_of(table)} among {size}")
    return filled(size, entry)


def matrix_product(total: Callable[[list[Entry]], Entry], a: Table, b: Table) -> Table:
    """The matrix product of two tables."""
    if len(a[0]) != len(b):
        raise ShapeError(f"a product of {size_of(a)} and {size_of(b)}")
    columns = transposed(b)
    return [
        [
            total([x * y for x, y in zip(row, col, strict=True) if x != 0 and y != 0])
            for col in columns
        ]
        for row in a
    ]


def multiplied(total: Callable[[list[Entry]], Entry], a: Value, b: Value) -> Value:
    """The matrix product, or a multiple where one side is a scalar."""
    if is_scalar(a) or is_scalar(b):
        return entrywise(lambda x, y: x * y, a, b)
    if not isinstance(a, Open) and not isinstance(b, Open):
        return matrix_product(total, a, b)
    inner_a = a.cols if isinstance(a, Open) else len(a[0])
    inner_b = b.rows if isinstance(b, Open) else len(b)
    inner = inner_a or inner_b
    rows = a.rows if isinstance(a, Open) else len(a)
    cols = b.cols if isinstance(b, Open) else len(b[0])
    a_square, b_square = (isinstance(x, Open) and x.square for x in (a, b))
    rows = rows or (inner if a_square else None)
    cols = cols or (inner if b_square else None)
    if not (inner or a_square or b_square):
        raise SizeUnknownError

    def make(m: int, n: int) -> Table:
        middle = inner or (m if a_square else n)
        return matrix_product(total, closed(a, m, middle), closed(b, middle, n))

    return make(rows, cols) if rows and cols else Open(rows, cols, make, a_square and b_square)


def kronecker(a: Value, b: Value) -> Value:
    """The Kronecker product."""

    def product(left: Table, right: Table) -> Table:
        if len(entries(left)) * len(entries(right)) > LARGEST:
            raise LimitError("a Kronecker product is too large for sympy")
        return [[x * y for x in upper for y in lower] for upper in left for lower in right]

    if not isinstance(a, Open) and not isinstance(b, Open):
        return product(a, b)

    def make(m: int, n: int) -> Table:
        if isinstance(a, Open):
            right = closed(b)
            return product(closed(a, m // len(right), n // len(right[0])), right)
        return product(a, closed(b, m // len(a), n // len(a[0])))

    return Open(None, None, make)


def stacked(value: Value) -> Value:
    """The columns below each other."""

    def stack(table: Table) -> Table:
        return [[entry] for entry in entries(transposed(table))]

    if not isinstance(value, Open):
        return stack(value)

    def make(length: int, _: int) -> Table:
        if value.square:
            return stack(closed(value, isqrt(length), isqrt(length)))
        if value.rows or value.cols:
            return stack(
                closed(value, length // (value.cols or length), length // (value.rows or length))
            )
        raise SizeUnknownError

    return Open(None, 1, make)

"""Arrays with the same entries elsewhere: blocks, other axes, classes as columns."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain
from math import prod

from dimderiv.errors import ShapeError
from dimderiv.verify.evaluate.arithmetic import ONE, ZERO
from dimderiv.verify.evaluate.unsized import ZEROS, Expected, Unsized, Value, sized
from dimderiv.verify.layout import (
    Array,
    Sized,
    SizeUnknownError,
    Table,
    entries,
    offset,
    places,
    shaped,
    size_of,
    two_axes,
)


def blocks(rows: Sequence[Sequence[Value]]) -> Table:
    """A matrix made of blocks; a constant is as large as those beside, above and below it.

    Args:
        rows: the blocks of each row.

    Raises:
        ShapeError: they do not fit together.
    """
    found: Table = []
    for row in rows:
        columns = zip(*[other for other in rows if len(other) == len(row)], strict=True)
        sizes = [Expected(_length(row, 0), _length(column, 1)) for column in columns]
        tables = [two_axes(_block(*pair)) for pair in zip(row, sizes, strict=True)]
        if len({len(table) for table in tables}) > 1:
            raise ShapeError("blocks beside each other with unlike numbers of rows")
        found += [[*chain.from_iterable(parts)] for parts in zip(*tables, strict=True)]
    if len({len(row) for row in found}) > 1:
        raise ShapeError("rows of blocks of unlike lengths")
    return found


def _block(value: Value, expected: Expected) -> Sized:
    """A block as an array; zeros are one row or column where nothing else says how many."""
    if value == ZEROS:
        expected = Expected(expected.rows or 1, expected.cols or 1)
    return sized(value, expected)


def _length(values: Sequence[Value], axis: int) -> int | None:
    """The length along an axis of those among some blocks that have one."""
    tables = [value for value in values if not isinstance(value, Unsized)]
    return max((size_of(table)[axis] for table in tables), default=None)


def reshaped(value: Sized, lengths: Sequence[int]) -> Sized:
    """The same entries in order along other axes.

    Args:
        value: the array.
        lengths: those of its new axes.

    Raises:
        ShapeError: there are more or fewer entries.
    """
    size = size_of(value)
    if size.entries != prod(lengths):
        raise ShapeError(f"{size} as {' x '.join(map(str, lengths))}")
    return shaped(lengths, entries(value))


def permuted(value: Sized, order: Sequence[int]) -> Sized:
    """The axes of an array in another order.

    Args:
        value: the array.
        order: for each new axis the number of the old one.

    Raises:
        ShapeError: some axis is not named once.
    """
    size, flat = size_of(value), entries(value)
    order = [axis + len(size) if axis < 0 else axis for axis in order]
    if sorted(order) != list(range(len(size))):
        raise ShapeError(f"axes {list(order)} of {size}")
    lengths = [size[axis] for axis in order]
    back = [order.index(axis) for axis in range(len(order))]
    found = [flat[offset([place[k] for k in back], size)] for place in places(lengths)]
    return shaped(lengths, found)


def one_hot(labels: Array, classes: int) -> Sized:
    """For each label 1 at the place of its class along a last axis; of a single one a column.

    Args:
        labels: whole numbers, with the axes that labels have.
        classes: how many there are.
    """
    found = [ONE if label == c else ZERO for label in labels.entries for c in range(classes)]
    return shaped([*labels.lengths, classes], found)


def whole_numbers(value: Value) -> Array:
    """An array of whole numbers, those of a table in order as well.

    Args:
        value: the array.

    Raises:
        ShapeError: some entry is no whole number.
    """
    if isinstance(value, Unsized):
        raise SizeUnknownError
    found = entries(value)
    if not all(type(x) is Fraction and x.denominator == 1 for x in found):
        raise ShapeError("places that are no whole numbers")
    return Array(size_of(value), [int(x) for x in found])

"""Arrays of entries of any kind: their sizes, and where entries stand.

One with two axes is a table, a list of rows; one with more has its entries in order.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain, product
from typing import Any, NamedTuple, TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.layout.lengths import Size

Table: TypeAlias = list[list[Any]]
Place: TypeAlias = tuple[int, ...]


class Array(NamedTuple):
    """The entries of an array, the last axis fastest.

    As a value it has more than two axes; one with fewer is a table.
    """

    lengths: tuple[int, ...]
    entries: list[Any]


Sized: TypeAlias = Table | Array


class SizeUnknownError(NotVerifiableError):
    """The surroundings do not say how large a constant is."""

    def __init__(self) -> None:
        super().__init__("the place of `I`, `vector` or `matrix` does not say its size")


def size_of(value: Sized) -> Size:
    """The lengths of the axes of an array.

    Args:
        value: of a table without rows nobody knows how long they would be.
    """
    if isinstance(value, Array):
        return Size(*value.lengths)
    return Size(len(value), len(value[0]) if value else 0)


def is_single(value: Sized) -> bool:
    """Whether an array is a scalar.

    Args:
        value: the array.
    """
    return not isinstance(value, Array) and len(value) == len(value[0]) == 1


def two_axes(value: Sized) -> Table:
    """An array that is a table.

    Args:
        value: the array.

    Raises:
        NotVerifiableError: it has more than two axes.
    """
    if isinstance(value, Array):
        raise NotVerifiableError(f"a function of matrices of an array of {size_of(value)}")
    return value


def shaped(lengths: Sequence[int], entries: list[Any]) -> Sized:
    """Entries in order, as an array; a single axis makes a column.

    Args:
        lengths: those of the axes.
        entries: the last axis fastest.

    >>> shaped([2, 2], [1, 2, 3, 4])
    [[1, 2], [3, 4]]
    """
    if len(lengths) > 2:
        return Array(tuple(lengths), entries)
    cols = [*lengths, 1, 1][1]
    return [entries[start : start + cols] for start in range(0, len(entries), cols)]


def places(lengths: Sequence[int]) -> list[Place]:
    """The places of all entries of an array, the last axis fastest.

    Args:
        lengths: those of its axes.
    """
    return list(product(*map(range, lengths)))


def offset(place: Sequence[int], lengths: Sequence[int]) -> int:
    """Where an entry stands among all, the last axis fastest.

    Args:
        place: one number for each axis.
        lengths: those of the axes.

    >>> offset((1, 0, 2), (2, 2, 3))
    8
    """
    found = 0
    for i, length in zip(place, lengths, strict=True):
        found = found * length + i
    return found


def entry_at(value: Sized, place: Place) -> Any:
    """An entry of an array.

    Args:
        value: the array.
        place: one number for each axis.
    """
    if isinstance(value, Array):
        return value.entries[offset(place, value.lengths)]
    row, col = place
    return value[row][col]


def broadcast(sizes: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """The lengths to which arrays stretch along axes of length 1, or that they lack in front.

    Args:
        sizes: the lengths of each.

    Raises:
        ShapeError: they do not fit.
    """
    found: list[int] = []
    for size in sizes:
        own, most = [*size], max(len(size), len(found))
        own = [1] * (most - len(own)) + own
        found = [1] * (most - len(found)) + found
        if any(a != b and 1 not in (a, b) for a, b in zip(own, found, strict=True)):
            texts = [" x ".join(map(str, lengths)) for lengths in (found, size)]
            raise ShapeError(f"entrywise operands of unlike sizes: {' and '.join(texts)}")
        found = [max(pair) for pair in zip(own, found, strict=True)]
    return tuple(found)


@lru_cache
def stretched_places(lengths: tuple[int, ...], whole: tuple[int, ...]) -> list[int]:
    """Which entry of an array stands at each place of one that it is stretched to.

    Args:
        lengths: those of the array.
        whole: those that it is stretched to.

    >>> stretched_places((2, 1), (2, 3))
    [0, 0, 0, 1, 1, 1]
    """
    own = (1,) * (len(whole) - len(lengths)) + lengths
    return [
        offset([min(i, n - 1) for i, n in zip(p, own, strict=True)], own) for p in places(whole)
    ]


@lru_cache
def lines(lengths: tuple[int, ...], axes: tuple[int, ...]) -> list[list[int]]:
    """The entries along some axes, for each place of the others.

    Args:
        lengths: those of all axes.
        axes: the numbers of those to run along.

    >>> lines((2, 3), (0,))
    [[0, 3], [1, 4], [2, 5]]
    """
    found: dict[Place, list[int]] = {}
    for number, place in enumerate(places(lengths)):
        kept = tuple([0 if axis in axes else i for axis, i in enumerate(place)])
        found.setdefault(kept, []).append(number)
    return list(found.values())


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


def filled(size: tuple[int, ...], entry: Callable[[int, int], Any]) -> Table:
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


def entries(value: Sized) -> list[Any]:
    """All entries in order, the last axis fastest.

    Args:
        value: the array.
    """
    return [*value.entries] if isinstance(value, Array) else list(chain.from_iterable(value))

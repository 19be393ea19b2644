"""The axes of an operation as indices: which axes of what it takes run with which of its value."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dimderiv.codegen.plan.details import (
    Along,
    Detail,
    Ends,
    Order,
    Parts,
    Places,
    Reduction,
    Subscripts,
)
from dimderiv.language import Dim

Dims = tuple[Dim, ...]
# One index for each axis; none where entries along the axis are not taken one by one, or where
# there is one entry that meets all.
Indices = tuple[int | None, ...]


class Running(NamedTuple):
    """The indices of one operation.

    An index of the value that an argument lacks is broadcast; one that the value lacks is summed.

    Attributes:
        arguments: the indices of each argument.
        value: the indices of the value.
    """

    arguments: tuple[Indices, ...]
    value: Indices

    def place(self, argument: int, index: int) -> int | None:
        """The axis of an argument that an index runs along, if there is one."""
        indices = self.arguments[argument]
        return indices.index(index) if index in indices else None

    def is_simple(self, index: int) -> bool:
        """Whether no array has the index on two of its axes."""
        return all(each.count(index) < 2 for each in (*self.arguments, self.value))


# The indices of one operation, by its detail and the axes of its arguments and of its value.
AxisRun = Callable[[Any, Sequence[Dims], Dims], Running]


def whole(detail: Detail, arguments: Sequence[Dims], dims: Dims) -> Running:
    """No entry is taken by itself."""
    return Running(tuple([(None,) * len(axes) for axes in arguments]), (None,) * len(dims))


def broadcast(detail: Detail, arguments: Sequence[Dims], dims: Dims) -> Running:
    """Entry by entry, those of smaller arrays again and again."""

    def indices(axes: Dims) -> Indices:
        start = len(dims) - len(axes)
        return tuple(
            None if dim.is_one and not dims[start + k].is_one else start + k
            for k, dim in enumerate(axes)
        )

    return Running(tuple(map(indices, arguments)), tuple(range(len(dims))))


def multiplied(detail: Detail, arguments: Sequence[Dims], dims: Dims) -> Running:
    """Rows of the one with columns of the other."""
    first, second = map(len, arguments)
    if max(first, second) > 2:
        return whole(detail, arguments, dims)
    left, right = (-2, -1)[-first:], (-1, -3)[:second]
    return Running((left, right), tuple(i for i in left + right if i != -1))


def transposed(detail: Order, arguments: Sequence[Dims], dims: Dims) -> Running:
    """Each axis at another place."""
    every = tuple(range(len(dims)))
    return Running((tuple(map(detail.axes.index, every)),), every)


def expanded(detail: Places, arguments: Sequence[Dims], dims: Dims) -> Running:
    """Each axis among others that are there to broadcast."""
    value = tuple(k if held else None for k, held in enumerate(detail.held))
    return Running((tuple(k for k in value if k is not None),), value)


def partly(detail: Parts, arguments: Sequence[Dims], dims: Dims) -> Running:
    """Axes that are whole, among others of which a part is taken."""
    taken = {part.axis: part.step for part in detail.parts}
    indices = tuple(None if k in taken else k for k in range(len(arguments[0])))
    return Running((indices,), tuple(i for k, i in enumerate(indices) if taken.get(k, 1)))


def reduced(detail: Reduction, arguments: Sequence[Dims], dims: Dims) -> Running:
    """A letter for each axis that is kept, a number below zero for each that is summed."""
    rest, is_sum = iter(range(len(dims))), detail.function == "sum"
    indices: list[int | None] = []
    for axis in range(len(arguments[0])):
        is_kept = axis not in detail.axes
        indices.append(next(rest) if is_kept else -1 - axis if is_sum else None)
    return Running((tuple(indices),), tuple(range(len(dims))))


def batched(detail: Subscripts, arguments: Sequence[Dims], dims: Dims) -> Running:
    """As the letters say."""
    return Running((detail.left, detail.right), detail.kept)


def contracted(detail: Ends, arguments: Sequence[Dims], dims: Dims) -> Running:
    """Those that are summed together, and all others."""
    free = iter(range(sum(map(len, arguments))))
    left, right = (
        tuple(-1 - own.index(k) if k in own else next(free) for k in range(len(axes)))
        for own, axes in zip(detail, arguments, strict=True)
    )
    return Running((left, right), tuple(i for i in left + right if i >= 0))


def summed(detail: Detail, arguments: Sequence[Dims], dims: Dims) -> Running:
    """All axes of both arguments together."""
    return Running((tuple(range(len(arguments[0]))),) * 2, ())


def of_rows(detail: Along, arguments: Sequence[Dims], dims: Dims) -> Running:
    """A value for each entry, those along the axes together."""
    every = range(len(dims))
    indices = tuple(None if k in (detail.axes or every) else k for k in every)
    return Running((indices,), indices)


def reducing_rows(detail: Along, arguments: Sequence[Dims], dims: Dims) -> Running:
    """A value for all entries along the axes together."""
    if not detail.axes:
        return whole(detail, arguments, dims)
    rest = iter(range(len(dims)))
    indices = [None if k in detail.axes else next(rest) for k in range(len(arguments[0]))]
    return Running((tuple(indices),), tuple(range(len(dims))))

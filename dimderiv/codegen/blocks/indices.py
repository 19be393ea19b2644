"""The axes of an operation as indices: which axes of what it takes run with which of its value."""

from collections.abc import Sequence
from typing import NamedTuple

from dimderiv.codegen.plan import Operation

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


def running(op: Operation) -> Running:
    """The indices of an operation."""
    ranks = [argument.rank for argument in op.arguments]
    every = tuple(range(op.rank))
    match op.kind:
        case "map" | "cast":
            return Running(tuple(_broadcast(a, op) for a in op.arguments), every)
        case "matmul" if max(ranks) <= 2:
            first, second = ((-2,), (-1,)), ((-1,), (-3,))
            left = (*first[0], -1)[-ranks[0] :]
            right = (-1, *second[1])[: ranks[1]]
            return Running((left, right), tuple(i for i in left + right if i != -1))
        case "transpose":
            order = op.detail[0]
            return Running((tuple(map(order.index, range(op.rank))),), every)
        case "expand":
            places = op.detail[0]
            kept = tuple(k for k in every if places[k])
            return Running((kept,), tuple(k if places[k] else None for k in every))
        case "reduce":
            return _reduced(op, ranks[0])
        case "einsum":
            return Running(tuple(map(tuple, op.detail[0])), tuple(op.detail[1]))
        case "tensordot":
            return _tensordot(op.detail[0], ranks)
        case "inner":
            return Running((tuple(range(ranks[0])),) * 2, ())
        case "softmax" | "logsoftmax":
            indices = tuple(None if k in (op.detail or every) else k for k in every)
            return Running((indices,), indices)
        case "logsumexp" if op.detail:
            rest = iter(every)
            coupled = op.detail
            indices = tuple(None if k in coupled else next(rest) for k in range(ranks[0]))
            return Running((indices,), every)
    return Running(tuple((None,) * rank for rank in ranks), (None,) * op.rank)


def _broadcast(argument: Operation, op: Operation) -> Indices:
    start = op.rank - argument.rank
    return tuple(
        None if dim.is_one and not op.dims[start + k].is_one else start + k
        for k, dim in enumerate(argument.dims)
    )


def _reduced(op: Operation, rank: int) -> Running:
    function, axes = op.detail
    rest = iter(range(op.rank))
    # A letter for each axis that is kept, a number below zero for each that is summed.
    indices: list[int | None] = []
    for axis in range(rank):
        if axis not in axes:
            indices.append(next(rest))
        else:
            indices.append(-1 - axis if function == "sum" else None)
    return Running((tuple(indices),), tuple(range(op.rank)))


def _tensordot(axes: Sequence[Sequence[int]], ranks: Sequence[int]) -> Running:
    free = iter(range(sum(ranks)))
    left, right = (
        tuple(-1 - own.index(k) if k in own else next(free) for k in range(rank))
        for own, rank in zip(axes, ranks, strict=True)
    )
    return Running((left, right), tuple(i for i in left + right if i >= 0))

"""Whether a loop over blocks of rows is worth its lines, by an estimate of time and traffic."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dimderiv.codegen.blocks import Blocking, blockings, is_of_input, shown
from dimderiv.codegen.cost import CALL, ENTRY, Sizes, cost_of
from dimderiv.codegen.plan import LEAVES, VIEWS, Operation
from dimderiv.shapes import ONE, Dim

# What it costs to bring an entry from beyond the caches, in the units of `cost`.
TRAFFIC = 12
# How long the axis is for which the estimate is made, and the entries of a block.
LONG, BLOCK = 20_000, 1 << 16
# So many entries of one array are looked for in the caches.
FROM = 1 << 21
# A longer function has to be so many times faster.
GAIN = 1.15
# Helper functions that go over their argument so often.
PASSES = {"softmax": 4, "logsoftmax": 4, "logsumexp": 3}


@dataclass(frozen=True)
class Choice:
    """A loop that is worth it.

    Attributes:
        blocking: what is computed in it.
        largest: the sizes of the largest array that it cuts, the rows first.
        width: how many entries of a row are in use at a time.
        gain: how many times faster it is than the operations one by one, by the estimate.
    """

    blocking: Blocking
    largest: tuple[Dim, ...]
    width: Dim
    gain: float


def best_blocking(
    outputs: Sequence[Operation], readable: Collection[str], given: Mapping[str, int] | None = None
) -> Choice | None:
    """The best way to evaluate block by block, where one is worth it.

    Args:
        outputs: what is computed.
        readable: the named sizes that the function can read off what it is given.
        given: a number for each named size, if they are known.
    """
    choices = [
        choice
        for each in blockings(outputs)
        if (choice := _weighed(each, set(readable), given)) is not None
    ]
    best = max(choices, key=lambda choice: choice.gain, default=None)
    return best if best and best.gain >= GAIN else None


def _weighed(
    blocking: Blocking, readable: set[str], given: Mapping[str, int] | None
) -> Choice | None:
    long = dict.fromkeys(blocking.count.names, LONG)
    sizes = Sizes(long if given is None else given)
    arrays = cut_arrays(blocking)
    largest = max(arrays, key=sizes.entries)
    width = _width(blocking, arrays, sizes)
    made = [dim for op in (*blocking.sums, *blocking.stored) for dim in op.dims]
    if any(not dim.names <= readable for dim in (blocking.count, width, *largest, *made)):
        return None
    plain = sum(_cost(op, sizes) + _traffic(op, sizes) for op in blocking.order)
    blocks = max(1.0, sizes[blocking.count] * sizes[width] / BLOCK)
    loops = _loops_cost(blocking, sizes, blocks)
    return Choice(blocking, largest, width, plain / loops)


def cut_arrays(blocking: Blocking) -> list[tuple[Dim, ...]]:
    """The sizes of the arrays that are cut, the rows first.

    Args:
        blocking: what is computed in loops.
    """
    found: dict[tuple[Operation, int], None] = dict.fromkeys(
        each for loop in range(1, blocking.loops + 1) for each in _read(blocking, loop)
    )
    found |= dict.fromkeys((op, axis) for op, axis in blocking.axes.items() if op.kind not in VIEWS)
    return [(op.dims[k], *op.dims[:k], *op.dims[k + 1 :]) for op, k in found]


def _width(blocking: Blocking, arrays: Sequence[tuple[Dim, ...]], sizes: Sizes) -> Dim:
    widest = max(arrays, key=sizes.entries)
    width = ONE
    for dim in widest[1:]:
        width = width * dim
    return width


def _read(blocking: Blocking, loop: int) -> list[tuple[Operation, int]]:
    """The arrays of which a loop reads blocks, and the axes along which they are cut."""
    found = []
    for op in blocking.within(loop):
        for part, axis in blocking.parts(op):
            if axis is None:
                continue
            if is_of_input(part):
                cut = shown(part, axis)
                assert cut is not None
                found.append(cut)
            elif part not in blocking.axes or blocking.is_kept(part, loop):
                found.append((part, axis))
    return list(dict.fromkeys(found))


def _loops_cost(blocking: Blocking, sizes: Sizes, blocks: float) -> float:
    whole = [op for op in blocking.order if op not in blocking.loop]
    total = sum(_cost(op, sizes) + _traffic(op, sizes) for op in whole)
    for loop in range(1, blocking.loops + 1):
        total += TRAFFIC * sum(sizes.entries(op.dims) for op, _ in _read(blocking, loop))
        for op in blocking.within(loop):
            total += _cost(op, sizes) + (blocks - 1) * CALL
            for part, axis in blocking.parts(op):
                entries = sizes.entries(part.dims)
                total += TRAFFIC * blocks * entries * (axis is None and entries > BLOCK)
        for op in blocking.targets(loop):
            entries = sizes.entries(op.dims)
            total += CALL * blocks
            total += (TRAFFIC if op in blocking.axes else ENTRY * blocks) * entries
    return total


def _cost(op: Operation, sizes: Sizes) -> float:
    return cost_of(op.kind, op.detail, tuple(a.dims for a in op.arguments), op.dims, sizes)


def _traffic(op: Operation, sizes: Sizes) -> float:
    """The entries that an operation reads and writes, where nothing of them is in the caches."""
    if op.kind in LEAVES or op.kind in VIEWS:
        return 0
    arrays = [op.dims, *(argument.dims for argument in op.arguments)]
    entries = sum(sizes.entries(dims) for dims in arrays if dims)
    return TRAFFIC * PASSES.get(op.kind, 1) * entries

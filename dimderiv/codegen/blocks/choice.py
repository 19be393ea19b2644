"""Whether a loop over blocks of rows is worth its lines, by an estimate of time and traffic."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce

from dimderiv.codegen.blocks.blocks import Blocking, blockings, is_of_input, shown
from dimderiv.codegen.plan import CALL, ENTRY, LARGE, Operation, Sizes, beneath_views
from dimderiv.language import ONE, Dim, frozen

# What it costs to bring an entry from beyond the caches, in the units of `cost`.
TRAFFIC = 12
# How long an axis is for which the estimate is made, and the gain for which the function may become
# longer, by each loop.
LONG, GAIN = 1 << 15, 1.15
MOST_LOOPS = 2
# The entries of a block, and its rows at least, as the helper function has it.
BLOCK, ROWS = 1 << 16, 16
# The entries of an array from which on it is cut: where a block is only read again, when the array
# leaves the caches; where matrices are multiplied, when there are blocks.
BEYOND_CACHES, SEVERAL_BLOCKS = 1 << 21, 1 << 18


@frozen.record
class Choice:
    """A loop that is worth it.

    Attributes:
        blocking: what is computed in it.
        width: how many entries there are for each row.
        kept: the entries that stay in the cache beside a block.
        gain: how many times faster it is than the operations one by one, by the estimate.
    """

    blocking: Blocking
    width: Dim
    kept: Dim
    gain: float

    @property
    def start(self) -> int:
        """How many entries have to be cut for it to be worth it."""
        products = [op for op in self.blocking.loop if op.kind == "matmul" and op.rank == 2]
        return SEVERAL_BLOCKS if products else BEYOND_CACHES

    @property
    def most(self) -> tuple[Dim, int]:
        """What has to be smaller than what for it to be worth it."""
        is_small = _degree(self.kept) <= _degree(self.width)
        return (self.width, BLOCK // ROWS) if is_small else (self.kept, BLOCK)

    def fits(self, sizes: Sizes) -> bool:
        """Whether it is worth it at certain sizes.

        Args:
            sizes: the sizes.
        """
        less, more = self.most
        return sizes[self.blocking.count * self.width] > self.start and sizes[less] < more


def best_blocking(
    outputs: Sequence[Operation],
    readable: Collection[str],
    given: Mapping[str, int] | None = None,
    is_used: Callable[[Sizes], bool] = lambda _: True,
) -> Choice | None:
    """The best way to evaluate block by block, where one is worth it.

    Args:
        outputs: what is computed.
        readable: the named sizes that the function can read off what it is given.
        given: a number for each named size, if they are known.
        is_used: whether the function computes them in this way at certain sizes.
    """
    choices = [
        _weighed(each, given)
        for each in blockings(outputs)
        if each.sums
        and each.loops <= MOST_LOOPS
        and max(map(len, cut_arrays(each))) > 1
        and not _is_strided(each)
        and _names(each) <= set(readable)
    ]
    best = max(choices, key=lambda choice: choice.gain, default=None)
    if best is None or best.gain < GAIN**best.blocking.loops:
        return None
    every = [given] if given is not None else [_long(best.blocking, size) for size in (LARGE, LONG)]
    fits = any(best.fits(sizes) and is_used(sizes) for sizes in map(Sizes, every))
    return best if fits else None


def _long(blocking: Blocking, size: int) -> Mapping[str, int]:
    """Sizes at which the axis that is cut is long."""
    return dict.fromkeys(blocking.count.names, size)


def _names(blocking: Blocking) -> set[str]:
    """The named sizes that occur in the text of the loops."""
    arrays = [*cut_arrays(blocking), *(op.dims for op in (*blocking.sums, *blocking.stored))]
    return {name for dims in arrays for dim in dims for name in dim.names}


def _weighed(blocking: Blocking, given: Mapping[str, int] | None) -> Choice:
    sizes = Sizes(_long(blocking, LONG) if given is None else given)
    width = _width(blocking)
    plain = sum(op.cost(sizes) + _traffic(op, sizes) for op in blocking.order)
    rows = max(ROWS, BLOCK // sizes[width])
    gain = plain / _loops_cost(blocking, sizes, rows)
    kept = _sum_of_longest(dict.fromkeys(map(_product, _whole(blocking))))
    return Choice(blocking, width, kept, gain)


def _width(blocking: Blocking) -> Dim:
    """The entries of a row of every array that is read, and of one temporary of any other size."""
    rows = [_row(op, axis) for op, axis in _every_read(blocking)]
    made = {_row(op, axis) for op, axis in blocking.axes.items() if not op.is_view}
    return _sum_of_longest([*rows, *sorted(made - set(rows), key=str)])


def _row(op: Operation, axis: int) -> Dim:
    return _product((*op.dims[:axis], *op.dims[axis + 1 :]))


def _sum_of_longest(entries: Collection[Dim]) -> Dim:
    """The sum of counts, of which those with fewer factors hardly matter."""
    most = max(map(_degree, entries), default=0)
    return reduce(Dim.__add__, (each for each in entries if _degree(each) == most), Dim.of(0))


def _degree(dim: Dim) -> int:
    return max((len(names) for names, _ in dim.monomials), default=0)


def _product(dims: Sequence[Dim]) -> Dim:
    return reduce(Dim.__mul__, dims, ONE)


def _whole(blocking: Blocking) -> list[tuple[Dim, ...]]:
    """The sizes of the arrays that each block meets as a whole, and of the sums."""
    parts = [part for op in blocking.loop for part in blocking.parts(op)]
    return [part.dims for part, axis in parts if axis is None] + [op.dims for op in blocking.sums]


def _is_strided(blocking: Blocking) -> bool:
    """Whether a few columns of an array are gone through entry by entry, which is slow."""
    products = ("matmul", "tensordot")
    entrywise = [op for op in blocking.loop if op.kind not in products and not op.is_view]
    for op in entrywise:
        for part, axis in blocking.parts(op):
            cut = shown(part, axis) if axis is not None and is_of_input(part) else None
            if cut and 0 < cut[1] == cut[0].rank - 1:
                return True
    return False


def cut_arrays(blocking: Blocking) -> list[tuple[Dim, ...]]:
    """The sizes of the arrays that are cut, the rows first."""
    made = ((op, axis) for op, axis in blocking.axes.items() if not op.is_view)
    found = dict.fromkeys((*_every_read(blocking), *made))
    return [(op.dims[k], *op.dims[:k], *op.dims[k + 1 :]) for op, k in found]


def _every_read(blocking: Blocking) -> dict[tuple[Operation, int], None]:
    """The arrays of which some loop reads blocks, each once."""
    loops = range(1, blocking.loops + 1)
    return dict.fromkeys(each for loop in loops for each in _read(blocking, loop))


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


def _loops_cost(blocking: Blocking, sizes: Sizes, rows: int) -> float:
    blocks = max(1.0, sizes[blocking.count] / rows)
    outside = [op for op in blocking.order if op not in blocking.loop]
    total = sum(op.cost(sizes) + _traffic(op, sizes) for op in outside)
    for loop in range(1, blocking.loops + 1):
        total += TRAFFIC * sum(sizes.entries(op.dims) for op, _ in _read(blocking, loop))
        for op in blocking.within(loop):
            total += op.cost(sizes) + (blocks - 1) * CALL
            whole = [sizes.entries(part.dims) for part, axis in blocking.parts(op) if axis is None]
            total += TRAFFIC * blocks * sum(entries for entries in whole if entries > BLOCK)
        for op in blocking.targets(loop):
            each = TRAFFIC if op in blocking.axes else ENTRY * blocks
            total += CALL * blocks + each * sizes.entries(op.dims)
    return total


def _traffic(op: Operation, sizes: Sizes) -> float:
    """The entries that an operation reads and writes, where nothing of them is in the caches."""
    if op.is_leaf or op.is_view:
        return 0
    read = dict.fromkeys(map(beneath_views, op.arguments))
    arrays = [op.dims, *(argument.dims for argument in read)]
    entries = sum(sizes.entries(dims) for dims in arrays if dims)
    return TRAFFIC * op.traits.passes * entries

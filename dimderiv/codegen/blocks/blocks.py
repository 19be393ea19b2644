"""Which operations can be evaluated block by block along one axis.

Where a long axis is only summed over, a block of rows can stay in the cache while all is done with
it.  From an array that is cut along an axis follows what else is cut: each operation is computed
for the rows of a block, or summed over the blocks, or it needs whole arrays.  What needs a sum over
all blocks comes after the loop, perhaps in another loop.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dimderiv.codegen.plan import MOST_OPERATIONS, Operation, Running, reachable
from dimderiv.language import Dim

MOST_TRIALS = 40


@dataclass
class Blocking:
    """The part that each operation has in loops over blocks of rows.

    Loops are numbered from 1.  A value that is whole is known after some number of them.

    Attributes:
        outputs: what is computed.
        source: the array that is cut.
        cut: the axis along which it is cut.
        forced: values that are to be cut along an axis, since others need a block of them.
        axes: for each value that is computed block by block the axis along which it is cut.
        sums: the values that are summed over the blocks.
        index: for both kinds the index of the operation that runs along the rows.
        loop: for both kinds the loop in which they are computed.
        known: for each whole value after how many loops it is known.
        stored: the values that are computed block by block and kept.
        demanded: whole values of which a block is needed, and the axis.
    """

    outputs: Sequence[Operation]
    source: Operation
    cut: int
    forced: dict[Operation, int]
    axes: dict[Operation, int] = field(default_factory=dict)
    sums: list[Operation] = field(default_factory=list)
    index: dict[Operation, int] = field(default_factory=dict)
    loop: dict[Operation, int] = field(default_factory=dict)
    known: dict[Operation, int] = field(default_factory=dict)
    stored: list[Operation] = field(default_factory=list)
    demanded: dict[Operation, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.order = list(reachable(self.outputs))
        self._running: dict[Operation, Running] = {}
        self._within: dict[int, list[Operation]] = {}
        for op in self.order:
            self._place(op)
        self._store()

    @property
    def count(self) -> Dim:
        """How many rows there are."""
        return self.source.dims[self.cut]

    @property
    def loops(self) -> int:
        """How many loops there are."""
        return max(self.loop.values(), default=0)

    def running(self, op: Operation) -> Running:
        """The indices of an operation."""
        found = self._running.get(op)
        if found is None:
            found = self._running[op] = op.running()
        return found

    def parts(self, op: Operation) -> Iterator[tuple[Operation, int | None]]:
        """The arguments of an operation, each with the axis along which a block of it is taken.

        Args:
            op: the operation.
        """
        found, index = self.running(op), self.index.get(op)
        for k, argument in enumerate(op.arguments):
            yield argument, None if index is None else found.place(k, index)

    def targets(self, loop: int) -> list[Operation]:
        """What a loop is there for: sums, and values that are kept.

        Args:
            loop: the number of the loop.
        """
        wanted = {*self.sums, *self.stored}
        return [op for op in self.order if op in wanted and self.loop[op] == loop]

    def within(self, loop: int) -> list[Operation]:
        """The operations that are computed in the body of a loop, in order.

        Args:
            loop: the number of the loop.
        """
        if loop not in self._within:
            found, waiting = set[Operation](), self.targets(loop)
            while waiting:
                op = waiting.pop()
                if op not in found:
                    found.add(op)
                    waiting += [
                        part
                        for part, axis in self.parts(op)
                        if axis is not None and part in self.axes and not self.is_kept(part, loop)
                    ]
            self._within[loop] = [op for op in self.order if op in found]
        return self._within[loop]

    def is_kept(self, op: Operation, loop: int) -> bool:
        """Whether a loop finds a value that an earlier one has kept.

        Args:
            op: a value that is computed block by block.
            loop: the number of the loop.
        """
        return op in self.stored and self.loop[op] < loop

    def _place(self, op: Operation) -> None:
        """Find the part of one operation; those of its arguments are known."""
        if op.is_leaf or is_of_input(op):
            self.known[op] = 0
            return
        for index in self._proposed(op):
            demanded = self._demanded(op, index)
            if demanded is not None:
                self.demanded |= demanded
                self._cut(op, index)
                return
        self.known[op] = max((self._known_whole(a) for a in op.arguments), default=0)

    def _cut(self, op: Operation, index: int) -> None:
        self.index[op] = index
        loop = 1
        for part, axis in self.parts(op):
            if axis is None:
                loop = max(loop, self._known_whole(part) + 1)
            elif part in self.axes:
                loop = max(loop, self.loop[part])
        self.loop[op] = loop
        value = self.running(op).value
        if index in value:
            self.axes[op] = value.index(index)
        else:
            self.sums.append(op)
            self.known[op] = loop

    def _known_whole(self, op: Operation) -> int:
        return self.loop[op] if op in self.axes else self.known[op]

    def _proposed(self, op: Operation) -> list[int]:
        """The indices of an operation that may run along the rows."""
        found = self.running(op)
        proposed = [found.value[self.forced[op]]] if op in self.forced else []
        for k, argument in enumerate(op.arguments):
            axis = self.axes.get(argument)
            if is_of_input(argument):
                axis = self._cut_view(argument)
            if axis is not None:
                proposed.append(found.arguments[k][axis])
        return [i for i in dict.fromkeys(proposed) if i is not None and found.is_simple(i)]

    def _cut_view(self, view: Operation) -> int | None:
        """The axis of a view of an input along which rows lie, if it shows the source."""
        axes = [k for k in range(view.rank) if shown(view, k) == (self.source, self.cut)]
        return axes[0] if axes else None

    def _demanded(self, op: Operation, index: int) -> dict[Operation, int] | None:
        """The whole values of which blocks are needed too; nothing where it cannot be."""
        found: dict[Operation, int] = {}
        for k, argument in enumerate(op.arguments):
            axis = self.running(op).place(k, index)
            if axis is None:
                if argument in self.axes and argument.is_truth:
                    return None
            elif is_of_input(argument):
                if shown(argument, axis) is None:
                    return None
            elif argument in self.axes:
                if self.axes[argument] != axis:
                    return None
            elif self.known[argument]:
                return None
            else:
                found[argument] = axis
        return found

    def _store(self) -> None:
        """Find the values that are kept: they are needed whole, or again in a later loop."""
        whole = [part for op in self.order for part, axis in self.parts(op) if axis is None]
        needed = {op for op in (*self.outputs, *whole) if op in self.axes}
        self.stored = [op for op in self.order if op in needed]
        for loop in range(self.loops, 0, -1):
            waiting = self.targets(loop)
            while waiting:
                for part, axis in self.parts(waiting.pop()):
                    if axis is None or part not in self.axes or self.is_kept(part, loop):
                        continue
                    if self.loop[part] < loop and not is_cheap(part):
                        self.stored.append(part)
                    else:
                        waiting.append(part)


def blockings(outputs: Sequence[Operation]) -> Iterator[Blocking]:
    """The ways to evaluate block by block: one for each axis of an input."""
    order = list(reachable(outputs))
    if len(order) > MOST_OPERATIONS:
        return
    known = set[tuple[Operation, int | None]]()
    for source in sorted(order, key=lambda op: -op.rank):
        for axis in range(source.rank) if source.kind == "input" else ():
            if (source, axis) not in known:
                found = blocking(outputs, source, axis)
                if found is not None and found.loops:
                    known.update(part for op in found.loop for part in found.parts(op))
                    yield found


def blocking(outputs: Sequence[Operation], source: Operation, cut: int) -> Blocking | None:
    """What follows where an input is cut along an axis.

    A value of which a block is needed is computed block by block too, if that can be.
    """
    forced: dict[Operation, int] = {}
    refused = set[Operation]()
    for _ in range(MOST_TRIALS):
        found = Blocking(outputs, source, cut, forced)
        failed = {op for op, axis in forced.items() if found.axes.get(op) != axis}
        wanted = {
            op: axis for op, axis in found.demanded.items() if op not in refused | found.axes.keys()
        }
        if not failed and not wanted:
            return None if any(op.is_truth for op in found.stored) else found
        refused |= failed
        forced = {op: axis for op, axis in {**wanted, **forced}.items() if op not in refused}
    return None


def is_of_input(op: Operation) -> bool:
    """Whether a value is an input, or a view of one: it may be used whole and in blocks.

    Args:
        op: the operation.
    """
    while op.is_plain_view:
        op = op.arguments[0]
    return op.kind == "input"


def shown(view: Operation, axis: int) -> tuple[Operation, int] | None:
    """The input and its axis that an axis of a view shows."""
    while view.kind != "input":
        found = view.running()
        index = found.value[axis]
        if index is None:
            return None
        place = found.place(0, index)
        assert place is not None
        view, axis = view.arguments[0], place
    return view, axis


def is_cheap(op: Operation) -> bool:
    """Whether a value is sooner computed again than written and read."""
    return op.is_arithmetic or op.is_view or op.kind == "cast"

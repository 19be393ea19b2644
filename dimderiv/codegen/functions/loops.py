"""The statements of a function that goes over its arrays block by block."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dimderiv.codegen.blocks import Blocking, Choice, is_of_input
from dimderiv.codegen.functions.statements import Statements
from dimderiv.codegen.plan import Operation, beneath_views, details, reachable
from dimderiv.codegen.targets import SIGN, Identifiers, Text, Writer, commented, indented
from dimderiv.language import Dim

# What stands for the size of a block among the axes of an array.
ROWS = Dim.of("rows")


@dataclass(eq=False)
class Loops:
    """The lines of one function with its loops.

    Args:
        choice: what is computed block by block.
        titles: a name for each output.
        names: the names that the user gave to values.
        writer: writes single operations.
        identifiers: the names of Python that are taken.
    """

    choice: Choice
    titles: Sequence[str]
    names: Mapping[Operation, str]
    writer: Writer
    identifiers: Identifiers

    def __post_init__(self) -> None:
        self.blocking: Blocking = self.choice.blocking
        self.rows = self.identifiers.new("rows")
        self.lines: list[str] = []
        self.variables: dict[Operation, str] = {}
        for loop in range(1, self.blocking.loops + 1):
            self._before(loop)
            self._loop(loop)

    def rest(self) -> Statements:
        """The statements after the last loop."""
        filled = [op for op in (*self.blocking.sums, *self.blocking.stored) if op.dims]
        filled = [op for op in filled if op not in self.names]
        return self._statements(self.blocking.outputs, filled)

    def _statements(
        self, outputs: Sequence[Operation], owned: Collection[Operation] = ()
    ) -> Statements:
        titles, known = self._titles(outputs), self.variables
        return Statements(outputs, titles, self.names, self.writer, self.identifiers, known, owned)

    def _titles(self, ops: Sequence[Operation]) -> list[str]:
        titles = dict(zip(self.blocking.outputs, self.titles, strict=False))
        return [titles.get(op, "") for op in ops]

    def _before(self, loop: int) -> None:
        """Compute the whole values that a loop needs, and those of their parts that others need."""
        wanted = dict.fromkeys(beneath_views(op) for op in self._whole_parts(loop))
        parts = set(reachable(wanted, self.variables))
        shared = (
            part
            for op in self.blocking.order
            if op not in parts
            for part in map(beneath_views, op.arguments)
            if part in parts
        )
        outputs = [op for op in dict.fromkeys((*wanted, *shared)) if not op.is_leaf]
        if outputs:
            statements = self._statements(outputs)
            for op in outputs:
                statements.hold(op)
            self.lines += statements.lines
            self.variables |= {op: statements.variables[op] for op in outputs}

    def _whole_parts(self, loop: int) -> list[Operation]:
        """What the body of a loop takes that is not computed in it."""
        blocking = self.blocking
        return [
            part
            for op in blocking.within(loop)
            for part, axis in blocking.parts(op)
            if not is_of_input(part) and (axis is None or part not in blocking.axes)
        ]

    def _loop(self, loop: int) -> None:
        blocking = self.blocking
        targets = blocking.targets(loop)
        variables = {op: self._declared(op) for op in targets}
        width = self.writer.size(self.choice.width).text
        count = self.writer.size(blocking.count).text
        helper = self.writer.helper("blocks")
        self.lines.append(f"for {self.rows} in {helper}({count}, {width}):")
        body = Body(blocking, loop, self.rows)
        parts = [body.part(op) for op in targets]
        names = {body.part(op): self.names[op] for op in blocking.within(loop) if op in self.names}
        statements = Statements(
            parts, [], names, self.writer, self.identifiers.copy(), self.variables
        )
        pairs = zip(targets, parts, strict=True)
        sums = [self._collected(op, variables[op], statements.text(part)) for op, part in pairs]
        lines = [*statements.lines, *sums]
        self.lines += indented(lines)
        self.variables |= variables

    def _declared(self, op: Operation) -> str:
        """A new variable that what the blocks give is collected in."""
        title = self.names.get(op) or self._title(op)
        if title and title not in self.identifiers.taken:
            variable = self.identifiers.new(title)
        else:
            variable = self.identifiers.temporary(set(self.names.values()))
        array = self.writer.array(op.dims, is_zero=op not in self.blocking.axes)
        self.lines.append(commented(f"{variable} = {array}", op.dims))
        return variable

    def _title(self, op: Operation) -> str:
        """The name of the output that a value is, or that it becomes by arithmetic alone."""
        while op not in self.blocking.outputs:
            users = [user for user in self.blocking.order if op in user.arguments]
            if len(users) != 1 or users[0].kind != "map" or users[0].dims != op.dims:
                return ""
            op = users[0]
        return self._titles([op])[0]

    def _collected(self, op: Operation, variable: str, text: Text) -> str:
        if op in self.blocking.axes:
            return f"{sliced(variable, self.blocking.axes[op], self.rows)} = {text.text}"
        if text.level == SIGN:
            return f"{variable} -= {text.text.removeprefix('-')}"
        return f"{variable} += {text.text}"


@dataclass(eq=False)
class Body:
    """The operations in the body of a loop, which take blocks.

    Args:
        blocking: what is computed in loops.
        loop: the number of the loop.
        rows: the variable that holds the rows of a block.
    """

    blocking: Blocking
    loop: int
    rows: str
    _made: dict[tuple[Operation, int | None], Operation] = field(default_factory=dict)

    def part(self, op: Operation) -> Operation:
        """What an operation is for one block."""
        return self._of_block(op, self.blocking.axes.get(op))

    def _of_block(self, op: Operation, axis: int | None) -> Operation:
        if (op, axis) not in self._made:
            self._made[op, axis] = self._new(op, axis)
        return self._made[op, axis]

    def _new(self, op: Operation, axis: int | None) -> Operation:
        """An operation that is computed for a block, or that takes one of an array that is there.

        Of an input a block is taken once, for all views of it.
        """
        dims = tuple(ROWS if k == axis else dim for k, dim in enumerate(op.dims))
        parts = self.blocking.parts(op)
        if axis is not None and not self._is_computed(op):
            if op.kind == "input" or not is_of_input(op):
                return Operation("rows", details.Block(axis, self.rows), (op,), dims)
            running = self.blocking.running(op)
            index = running.value[axis]
            parts = iter([(op.arguments[0], None if index is None else running.place(0, index))])
        arguments = [part if at is None else self._of_block(part, at) for part, at in parts]
        return Operation(op.kind, op.detail, tuple(arguments), dims)

    def _is_computed(self, op: Operation) -> bool:
        return op in self.blocking.axes and not self.blocking.is_kept(op, self.loop)


def sliced(variable: str, axis: int, rows: str) -> str:
    """The text of a block of an array."""
    return f"{variable}[{':, ' * axis}{rows}]"

"""The statements of a function: what is computed in which order, and under which names.

What is needed once stands where it is needed; what is needed again, has a name of the user's, or is
a large array that the next operation may overwrite, gets a line of its own.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from dimderiv.codegen.identifiers import Identifiers
from dimderiv.codegen.plan import LEAVES, VIEWS, Operation, reachable
from dimderiv.codegen.text import Text
from dimderiv.codegen.writer import Writer

WIDTH = 88
IN_PLACE = frozenset({"+", "-", "*", "/"})
# Operations whose value is an array of its own, which nobody else holds.
FRESH = frozenset({"matmul", "map", "einsum", "tensordot", "softmax", "logsoftmax", "scatter"})


class Statements:
    """The lines of one function.

    Args:
        outputs: what the function returns.
        titles: a name for each output, where it gets a line of its own.
        names: the names that the user gave to values.
        writer: writes single operations.
        identifiers: the names of Python that are taken.
        given: the variables of operations that are computed already.
        owned: those of them whose arrays nobody else needs, so that they may be overwritten.
    """

    def __init__(
        self,
        outputs: Sequence[Operation],
        titles: Sequence[str],
        names: Mapping[Operation, str],
        writer: Writer,
        identifiers: Identifiers,
        given: Mapping[Operation, str] | None = None,
        owned: Collection[Operation] = (),
    ) -> None:
        self.outputs = outputs
        self.names = names
        self.titles = dict(zip(outputs, titles, strict=False))
        self.writer = writer
        self.identifiers = identifiers
        self.lines: list[str] = []
        self.variables: dict[Operation, str] = dict(given or {})
        self._owned = owned
        order = list(reachable(outputs, self.variables))
        self._uses = _uses(order, outputs)
        self._reserved = set(names.values())
        self._overwritten = {base for op in order if (base := self._base(op)) is not None}
        for op in order:
            if self._has_line(op):
                self._assign(op)

    def text(self, op: Operation) -> Text:
        """The text of an operation: its variable, or its expression."""
        if op in self.variables:
            return Text(self.variables[op])
        return self.writer.written(op, [self.text(argument) for argument in op.arguments])

    def hold(self, op: Operation) -> None:
        """Give what is returned a line of its own.

        Args:
            op: the operation.
        """
        if op not in self.variables and op.kind not in LEAVES:
            self._assign(op)

    def _has_line(self, op: Operation) -> bool:
        if op.kind in LEAVES or op.kind in VIEWS or op in self._overwritten:
            return False
        if op.kind == "scatter":
            return not _is_diagonal(op)
        if op in self.names or self._uses[op] > 1:
            return True
        return self._base(op) is not None

    def _assign(self, op: Operation) -> None:
        wanted = self.names.get(op) or self.titles.get(op)
        variable = self._overwritten_variable(op) or (
            self.identifiers.new(wanted) if wanted else self.identifiers.temporary(self._reserved)
        )
        self._fill(op, variable)
        self.variables[op] = variable

    def _overwritten_variable(self, op: Operation) -> str | None:
        """The variable of a given array that the value overwrites."""
        base: Operation | None = op
        while base is not None and base not in self.variables:
            base = self._base(base)
        return None if base is None else self.variables[base]

    def _fill(self, op: Operation, variable: str) -> None:
        """Lines after which the variable holds the value."""
        if op in self.variables:
            return
        if op.kind == "scatter" and not _is_diagonal(op):
            self._scatter(op, variable)
            return
        base = self._base(op)
        if base is None:
            self._line(op, variable)
            return
        other = next(a for a in op.arguments if a is not base)
        text = self.text(other).text
        self._fill(base, variable)
        operator = op.detail[0]
        self.lines.append(f"{variable} {operator}= {text}")

    def _line(self, op: Operation, variable: str) -> None:
        parts = [self.text(argument) for argument in op.arguments]
        text = self.writer.written(op, parts).text
        if len(variable) + len(text) > WIDTH:
            longest = max(op.arguments, key=lambda a: len(self.text(a).text), default=op)
            inner = _beneath_views(longest)
            if inner.kind not in LEAVES and inner not in self.variables and inner is not op:
                self._assign(inner)
                self._line(op, variable)
                return
        dims = " x ".join(map(str, op.dims)) or "scalar"
        self.lines.append(f"{variable} = {text}  # {dims}")

    def _scatter(self, op: Operation, variable: str) -> None:
        """Put values on a diagonal of an array, or add them to what is there."""
        *base, part = op.arguments
        before = None
        if base and self._base(op) is not None:
            self._fill(base[0], variable)
            before = Text(variable)
        elif base:
            before = self.text(base[0])
        self.lines += self.writer.scattered(variable, before, op, self.text(part))

    def _is_free(self, op: Operation) -> bool:
        is_new = op.kind in FRESH and op not in self.variables and op not in self.names
        return (is_new or op in self._owned) and self._uses[op] == 1

    def _base(self, op: Operation) -> Operation | None:
        """The argument of an operation that its value may overwrite."""
        if not self.writer.overwrites:
            return None
        if op.kind == "scatter" and len(op.arguments) == 2:
            return op.arguments[0] if self._is_free(op.arguments[0]) else None
        if op.kind != "map" or op.detail[0] not in IN_PLACE or op.rank < 2:
            return None
        places = op.arguments if op.detail[0] in "+*" else op.arguments[:1]
        for argument in places:
            is_whole = argument.dims == op.dims and not argument.is_truth
            if is_whole and self._is_free(argument) and not _is_diagonal(argument):
                return argument
        return None


def _uses(order: Sequence[Operation], outputs: Sequence[Operation]) -> Counter[Operation]:
    """How often each value is needed; a view passes its uses on to what it shows."""
    uses = Counter(outputs)
    for op in reversed(order):
        times = uses[op] if op.kind in VIEWS else 1
        for argument in op.arguments:
            uses[argument] += times
    return uses


def _beneath_views(op: Operation) -> Operation:
    while op.kind in VIEWS:
        op = op.arguments[0]
    return op


def _is_diagonal(op: Operation) -> bool:
    """Whether the value is the diagonal matrix of a vector, for which numpy has a function."""
    return op.kind == "scatter" and op.rank == 2 and len(op.arguments) == 1

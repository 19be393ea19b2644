"""The statements of a function: what is computed in which order, and under which names.

What is needed once stands where it is needed; what is needed again, has a name of the user's, or is
a large array that the next operation may overwrite, gets a line of its own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from dimderiv.codegen.identifiers import Identifiers
from dimderiv.codegen.plan import LEAVES, VIEWS, Operation, reachable
from dimderiv.codegen.text import Text
from dimderiv.codegen.writer import Writer

WIDTH = 88
# What the name of a part may take of the width.
NAME = 5
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
    """

    def __init__(
        self,
        outputs: Sequence[Operation],
        titles: Sequence[str],
        names: Mapping[Operation, str],
        writer: Writer,
        identifiers: Identifiers,
        given: Mapping[Operation, str] | None = None,
    ) -> None:
        self.outputs = outputs
        self.names = names
        self.titles = dict(zip(outputs, titles, strict=False))
        self.writer = writer
        self.identifiers = identifiers
        self.lines: list[str] = []
        self.variables: dict[Operation, str] = dict(given or {})
        order = list(reachable(outputs, self.variables))
        self._uses = _uses(order, outputs)
        self._reserved = set(names.values())
        self._overwritten = {base for op in order if (base := self._base(op)) is not None}
        self._texts: dict[Operation, Text] = {}
        for op in order:
            if self._has_line(op):
                self._assign(op)
            elif op not in self._overwritten and op.kind not in VIEWS:
                self._shorten(op)

    def text(self, op: Operation) -> Text:
        """The text of an operation: its variable, or its expression."""
        if op in self.variables:
            return Text(self.variables[op])
        known = self._texts.get(op)
        if known is None:
            parts = [self.text(argument) for argument in op.arguments]
            known = self._texts[op] = self.writer.written(op, parts)
        return known

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
        variable = (
            self.identifiers.new(wanted) if wanted else self.identifiers.temporary(self._reserved)
        )
        self._fill(op, variable)
        self.variables[op] = variable

    def _fill(self, op: Operation, variable: str) -> None:
        """Lines after which the variable holds the value."""
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
        if len(variable) + len(text) > WIDTH and self._name_longest(op):
            self._line(op, variable)
            return
        dims = " x ".join(map(str, op.dims)) or "scalar"
        self.lines.append(f"{variable} = {text}  # {dims}")

    def _shorten(self, op: Operation) -> None:
        """Give parts of a value that has no line itself lines where its text is too long for one.

        Done from the leaves up, no text grows long, and no sum of many terms goes deep.
        """
        while len(self.text(op).text) + NAME > WIDTH and self._name_longest(op):
            del self._texts[op]

    def _name_longest(self, op: Operation) -> bool:
        """Give the argument with the longest text a line of its own, if it has none."""
        inner = longest = max(op.arguments, key=lambda a: len(self.text(a).text), default=op)
        while inner.kind in VIEWS:
            inner = inner.arguments[0]
        if inner.kind in LEAVES or inner in self.variables or inner is op:
            return False
        self._assign(inner)
        while longest is not inner:
            self._texts.pop(longest, None)
            longest = longest.arguments[0]
        return True

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
        return is_new and self._uses[op] == 1

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


def _is_diagonal(op: Operation) -> bool:
    """Whether the value is the diagonal matrix of a vector, for which numpy has a function."""
    return op.kind == "scatter" and op.rank == 2 and len(op.arguments) == 1

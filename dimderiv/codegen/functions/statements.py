"""The statements of a function: what is computed in which order, and under which names.

What is needed once stands where it is needed; what is needed again, has a name of the user's, or is
a large array that the next operation may overwrite, gets a line of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dimderiv.codegen.functions.overwriting import Overwriting, is_diagonal
from dimderiv.codegen.plan import Operation, beneath_views, reachable
from dimderiv.codegen.targets import Identifiers, Text, Writer, commented

WIDTH = 88
# What the name of a part may take of the width.
NAME = 5


@dataclass(eq=False)
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

    outputs: Sequence[Operation]
    titles: Sequence[str]
    names: Mapping[Operation, str]
    writer: Writer
    identifiers: Identifiers
    given: Mapping[Operation, str] = field(default_factory=dict)
    owned: Collection[Operation] = ()

    def __post_init__(self) -> None:
        self.lines: list[str] = []
        self.variables = dict(self.given)
        order = list(reachable(self.outputs, self.variables))
        self._titles = dict(zip(self.outputs, self.titles, strict=False))
        self._reserved = set(self.names.values())
        places, is_held = self.writer.overwritable, self.names.__contains__
        self._kept = Overwriting(order, self.outputs, places, is_held, self.owned)
        self._later = {base: op for op, base in self._kept.bases.items()}
        self._texts: dict[Operation, Text] = {}
        for op in order:
            if op in self._kept.lined and op.kind != "lower":
                self._assign(op)
            elif not op.is_view:
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
        """Give what is returned a line of its own."""
        if op not in self.variables and not op.is_leaf:
            self._assign(op)

    def _assign(self, op: Operation) -> None:
        """Lines after which a variable holds the value."""
        base = self._kept.bases.get(op)
        if base is not None and base not in self.names:
            variable = self.variables[base]
        else:
            wanted = self._title(op)
            new = self.identifiers
            variable = new.new(wanted) if wanted else new.temporary(self._reserved)
        if op.kind == "put" and len(op.arguments) > 2:
            self._put(op, variable)
        elif op.kind == "inlaid" or (op.kind == "scatter" and not is_diagonal(op)):
            self._scatter(op, variable)
        elif base is not None:
            parts = [self.text(argument) for argument in op.arguments]
            place = op.arguments.index(base)
            self.lines.append(self.writer.overwritten(op, parts, place, variable))
        else:
            self._line(op, variable)
        self.variables[op] = variable

    def _title(self, op: Operation) -> str | None:
        """The name of a value, or that of what overwrites it in the end."""
        while op not in self.names and op in self._later:
            op = self._later[op]
        return self.names.get(op) or self._titles.get(op)

    def _line(self, op: Operation, variable: str) -> None:
        parts = [self.text(argument) for argument in op.arguments]
        text = self.writer.written(op, parts).text
        if len(variable) + len(text) > WIDTH and self._name_longest(op):
            self._line(op, variable)
            return
        self.lines.append(commented(f"{variable} = {text}", op.dims))

    def _shorten(self, op: Operation) -> None:
        """Give parts of a value that has no line itself lines where its text is too long for one.

        Done from the leaves up, no text grows long, and no sum of many terms goes deep.
        """
        while len(self.text(op).text) + NAME > WIDTH and self._name_longest(op):
            del self._texts[op]

    def _name_longest(self, op: Operation) -> bool:
        """Give the argument with the longest text a line of its own, if it has none."""
        longest = max(op.arguments, key=lambda a: len(self.text(a).text), default=op)
        inner = beneath_views(longest)
        if inner.is_leaf or inner in self.variables or inner is op:
            return False
        self._assign(inner)
        while longest is not inner:
            self._texts.pop(longest, None)
            longest = longest.arguments[0]
        return True

    def _scatter(self, op: Operation, variable: str) -> None:
        """Put values on a diagonal of an array or into a part, or add them to what is there."""
        *base, part = op.arguments
        before = self._held(op, base[0], variable) if base else None
        write = self.writer.inlaid if op.kind == "inlaid" else self.writer.scattered
        self.lines += write(variable, before, op, self.text(part))

    def _put(self, op: Operation, variable: str) -> None:
        """Add an entry to each row of an array."""
        base, *others = op.arguments
        texts = [self._held(op, base, variable), *map(self.text, others)]
        self.lines += self.writer.put(variable, op, texts)

    def _held(self, op: Operation, base: Operation, variable: str) -> Text:
        """The text of an array that is added to, which has the variable if it is overwritten."""
        before = self.text(base)
        if op in self._kept.bases and before != Text(variable):
            self.lines.append(f"{variable} = {before.text}")
            return Text(variable)
        return before

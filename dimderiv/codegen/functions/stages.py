"""Functions in two stages: what can be computed at once, and what waits for other arrays.

An operator computes at once what its applications have in common; a layer keeps in its forward pass
what its backward pass needs.  Both are one plan, of which some inputs arrive late.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field

from dimderiv.codegen.functions.module import Module
from dimderiv.codegen.functions.statements import Statements
from dimderiv.codegen.plan import Goals, Operation, Programs, Sides, Variant, reachable
from dimderiv.codegen.targets import LateArguments, Writer
from dimderiv.graph import Node
from dimderiv.infer import Typed
from dimderiv.language import Declaration, frozen
from dimderiv.rulebook import Rulebook


@frozen.record
class Later:
    """What is computed when some symbols arrive.

    Attributes:
        name: the name of the function that does it.
        symbols: the symbols that arrive, with their shapes.
        answer: the program of what it returns.
        results: the names of its definitions that are returned, if its value is not alone.
        layouts: for each result the shape of what is differentiated, and of the variable.
        titles: a name for each.
        docstring: what is said of it.
        called: what a symbol is called in the code, where that is another name.
        nodes: each result as it was found.
    """

    name: str
    symbols: Mapping[str, Declaration]
    answer: Typed
    results: Sequence[str]
    layouts: Sequence[Sides]
    titles: Sequence[str]
    docstring: str
    called: Mapping[str, str] = field(default_factory=dict)
    nodes: Sequence[Node] = ()

    def goals(self, rulebook: Rulebook) -> Goals:
        """What is computed of its program."""
        return Goals(self.answer, rulebook, self.results, self.nodes)


class StagedModule(Module):
    """A module in which something is computed when other arrays arrive.

    Args:
        writer: the writer of the target.
        programs: everything that is computed.
        symbols: the symbols that are there from the beginning.
        rulebook: the rules in use.
        later: what is computed later.
        taken: names that the code gives to parts of its own.
    """

    def __init__(
        self,
        writer: type[Writer],
        programs: Programs,
        symbols: Mapping[str, Declaration],
        rulebook: Rulebook,
        later: Sequence[Later],
        taken: Sequence[str],
    ) -> None:
        super().__init__(writer, programs, symbols, rulebook, taken)
        self.later = later
        self.late = [
            LateArguments(self.arguments, each.symbols, self.identifiers, each.called)
            for each in later
        ]
        self.dtype = self.identifiers.new(writer.typed[0])

    @property
    def type_line(self) -> str:
        """The line after which there is a name for the type of the arrays."""
        return f"{self.dtype} = {self.writer.typed[1].format(self.arguments.arrays[0])}"

    def first(
        self, outputs: Sequence[Operation], kept: Sequence[Operation], variant: Variant
    ) -> Statements:
        """The statements of the first stage, after which everything that is kept has a variable."""
        writer = self.writer(self.arguments, self._helper, self.functions)
        titles = ["value"] * len(outputs)
        wanted, identifiers = [*outputs, *kept], self.identifiers.copy()
        statements = Statements(wanted, titles, variant.names, writer, identifiers)
        for op in kept:
            statements.hold(op)
        return statements

    def second(
        self,
        place: int,
        outputs: Sequence[Operation],
        before: Statements,
        kept: Sequence[Operation],
        dtype: str | None,
    ) -> tuple[list[str], list[str]]:
        """The lines of what is computed later, and the texts of what it returns."""
        arguments, later = self.late[place], self.later[place]
        writer = self.writer(arguments, self._helper, self.functions)
        known = {op: before.variables[op] for op in kept if op in before.variables}
        names = before.identifiers.copy()
        statements = Statements(outputs, later.titles, before.names, writer, names, known)
        results = self.results(statements, outputs, later.layouts)
        body = [*statements.lines, f"return {', '.join(results)}"]
        if dtype is None:
            opening = arguments.rows("\n".join(body), writer.row)
        else:
            opening = self.opening(arguments, body, lambda names: writer.recast(names, dtype))
        return [*opening, *statements.lines], results


def kept(outputs: Iterable[Operation], first: Collection[Operation]) -> list[Operation]:
    """What is computed first and needed later, by itself or through views of it."""
    outputs, found = list(outputs), dict[Operation, None]()
    wanted = [op for op in outputs if op in first]
    for op in reachable(outputs, {*first}):
        wanted += [argument for argument in op.arguments if argument in first]
    for op in wanted:
        # Such views are written again where they are needed.
        while op.is_plain_view:
            (op,) = op.arguments
        found[op] = None
    return list(found)


def made_of_inputs(outputs: Sequence[Operation]) -> set[Operation]:
    """The operations that need an input: what needs none is written wherever it is used."""
    found = set[Operation]()
    for op in reachable(outputs):
        if op.kind == "input" or not found.isdisjoint(op.arguments):
            found.add(op)
    return found

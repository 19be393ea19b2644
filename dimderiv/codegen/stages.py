"""Functions in two stages: what can be computed at once, and what waits for other arrays.

An operator computes at once what its applications have in common; a layer keeps in its forward pass
what its backward pass needs.  Both are one plan, of which some inputs arrive late.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from dimderiv.codegen.arguments import LateArguments
from dimderiv.codegen.axes import axes_of
from dimderiv.codegen.layers import LayerText
from dimderiv.codegen.module import Module
from dimderiv.codegen.plan import Late, Operation, reachable
from dimderiv.codegen.programs import Layout, Programs
from dimderiv.codegen.statements import Statements
from dimderiv.codegen.targets import writer_of
from dimderiv.codegen.text import indented
from dimderiv.codegen.variants import Variant
from dimderiv.codegen.writer import Writer
from dimderiv.infer import Typed
from dimderiv.rules import Rulebook
from dimderiv.shapes import SCALAR, Declaration, Shape

# An operator is applied many times, so that what all applications share costs less.
EARLY = 0.1
# Views that are written again where they are needed: what is kept is what they show.
REWRITTEN = frozenset({"transpose", "expand"})


@dataclass(frozen=True)
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
    """

    name: str
    symbols: Mapping[str, Declaration]
    answer: Typed
    results: Sequence[str]
    layouts: Sequence[Layout]
    titles: Sequence[str]
    docstring: str
    called: Mapping[str, str] = field(default_factory=dict)


def operator_source(
    target: str,
    name: str,
    later: Sequence[Later],
    symbols: Mapping[str, Declaration],
    *,
    docstring: str,
    rulebook: Rulebook,
    sizes: Mapping[str, int] | None = None,
) -> str:
    """The source of a function that returns an operator.

    Args:
        target: the name of the target.
        name: the function's name.
        later: the product of the operator, and that of its adjoint if that is another one.
        symbols: the arguments of the function, in order, with their shapes.
        docstring: the text of the function's docstring.
        rulebook: the rules in use.
        sizes: a number for each named size, where the code is to be the best at these sizes.

    Raises:
        UnknownNameError: there is no such target.
    """
    late = Late(frozenset(name for each in later for name in each.symbols), EARLY)
    answers, results = [each.answer for each in later], [each.results for each in later]
    layouts = [layout for each in later for layout in each.layouts]
    programs = Programs(answers, layouts, rulebook, results, late)
    return OperatorModule(writer_of(target), programs, symbols, rulebook, later).operator(
        name, docstring, sizes
    )


def layer_source(
    target: str,
    value: Typed,
    later: Later,
    wrt: Sequence[str],
    *,
    docstring: str,
    rulebook: Rulebook,
    sizes: Mapping[str, int] | None = None,
) -> str:
    """The source of a value as a layer that knows its backward pass.

    Args:
        target: the name of the target.
        value: the expression; its symbols are the arguments of the forward pass.
        later: the backward pass.
        wrt: the symbols that it has derivatives by, in its order.
        docstring: the text of the layer's docstring.
        rulebook: the rules in use.
        sizes: a number for each named size, where the code is to be the best at these sizes.

    Raises:
        UnknownNameError: there is no such target, or it has no layers.
    """
    layouts = [(SCALAR, value.value), *later.layouts]
    programs = Programs([value, later.answer], layouts, rulebook, [(), later.results])
    return LayerModule(writer_of(target), programs, value.symbols, rulebook, [later]).layer(
        wrt, docstring, sizes
    )


class StagedModule(Module):
    """A module in which something is computed when other arrays arrive.

    Args:
        writer: the writer of the target.
        programs: everything that is computed.
        symbols: the symbols that are there from the beginning.
        rulebook: the rules in use.
        later: what is computed later.

    Attributes:
        reserved: names in the code that no symbol may have.
    """

    reserved: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        writer: type[Writer],
        programs: Programs,
        symbols: Mapping[str, Declaration],
        rulebook: Rulebook,
        later: Sequence[Later],
    ) -> None:
        names = [*(each.name for each in later), *self.reserved]
        super().__init__(writer, programs, symbols, rulebook, names)
        self.later = later
        self.late = [
            LateArguments(self.arguments, each.symbols, self.identifiers, each.called)
            for each in later
        ]
        self.dtype = self.identifiers.new(writer.typed[0])

    @property
    def type_line(self) -> str:
        """The line after which there is a name for the type of the arrays."""
        return f"{self.dtype} = {self.writer.typed[1].format(self.arguments.names[0])}"

    def first(
        self, outputs: Sequence[Operation], kept: Sequence[Operation], variant: Variant
    ) -> Statements:
        """The statements of the first stage, after which everything that is kept has a variable.

        Args:
            outputs: what it returns.
            kept: what is kept for later.
            variant: the plan.
        """
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
        """The lines of what is computed later, and the texts of what it returns.

        Args:
            place: which of those.
            outputs: what it returns.
            before: the first stage.
            kept: what is kept of it, and known now.
            dtype: the text of the type that it computes with; nothing where what arrives is sure to
                have the right type and shape.
        """
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


class OperatorModule(StagedModule):
    """The module with a function that returns an operator."""

    def operator(self, name: str, docstring: str, sizes: Mapping[str, int] | None) -> str:
        """The text of the module.

        Args:
            name: the function's name.
            docstring: its docstring.
            sizes: a number for each named size, if they are known.
        """
        body = self.branches(sizes, self._operator)
        if self.dtype in _words(body):
            body.insert(0, self.type_line)
        lines = [*self.docstring(docstring), *self.opening(self.arguments, body), *body]
        return self.together([f"def {name}({', '.join(self.given)}):", *indented(lines)])

    def _operator(self, variant: Variant) -> list[str]:
        given = _made_of_inputs(variant.outputs)
        early = {op for op in given if op.repeats == EARLY}
        needed = kept(variant.outputs, early)
        before = self.first([], needed, variant)
        lines, start = before.lines, 0
        for place, later in enumerate(self.later):
            end = start + len(later.layouts)
            outputs = variant.outputs[start:end]
            body, results = self.second(place, outputs, before, needed, self.dtype)
            head = f"def {later.name}({', '.join(self.late[place].names)}):"
            inner = [f'"""{later.docstring}"""', *body, f"return {', '.join(results)}"]
            lines, start = [*lines, "", head, *indented(inner)], end
        return [*lines, "", f"return {self._linear_map()}"]

    def _linear_map(self) -> str:
        writer = self.writer(self.arguments, self._helper, self.functions)
        first, last = self.later[0], self.later[-1]
        shapes = [
            [self._shape(writer, shape) for shape in each] for each in map(_arriving, (last, first))
        ]
        return writer.linear_map(self.dtype, shapes[0], shapes[1], first.name, last.name)

    def _shape(self, writer: Writer, shape: Shape) -> str:
        axes = axes_of(shape)
        return f"({writer.sizes(axes)}{',' * (len(axes) == 1)})"


class LayerModule(StagedModule):
    """The module with a layer."""

    reserved = (
        *("self", "ctx", "Layer", "forward", "backward", "with_backward", "kept", "sizes"),
        *("slopes", "pairs"),
    )

    def layer(self, wrt: Sequence[str], docstring: str, sizes: Mapping[str, int] | None) -> str:
        """The text of the module.

        Args:
            wrt: the symbols that the backward pass has derivatives by, in its order.
            docstring: the layer's docstring.
            sizes: a number for each named size, if they are known.
        """
        (variant,), _ = self.variants(sizes, ())
        value, *derivatives = variant.outputs
        given = _made_of_inputs(variant.outputs)
        # A function that is handed in is at hand in the forward pass only.
        handed = [op for op in reachable(derivatives) if op.kind == "applied"]
        needed = kept(derivatives, given & {*reachable([value, *handed])})
        before = self.first([value], needed, variant)
        (result,) = self.results(before, [value], self.programs.layouts[:1])
        names = {before.text(op).text: op for op in needed}
        typed = [name for name, op in names.items() if op.rank and not op.is_truth]
        dtype = self.writer.typed[1].format(typed[0]) if typed else self.dtype
        backward, results = self.second(
            0, derivatives, before, needed, None if self.writer.hands_down else dtype
        )
        read, facts = self._sizes([*backward, *results], names)
        lines = before.lines
        if self.dtype in facts:
            lines = [self.type_line, *lines]
        text = LayerText(
            name=self.writer.layer_name,
            docstring=self.docstring(docstring),
            arrays=self.arguments.names,
            functions=list(self.functions.values()),
            forward=[*self.opening(self.arguments, [*lines, result, *names, *facts]), *lines],
            value=result,
            kept=list(names),
            facts=facts,
            sizes=read,
            upstream=self.late[0].names[0],
            has_default=next(iter(self.later[0].symbols.values())).shape.is_scalar,
            told=self.later[0].docstring,
            backward=backward,
            derivatives=dict(
                zip([self.arguments.python[name] for name in wrt], results, strict=True)
            ),
        )
        writer = self.writer(self.arguments, self._helper, self.functions)
        return self.together(writer.layer(text))

    def _sizes(
        self, lines: Sequence[str], kept: Mapping[str, Operation]
    ) -> tuple[dict[str, str], list[str]]:
        """What lines need besides: sizes that are read off what is kept, and names of the rest.

        Args:
            lines: those of the backward pass.
            kept: what is kept, by its names.
        """
        words = _words(lines)
        axes = {
            str(dim): f"{name}.shape[{axis}]"
            for name, op in reversed(list(kept.items()))
            for axis, dim in enumerate(op.dims)
        }
        if self.writer.hands_down:
            axes = {**self.late[0].axes(), **axes}
        wanted = {size: name for size, name in self.arguments.sizes.items() if name in words}
        read = {name: axes[size] for size, name in wanted.items() if size in axes}
        others = [name for name in (*self.writer.context, self.dtype) if name in words]
        return read, [*(name for size, name in wanted.items() if size not in axes), *others]


def kept(outputs: Iterable[Operation], first: Collection[Operation]) -> list[Operation]:
    """What is computed first and needed later, by itself or through views of it.

    Args:
        outputs: what is computed later.
        first: what is computed first.
    """
    outputs, found = list(outputs), dict[Operation, None]()
    wanted = [op for op in outputs if op in first]
    for op in reachable(outputs, {*first}):
        wanted += [argument for argument in op.arguments if argument in first]
    for op in wanted:
        while op.kind in REWRITTEN:
            (op,) = op.arguments
        found[op] = None
    return list(found)


def _made_of_inputs(outputs: Sequence[Operation]) -> set[Operation]:
    """The operations that need an input: what needs none is written wherever it is used."""
    found = set[Operation]()
    for op in reachable(outputs):
        if op.kind == "input" or not found.isdisjoint(op.arguments):
            found.add(op)
    return found


def _arriving(later: Later) -> list[Shape]:
    return [symbol.shape for symbol in later.symbols.values()]


def _words(lines: Sequence[str]) -> set[str]:
    """The names in lines of code, not those of attributes."""
    code = re.sub("#.*", "", "\n".join(lines))
    return set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", code))

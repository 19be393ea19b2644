"""A Hessian or a Jacobian as an operator: what its applications have in common is computed once."""

from collections.abc import Mapping, Sequence

from dimderiv.codegen.functions.stages import Later, StagedModule, kept, made_of_inputs
from dimderiv.codegen.plan import Late, Programs, Variant
from dimderiv.codegen.read import axes_of
from dimderiv.codegen.targets import indented, listed, words_in, writer_of
from dimderiv.language import Declaration
from dimderiv.rulebook import Rulebook

# An operator is applied many times, so that what all applications share costs less.
EARLY = 0.1


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
    layouts = [layout for each in later for layout in each.layouts]
    programs = Programs([each.goals(rulebook) for each in later], layouts, late)
    taken = [each.name for each in later]
    module = OperatorModule(writer_of(target), programs, symbols, rulebook, later, taken)
    return module.operator(name, docstring, sizes)


class OperatorModule(StagedModule):
    """The module with a function that returns an operator."""

    def operator(self, name: str, docstring: str, sizes: Mapping[str, int] | None) -> str:
        """The text of the module."""
        tupled = self.identifiers.new("given") if self.writer.remakes_operators else ""
        self._remade = f"({name}, {tupled})"
        body = self.branches(sizes, lambda variant, _: self._operator(variant))
        if self.dtype in words_in("\n".join(body)):
            body.insert(0, self.type_line)
        first = [f"{tupled} = {listed(self.given)}"] if tupled else []
        return self.whole(name, docstring, body, first)

    def _operator(self, variant: Variant) -> list[str]:
        given = made_of_inputs(variant.outputs)
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
            [writer.tupled(axes_of(symbol.shape)) for symbol in later.symbols.values()]
            for later in (last, first)
        ]
        functions = (first.name, last.name)
        return writer.linear_map(self.dtype, shapes[0], shapes[1], *functions, self._remade)

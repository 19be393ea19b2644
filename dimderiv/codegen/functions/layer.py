"""A value as a layer: its forward pass keeps what its backward pass needs."""

from collections.abc import Mapping, Sequence

from dimderiv.codegen.functions.stages import Later, StagedModule, kept, made_of_inputs
from dimderiv.codegen.plan import OF_PARTS, Goals, Operation, Programs, reachable
from dimderiv.codegen.targets import LayerText, words_in, writer_of
from dimderiv.infer import Typed
from dimderiv.language import SCALAR
from dimderiv.rulebook import Rulebook


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
    programs = Programs([Goals(value, rulebook), later.goals(rulebook)], layouts)
    writer = writer_of(target)
    module = LayerModule(writer, programs, value.symbols, rulebook, [later], writer.layer_words)
    return module.layer(wrt, docstring, sizes)


class LayerModule(StagedModule):
    """The module with a layer."""

    def layer(self, wrt: Sequence[str], docstring: str, sizes: Mapping[str, int] | None) -> str:
        """The text of the module."""
        (variant,), _ = self.variants(sizes, ())
        value, *derivatives = variant.outputs
        needed = self._needed(value, derivatives)
        before = self.first([value], needed, variant)
        (result,) = self.results(before, [value], self.programs.layouts[:1])
        names = {before.text(op).text: op for op in needed}
        arrays = {name: op for name, op in names.items() if op.kind not in OF_PARTS}
        typed = [
            name
            for name, op in arrays.items()
            if op.rank and not op.is_truth and name not in self.arguments.labels
        ]
        dtype = self.writer.typed[1].format(typed[0]) if typed else self.dtype
        fits = None if self.writer.hands_down else dtype
        backward, results = self.second(0, derivatives, before, needed, fits)
        read, facts = self._sizes([*backward, *results], arrays)
        lines = [*([self.type_line] if self.dtype in facts else []), *before.lines]
        variables = [self.arguments.python[name] for name in wrt]
        forward = self.opening(self.arguments, [*lines, result, *names, *facts])
        text = LayerText(
            name=self.writer.layer_name,
            docstring=self.docstring(docstring),
            arrays=self.arguments.names,
            functions=[*self.functions.values(), *self.arguments.asked],
            forward=[*forward, *lines],
            value=result,
            kept=list(names),
            factors=[name for name in names if name not in arrays],
            facts=facts,
            sizes=read,
            upstream=self.late[0].names[0],
            has_default=next(iter(self.later[0].symbols.values())).shape.is_scalar,
            told=self.later[0].docstring,
            backward=backward,
            derivatives=dict(zip(variables, results, strict=True)),
        )
        writer = self.writer(self.arguments, self._helper, self.functions)
        return self.together(writer.layer(text))

    def _sizes(
        self, lines: Sequence[str], kept: Mapping[str, Operation]
    ) -> tuple[dict[str, str], list[str]]:
        """What lines need besides: sizes that are read off what is kept, and names of the rest."""
        words = words_in("\n".join(lines))
        axes = {
            str(dim): f"{name}.shape[{axis}]"
            for name, op in reversed(list(kept.items()))
            for axis, dim in enumerate(op.dims)
        }
        if self.writer.hands_down:
            axes = {size: a.text for size, a in self.late[0].by_size().items()} | axes
        wanted = {size: name for size, name in self.arguments.sizes.items() if name in words}
        read = {name: axes[size] for size, name in wanted.items() if size in axes}
        others = [name for name in (*self.writer.context, self.dtype) if name in words]
        return read, [*(name for size, name in wanted.items() if size not in axes), *others]

    def _needed(self, value: Operation, derivatives: Sequence[Operation]) -> list[Operation]:
        """What the backward pass needs of the forward pass."""
        later = list(reachable(derivatives))
        # A function that is handed in is at hand in the forward pass only; so are the arguments,
        # though the value may do without some, as the trace of `Q' Q` does where Q is orthogonal.
        handed = [op for op in later if op.kind == "applied" or op.function in self.functions]
        given = [op for op in later if op.kind == "input" and op.name in self.arguments.shapes]
        forward = made_of_inputs([value, *derivatives]) & {*reachable([value, *handed, *given])}
        return kept(derivatives, forward)

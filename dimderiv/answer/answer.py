"""The answer as programs of the language: the derivative, and the names that it uses."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from dimderiv.answer.derivative import Extent, Variables
from dimderiv.conform import Arranger, Heads, NoMatrixFormError, vectorised
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import Named, Node, expanded, is_zero, zero
from dimderiv.language import Program, Shape, Statement, frozen, names_in, syntax, written_out
from dimderiv.simplify import collected, outside

# What sweeps found: nodes whose axes are those of what was differentiated, then of the variable.
Found: TypeAlias = dict[Variables, tuple[Node, Extent]]


@frozen.record
class Answer:
    """Derivatives by one or several variables, and the definitions that they share.

    Attributes:
        definitions: every named part that some derivative uses, each after what it uses itself.
        derivatives: the derivative by each variable, or by one variable after another.
    """

    definitions: Mapping[str, syntax.Tree]
    derivatives: Mapping[Variables, syntax.Tree]

    def program(self, variables: Variables) -> Program:
        """The derivative by some variables, after just the definitions that it needs."""
        value = self.derivatives[variables]
        return Program((*self.needed([value]), Statement(None, value)))

    def together(self, names: Mapping[Variables, str]) -> Program:
        """All derivatives, each under a name, after the definitions that they share."""
        values = list(self.derivatives.values())
        last = [Statement(names[name], value) for name, value in self.derivatives.items()]
        return Program((*self.needed(values), *last))

    def inlined(self) -> "Answer":
        """The same derivatives, with the value of each definition in place of its name.

        Raises:
            LimitError: written out, the answer would be too long to read.
        """
        return self.without(self.definitions)

    def without(self, names: Collection[str]) -> "Answer":
        """The same derivatives, with the values of some definitions in place of their names.

        Raises:
            LimitError: written out, the answer would be too long to read.
        """
        gone = {name: value for name, value in self.definitions.items() if name in names}
        kept = [name for name in self.definitions if name not in names]
        trees = [*(self.definitions[name] for name in kept), *self.derivatives.values()]
        written = written_out(gone, trees)
        derivatives = dict(zip(self.derivatives, written[len(kept) :], strict=True))
        return Answer(dict(zip(kept, written, strict=False)), derivatives)

    def needed(self, values: list[syntax.Tree]) -> Iterator[Statement]:
        """The definitions that some values use, directly or through others."""
        needed: set[str] = set()
        stack = list(values)
        while stack:
            for name in names_in(stack.pop()):
                if name in self.definitions and name not in needed:
                    needed.add(name)
                    stack.append(self.definitions[name])
        yield from (Statement(n, value) for n, value in self.definitions.items() if n in needed)


def write_answer(
    program: Program,
    adjoints: Collection[Named],
    derivatives: Found,
    arranger: Arranger,
    heads: Mapping[Variables, Heads] = {},
) -> Answer:
    """The derivatives in matrix notation, after the program's definitions and the adjoints'."""
    definitions = {s.name: s.value for s in program.statements if s.name is not None}
    for adjoint in adjoints:
        definitions[adjoint.name] = arranger.definition(adjoint)
    written = {
        names: _written(*found, arranger, heads.get(names, ()))
        for names, found in derivatives.items()
    }
    adjoint_names = {adjoint.name for adjoint in adjoints}
    lone = {
        names: tree.name
        for names, tree in written.items()
        if isinstance(tree, syntax.Name) and tree.name in adjoint_names
    }
    trees = (*definitions.values(), *written.values()) if lone else ()
    uses = Counter(name for tree in trees for name in names_in(tree))
    for names, name in lone.items():
        if uses[name] == 1:
            written[names] = definitions.pop(name)
    return Answer(definitions, written)


def _written(node: Node, extent: Extent, arranger: Arranger, heads: Heads) -> syntax.Tree:
    """One derivative: a vector or a matrix as it is, more axes as Kronecker products or entries.

    A single axis is that of the value or that of the variable, and lies as it does there.
    """
    of, by, turned = extent.of, extent.by, extent.turned
    if extent.has_letters:
        if turned:
            shape = Shape.of(extent.axes)
            raise NotDifferentiableError(
                f"a derivative with axes {shape} has no layout: only matrices are turned",
                hint='the layout "mixed"',
            )
        return arranger.statement(node, extent.axes, heads)
    if is_zero(node) and len(node.axes) > 2:
        node = zero((of.rows * of.cols, by.rows * by.cols))
    if len(node.axes) <= 2:
        row = (by.is_row if by.axes else of.is_row) and len(node.axes) == 1
        return arranger.tree(node, row=row != turned, heads=heads)
    try:
        common = outside(expanded(node))
        terms = collected(common.terms, node.axes)
        vectors = [(c, vectorised(term, len(of.axes))) for c, term in terms]
        piece = arranger.total(vectors, common.coefficient, common.scalars)
    except NoMatrixFormError:
        if turned:
            raise NotDifferentiableError(
                "an answer in index notation has no layout", hint='the layout "mixed"'
            ) from None
        return arranger.shown(arranger.entries(node, heads))
    return arranger.shown(piece, transposed=turned)

"""Who is called what in the steps: short names for inner parts, `dr` for the derivative by `r`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dimderiv.conform import Arranger, notation
from dimderiv.differentiate import Gradients, Partial, Visit
from dimderiv.explain.record.scalar_order import is_brief
from dimderiv.explain.record.short_names import Handles
from dimderiv.explain.record.terms import Writer
from dimderiv.graph import (
    Function,
    Key,
    Map,
    Named,
    Node,
    Product,
    Sum,
    Symbol,
    apply_function,
    apply_map,
    is_symmetric,
    named,
)
from dimderiv.language import Dim, Name
from dimderiv.language import Node as Tree


class Names:
    """Decides which inner parts get a name, and what arrives at each.

    Args:
        visits: the visits that are told.
        gradients: the record that they belong to.
        variables: a name for the derivative by each variable.
        handles: gives out names that mean nothing else.
        writer: learns the short names.
        plain: knows none of them.
    """

    def __init__(
        self,
        visits: Sequence[Visit],
        gradients: Gradients,
        variables: Mapping[str, str],
        handles: Handles,
        writer: Writer,
        plain: Arranger,
    ) -> None:
        self.variables, self.handles, self.writer, self.plain = variables, handles, writer, plain
        self.uses = Counter(partial.operand.key for visit in visits for partial in visit.partials)
        self.upstream = {visit.node.key: visit.upstream for visit in visits}
        self.adjoints = {adjoint.key for adjoint in gradients.adjoints}
        self.short: dict[Key, Named | Symbol] = {}
        self.owners: dict[Key, Named] = {}
        self.derivatives: dict[Key, Named] = {}
        self.arriving: dict[Key, Node] = {}
        self.definitions: dict[Key, Tree] = {}
        self.seed: tuple[Dim, ...] = ()
        for visit in visits[:1]:
            self.arriving[visit.node.key] = visit.upstream
            self.seed = visit.upstream.axes[: len(visit.upstream.axes) - len(visit.node.axes)]

    def own(self, node: Node) -> Named | Symbol | None:
        """The name of a node: a short one, or that of the definition whose value it is."""
        return self.short.get(node.key) or self.owners.get(node.key)

    def axes(self, operand: Node) -> tuple[Dim, ...]:
        """The axes of the derivative by an operand."""
        return (*self.seed, *operand.axes)

    def settle(self, operand: Node, partial: Partial) -> None:
        """Decide whether an operand gets a name, and what arrives at it."""
        key = operand.key
        if key in self.short or key in self.arriving:
            return
        if isinstance(operand, (Symbol, Named)):
            self.short[key] = operand
            wanted = self._of_derivative(operand)
        elif self.uses[key] > 1 or not is_brief(partial.node):
            wanted = self.handles.derivative(self._introduced(operand).name)
        else:
            self.arriving[key] = partial.node
            return
        upstream = self.upstream.get(key, operand)
        derivative = named(wanted, upstream, row=self.short[key].row)
        derivative = replace(derivative, axes=self.axes(operand))
        self.derivatives[key] = self.arriving[key] = derivative

    def _of_derivative(self, node: Symbol | Named) -> str:
        upstream = self.upstream.get(node.key)
        if isinstance(node, Symbol):
            return self.variables[node.name]
        # An adjoint that equals another one has the name of that one.
        is_own = isinstance(upstream, Named) and upstream.name.startswith(f"d{node.name}")
        if isinstance(upstream, Named) and is_own and upstream.key in self.adjoints:
            return upstream.name
        return self.handles.derivative(node.name)

    def _introduced(self, node: Node) -> Named:
        row = self.writer.is_row(node)
        tree = self.plain.tree(node, row=row)
        short = named(self.handles.inner(tree, len(node.axes)), node, row=row)
        self.definitions[short.key] = self.writer.arranger.tree(node, row=row)
        self.writer.arranger.known[node.key] = notation.named(
            short.name, len(node.axes), row=row, is_symmetric=is_symmetric(node)
        )
        self.short[node.key] = short
        return short

    def shortened(self, node: Node) -> Node:
        """A node with the short names of its operands in place of them."""
        return with_operands(node, self.short)

    def written(self, operands: Sequence[Node]) -> dict[Tree, Tree]:
        """What operands are called, by how they are written out."""
        found = ((node, self.short.get(node.key)) for node in operands)
        return {
            self.plain.tree(node, row=short.row): Name(short.name)
            for node, short in found
            if short is not None
        }


def with_operands(node: Node, short: Mapping[Key, Node]) -> Node:
    """A node with other nodes in place of its operands, as it stands otherwise."""

    def new(operand: Node) -> Node:
        return short.get(operand.key, operand)

    match node:
        case Product():
            factors = tuple(f._replace(node=new(f.node)) for f in node.factors)
            return replace(node, factors=factors)
        case Sum():
            return replace(node, terms=tuple((c, new(term)) for c, term in node.terms))
        case Map():
            return apply_map(node.function, *(new(a) for a in node.arguments))
        case Function():
            arguments = tuple(new(argument) for argument in node.arguments)
            return apply_function(node.function, arguments, node.axes, node.over, node.side)
        case _:
            return node

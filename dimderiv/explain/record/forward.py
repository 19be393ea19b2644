"""From the changes of a forward sweep to steps: how each operation changes with its operands."""

from collections.abc import Collection, Iterator, Mapping

from dimderiv.differentiate import Tangents, changes
from dimderiv.explain.record.names import Names, ShortNames
from dimderiv.explain.record.recorded import Changed, Equation
from dimderiv.explain.record.terms import Writer
from dimderiv.graph import ONCE, Key, Named, Node, Symbol, named, operands, symbol, total
from dimderiv.language import Name, unused_name
from dimderiv.rulebook import Rulebook
from dimderiv.simplify import Simplifier


def record_changes(
    tangents: Tangents, along: Mapping[str, str], rulebook: Rulebook, taken: Collection[str]
) -> tuple[Changed, ...]:
    """The steps from the variables to the value.

    Args:
        tangents: the record of the sweep.
        along: the direction of each variable.
        rulebook: the rules.
        taken: names that mean something already.
    """
    return tuple(_Recorder(tangents, along, rulebook, taken).steps())


class _Recorder:
    def __init__(
        self,
        tangents: Tangents,
        along: Mapping[str, str],
        rulebook: Rulebook,
        taken: Collection[str],
    ) -> None:
        self.along, self.rulebook, self.taken = along, rulebook, taken
        nodes = tangents.changed
        self.changed = [node for node in nodes if not isinstance(node, Named)]
        self.simplify = Simplifier({node.key for node in nodes}, rulebook=rulebook)
        self.writer = Writer(taken, (), self.simplify)
        self.names = Names(ShortNames(taken, {}), self.writer, nodes)
        self.moved: dict[Key, Node] = {}

    def steps(self) -> Iterator[Changed]:
        """A step for each operation that changes."""
        for node in self.changed:
            yield self._step(node, is_last=node is self.changed[-1])

    def _step(self, node: Node, *, is_last: bool) -> Changed:
        names, arranger = self.names, self.writer.arranger
        for operand in operands(node):
            if isinstance(operand, (Symbol, Named)):
                names.short[operand.key] = operand
            if isinstance(operand, Symbol) and operand.name in self.along:
                direction = self.along[operand.name]
                self.moved[operand.key] = symbol(direction, operand.axes, row=operand.row)
        local = names.shortened(node)
        tree = self.writer.unfolded(local)
        owner = names.owners.get(node.key)
        if owner is None and not is_last:
            owner = names.introduced(node, tree)
        parts = changes(local, self.moved, self.rulebook, owner or local)
        value = self.simplify(total([(ONCE, part.node) for part in parts], node.axes))
        row = self.writer.is_row(owner or node)
        moved = arranger.tree(value, row=row)
        if owner is None:
            return Changed(Equation((tree,)), None, Equation((moved,)))
        tangent = named(unused_name(f"{owner.name}_dot", self.taken), value, row=row)
        names.short[node.key] = owner
        self.moved[owner.key] = self.moved[node.key] = tangent
        name = Name(owner.name)
        return Changed(Equation((name, tree)), name, Equation((Name(tangent.name), moved)))

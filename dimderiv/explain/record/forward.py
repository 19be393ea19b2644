"""From the changes of a forward sweep to steps: how each operation changes with its operands."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dimderiv.conform import Arranger
from dimderiv.differentiate import Change, Tangents, changes
from dimderiv.explain.record.model import Changed
from dimderiv.explain.record.names import with_operands
from dimderiv.explain.record.reasons import Equation
from dimderiv.explain.record.short_names import Handles
from dimderiv.explain.record.terms import Writer
from dimderiv.graph import ONCE, Key, Named, Node, Symbol, named, operands, symbol, total
from dimderiv.language import Name, unused_name
from dimderiv.language import Node as Tree
from dimderiv.rulebook import Rulebook
from dimderiv.simplify import Simplifier


class Directions(NamedTuple):
    """What the steps of a forward sweep are made from.

    Attributes:
        tangents: the record of the sweep.
        along: the direction of each variable.
        rulebook: the rules.
        taken: names that mean something already.
    """

    tangents: Tangents
    along: Mapping[str, str]
    rulebook: Rulebook
    taken: frozenset[str]


def record_changes(sources: Directions) -> tuple[Changed, ...]:
    """The steps from the variables to the value.

    Args:
        sources: the record of the sweep, and the names to tell it by.
    """
    return tuple(_Recorder(sources).steps())


class _Recorder:
    def __init__(self, sources: Directions) -> None:
        self.sources = sources
        self.changes = [c for c in sources.tangents.changes if not isinstance(c.node, Named)]
        self.owners = {
            change.node.value.key: change.node
            for change in sources.tangents.changes
            if isinstance(change.node, Named)
        }
        self.simplify = Simplifier({change.node.key for change in sources.tangents.changes})
        self.writer = Writer(Arranger(sources.taken), set(sources.taken), self.simplify)
        self.handles = Handles(sources.taken, {})
        self.short: dict[Key, Named | Symbol] = {}
        self.moved: dict[Key, Node] = {}

    def steps(self) -> Iterator[Changed]:
        """A step for each operation that changes."""
        for change in self.changes:
            yield self._step(change, is_last=change is self.changes[-1])

    def _step(self, change: Change, *, is_last: bool) -> Changed:
        node = change.node
        for operand in operands(node):
            if isinstance(operand, (Symbol, Named)):
                self.short[operand.key] = operand
                self._note_direction(operand)
        local = with_operands(node, self.short)
        tree = self.writer.unfolded(local)
        owner = self._owner(node, tree, is_last=is_last)
        parts = changes(local, self.moved, self.sources.rulebook, owner or local)
        value = self.simplify(total([(ONCE, part.node) for part in parts], node.axes))
        row = owner.row if owner is not None else self.writer.is_row(node)
        moved = self.writer.arranger.tree(value, row=row)
        if owner is None:
            return Changed(Equation((tree,)), None, Equation((moved,)))
        tangent = named(self._fresh(owner.name), value, row=row)
        self.short[node.key] = owner
        self.moved[owner.key] = self.moved[node.key] = tangent
        name = Name(owner.name)
        return Changed(Equation((name, tree)), name, Equation((Name(tangent.name), moved)))

    def _owner(self, node: Node, tree: Tree, *, is_last: bool) -> Named | None:
        """The name of a node: that of the definition whose value it is, or a short one."""
        owner = self.owners.get(node.key)
        if owner is not None or is_last:
            return owner
        name = self.handles.inner(tree, len(node.axes))
        return named(name, node, row=self.writer.is_row(node))

    def _note_direction(self, operand: Symbol | Named) -> None:
        direction = self.sources.along.get(operand.name)
        if direction is not None and isinstance(operand, Symbol):
            self.moved[operand.key] = symbol(direction, operand.axes, row=operand.row)

    def _fresh(self, name: str) -> str:
        return unused_name(f"{name}_dot", self.sources.taken)

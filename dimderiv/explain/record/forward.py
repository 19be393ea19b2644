"""From the changes of a forward sweep to steps: how each operation changes with its operands."""

from collections.abc import Iterator

from dimderiv.answer import Question, letters_of
from dimderiv.differentiate import Tangents, changes
from dimderiv.explain.record.letters import StatementLetters
from dimderiv.explain.record.names import Names, ShortNames
from dimderiv.explain.record.recorded import Changed, Equation, defined
from dimderiv.explain.record.terms import TermWriter
from dimderiv.graph import ONCE, Key, Named, Node, Symbol, named, operands, symbol, total
from dimderiv.language import Name, unused_name
from dimderiv.simplify import Simplifier


def steps_along(question: Question, tangents: Tangents) -> Iterator[Changed]:
    """The steps from the variables to the value."""
    recorder = _Recorder(question, tangents)
    for node in recorder.changed:
        yield recorder.step(node, is_last=node is recorder.changed[-1])


class _Recorder:
    def __init__(self, question: Question, tangents: Tangents) -> None:
        self.along, self.rulebook = question.directions, question.rulebook
        self.taken = question.typed.names
        nodes = tangents.changed
        self.changed = [node for node in nodes if not isinstance(node, Named)]
        self.simplify = Simplifier({node.key for node in nodes}, rulebook=self.rulebook)
        letters = StatementLetters(question.typed.program.statements, letters_of(question))
        self.writer = TermWriter(self.taken, (), self.simplify, letters)
        self.names = Names(ShortNames(self.taken, {}), self.writer, nodes)
        self.moved: dict[Key, Node] = {}

    def step(self, node: Node, *, is_last: bool) -> Changed:
        """How one operation changes."""
        names = self.names
        for operand in operands(node):
            if isinstance(operand, (Symbol, Named)):
                names.short[operand.key] = operand
            if isinstance(operand, Symbol) and operand.name in self.along:
                direction = self.along[operand.name]
                self.moved[operand.key] = symbol(direction, operand.axes, row=operand.row)
        local = names.shortened(node)
        owner = names.owners.get(node.key)
        tree = self.writer.unfolded(local, "" if owner is None else owner.name)
        if owner is None and not is_last:
            owner = names.introduced(node, tree)
        parts = changes(local, self.moved, self.rulebook, owner or local)
        value = self.simplify(total([(ONCE, part.node) for part in parts], node.axes))
        row = self.writer.is_row(owner or node)
        heads = () if owner is None else self.writer.own.named(Name(owner.name))
        moved = self.writer.array(value, row=row, heads=heads)
        if owner is None:
            return Changed(Equation((tree,)), None, None, Equation((moved,)))
        tangent = named(unused_name(f"{owner.name}_dot", self.taken), value, row=row)
        names.short[node.key] = owner
        self.moved[owner.key] = self.moved[node.key] = tangent
        name, moving = Name(owner.name), Name(tangent.name)
        return Changed(defined(name, tree), name, moving, defined(moving, moved))

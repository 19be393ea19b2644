"""The derivatives that a question asks for, as nodes: sweeps where the variables are free."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from dimderiv.answer import Question
from dimderiv.conform import Arranger
from dimderiv.differentiate import (
    Gradients,
    Hessian,
    Restorer,
    Tangents,
    binds_entries,
    forward_sweep,
    reverse_sweep,
    second_sweeps,
    tied,
)
from dimderiv.graph import Named, Node, keys_of, named, transposed
from dimderiv.language import unused_letters
from dimderiv.lower import lower
from dimderiv.simplify import Simplifier

# How many symbols a gradient by tied entries saves at least where the one by free entries is named.
LONGER_WITHOUT_NAME = 8


class Sweeps:
    """The sweeps over one expression.

    While it is differentiated, the variables have no properties; in what is found, they have.

    Args:
        question: what is asked.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.typed, self.rulebook = question.typed, question.rulebook
        symbols = self.typed.symbols
        self.free = [name for name in question.wrt if binds_entries(symbols[name].properties)]
        self.lowered = lower(self.typed, self.rulebook, free=self.free)

    @cached_property
    def restored(self) -> Restorer:
        """What gives the free variables their properties back."""
        if not self.free:
            return Restorer((), Simplifier())
        whole = lower(self.typed, self.rulebook)
        simplify = Simplifier(keys_of([whole.value]), whole.definitions, self.rulebook)
        return Restorer(whole.symbols.values(), simplify)

    @cached_property
    def gradients(self) -> Gradients:
        """The derivative by each variable, without its properties."""
        return reverse_sweep(self.lowered, self.question.wrt, self.rulebook, self._simplifier())

    def second(self) -> Hessian:
        """The derivative of each gradient by each variable."""
        simplify = self._simplifier(self.gradients.of.values())
        found = second_sweeps(
            self.lowered, self.gradients, self.question.wrt, self.rulebook, simplify
        )
        return self.restored.hessian(found)

    def along(self, values: Sequence[Node], adjoints: Iterable[Named] = ()) -> Tangents:
        """The derivatives of some nodes along the directions."""
        symbols = self.lowered.symbols
        directions = {symbols[a].key: symbols[b] for a, b in self.question.directions.items()}
        taken = {*self.typed.names, *(adjoint.name for adjoint in adjoints)}
        simplify = self._simplifier(values)
        found = forward_sweep(values, directions, self.rulebook, simplify, taken)
        return self.restored.tangents(found)

    def tied(self, found: Gradients) -> tuple[dict[str, Node], list[Named]]:
        """The gradients by tied entries, and names for those by free entries that are long."""
        simplify = self._simplifier()
        taken = {*self.typed.names, *(adjoint.name for adjoint in found.adjoints)}
        letters = unused_letters("G", taken)
        gradients, free = dict(found.of), list[Named]()
        for name, structure in self.question.structures.items():
            node = gradients[name]
            gradients[name] = simplify(tied(node, structure))
            if gradients[name].weight > node.weight + LONGER_WITHOUT_NAME:
                upright, other = Arranger().piece(node)
                # Of a gradient and its transpose the sum takes no notice of which is which.
                is_turned = structure == "symmetric" and other.cost < upright.cost
                node = transposed(node) if is_turned else node
                free.append(named(next(letters), node))
                gradients[name] = simplify(tied(free[-1], structure))
        return gradients, free

    def _simplifier(self, given: Iterable[Node] = ()) -> Simplifier:
        """What leaves the expression alone, and other nodes that are given."""
        keys = keys_of([self.lowered.value, *given])
        return Simplifier(keys, self.lowered.definitions, self.rulebook)

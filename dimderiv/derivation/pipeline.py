"""From a question to what is derived: sweeps where the variables are free, properties, notation."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from dimderiv.answer import Derived, Extent, Found, Question, Record, written
from dimderiv.conform import Arranger
from dimderiv.differentiate import (
    Gradients,
    Hessian,
    Restorer,
    Tangents,
    binds_entries,
    forward_sweep,
    higher,
    reverse_sweep,
    second_sweeps,
    tied,
)
from dimderiv.graph import Named, Node, keys_of, named, transposed
from dimderiv.language import SCALAR, Shape, unused_letters
from dimderiv.lower import lower
from dimderiv.simplify import Simplifier

# How many symbols a gradient by tied entries saves at least where the one by free entries is named.
LONGER_WITHOUT_NAME = 8


@contextmanager
def without_collecting() -> Iterator[None]:
    """Leave reference cycles to be collected later, if they were collected at all.

    A derivation makes many objects that stay, and each few hundred of them set the collector off;
    for programs of a thousand statements it takes a fifth of the time, and finds next to nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@without_collecting()
def derived(question: Question) -> Derived:
    """The derivatives that a question asks for, not checked yet."""
    sweeps = Sweeps(question)
    if question.directions:
        return _along(sweeps) if question.order == 1 else _hessian_along(sweeps)
    if question.order > 2:
        return _higher(sweeps)
    return _gradients(sweeps) if question.order == 1 else _hessian(sweeps)


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
        return Restorer(whole.symbols.values(), lambda node: simplify.named(simplify(node)))

    @cached_property
    def gradients(self) -> Gradients:
        """The derivative by each variable, without its properties."""
        simplify, wrt = self._simplifier(), self.question.wrt
        return reverse_sweep(self.lowered, wrt, self.rulebook, simplify, simplify.named)

    def second(self) -> Hessian:
        """The derivative of each gradient by each variable."""
        simplify, wrt = self._simplifier(self.gradients.of.values()), self.question.wrt
        found = second_sweeps(
            self.lowered, self.gradients, wrt, self.rulebook, simplify, simplify.named
        )
        return self.restored.hessian(found)

    def higher(self) -> Mapping[tuple[str, ...], Node]:
        """The derivatives of the order that is asked for, by one variable after another."""
        question, simplify = self.question, self._simplifier(self.gradients.of.values())
        wrt, order = question.wrt, question.order
        found = higher(
            self.lowered, self.gradients, order, wrt, self.rulebook, simplify, simplify.named
        )
        return {names: self.restored.derivative(node) for names, node in found.items()}

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
        gradients, free = dict(found.of), list[Named]()
        for name, structure in self.question.structures.items():
            node = gradients[name]
            gradients[name] = simplify(tied(node, structure))
            if gradients[name].weight > node.weight + LONGER_WITHOUT_NAME:
                upright, other = Arranger().piece(node)
                # Of a gradient and its transpose the sum takes no notice of which is which.
                is_turned = structure == "symmetric" and other.cost < upright.cost
                node = transposed(node) if is_turned else node
                free.append(named(next(unused_letters("G", taken)), node))
                taken.add(free[-1].name)
                gradients[name] = simplify(tied(free[-1], structure))
        return gradients, free

    def _simplifier(self, given: Iterable[Node] = ()) -> Simplifier:
        """What leaves the expression alone, and other nodes that are given."""
        keys = keys_of([self.lowered.value, *given])
        return Simplifier(keys, self.lowered.definitions, self.rulebook)


def _gradients(sweeps: Sweeps) -> Derived:
    """The first derivative by each variable."""
    question, found = sweeps.question, sweeps.restored.gradients(sweeps.gradients)
    if not question.structures:
        return written(question, _by_variables(question, found.of), Record(found))
    of, free = sweeps.tied(found)
    first = _first(question, found)
    return written(question, _by_variables(question, of), Record(found), free, first)


def _hessian(sweeps: Sweeps) -> Derived:
    """The second derivatives by each pair of variables."""
    question, second, shape = sweeps.question, sweeps.second(), _shapes(sweeps.question)
    blocks: Found = {
        (a, b): (node, Extent.laid_out(shape[a], shape[b], question.layout))
        for (a, b), node in second.of.items()
    }
    record = Record(sweeps.restored.gradients(sweeps.gradients), second.sweeps)
    return written(question, blocks, record, first=_first(question, sweeps.gradients))


def _higher(sweeps: Sweeps) -> Derived:
    """The derivatives of a higher order, which have the axes of each variable in turn."""
    question, shape = sweeps.question, _shapes(sweeps.question)
    found: Found = {}
    for names, node in sweeps.higher().items():
        axes = [dim for name in names for dim in shape[name].axes]
        found[names] = (node, Extent.laid_out(SCALAR, Shape.of(axes)))
    record = Record(sweeps.restored.gradients(sweeps.gradients))
    below = Sweeps(replace(question, order=question.order - 1))
    lower = _higher(below) if question.order > 2 else _first(question, sweeps.gradients)
    return written(question, found, record, first=lower)


def _along(sweeps: Sweeps) -> Derived:
    """The derivative of the value along the directions, all variables together."""
    question, tangents = sweeps.question, sweeps.along([sweeps.lowered.value])
    (node,) = tangents.of
    found = {question.wrt: (node, Extent.laid_out(question.typed.value, SCALAR))}
    return written(question, found, Record(tangents=tangents))


def _hessian_along(sweeps: Sweeps) -> Derived:
    """The derivative of each gradient along the directions."""
    question, found, shape = sweeps.question, sweeps.gradients, _shapes(sweeps.question)
    tangents = sweeps.along(list(found.of.values()), found.adjoints)
    blocks: Found = {
        (name,): (node, Extent.laid_out(shape[name], SCALAR))
        for name, node in zip(found.of, tangents.of, strict=True)
    }
    record = Record(sweeps.restored.gradients(found), tangents=tangents)
    return written(question, blocks, record, first=_first(question, found))


def _first(question: Question, found: Gradients) -> Derived:
    """The gradients by free entries that second derivatives, or tied ones, are made from."""
    question = replace(question, order=1, layout="mixed", directions={}, structured=False)
    return written(question, _by_variables(question, found.of), Record(found))


def _by_variables(question: Question, found: Mapping[str, Node]) -> Found:
    shape, value = _shapes(question), question.typed.value
    return {
        (name,): (node, Extent.laid_out(value, shape[name], question.layout))
        for name, node in found.items()
    }


def _shapes(question: Question) -> dict[str, Shape]:
    return {name: question.typed.symbols[name].shape for name in question.wrt}

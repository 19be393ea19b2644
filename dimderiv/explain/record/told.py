"""What the operands of one operation receive, as it is told."""

from collections.abc import Sequence
from typing import NamedTuple

from dimderiv.differentiate import Partial
from dimderiv.explain.record.entry_letters import Target
from dimderiv.explain.record.recorded import PassageKind, StepTerm
from dimderiv.graph import Named, Node, Sum
from dimderiv.language import ZERO, Add, IndexForm, Name, Negative, Tree


class Told(NamedTuple):
    """One operand of a visit, what it receives under short names, and how that is written."""

    node: Node
    partial: Partial
    target: Target
    terms: tuple[StepTerm, ...]

    @property
    def received(self) -> tuple[Tree | None, Tree]:
        """How the derivative is written, if it has a name, and what is received."""
        return received(self.target, self.terms)


def received(target: Target, terms: Sequence[StepTerm]) -> tuple[Tree | None, Tree]:
    """How the derivative by an operand is written, if it has a name, and what is received."""
    values = [term.value for term in terms if term.value is not None]
    if len(values) == len(terms):
        return (Name(target.name) if target.name else None), added(values)
    letters = [term.letters.sides for term in terms]
    return (letters[0][0] if target.name else None), added([right for _, right in letters])


def are_different(terms: Sequence[StepTerm]) -> bool:
    """Whether terms are given entry by entry and cannot be added as they are written."""
    if any(isinstance(term.value, IndexForm) for term in terms):
        return True
    lefts = {term.letters.sides[0] for term in terms if term.value is None}
    return len(lefts) > 1 or bool(lefts and any(term.value for term in terms))


def kind_of_passage(node: Node, partial: Partial) -> PassageKind:
    """How an operation hands on what arrives: as a sum, a name, a product or a transpose."""
    if isinstance(node, Sum):
        return "sum"
    if isinstance(node, Named):
        return "name"
    term = partial.terms[0]
    return "product" if term.factors[0].indices == term.result else "transpose"


def added(trees: Sequence[Tree]) -> Tree:
    """A sum of formulas, zero where there are none; one that is added goes first."""
    terms: list[Tree] = []
    for tree in sorted(trees, key=lambda tree: isinstance(tree, Negative)):
        terms.extend(tree.terms if isinstance(tree, Add) else (tree,))
    if not terms:
        return ZERO
    return terms[0] if len(terms) == 1 else Add(tuple(terms))

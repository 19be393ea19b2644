"""From the visits of the reverse sweep to steps.

Each visit is told under short names: an inner part without a name gets one, so that every formula
is small.  A part that receives just what arrives, or a constant times it, needs none.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from dimderiv.conform import Arranger, symbols, written_name
from dimderiv.differentiate import Gradients, Partial, Visit, partials
from dimderiv.explain.record.kronecker import stacked
from dimderiv.explain.record.lengths import refuse_too_long
from dimderiv.explain.record.model import (
    Added,
    Derived,
    Operand,
    Origin,
    PassageKind,
    Passed,
    Received,
    Step,
)
from dimderiv.explain.record.names import Names
from dimderiv.explain.record.reasons import Equation
from dimderiv.explain.record.scalar_order import (
    MOST_AXES,
    is_brief_identity,
    is_constant,
    is_passed_on,
)
from dimderiv.explain.record.scalars import as_scalar, multiplied
from dimderiv.explain.record.short_names import Handles
from dimderiv.explain.record.terms import Target, Term, Writer, shape_of
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Key,
    Map,
    Named,
    Node,
    Product,
    Sum,
    is_zero,
    keys_of,
    operands,
    product,
    total,
)
from dimderiv.language import (
    Add,
    Entry,
    Name,
    Negative,
    Number,
    Shape,
    Statement,
    all_occur,
    replaced,
)
from dimderiv.language import Node as Tree
from dimderiv.rulebook import Rulebook
from dimderiv.simplify import Simplifier

# The kinds of functions whose rule is given in letters.
LETTERED = ("rows", "matrix")


@dataclass(frozen=True)
class Sources:
    """What the steps are made from.

    Attributes:
        gradients: the record of the sweep.
        statements: the program as the user wrote it.
        rulebook: the rules.
        names: a name for the derivative by each variable.
        given: parts that the answer has a name for.
        symbols: the names of symbols and intermediates.
        sizes: the names of dimensions, and other names that mean something already.
    """

    gradients: Gradients
    statements: Sequence[Statement]
    rulebook: Rulebook
    names: Mapping[str, str]
    given: Mapping[Tree, str]
    symbols: Collection[str]
    sizes: Collection[str]


def record_steps(sources: Sources, handles: Handles | None = None) -> tuple[Step, ...]:
    """The steps from the value back to the variables.

    Args:
        sources: the record of the sweep, and the names to tell it by.
        handles: gives out names that mean nothing else.

    Raises:
        LimitError: a product has so many factors that the steps would be too long to be read.
    """
    visits = [visit for visit in sources.gradients.visits if not is_zero(visit.upstream)]
    refuse_too_long(visits)
    recorder = _Recorder(sources, visits, handles or handles_for(sources))
    steps = [step for visit in visits for step in recorder.steps(visit)]
    return (*steps, *(recorder.stacked() if visits else ()))


def handles_for(sources: Sources) -> Handles:
    """What gives out names that mean nothing else."""
    taken = (*sources.symbols, *sources.sizes, *sources.names.values())
    return Handles(taken, sources.given)


class Told(NamedTuple):
    """One operand of a visit: the node, and what it receives under short names."""

    node: Node
    partial: Partial


class _Recorder:
    def __init__(self, sources: Sources, visits: Sequence[Visit], handles: Handles) -> None:
        taken = {*sources.symbols, *sources.sizes}
        self.sources = sources
        self.rulebook = sources.rulebook
        own = keys_of([visit.node for visit in visits[:1]])
        self.simplify = Simplifier(own, rulebook=sources.rulebook)
        self.writer = Writer(Arranger(sources.symbols, sizes=sources.sizes), taken, self.simplify)
        self.names = Names(
            visits,
            sources.gradients,
            sources.names,
            handles,
            self.writer,
            Arranger(sources.symbols, sizes=sources.sizes),
        )
        self.statements = {s.name: s.value for s in sources.statements}
        self.written = {visit.node.key: sources.statements[-1].value for visit in visits[:1]}
        self.value = visits[0].node if visits else None
        self.quoted: set[str] = set()
        self.announced: set[Key] = set()
        self.parts: dict[Key, list[tuple[Node, tuple[Term, ...]]]] = {}

    def steps(self, visit: Visit) -> Iterator[Step]:
        """The steps that one visit makes."""
        node, wanted = visit.node, {partial.operand.key for partial in visit.partials}
        if isinstance(node, Named):
            self.names.owners[node.value.key] = node
            if node.name in self.statements:
                self.written[node.value.key] = self.statements[node.name]
        for told in self._partials(node, node):
            if told.node.key in wanted:
                self.names.settle(*told)
        local = self.names.shortened(node)
        found = [told for told in self._partials(node, local) if told.node.key in wanted]
        passed = [told for told in found if is_passed_on(told.partial)]
        # A definition hands everything to its value, which is told with the definition's name.
        if passed and not (isinstance(node, Named) and node.value.key not in self.names.short):
            yield self._passed(node, local, passed, found)
        for told in found:
            if told not in passed:
                yield self._derived(node, local, told, found)
        for told in found:
            yield from self._collected(told)

    def stacked(self) -> Iterator[Step]:
        """How the derivatives with more than two axes become matrices."""
        for variable, name in self.sources.names.items():
            node = self.sources.gradients.of[variable]
            if len(node.axes) > MOST_AXES:
                writer = Writer(
                    Arranger(self.sources.symbols, sizes=self.sources.sizes),
                    self.writer.taken,
                    self.simplify,
                )
                step = stacked(node, len(self.names.seed), variable, name, writer)
                yield from () if step is None else (step,)

    def _partials(self, node: Node, local: Node) -> list[Told]:
        arriving = self.names.arriving[node.key]
        found = partials(local, arriving, self.rulebook, self.names.own(node))
        return [Told(*pair) for pair in zip(operands(node), found, strict=True)]

    def _operand(self, node: Node, occurrence: int = 0) -> Operand:
        names = self.names
        short, derivative = names.short.get(node.key), names.derivatives.get(node.key)
        definition = None
        if short is not None and short.key not in self.announced:
            self.announced.add(short.key)
            definition = names.definitions.get(short.key)
        tree = Name(short.name) if short is not None else self.writer.shown(node).tree
        name = derivative.name if derivative is not None else ""
        return Operand(tree, definition, name, names.uses[node.key] > 1, occurrence)

    def _introduced(self, nodes: Iterable[Node]) -> tuple[Equation, ...]:
        """What short names stand for that were not told yet."""
        told = (self._operand(node) for node in nodes)
        return tuple(
            Equation((each.tree, each.definition)) for each in told if each.definition is not None
        )

    def _operation(self, node: Node, local: Node, shown: Collection[Tree]) -> Equation:
        """The operation as the user wrote it, if the operands can be seen there, and its name."""
        if isinstance(node, Named):
            return Equation((Name(node.name), *shown))
        whole = self.written.get(node.key)
        names = self.names.written(operands(node))
        tree = None if whole is None else replaced(whole, names.get)
        if tree is None or not all_occur(shown, tree):
            tree = self.writer.unfolded(_normal(local))
            if whole is not None and self.names.own(node) is None:
                return Equation((whole, tree))
        owner = self.names.own(node)
        return Equation((tree,) if owner is None else (Name(owner.name), tree))

    def _passed(
        self, node: Node, local: Node, passed: Sequence[Told], found: Sequence[Told]
    ) -> Passed:
        received = []
        for told in passed:
            operand = self._operand(told.node)
            left, value = self._received(operand, self._terms(told, operand))
            received.append(Received(operand, left, value))
        operation = self._operation(node, local, [each.operand.tree for each in received])
        where = self._introduced(told.node for told in found)
        kind = _kind_of_passage(node, passed[0].partial)
        return Passed(kind, operation, where, tuple(received))

    def _derived(self, node: Node, local: Node, told: Told, found: Sequence[Told]) -> Derived:
        same = [other for other in found if other.node.key == told.node.key]
        operand = self._operand(told.node, same.index(told) + 1 if len(same) > 1 else 0)
        terms = self._terms(told, operand)
        left, value = self._received(operand, terms)
        return Derived(
            operation=self._operation(node, local, [operand.tree]),
            where=self._introduced(other.node for other in found),
            kind=self._kind(node),
            function=written_name(node) if isinstance(node, (Map, Function)) else "",
            origin=self._origin(node),
            operand=operand,
            arriving=self._arriving(node),
            slope=self._slope(local, operand.tree, told.partial),
            entries=self._entries(local, told.partial),
            rule=self._rule(node, local, operand.tree, terms),
            terms=terms,
            shape=self._shape(told.node),
            has_seed=bool(self.names.seed),
            left=left,
            value=self._simplified(value, told.partial.node, told.node, terms),
        )

    def _terms(self, told: Told, operand: Operand) -> tuple[Term, ...]:
        seed = len(self.names.seed)
        target = Target(operand.tree, operand.name, self._shape(told.node), seed)
        return tuple(self.writer.term(term, target) for term in told.partial.terms)

    def _received(self, operand: Operand, terms: Sequence[Term]) -> tuple[Tree | None, Tree]:
        """How the derivative by an operand is written, if it has a name, and what is received."""
        values = [term.value for term in terms if term.value is not None]
        if len(values) == len(terms):
            return (Name(operand.name) if operand.name else None), added(values)
        letters = [term.letters.sides for term in terms]
        value = added([right for _, right in letters])
        return (letters[0][0] if operand.name else None), value

    def _simplified(self, tree: Tree, node: Node, operand: Node, terms: Sequence[Term]) -> Equation:
        """What was found, and after it a shorter form if there is one."""
        shape = self._shape(operand)
        if shape is None or any(term.value is None for term in terms):
            return Equation((tree,))
        simple = self.writer.arranger.tree(self.simplify(node), row=shape.is_row)
        is_shorter = symbols(simple) < symbols(tree)
        return Equation((tree, simple) if is_shorter else (tree,))

    def _collected(self, told: Told) -> Iterator[Added]:
        """The sum of all ways in which an operand enters, once the last of them is known."""
        key, uses = told.node.key, self.names.uses[told.node.key]
        if uses < 2:
            return
        operand = self._operand(told.node)
        parts = self.parts.setdefault(key, [])
        parts.append((told.partial.node, self._terms(told, operand)))
        if len(parts) < uses:
            return
        terms = [term for node, terms in parts if not is_zero(node) for term in terms]
        left, tree = self._received(operand, terms)
        node = total([(ONCE, part) for part, _ in parts], self.names.axes(told.node))
        value = self._simplified(tree, node, told.node, terms)
        yield Added(operand.tree, left or Name(operand.name), uses, value)

    def _arriving(self, node: Node) -> tuple[Tree, Shape | None] | None:
        """What arrives, unless it is the derivative of the value by itself."""
        arriving = self.names.arriving[node.key]
        if is_constant(arriving) and (node is self.value or is_brief_identity(arriving)):
            return None
        shape = self._shape(node)
        if shape is None:
            return self.writer.shown(arriving).tree, None
        return self.writer.arranger.tree(arriving, row=shape.is_row), shape

    def _kind(self, node: Node) -> str:
        if isinstance(node, Map):
            return "elementwise"
        return self.rulebook[node.function].kind if isinstance(node, Function) else "product"

    def _origin(self, node: Node) -> Origin | None:
        """Where the rule of a function comes from, the first time that it is used.

        What holds for every real number needs no word, nor does the reference of a function of
        single numbers.
        """
        if not isinstance(node, (Map, Function)) or not node.function.isidentifier():
            return None
        if node.function in self.quoted or node.function not in self.rulebook.rules:
            return None
        self.quoted.add(node.function)
        rule = self.rulebook[node.function]
        reference = rule.reference if rule.kind in LETTERED else ""
        domain = "" if rule.domain.startswith("every") or rule.kink else rule.domain
        return Origin(reference, domain, rule.kink, ", ".join(rule.arguments))

    def _shape(self, operand: Node) -> Shape | None:
        """The shape of the derivative by an operand, where it has at most two axes."""
        axes = self.names.axes(operand)
        if len(axes) > MOST_AXES:
            return None
        if self.names.seed and operand.axes:
            return Shape(*axes)
        if not operand.axes:
            return shape_of(axes, row=self.value is not None and self.writer.is_row(self.value))
        return shape_of(axes, row=self.writer.is_row(self.names.short.get(operand.key) or operand))

    def _slope(self, local: Node, operand: Tree, partial: Partial) -> tuple[Tree, Tree, Tree]:
        """The derivative as if everything were scalars."""
        if isinstance(local, Product):
            whole = self._as_scalars(local.coefficient, local.factors)
        else:
            whole = as_scalar(self.writer.unfolded(local))
        slopes = [self._as_scalars(term.coefficient, term.factors[1:]) for term in partial.terms]
        return whole, operand, added(slopes)

    def _as_scalars(self, coefficient: Fraction, factors: Sequence[Factor]) -> Tree:
        written = []
        for node, _, power in factors:
            if is_constant(node):
                coefficient *= node.coefficient
            else:
                tree = self.writer.shown(node).tree
                written.append((as_scalar(tree) if node.axes else tree, power))
        return multiplied(coefficient, written)

    def _entries(self, local: Node, partial: Partial) -> Tree | None:
        if not isinstance(local, Product):
            return None
        return self.writer.entries(local.factors, partial.terms[0])

    def _rule(
        self, node: Node, local: Node, operand: Tree, terms: Sequence[Term]
    ) -> tuple[Tree, Tree, Tree] | None:
        """The derivative of an entry of a function of arrays by an entry of its argument."""
        slopes = [term.slope for term in terms if term.slope is not None]
        if self._kind(node) not in LETTERED or len(slopes) < len(terms):
            return None
        name = self.names.own(node)
        whole = self.writer.unfolded(local) if name is None else Name(name.name)
        over = Entry(whole, slopes[0].over) if slopes[0].over else whole
        return over, Entry(operand, slopes[0].under), added([slope.value for slope in slopes])


def _kind_of_passage(node: Node, partial: Partial) -> PassageKind:
    if isinstance(node, Sum):
        return "sum"
    if isinstance(node, Named):
        return "name"
    term = partial.terms[0]
    return "product" if term.factors[0].indices == term.result else "transpose"


def _normal(node: Node) -> Node:
    """A node whose operands were exchanged, with a key of its own."""
    match node:
        case Product():
            return product(node.coefficient, node.factors, node.result, node.dims)
        case Sum():
            return total(node.terms, node.axes)
        case _:
            return node


def added(trees: Sequence[Tree]) -> Tree:
    """A sum of formulas, zero where there are none; one that is added goes first."""
    terms: list[Tree] = []
    for tree in sorted(trees, key=lambda tree: isinstance(tree, Negative)):
        terms.extend(tree.terms if isinstance(tree, Add) else (tree,))
    if not terms:
        return Number(Fraction(0))
    return terms[0] if len(terms) == 1 else Add(tuple(terms))

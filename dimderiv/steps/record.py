"""From the visits of the reverse sweep to steps.

Each visit is told under short names: an inner part without a name gets one, so that every formula is
small, and the derivative by a part `r` is called `dr`.  A part that receives just what arrives, or a
constant times it, needs no name.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from dimderiv import notation
from dimderiv.arrange import Arranger
from dimderiv.differentiate import Gradients, Visit
from dimderiv.graph import (
    Constant,
    Function,
    Key,
    Map,
    Named,
    Node,
    Product,
    Size,
    Sum,
    Symbol,
    apply_function,
    apply_map,
    is_symmetric,
    is_zero,
    named,
)
from dimderiv.language.syntax import Add, Name, Negative, Statement, children, replaced
from dimderiv.language.syntax import Node as Tree
from dimderiv.partials import Labelled, Partial, operands, partials
from dimderiv.products import product
from dimderiv.rules import Rulebook
from dimderiv.shapes import SCALAR, Dim, Shape
from dimderiv.simplify import Simplifier
from dimderiv.steps.handles import Handles
from dimderiv.steps.model import Added, Derived, Operand, Passed, Step
from dimderiv.steps.reasons import Equation
from dimderiv.steps.scalars import as_scalar, multiplied
from dimderiv.steps.terms import MOST_AXES, Shown, Target, Term, Writer, shape_of
from dimderiv.sums import total

ONCE = Fraction(1)


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


def record_steps(sources: Sources) -> tuple[Step, ...]:
    """The steps from the value back to the variables.

    Args:
        sources: the record of the sweep, and the names to tell it by.
    """
    visits = [visit for visit in sources.gradients.visits if not is_zero(visit.upstream)]
    recorder = _Recorder(sources, visits)
    return tuple(step for visit in visits for step in recorder.steps(visit))


class Part(NamedTuple):
    """One way in which something enters the value: the derivative, and how it is written."""

    node: Node
    tree: Tree


class _Recorder:
    def __init__(self, sources: Sources, visits: Sequence[Visit]) -> None:
        self.rulebook = sources.rulebook
        taken = {*sources.symbols, *sources.sizes}
        self.handles = Handles((*taken, *sources.names.values()), sources.given)
        self.names = sources.names
        self.plain = Arranger(sources.symbols)
        self.writer = Writer(Arranger(sources.symbols), taken)
        self.simplify = Simplifier(_keys(visits))
        self.upstream = {visit.node.key: visit.upstream for visit in visits}
        self.adjoints = {adjoint.key for adjoint in sources.gradients.adjoints}
        self.uses = Counter(p.operand.key for visit in visits for p in visit.partials)
        self.parts: dict[Key, list[Part]] = {}
        self.short: dict[Key, Named | Symbol] = {}
        self.derivatives: dict[Key, Named] = {}
        self.arriving: dict[Key, Node] = {}
        self.written: dict[Key, Tree] = {}
        self.owners: dict[Key, Named] = {}
        self.announced: set[Key] = set()
        self.statements = {s.name: s.value for s in sources.statements}
        self.seed: tuple[Dim, ...] = ()
        if visits:
            first = visits[0]
            self.seed = first.upstream.axes[: len(first.upstream.axes) - len(first.node.axes)]
            self.arriving[first.node.key] = first.upstream
            self.written[first.node.key] = sources.statements[-1].value

    def steps(self, visit: Visit) -> Iterator[Step]:
        """The steps that one visit makes."""
        node, wanted = visit.node, {partial.operand.key for partial in visit.partials}
        if isinstance(node, Named):
            self.owners[node.value.key] = node
            self.written[node.value.key] = self.statements[node.name]
        arriving = self.arriving[node.key]
        for operand, partial in self._partials(node, node, arriving):
            if operand.key in wanted:
                self._settle(operand, partial)
        local = self._under_short_names(node)
        found = [
            (operand, partial)
            for operand, partial in self._partials(node, local, arriving)
            if operand.key in wanted
        ]
        yield from self._told(visit, local, found)

    def _partials(self, node: Node, local: Node, arriving: Node) -> list[tuple[Node, Partial]]:
        """What each operand receives, beside the operand as the record has it."""
        value = self.short.get(node.key) or self.owners.get(node.key)
        found = partials(local, arriving, self.rulebook, value)
        return list(zip(operands(node), found, strict=True))

    def _told(
        self, visit: Visit, local: Node, found: Sequence[tuple[Node, Partial]]
    ) -> Iterator[Step]:
        node = visit.node
        passed = [(operand, partial) for operand, partial in found if _is_passed_on(partial)]
        if passed and not (isinstance(node, Named) and not self._is_short(node.value)):
            yield self._passed(node, local, passed)
        for operand, partial in found:
            if (operand, partial) not in passed:
                yield self._derived(node, local, operand, partial, found)
        for operand, partial in found:
            yield from self._collected(operand, partial)

    def _is_short(self, node: Node) -> bool:
        return node.key in self.short

    def _settle(self, operand: Node, partial: Partial) -> None:
        """Decide whether an operand gets a name, and what arrives at it."""
        key = operand.key
        if key in self.short or key in self.arriving:
            return
        if isinstance(operand, (Symbol, Named)):
            self.short[key] = operand
            wanted = self._derivative_name(operand)
        elif self.uses[key] > 1 or not _is_brief(partial):
            wanted = self.handles.derivative(self._named(operand).name)
        else:
            self.arriving[key] = partial.node
            return
        value = self.upstream.get(key, operand)
        derivative = replace(named(wanted, value, row=self.short[key].row), axes=(*self.seed, *operand.axes))
        self.derivatives[key] = self.arriving[key] = derivative

    def _derivative_name(self, node: Symbol | Named) -> str:
        upstream = self.upstream.get(node.key)
        if isinstance(upstream, Named) and upstream.key in self.adjoints:
            if upstream.name.startswith(f"d{node.name}"):
                return upstream.name
        if isinstance(node, Symbol):
            return self.names[node.name]
        return self.handles.derivative(node.name)

    def _named(self, node: Node) -> Named:
        """A short name for an inner part."""
        row = self.writer.is_row(node)
        tree = self.plain.tree(node, row=row)
        short = named(self.handles.inner(tree, len(node.axes)), node, row=row)
        self.written[short.key] = self.writer.shown(node).tree
        self.writer.arranger.known[node.key] = notation.named(
            short.name, len(node.axes), row=row, is_symmetric=is_symmetric(node)
        )
        self.short[node.key] = short
        return short

    def _under_short_names(self, node: Node) -> Node:
        """The node with the short names of its operands in place of them."""

        def short(operand: Node) -> Node:
            return self.short.get(operand.key, operand)

        match node:
            case Product():
                factors = tuple(f._replace(node=short(f.node)) for f in node.factors)
                return replace(node, factors=factors)
            case Sum():
                return replace(node, terms=tuple((c, short(term)) for c, term in node.terms))
            case Map():
                return apply_map(node.function, *(short(a) for a in node.arguments))
            case Function():
                arguments = tuple(short(argument) for argument in node.arguments)
                return apply_function(node.function, arguments, node.axes, node.over)
            case _:
                return node

    def _operand(self, node: Node, occurrence: int = 0) -> Operand:
        short, derivative = self.short.get(node.key), self.derivatives.get(node.key)
        definition = None
        if short is not None and short.key in self.written and short.key not in self.announced:
            self.announced.add(short.key)
            definition = self.written[short.key]
        tree = Name(short.name) if short is not None else self.writer.shown(node).tree
        name = derivative.name if derivative is not None else None
        return Operand(tree, definition, name, self.uses[node.key] > 1, occurrence)

    def _operation(self, node: Node, local: Node, shown: Collection[Tree]) -> Equation:
        """The operation as the user wrote it, if the operands can be seen there, and its name."""
        if isinstance(node, Named):
            return Equation((Name(node.name),))
        written = self._written(node, shown)
        tree = written or self.writer.unfolded(_normal(local))
        owner = self.short.get(node.key) or self.owners.get(node.key)
        if owner is not None:
            return Equation((Name(owner.name), tree))
        whole = self.written.get(node.key)
        return Equation((tree,) if whole is None or written is not None else (whole, tree))

    def _written(self, node: Node, shown: Collection[Tree]) -> Tree | None:
        whole = self.written.get(node.key)
        if whole is None:
            return None
        names = {
            self.plain.tree(operand, row=short.row): Name(short.name)
            for operand in operands(node)
            if (short := self.short.get(operand.key)) is not None
        }
        tree = replaced(whole, names.get)
        return tree if all(_occurs(part, tree) for part in shown) else None

    def _passed(
        self, node: Node, local: Node, found: Sequence[tuple[Node, Partial]]
    ) -> Passed:
        received = [
            (self._operand(operand), self._value(operand, partial.node)) for operand, partial in found
        ]
        return Passed(
            self._operation(node, local, [operand.tree for operand, _ in received]), tuple(received)
        )

    def _value(self, operand: Node, node: Node) -> Tree:
        return self.writer.arranger.tree(node, row=self._shape(operand).is_row)

    def _shape(self, operand: Node) -> Shape:
        """The shape of the derivative by an operand."""
        axes = (*self.seed, *operand.axes)
        if len(axes) > MOST_AXES:
            return SCALAR
        if self.seed and operand.axes:
            return Shape(*axes)
        row = (self.short.get(operand.key) or operand) if operand.axes else operand
        return shape_of(replace(operand, axes=axes), row=self.writer.is_row(row))

    def _derived(
        self,
        node: Node,
        local: Node,
        operand: Node,
        partial: Partial,
        found: Sequence[tuple[Node, Partial]],
    ) -> Derived:
        same = [other for by, other in found if by.key == operand.key]
        told = self._operand(operand, same.index(partial) + 1 if len(same) > 1 else 0)
        shape = self._shape(operand)
        target = Target(told.tree, told.name or "", shape, bool(self.seed))
        terms = tuple(self.writer.term(term, target) for term in partial.terms)
        arriving = self.arriving[node.key]
        return Derived(
            operation=self._operation(node, local, [told.tree]),
            kind=self._kind(node),
            function=node.function if isinstance(node, (Map, Function)) else "",
            operand=told,
            arriving=None if _is_constant(arriving) else self._arriving(node, arriving),
            slope=self._slope(local, told.tree, partial),
            terms=terms,
            shape=shape,
            value=self._result(terms, partial.node, shape),
        )

    def _arriving(self, node: Node, arriving: Node) -> Shown:
        return Shown(self._value(node, arriving), self._shape(node))

    def _kind(self, node: Node) -> str:
        if isinstance(node, Map):
            return "elementwise"
        return self.rulebook[node.function].kind if isinstance(node, Function) else "product"

    def _slope(self, local: Node, operand: Tree, partial: Partial) -> tuple[Tree, Tree, Tree]:
        if isinstance(local, Product):
            factors = [(f.node, f.power) for f in local.factors]
            whole = self._scalars(local.coefficient, factors)
        else:
            whole = as_scalar(self.writer.unfolded(local))
        slopes = [
            self._scalars(term.coefficient, [(f.node, f.power) for f in term.factors[1:]])
            for term in partial.terms
        ]
        return whole, operand, _added(slopes)

    def _scalars(self, coefficient: Fraction, factors: Sequence[tuple[Node, Fraction]]) -> Tree:
        written = []
        for node, power in factors:
            if isinstance(node, Product) and not node.factors:
                coefficient *= node.coefficient
            else:
                written.append((as_scalar(self.writer.shown(node).tree), power))
        return multiplied(coefficient, written)

    def _result(self, terms: Sequence[Term], node: Node, shape: Shape) -> Equation:
        values = [term.value or (term.letters.sides[-1] if term.letters else None) for term in terms]
        tree = _added([value for value in values if value is not None])
        if len(node.axes) > MOST_AXES:
            return Equation((tree,))
        return self._simplified(tree, node, shape)

    def _simplified(self, tree: Tree, node: Node, shape: Shape) -> Equation:
        simple = self.writer.arranger.tree(self.simplify(node), row=shape.is_row)
        return Equation((tree,) if simple == tree else (tree, simple))

    def _collected(self, operand: Node, partial: Partial) -> Iterator[Added]:
        """The sum of all ways in which an operand enters, once the last of them is known."""
        key, shape = operand.key, self._shape(operand)
        if self.uses[key] < 2:
            return
        parts = self.parts.setdefault(key, [])
        parts.append(Part(partial.node, self._value(operand, partial.node)))
        if len(parts) == self.uses[key]:
            axes = (*self.seed, *operand.axes)
            node = total([(ONCE, part.node) for part in parts], axes)
            value = self._simplified(_added([part.tree for part in parts]), node, shape)
            tree, name = self._operand(operand).tree, self.derivatives[key].name
            yield Added(tree, name, len(parts), shape, value)


def _keys(visits: Sequence[Visit]) -> set[Key]:
    """The keys of all that the expression is made of."""
    found: set[Key] = set()
    stack = [visits[0].node] if visits else []
    while stack:
        node = stack.pop()
        if node.key not in found:
            found.add(node.key)
            stack.extend(operands(node))
    return found


def _normal(node: Node) -> Node:
    """A node whose operands were exchanged, with a key of its own."""
    match node:
        case Product():
            return product(node.coefficient, node.factors, node.result, node.dims)
        case Sum():
            return total(node.terms, node.axes)
        case _:
            return node


def _added(trees: Sequence[Tree]) -> Tree:
    """A sum of formulas; one that is added goes first."""
    terms: list[Tree] = []
    for tree in sorted(trees, key=lambda tree: isinstance(tree, Negative)):
        terms.extend(tree.terms if isinstance(tree, Add) else (tree,))
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _occurs(part: Tree, tree: Tree) -> bool:
    stack = [tree]
    while stack:
        found = stack.pop()
        if found == part:
            return True
        stack.extend(children(found))
    return False


def _is_constant(node: Node) -> bool:
    """Whether a node is a number, an array of ones or an identity."""
    return isinstance(node, Product) and not node.factors


def _is_passed_on(partial: Partial) -> bool:
    """Whether an operand receives what arrives, times constants and with its axes reversed at most."""
    if len(partial.terms) != 1:
        return False
    arriving, *rest = partial.terms[0].factors
    if any(f.indices or not _is_plain_scalar(f.node) for f in rest):
        return False
    result = partial.terms[0].result
    return len(set(arriving.indices)) == len(arriving.indices) == len(result) and set(
        arriving.indices
    ) == set(result)


def _is_plain_scalar(node: Node) -> bool:
    return isinstance(node, (Size, Constant, Symbol)) or _is_constant(node)


def _is_brief(partial: Partial) -> bool:
    """Whether a derivative is so short that it needs no name: at most one name and constants."""
    node = partial.node
    if isinstance(node, (Symbol, Named)) or is_zero(node):
        return True
    if not isinstance(node, Product):
        return False
    arrays = [factor for factor in node.factors if factor.indices]
    if any(not _is_plain_scalar(f.node) for f in node.factors if not f.indices):
        return False
    if not arrays:
        return True
    array = arrays[0]
    return (
        len(arrays) == 1
        and isinstance(array.node, (Symbol, Named))
        and array.power == 1
        and set(array.indices) == set(node.result)
        and len(node.result) == len(array.indices) == len(set(array.indices))
    )

"""From the visits of the reverse sweep to steps.

Each visit is told under short names: an inner part without a name gets one, so that every formula
is small.  A part that receives just what arrives, or a constant times it, needs none.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from dimderiv.conform import UserLetters, symbols, written_name
from dimderiv.differentiate import Gradients, Visit, partials
from dimderiv.errors import LimitError
from dimderiv.explain.record.entry_letters import Target
from dimderiv.explain.record.formulas import has_letters, shape_of
from dimderiv.explain.record.kronecker import stacked
from dimderiv.explain.record.letters import StatementLetters
from dimderiv.explain.record.names import DerivativeNames, ShortNames
from dimderiv.explain.record.recorded import (
    Added,
    Differentiated,
    Equation,
    Holds,
    Operand,
    Origin,
    Passed,
    Received,
    Slope,
    Step,
    StepTerm,
    Vanished,
)
from dimderiv.explain.record.scalar_order import (
    MOST_AXES,
    as_scalar,
    is_brief_identity,
    is_constant,
    is_passed_on,
)
from dimderiv.explain.record.terms import TermWriter
from dimderiv.explain.record.told import Told, added, are_different, kind_of_passage, received
from dimderiv.graph import (
    ONCE,
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
    Entry,
    IndexForm,
    Name,
    Shape,
    Statement,
    Tree,
    all_occur,
    frozen,
    replaced,
)
from dimderiv.rulebook import Rule, Rulebook
from dimderiv.simplify import Simplifier

# The kinds of functions whose rule is given in letters.
LETTERED = ("rows", "matrix")
# Each factor of a product is told with all others beside it: this many are some 45 factors.
MOST_FACTORS = 2_000


@frozen.record
class Sources:
    """What the steps are made from.

    Attributes:
        gradients: the record of the sweep.
        statements: the program as the user wrote it.
        rulebook: the rules.
        names: a name for the derivative by each variable.
        symbols: the names of symbols and intermediates.
        sizes: the names of dimensions and labels, and others that mean something already.
        letters: the letters of the program.
    """

    gradients: Gradients
    statements: Sequence[Statement]
    rulebook: Rulebook
    names: Mapping[str, str]
    symbols: Collection[str]
    sizes: Collection[str]
    letters: UserLetters = field(default_factory=UserLetters)


def steps_back(sources: Sources, short_names: ShortNames) -> Iterator[Step]:
    """The steps from the value back to the variables."""
    visits = [visit for visit in sources.gradients.visits if not is_zero(visit.upstream)]
    if max(map(_factors_told, visits), default=0) > MOST_FACTORS:
        raise LimitError(
            "a product has so many factors that its steps would be too long to be read",
            hint="give names to parts of it",
        )
    if visits:
        recorder = _Recorder(sources, visits, short_names)
        for visit in visits:
            yield from recorder.steps(visit)
        yield from recorder.stacked()


def _factors_told(visit: Visit) -> int:
    """How many factors the steps of one operation show."""
    terms = (term for partial in visit.partials for term in partial.terms)
    return sum(len(term.factors) for term in terms)


class _Recorder:
    def __init__(self, sources: Sources, visits: Sequence[Visit], short_names: ShortNames) -> None:
        self.sources, self.rulebook = sources, sources.rulebook
        self.value = visits[0].node
        self.simplify = Simplifier(keys_of([self.value]), rulebook=sources.rulebook)
        letters = StatementLetters(sources.statements, sources.letters, sources.sizes)
        self.writer = TermWriter(sources.symbols, sources.sizes, self.simplify, letters)
        self.names = DerivativeNames(
            short_names, self.writer, visits, sources.gradients.adjoints, sources.names
        )
        statements = {statement.name: statement.value for statement in sources.statements}
        self.written = {self.value.key: sources.statements[-1].value} | {
            key: statements[owner.name]
            for key, owner in self.names.owners.items()
            if owner.name in statements
        }
        found = sources.gradients.visits
        self.vanished = {v.node.key for v in found if isinstance(v.node, Named)}
        self.vanished &= {v.node.key for v in found if is_zero(v.upstream)}
        self.quoted: set[str] = set()
        self.parts: dict[Key, list[Told]] = {}

    def steps(self, visit: Visit) -> Iterator[Step]:
        """The steps that one visit makes."""
        node = visit.node
        self.names.settle(visit)
        if isinstance(node, Named) and node.value.key not in self.names.short:
            # A definition hands everything to its value, which is told with the definition's name.
            return
        local = self.names.shortened(node)
        found = list(self._told(visit, local))
        passed = [told for told in found if is_passed_on(told.partial)]
        if passed:
            yield self._passed(node, local, passed, found)
        for told in found:
            if told not in passed and not self.names.is_handed(told.partial):
                yield self._derived(node, local, told, found)
        for told in found:
            yield from self._collected(told)

    def stacked(self) -> Iterator[Step]:
        """How the derivatives with more than two axes become matrices."""
        for variable, name in self.sources.names.items():
            node = self.sources.gradients.of[variable]
            if self.names.seed and len(node.axes) > MOST_AXES:
                step = stacked(node, len(self.names.seed), variable, name, self.names.plain)
                yield from () if step is None else (step,)

    def _told(self, visit: Visit, local: Node) -> Iterator[Told]:
        names, wanted = self.names, {partial.operand.key for partial in visit.partials}
        arriving, own = names.arriving[visit.node.key], names.own(visit.node)
        found = partials(local, arriving, self.rulebook, own)
        nameless = "" if visit.node is self.value else None
        whole = nameless if own is None else own.name
        for node, partial in zip(operands(visit.node), found, strict=True):
            if node.key in wanted:
                short = names.short.get(node.key)
                tree = Name(short.name) if short is not None else self.writer.tree(node)
                name, seed = names.derivatives.get(node.key, ""), len(names.seed)
                target = Target(tree, name, self._shape(node), seed, whole)
                terms = tuple(self.writer.term(term, target) for term in partial.terms)
                yield Told(node, partial, target, terms)

    def _operand(self, told: Told, occurrence: int = 0) -> Operand:
        definition = self.names.definition(told.node)
        is_shared = self.names.uses[told.node.key] > 1
        return Operand(told.target.operand, definition, told.target.name, is_shared, occurrence)

    def _introduced(self, found: Iterable[Told]) -> tuple[Equation, ...]:
        """What short names stand for that were not told yet."""
        shown = (self._operand(told).introduced for told in found)
        return tuple(each for each in shown if isinstance(each, Equation))

    def _operation(self, node: Node, local: Node, shown: Collection[Tree]) -> Equation:
        """The operation as the user wrote it, if the operands can be seen there, and its name."""
        if isinstance(node, Named):
            return Equation((Name(node.name), *shown))
        whole, owner = self.written.get(node.key), self.names.own(node)
        names = self.names.written(operands(node))
        tree = None if whole is None else replaced(whole, names.get)
        is_inside = owner is None and whole is not None and _is_around_letters(whole)
        if tree is None or is_inside or not all_occur(shown, tree):
            tree = self.writer.unfolded(_normal(local), "" if owner is None else owner.name)
            if whole is not None and owner is None and not is_inside:
                return Equation((whole, tree))
        return Equation((tree,)) if owner is None else self.writer.defined(Name(owner.name), tree)

    def _passed(
        self, node: Node, local: Node, passed: Sequence[Told], found: Sequence[Told]
    ) -> Passed:
        received = [Received(self._operand(told), *told.received) for told in passed]
        operation = self._operation(node, local, [told.target.operand for told in passed])
        kind = kind_of_passage(node, passed[0].partial)
        return Passed(kind, operation, self._introduced(found), tuple(received))

    def _derived(
        self, node: Node, local: Node, told: Told, found: Sequence[Told]
    ) -> Differentiated:
        same = [other for other in found if other.node.key == told.node.key]
        target, terms = told.target, told.terms
        left, value = told.received
        return Differentiated(
            operand=self._operand(told, same.index(told) + 1 if len(same) > 1 else 0),
            operation=self._operation(node, local, [target.operand]),
            where=self._introduced(found),
            kind=self._kind(node),
            function=written_name(node) if isinstance(node, (Map, Function)) else "",
            origin=self._origin(node, local),
            arriving=self._arriving(node, terms),
            slope=self._slope(local, told),
            entries=self._entries(local, told),
            rule=self._rule(node, local, told),
            along=self._along(node, told),
            terms=terms,
            shape=target.shape,
            has_seed=bool(self.names.seed),
            left=left,
            value=self._simplified(value, told.partial.node, target, terms),
        )

    def _simplified(
        self, tree: Tree, node: Node, target: Target, terms: Sequence[StepTerm]
    ) -> Equation:
        """What was found, and after it a shorter form if there is one."""
        if any(term.value is None for term in terms):
            return Equation((tree,))
        simple = self.writer.whole(self.simplify(node), target)
        is_shorter = simple is not None and symbols(simple) < symbols(tree)
        return Equation((tree, simple) if is_shorter and simple is not None else (tree,))

    def _collected(self, told: Told) -> Iterator[Added | Vanished]:
        """The sum of all ways in which an operand enters, once the last of them is known."""
        uses, target = self.names.uses[told.node.key], told.target
        parts = self.parts.setdefault(told.node.key, [])
        parts.append(told)
        if len(parts) < uses:
            return
        if uses > 1:
            yield self._added(told.target, parts)
        if told.node.key in self.vanished:
            yield Vanished(target.operand)

    def _added(self, target: Target, parts: Sequence[Told]) -> Added:
        nodes = [part.partial.node for part in parts]
        terms = [term for part in parts if not is_zero(part.partial.node) for term in part.terms]
        left, tree = received(target, terms)
        node = total([(ONCE, part) for part in nodes], self.names.axes(parts[0].node))
        if are_different(terms):
            left, tree = self.writer.entries_of(node, target)
        value = self._simplified(tree, node, target, terms)
        return Added(target.operand, left or Name(target.name), len(parts), value)

    def _arriving(self, node: Node, terms: Sequence[StepTerm]) -> tuple[Tree, Shape | None] | None:
        """What arrives, unless it is the derivative of the value by itself."""
        arriving = self.names.arriving[node.key]
        if is_constant(arriving) and (node is self.value or is_brief_identity(arriving)):
            return None
        tree, shape = self.writer.tree(arriving), self._shape(node)
        lettered = [each for term in terms for each in term.lettered]
        if shape is None or lettered:
            named = [each for each in reversed(lettered) if isinstance(each.tree, Name)]
            entries: dict[Tree, Tree] = {each.tree: Entry(*each) for each in named}
            return replaced(tree, entries.get), None
        return self.writer.array(arriving, row=shape.is_row), shape

    def _kind(self, node: Node) -> str:
        if isinstance(node, Map):
            return "elementwise"
        return self.rulebook[node.function].kind if isinstance(node, Function) else "product"

    def _origin(self, node: Node, local: Node) -> Origin | None:
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
        named = [each for each in rule.arguments if re.search(rf"\b{each}\b", rule.domain)]
        about = ", ".join(named or rule.arguments)
        return Origin(reference, self._holds(rule, domain, local), rule.kink, about)

    def _holds(self, rule: Rule, domain: str, local: Node) -> Holds | str:
        """Where a rule holds, of the arguments; `a` is a word besides, so it stays one."""
        if not domain or "a" in rule.arguments or not isinstance(local, (Map, Function)):
            return domain
        trees = [self.writer.tree(argument) for argument in local.arguments]
        return Holds(domain, tuple(zip(rule.arguments, trees, strict=False)))

    def _shape(self, operand: Node) -> Shape | None:
        """The shape of the derivative by an operand, where it has at most two axes."""
        axes = self.names.axes(operand)
        if len(axes) > MOST_AXES:
            return None
        shown = self.names.short.get(operand.key, operand) if operand.axes else self.value
        return shape_of(axes, row=self.writer.is_row(shown))

    def _slope(self, local: Node, told: Told) -> Slope:
        """The derivative as if everything were scalars."""
        if isinstance(local, Product):
            whole = self.writer.scalars(local.coefficient, local.factors)
        else:
            whole = as_scalar(self.writer.unfolded(local))
        terms = told.partial.terms
        slopes = [self.writer.scalars(term.coefficient, term.factors[1:]) for term in terms]
        return Slope(whole, told.target.operand, added(slopes))

    def _entries(self, local: Node, told: Told) -> Tree | None:
        if not isinstance(local, Product):
            return None
        return self.writer.entries(local.factors, told.partial.terms[0], told.target)

    def _rule(self, node: Node, local: Node, told: Told) -> Slope | None:
        """The derivative of an entry of a function of arrays by an entry of its argument."""
        if self._kind(node) not in LETTERED:
            return None
        name = self.names.own(node)
        whole = self.writer.unfolded(local) if name is None else Name(name.name)
        slopes = [self.writer.slope(term, told.target, whole) for term in told.partial.terms]
        return slopes[0]._replace(value=added([slope.value for slope in slopes]))

    def _along(self, node: Node, told: Told) -> tuple[Tree, ...]:
        """The letters along which a function works that has more axes than a matrix."""
        if not isinstance(node, Function) or not any(term.is_lettered for term in told.terms):
            return ()
        return self.writer.letters_along(node.over, told.partial.terms[0], told.target)


def _is_around_letters(tree: Tree) -> bool:
    """Whether a part of a formula, but not all of it, is given entry by entry."""
    return not isinstance(tree, IndexForm) and has_letters(tree)


def _normal(node: Node) -> Node:
    """A node whose operands were exchanged, with a key of its own."""
    match node:
        case Product():
            return product(node.coefficient, node.factors, node.result, node.dims)
        case Sum():
            return total(node.terms, node.axes)
        case _:
            return node

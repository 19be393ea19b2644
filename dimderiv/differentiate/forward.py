"""The forward sweep: how values change along directions of the variables.

A partial derivative is one labelled product, whichever way it is read: the reverse sweep hands what
arrives at a node on to an operand, the forward sweep hands the change of an operand on to the node.
So no rule is needed beyond those of the reverse sweep.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from dimderiv.differentiate.partials import LONGEST, Partial, partials
from dimderiv.errors import LimitError
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Key,
    LabelledProduct,
    Named,
    Node,
    Product,
    is_zero,
    named,
    nodes_of,
    operands,
    operands_first,
    total,
    zero,
)
from dimderiv.language import frozen, unused_letters, unused_name
from dimderiv.rulebook import Rulebook

SHORTEST_NAMED = 2
LONGEST_UNNAMED = 8
LETTERS = "URZTHQMF"


@frozen.record
class Tangents:
    """What the sweep found.

    Attributes:
        of: the derivative of each value along the directions.
        changed: the nodes that change, each after its operands.
        named: the derivatives of intermediates that have names of their own.
        lent: those of these names that are only lent, to keep a part in one piece.
    """

    of: tuple[Node, ...]
    changed: tuple[Node, ...]
    named: tuple[Named, ...]
    lent: frozenset[str] = frozenset()


def forward_sweep(
    values: Sequence[Node],
    directions: Mapping[Key, Node],
    rulebook: Rulebook,
    simplify: Callable[[Node], Node],
    taken: Collection[str],
) -> Tangents:
    """The derivatives of values along directions of the variables.

    Args:
        values: what is differentiated.
        directions: the direction of each variable, by the variable's key.
        rulebook: the rules.
        simplify: what to do with the sum of the changes of a node.
        taken: names that derivatives of intermediates must not have.

    Raises:
        NotDifferentiableError: an operation between a variable and a value has no rule.
        LimitError: a derivative becomes too long.
    """
    found = _Sweep(directions, rulebook, simplify, taken, ()).over(values)
    uses = _uses([*found.of, *(each.value for each in found.named)])
    # A name pays where it stands for something long, or for something that occurs again.
    kept = [node for node in found.named if node.name not in found.lent]
    unnamed = [n for n in kept if uses[n.key] < 2 and n.value.weight <= LONGEST_UNNAMED]
    if not unnamed:
        return found
    return _Sweep(directions, rulebook, simplify, taken, {n.name for n in unnamed}).over(values)


class _Sweep:
    def __init__(
        self,
        directions: Mapping[Key, Node],
        rulebook: Rulebook,
        simplify: Callable[[Node], Node],
        taken: Collection[str],
        unnamed: Collection[str],
    ) -> None:
        self.tangents = dict(directions)
        self.rulebook, self.simplify = rulebook, simplify
        self.taken, self.unnamed = set(taken), unnamed
        self.letters = unused_letters(LETTERS, self.taken)
        self.changed: list[Node] = []
        self.named: list[Named] = []
        self.lent: set[str] = set()
        self.of_rows: set[Key] = set()

    def over(self, values: Sequence[Node]) -> Tangents:
        """The sweep over everything that the values are made of."""
        order = {node.key: node for node in operands_first(*values)}
        self.of_rows = {key for node in order.values() for key in self._of_rows(node)}
        known_as = {node.value.key: node for node in order.values() if isinstance(node, Named)}
        for key, node in order.items():
            if key not in self.tangents and any(o.key in self.tangents for o in operands(node)):
                self._visit(node, known_as.get(key, node))
        of = [self.tangents.get(value.key, zero(value.axes)) for value in values]
        return Tangents(tuple(of), tuple(self.changed), tuple(self.named), frozenset(self.lent))

    def _of_rows(self, node: Node) -> list[Key]:
        """Matrices without a name whose rows a function takes: their change is used twice there."""
        rule = self.rulebook.rules.get(node.function) if isinstance(node, Function) else None
        if not isinstance(node, Function) or rule is None or rule.kind != "rows":
            return []
        return [a.key for a in node.arguments if len(a.axes) == 2 and not isinstance(a, Named)]

    def _visit(self, node: Node, known_as: Node) -> None:
        parts = changes(node, self.tangents, self.rulebook, known_as)
        tangent = self.simplify(total([(ONCE, part.node) for part in parts], node.axes))
        if is_zero(tangent):
            return
        if tangent.weight > LONGEST:
            raise LimitError(
                "the derivative along the direction becomes too long to be written",
                hint="give names to parts that are used more than once",
            )
        self.changed.append(node)
        if isinstance(node, Named) and tangent.weight >= SHORTEST_NAMED:
            name = unused_name(f"{node.name}_dot", self.taken)
            self.taken.add(name)
            # Where names are left out, one after another makes something long all the same.
            if name not in self.unnamed or tangent.weight > LONGEST_UNNAMED:
                tangent = named(name, tangent, row=node.row)
                self.named.append(tangent)
        if node.key in self.of_rows and tangent.weight > 1:
            tangent = named(next(self.letters), tangent)
            self.lent.add(tangent.name)
            self.named.append(tangent)
        self.tangents[node.key] = tangent


def changes(
    node: Node, tangents: Mapping[Key, Node], rulebook: Rulebook, known_as: Node
) -> Iterator[Partial]:
    """What the change of each operand that has one contributes to the change of a node.

    Args:
        node: the node.
        tangents: the change of each operand that has one, by the operand's key.
        rulebook: the rules for elementwise and matrix functions.
        known_as: how a rule that uses the value of the node refers to it.
    """
    if isinstance(node, Product):
        yield from _of_product(node, tangents)
        return
    # What arrives from above stands in each term only to be replaced, so the node itself will do.
    for partial in partials(node, node, rulebook, known_as):
        tangent = tangents.get(partial.operand.key)
        if tangent is not None:
            terms = tuple([_turned_round(term, tangent) for term in partial.terms])
            yield partial._replace(terms=terms)


def _of_product(node: Product, tangents: Mapping[Key, Node]) -> Iterator[Partial]:
    for place, factor in enumerate(node.factors):
        tangent = tangents.get(factor.node.key)
        if tangent is None:
            continue
        factors = list(node.factors)
        factors[place] = Factor(tangent, factor.indices)
        if factor.power != 1:
            factors.insert(place, factor._replace(power=factor.power - 1))
        coefficient = node.coefficient * factor.power
        term = LabelledProduct(coefficient, tuple(factors), node.result, node.dims)
        yield Partial(factor.node, (term,))


def _turned_round(term: LabelledProduct, tangent: Node) -> LabelledProduct:
    """A term of a partial derivative, with the change of the operand for what arrives."""
    arriving, *rest = term.factors
    factors = (*rest, Factor(tangent, term.result))
    return LabelledProduct(term.coefficient, factors, arriving.indices, term.dims)


def _uses(values: Sequence[Node]) -> Counter[Key]:
    """In how many places each node occurs; what stands under a name counts by itself."""
    counts = Counter(value.key for value in values)
    for node in nodes_of(values, through_names=False):
        if not isinstance(node, Named):
            counts.update(operand.key for operand in operands(node))
    return counts

"""Properties of the variables: left off while it is differentiated, used again in the answer.

The entries of a variable are free: the derivative by a symmetric `S` is one by each of its entries.
So `tr(F' S')` must not become `tr(F' S)` before it is differentiated, although the two are equal;
nor may the rows of a one-hot `Y` be taken to sum to 1.  Once the derivative is found, at a point
where `S` is symmetric, its properties hold in the answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from dimderiv.differentiate.forward import Tangents
from dimderiv.differentiate.reverse import Gradients, Hessian
from dimderiv.graph import Key, Named, Node, Symbol, is_zero, named, operands, operands_first
from dimderiv.lower import with_operands

# Entries above 0 may move a little, and those at 0 to one side; other properties bind entries.
OPEN = frozenset({"positive", "nonnegative"})


def binds_entries(properties: Iterable[str]) -> bool:
    """Whether properties say more than in which range each entry lies."""
    return not OPEN.issuperset(properties)


class Restorer:
    """Rebuilds nodes with the properties of their symbols.

    Args:
        symbols: the symbols with their properties; where there are none, nodes stay as they are.
        simplify: what to do with a derivative that has changed.
    """

    def __init__(self, symbols: Iterable[Symbol], simplify: Callable[[Node], Node]) -> None:
        self.known: dict[Key, Node] = {symbol.key: symbol for symbol in symbols}
        self.simplify = simplify

    def __call__(self, node: Node) -> Node:
        """The node with the properties of its symbols."""
        for part in operands_first(node, known=self.known) if self.known else ():
            self.known[part.key] = _rebuilt(part, self.known)
        return self.known.get(node.key, node)

    def gradients(self, found: Gradients) -> Gradients:
        """What a sweep found, with its record as it was."""
        if not self.known:
            return found
        adjoints = []
        for node in found.adjoints:
            adjoint = self._adjoint(node)
            self.known[node.key] = adjoint.value if is_zero(adjoint.value) else adjoint
            adjoints += [] if is_zero(adjoint.value) else [adjoint]
        of = {name: self.derivative(node) for name, node in found.of.items()}
        return replace(found, of=of, adjoints=tuple(adjoints))

    def hessian(self, found: Hessian) -> Hessian:
        """What a second sweep found, with its record as it was."""
        return replace(found, of={pair: self.derivative(node) for pair, node in found.of.items()})

    def tangents(self, found: Tangents) -> Tangents:
        """What a forward sweep found, with its record as it was."""
        return replace(
            found,
            of=tuple([self.derivative(node) for node in found.of]),
            named=tuple([self._adjoint(node) for node in found.named]),
        )

    def derivative(self, node: Node) -> Node:
        """A derivative, simplified once more where the properties change it."""
        restored = self(node)
        return node if restored is node else self.simplify(restored)

    def _adjoint(self, node: Named) -> Named:
        return named(node.name, self.derivative(node.value), row=node.row)


def _rebuilt(node: Node, known: Mapping[Key, Node]) -> Node:
    parts = operands(node)
    new = [known[part.key] for part in parts]
    is_same = all(after is before for after, before in zip(new, parts, strict=True))
    return node if is_same else with_operands(node, new)

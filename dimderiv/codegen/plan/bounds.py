"""Bounds on the entries of a node that follow from how it is made."""

from dimderiv import graph
from dimderiv.codegen.plan.patterns import is_one
from dimderiv.graph import Function, Key, Map, Named, Node, Product, Sum, Symbol
from dimderiv.language import COMPARISONS
from dimderiv.rulebook import range_of


class Bounds:
    """Says what is known of entries, of each node once: a chain of names may be long."""

    def __init__(self) -> None:
        self._nonnegative: dict[Key, bool] = {}
        self._at_most_one: dict[Key, bool] = {}

    def note(self, node: Named) -> None:
        """Find out about a name, so that asking about others that are made of it is quick."""
        self.is_nonnegative(node)
        self.is_at_most_one(node)

    def is_nonnegative(self, node: Node) -> bool:
        """Whether every entry is known to be at least 0."""
        known = self._nonnegative.get(node.key)
        if known is None:
            known = self._nonnegative[node.key] = self._is_nonnegative(node)
        return known

    def _is_nonnegative(self, node: Node) -> bool:
        match node:
            case Named(value=value):
                return self.is_nonnegative(value)
            case Map(function) if function in COMPARISONS:
                return True
            case Product():
                return node.coefficient >= 0 and all(
                    factor.power % 2 == 0 or self.is_nonnegative(factor.node)
                    for factor in node.factors
                )
            case Sum() if len(node.terms) == 2:
                (c, first), (d, second) = node.terms
                if c == 1 and d == -1 and is_one(first) and self.is_at_most_one(second):
                    return True
                return (
                    c > 0 and d > 0 and self.is_nonnegative(first) and self.is_nonnegative(second)
                )
        return graph.is_nonnegative(node)

    def is_at_most_one(self, node: Node) -> bool:
        """Whether every entry is known to be at most 1."""
        known = self._at_most_one.get(node.key)
        if known is None:
            known = self._at_most_one[node.key] = self._is_at_most_one(node)
        return known

    def _is_at_most_one(self, node: Node) -> bool:
        match node:
            case Named(value=value):
                return self.is_at_most_one(value)
            case Symbol():
                return not node.properties.isdisjoint(("onehot", "probability"))
            case Map() | Function():
                return _largest(node.function) <= 1
            case Product(coefficient=coefficient, factors=factors, result=result):
                if coefficient != 1 or not factors:
                    return is_one(node)
                return all(
                    set(factor.indices) <= set(result)
                    and factor.power > 0
                    and self.is_at_most_one(factor.node)
                    and (self.is_nonnegative(factor.node) or _is_bounded_power(factor))
                    for factor in factors
                )
        return False


def _is_bounded_power(factor: graph.Factor) -> bool:
    """Whether an even power of what lies between -1 and 1 lies below 1."""
    node = factor.node.value if isinstance(factor.node, Named) else factor.node
    is_bounded = isinstance(node, Map) and range_of(node.function)[0] >= -1
    return factor.power % 2 == 0 and is_bounded


def _largest(function: str) -> float:
    return 1 if function in COMPARISONS else range_of(function)[1]

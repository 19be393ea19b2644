"""What the whole of the programs asks of a node, which planning one node at a time cannot see."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from dimderiv.codegen.plan.patterns import is_flat, opposite, turned
from dimderiv.codegen.plan.sharing import Sharing
from dimderiv.codegen.plan.stable import well_scaled
from dimderiv.graph import (
    Factor,
    Function,
    Key,
    Map,
    Named,
    Node,
    Product,
    Selection,
    Sum,
    Symbol,
    letters_of,
    unnamed,
)

OF_ROWS = frozenset({"softmax", "logsoftmax", "logsumexp"})
REDUCTIONS = frozenset({"max", "min"})


class AskedFor(NamedTuple):
    """A node, and whether its entries are asked for, not only products with it."""

    node: Node
    entries: bool


class Demands:
    """What is asked of the nodes of some programs.

    Args:
        roots: the nodes that are computed.

    Attributes:
        inverses: inverses whose entries are needed; products with them need not be solved for.
        upright: matrices that are reduced along their rows, best laid out with rows as columns.
        beside: matrices that meet others entry by entry, best laid out as these are.
        sums: whether each sum is asked for as it is, not only as a factor of a product.
        maps: functions of entries, which others are computed by.
        divisors: what is divided by, or has a logarithm taken of: every digit of it counts near 0.
        along: the functions of rows that are taken of an argument along an axis.
        has_more_axes: whether an input has more axes than a matrix, or is taken in parts.
        sharing: the partial products that several products need.
    """

    def __init__(self, roots: Iterable[Node]) -> None:
        self.inverses: set[Key] = set()
        self.upright: set[Key] = set()
        self.beside: set[Key] = set()
        self.sums: dict[Key, bool] = {}
        self.maps: set[Key] = set()
        self.divisors: set[Key] = set()
        self.along: dict[tuple[Key, tuple[int, ...]], set[str]] = defaultdict(set)
        self.has_more_axes = False
        self.sharing = Sharing()
        seen: set[tuple[Key, bool]] = set()
        waiting = [AskedFor(root, entries=True) for root in roots]
        while waiting:
            node, entries = waiting.pop()
            node = well_scaled(node) or node
            if (node.key, entries) not in seen:
                seen.add((node.key, entries))
                self._note(node, entries)
                parts = list(_asked(node, entries))
                for part in parts:
                    if isinstance(part.node, Sum):
                        known = self.sums.get(part.node.key, False)
                        self.sums[part.node.key] = known or not isinstance(node, Product)
                waiting += parts

    def familiar(self, node: Product) -> tuple[Fraction, list[Factor]]:
        """Coefficient and factors of a product, `Y - X` being `X - Y` where that is used too."""
        coefficient, factors = node.coefficient, list(node.factors)
        for place, factor in enumerate(factors):
            other = opposite(factor.node) if factor.power.denominator == 1 else None
            if other is not None and self._is_preferred(other.key, factor.node.key):
                factors[place] = factor._replace(node=other)
                coefficient *= (-1) ** abs(factor.power.numerator)
        return coefficient, factors

    def _is_preferred(self, other: Key, key: Key) -> bool:
        if other not in self.sums or self.sums.get(key, True):
            return False
        return self.sums[other] or other < key

    def _note(self, node: Node, entries: bool) -> None:
        self.sharing.note(node)
        self.divisors.update(_stated(each).key for each in _divisors(node))
        parts = _side_by_side(node)
        if len(parts) > 1:
            self.beside.update(unnamed(part).key for part in parts)
        is_large = isinstance(node, Symbol) and len(node.axes) > 2
        self.has_more_axes |= is_large or isinstance(node, Selection)
        if isinstance(node, Map):
            self.maps.add(node.key)
        if not isinstance(node, Function):
            return
        if node.function == "inv" and entries:
            self.inverses |= {node.key, turned(node).key}
        if node.function in OF_ROWS:
            (argument,) = node.arguments
            self.along[argument.key, node.over].add(node.function)
        if node.function in OF_ROWS | REDUCTIONS and node.over == (1,):
            self.upright.update(each.key for each in products_of(node.arguments[0]))


def _divisors(node: Node) -> list[Node]:
    """What a node divides by, or takes the logarithm of."""
    if isinstance(node, Product):
        return [factor.node for factor in node.factors if factor.power < 0]
    is_logarithm = isinstance(node, Map) and node.function == "log"
    return list(node.arguments) if is_logarithm and isinstance(node, Map) else []


def _stated(node: Node) -> Node:
    """What a node is a multiple of, as it is computed."""
    inner = unnamed(node)
    inner = well_scaled(inner) or inner
    is_multiple = isinstance(inner, Product) and len(inner.factors) == 1
    return unnamed(inner.factors[0].node) if is_multiple and isinstance(inner, Product) else inner


def _asked(node: Node, entries: bool) -> Iterator[AskedFor]:
    """What a node asks of what it is made of."""
    match node:
        case Named(value=value):
            yield AskedFor(value, entries)
        case Sum(terms):
            yield from (AskedFor(term, entries) for _, term in terms)
        case Product():
            yield from (AskedFor(f.node, _is_read(f, node, entries)) for f in node.factors)
        case Map(arguments=arguments) | Function(arguments=arguments):
            yield from (AskedFor(argument, entries=True) for argument in arguments)


def _side_by_side(node: Node) -> list[Node]:
    """The matrices that a node adds up or compares entry by entry."""
    match node:
        case Sum(terms):
            parts = [term for _, term in terms]
        case Map(arguments=arguments):
            parts = list(arguments)
        case _:
            return []
    return [part for part in parts if len(part.axes) == 2 and not is_flat(part)]


def _is_read(factor: Factor, node: Product, entries: bool) -> bool:
    """Whether a product reads the entries of a factor one by one, and adds no multiples of rows."""
    letters = {*letters_of(factor.indices)}
    if not letters <= {*letters_of(node.result)}:
        return False
    others = (other for other in node.factors if other is not factor)
    return entries or any(letters == {*letters_of(other.indices)} for other in others)


def products_of(node: Node) -> list[Node]:
    """A matrix that is a matrix product, a sum with such or a multiple of one, and its parts.

    A matrix product may be computed in either orientation at no cost; an array that is given has
    its own.
    """
    inner, parts = unnamed(node), list[Node]()
    if _is_matrix_product(inner):
        return [node, inner]
    if isinstance(inner, Sum):
        parts = [term for _, term in inner.terms]
    elif isinstance(inner, Product):
        whole = [f.node for f in inner.factors if f.indices == inner.result]
        parts = whole if len(whole) == 1 else []
    found = [each for part in parts for each in products_of(part)]
    return [node, inner, *found] if found else []


def _is_matrix_product(node: Node) -> bool:
    if not isinstance(node, Product) or len(node.result) != 2:
        return False
    matrices = [f for f in node.factors if len(f.indices) == 2]
    letters = {letter for f in matrices for letter in letters_of(f.indices)}
    return len(matrices) > 1 and not letters <= {*letters_of(node.result)}

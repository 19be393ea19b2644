"""The matrix inversion lemma: a small system in place of one that is nearly a multiple of I.

With `M = c A' A + b I`, which has a row for each column of `A`, the inverse of `c A A' + b I` is
`(I - c A inv(M) A') / b`, and its determinant is that of `M` times a power of `b` (Golub and Van
Loan, Matrix Computations, section 2.1.4).  Where the inverse meets `A` it is `inv(M)` on the other
side of it, and nothing is subtracted; elsewhere the difference loses digits where `b` is small, so
it has to pay.  What is made of such an inverse is multiplied out, also under a name, so that
nothing as large as the matrix is left.
"""

import itertools
from collections.abc import Collection, Iterable, Sequence

from dimderiv.codegen.plan.pushing import DIAGONAL, SQUARE, Gram, gram_of, moved_past
from dimderiv.codegen.plan.regimes import Regimes
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Key,
    Named,
    Node,
    Product,
    Sum,
    Term,
    apply_function,
    apply_map,
    elementwise,
    is_positive,
    nodes_of,
    operands,
    operands_first,
    product,
    size,
    terms,
    total,
    unnamed,
)
from dimderiv.lower import with_operands

# What has more terms multiplied out is not.
MOST_TERMS = 40


def by_small_systems(results: Sequence[Node], sizes: Regimes) -> list[Node] | None:
    """Results with small systems in place of large ones; nothing where there are none.

    Args:
        results: what is computed.
        sizes: the sizes that decide which system is the smaller one.
    """
    lemma = _Lemma(sizes)
    if not any(map(lemma.gram, nodes_of(results))):
        return None
    for node in operands_first(*results):
        lemma.note(node)
    found = [lemma.closed(node) for node in results]
    return None if lemma.is_long else found


class _Lemma:
    """What takes the place of nodes, each of which is noted after its operands.

    Attributes:
        is_long: whether something has too many terms multiplied out.
    """

    def __init__(self, sizes: Regimes) -> None:
        self.sizes = sizes
        self.is_long = False
        # A large inverse is left in sums and products until it is seen what it meets.
        self._open: dict[Key, Node] = {}
        self._closed: dict[Key, Node] = {}

    def gram(self, node: Node) -> Gram | None:
        """What a large inverse or determinant is taken of."""
        if not isinstance(node, Function) or node.function not in {"inv", "logdet"}:
            return None
        found = gram_of(unnamed(node.arguments[0]))
        is_known = found and (node.function == "inv" or is_positive(_multiple(found)))
        if not found or not is_known or not self.sizes[found.inner] < self.sizes[found.outer]:
            return None
        return found

    def note(self, node: Node) -> None:
        """Find what takes the place of a node."""
        is_open = any(part.key in self._open for part in operands(node))
        match node:
            case Named() if is_open:
                self._open[node.key] = self._open[node.value.key]
            case Sum() if is_open:
                self._open[node.key] = total([(c, self._left(t)) for c, t in node.terms], node.axes)
            case Product() if is_open:
                self._open[node.key] = self._multiplied(node)
            case Function("inv") if not is_open and self.gram(node):
                self._open[node.key] = node
            case _:
                self._closed[node.key] = self._whole(node)

    def closed(self, node: Node) -> Node:
        """What takes the place of a node, without large inverses."""
        if node.key not in self._closed:
            self._closed[node.key] = self._settled(self._open[node.key])
        return self._closed[node.key]

    def _left(self, node: Node) -> Node:
        return self._open.get(node.key) or self._closed[node.key]

    def _whole(self, node: Node) -> Node:
        gram, parts = self.gram(node), [self.closed(part) for part in operands(node)]
        if gram is not None:
            return _logdet(gram)
        if all(new.key == old.key for new, old in zip(parts, operands(node), strict=True)):
            return node
        # A name stands for what it is defined as.
        return parts[0] if isinstance(node, Named) else with_operands(node, parts)

    def _multiplied(self, node: Product) -> Node:
        """A product in which no factor is a sum with a large inverse."""
        open_to, factors = set[int](), list[Factor]()
        for place, factor in enumerate(node.factors):
            is_open = factor.node.key in self._open and factor.power == 1
            value = self._left(factor.node) if is_open else self.closed(factor.node)
            factors.append(factor._replace(node=value))
            open_to |= {place} if is_open else set()
        return self._opened(node, factors, open_to)

    def _opened(self, node: Product, factors: Sequence[Factor], places: Collection[int]) -> Node:
        """A product with other factors, of which some are multiplied out."""
        choices = [
            [(c, factor._replace(node=term)) for c, term in terms(factor.node)]
            if place in places and isinstance(factor.node, Sum)
            else [(ONCE, factor)]
            for place, factor in enumerate(factors)
        ]
        found = list[Term]()
        for chosen in itertools.islice(itertools.product(*choices), MOST_TERMS):
            coefficient = node.coefficient
            for c, _ in chosen:
                coefficient *= c
            inner = product(coefficient, [f for _, f in chosen], node.result, node.dims)
            found.append((ONCE, inner))
        self.is_long |= len(found) == MOST_TERMS
        return total(found, node.axes)

    def _settled(self, node: Node) -> Node:
        """A sum without large inverses: moved where they meet the matrix, or else put in."""
        if self.is_long:
            return node
        return total([(c, self._settled_term(term)) for c, term in terms(node)], node.axes)

    def _settled_term(self, node: Node) -> Node:
        gram = self.gram(node)
        if gram is not None:
            return _inverse(gram)
        if not isinstance(node, Product):
            return node
        inner = [place for place, each in enumerate(node.factors) if self._is_inside(each.node)]
        if inner:
            # Scalars stand by themselves in products.
            factors = [*node.factors]
            for place in inner:
                factors[place] = factors[place]._replace(node=self._settled(factors[place].node))
            return self._settled(self._opened(node, factors, ()))
        found = [(k, gram) for k, each in enumerate(node.factors) if (gram := self.gram(each.node))]
        for place, gram in found:
            moved = moved_past(node, place, gram)
            if moved is not None:
                return self._settled(moved)
        if not found:
            return node
        place, gram = found[0]
        factors = [*node.factors]
        factors[place] = factors[place]._replace(node=_inverse(gram))
        return self._settled(
            self._opened(node, factors, {place} if node.factors[place].power == 1 else ())
        )

    def _is_inside(self, node: Node) -> bool:
        """Whether a sum or product is made of a large inverse."""
        return isinstance(node, (Product, Sum)) and any(map(self.gram, nodes_of([node])))


def _multiple(gram: Gram) -> Node:
    """What the identity is multiplied by."""
    coefficient, node = gram.multiple
    return product(coefficient * node.coefficient, node.factors, (), ())


def _inverse(gram: Gram) -> Node:
    """The inverse by the lemma."""
    below = Factor(_multiple(gram), (), -ONCE)
    small = apply_function("inv", (gram.turned(),), (gram.inner, gram.inner))
    sides = [
        Factor(gram.matrix, each if gram.axis == 0 else each[::-1]) for each in ((0, 2), (1, 3))
    ]
    rest = product(
        -gram.coefficient,
        [*gram.scalars, below, *sides, Factor(small, (2, 3))],
        SQUARE,
        (gram.outer, gram.outer, gram.inner, gram.inner),
    )
    whole = product(ONCE, [below], DIAGONAL, (gram.outer,))
    return total([(ONCE, whole), (ONCE, rest)], (gram.outer, gram.outer))


def _logdet(gram: Gram) -> Node:
    """The logarithm of the determinant by the lemma."""
    small = apply_function("logdet", (gram.turned(),), ())
    each = apply_map("log", _multiple(gram))
    counts: Iterable[Term] = [
        (ONCE, elementwise(1, (size(gram.outer), 1), (each, 1))),
        (-ONCE, elementwise(1, (size(gram.inner), 1), (each, 1))),
    ]
    return total([(ONCE, small), *counts], ())

"""Shorter forms of equal value: cancel, fold into named functions, take out common factors."""

from collections.abc import Callable, Collection, Iterable, Sequence

from dimderiv.graph import (
    ONCE,
    Constant,
    Factor,
    Function,
    Index,
    Key,
    Map,
    Named,
    Node,
    Product,
    Selection,
    Size,
    Sum,
    Symbol,
    all_indices,
    distributed,
    fold,
    fold_map,
    has_pseudoinverse,
    is_rest_of_sigmoid,
    is_symmetric,
    is_transposed,
    laps_over,
    letters_of,
    log_odds,
    product,
    rest_of_sigmoid,
    total,
    zero,
)
from dimderiv.rulebook import Rulebook, builtin_rules
from dimderiv.simplify.definitions import bodies, may_hold, named_values, recognised
from dimderiv.simplify.entries import entries_inside
from dimderiv.simplify.extremes import signed
from dimderiv.simplify.factoring import factored, has_tensors
from dimderiv.simplify.fractions import cleared, multiplied_out, over_one_line
from dimderiv.simplify.gathering import gathered
from dimderiv.simplify.linear_maps import applied, joined
from dimderiv.simplify.masked import compared, unmasked
from dimderiv.simplify.over_inverses import over_inverse
from dimderiv.simplify.permuting import shown_permutable
from dimderiv.simplify.powers import merged_powers
from dimderiv.simplify.selecting import selected_inside
from dimderiv.simplify.spectral import without_vectors
from dimderiv.simplify.symmetries import MOST_TERMS, count, shown_symmetric, with_one_sign
from dimderiv.simplify.through_names import vanishes, with_values
from dimderiv.simplify.triangles import inside_triangle, joined_triangles

Shorten = Callable[[Product], Node | None]

# Kinds of nodes among which there is nothing to cancel, to fold, or to take apart.
OPAQUE = frozenset({Symbol, Size, Constant, Selection, Product})
# How many symbols more a sum may have if one can see that it is its own transpose.
WORTH_OF_SYMMETRY = 3


class Simplifier:
    """Simplifies derivatives, leaving alone what the user wrote.

    Args:
        given: the keys of the nodes of the expression itself.
        definitions: what the user has named; a name is shorter than its value.
        rulebook: the rules, of which some are linear in an argument.
        is_last: whether names may also stand for factors that are summed, as in `x = inv(A) b`;
            nothing meets them any more.
    """

    def __init__(
        self,
        given: Collection[Key] = (),
        definitions: Iterable[Named] = (),
        rulebook: Rulebook | None = None,
        *,
        is_last: bool = False,
    ) -> None:
        self.given = given
        definitions = list(definitions)
        self.bodies = bodies(definitions, is_last=is_last)
        self.names = named_values(definitions)
        self.made = {each.key for each in definitions if isinstance(each.value, (Sum, Product))}
        self.rulebook = rulebook or builtin_rules()
        self.plain = Simplifier(given, (), self.rulebook) if self.made else None
        self.last: Simplifier | None = None
        if self.made and not is_last:
            self.last = Simplifier(given, definitions, self.rulebook, is_last=True)
        self.known: dict[Key, Node] = {}

    def __call__(self, node: Node) -> Node:
        """The node in a shorter form of equal value."""
        if node.key in self.names:
            return self.names[node.key]
        if node.key in self.given:
            return node
        if isinstance(node, Map):
            folded = fold_map(node)
            return compared(folded) if isinstance(folded, Map) else folded
        if not isinstance(node, (Sum, Product)):
            return node
        simple = self.known.get(node.key)
        if simple is None:
            # What leads back to itself, multiplied out and factored again, stays as it is.
            self.known[node.key] = node
            simple = self._product(node) if isinstance(node, Product) else self._sum(node)
            self.known[node.key] = simple
        return simple

    def named(self, node: Node) -> Node:
        """A derivative with names in place of all values that the user has named."""
        if self.last is None:
            return node
        return self.last(node) if may_hold(node, self.last.bodies) else node

    def _product(self, node: Product) -> Node:
        beside = {factor.node.key for factor in node.factors}
        # `s .* (1 - s)` is the slope of a sigmoid, which has no other argument turned round.
        inside = [
            f.node if is_rest_of_sigmoid(f.node, beside) else self(f.node) for f in node.factors
        ]
        if [new.key for new in inside] != [old.node.key for old in node.factors]:
            pairs = zip(inside, node.factors, strict=True)
            factors = [Factor(new, old.indices, old.power) for new, old in pairs]
            return self(product(node.coefficient, factors, node.result, node.dims))
        for shorter in self._shorten(inside):
            new = shorter(node)
            if new is not None and new.key != node.key:
                return self(new)
        if self.made and vanishes(node, self.made):
            return zero(node.axes)
        named = recognised(node, self.bodies) if self.bodies else None
        return node if named is None else self(named)

    def _shorten(self, inside: Sequence[Node]) -> Sequence[Shorten]:
        """What can shorten a product, by the kinds of nodes in it."""
        kinds = {*map(type, inside)}
        if kinds <= OPAQUE:
            return (self._entries_inside,) if Product in kinds else ()
        shorten: list[Shorten] = [fold]
        if Function in kinds:
            shorten = [self._applied, merged_powers, without_vectors, inside_triangle, fold]
        shorten.append(self._entries_inside)
        shorten += [unmasked, signed] if Map in kinds else []
        shorten += [self._selected_inside] if Selection in kinds else []
        return [*shorten, *OF_SUMS] if Sum in kinds else shorten

    def _selected_inside(self, node: Product) -> Node | None:
        return selected_inside(node, self)

    def _entries_inside(self, node: Product) -> Node | None:
        return entries_inside(node, self)

    def _applied(self, node: Product) -> Node | None:
        return applied(node, self.rulebook)

    def _sum(self, node: Sum) -> Node:
        inside = [self(term) for _, term in node.terms]
        simple: Node = node
        is_changed = inside != [term for _, term in node.terms]
        if is_changed or (len(node.axes) == 2 and is_transposed(node.terms)):
            simple = total(zip([c for c, _ in node.terms], inside, strict=True), node.axes)
        if isinstance(simple, Sum):
            simple = rest_of_sigmoid(simple) or log_odds(simple) or simple
        if not isinstance(simple, Sum):
            return simple if simple.key == node.key else self(simple)
        for apart in (_multiplied_out, shown_permutable, joined_triangles):
            new = apart(simple)
            if new is not None:
                return self(new)
        shorter = joined(simple, self.rulebook) or gathered(simple) or over_one_line(simple)
        shorter = shorter or over_inverse(simple, self) or self._with_values(simple)
        shorter = shorter or factored(simple)
        return simple if shorter is None else self(shorter)

    def _with_values(self, node: Sum) -> Node | None:
        """The sum with values in place of names, where that is shorter."""
        apart = with_values(node, self.made) if self.made else None
        if apart is None or self.plain is None:
            return None
        found = self.plain(apart)
        return found if found.weight < node.weight else None


def _cancelled(node: Product) -> Node | None:
    """A factor multiplied into a sum beside it, where a term of the sum divides by it."""
    for place, inner in enumerate(node.factors):
        if not isinstance(inner.node, Sum) or inner.power != 1:
            continue
        if len(set(inner.indices)) != len(inner.indices):
            continue
        products = [term for _, term in inner.node.terms if isinstance(term, Product)]
        inside = {factor.node.key for term in products for factor in term.factors}
        for other in node.factors:
            if other.node.key not in inside:
                continue
            if other is not inner and set(other.indices) <= set(inner.indices):
                local = tuple(inner.indices.index(index) for index in other.indices)
                if any(_divides(term, other, local) for term in products):
                    multiplied = _multiplied(inner.node, other._replace(indices=local))
                    rest = [f for k, f in enumerate(node.factors) if k != place and f is not other]
                    rest.insert(0, inner._replace(node=multiplied))
                    cancelled = product(node.coefficient, rest, node.result, node.dims)
                    if cancelled.weight < node.weight:
                        return cancelled
    return None


def _divides(term: Product, factor: Factor, indices: tuple[Index, ...]) -> bool:
    """Whether a term has the factor on the other side of the line, at the same letters."""
    return any(
        inner.node.key == factor.node.key
        and inner.power * factor.power < 0
        and tuple(term.result.index(i) if i in term.result else -1 for i in inner.indices)
        == indices
        for inner in term.factors
    )


def _multiplied(node: Sum, factor: Factor) -> Node:
    plain = tuple(range(len(node.axes)))
    return total(
        [(c, product(ONCE, [Factor(t, plain), factor], plain, node.axes)) for c, t in node.terms],
        node.axes,
    )


def _summed_by_term(node: Product) -> Node | None:
    """A sum over an axis taken term by term, where a term is diagonal or constant along it."""
    for place, inner in enumerate(node.factors):
        if not isinstance(inner.node, Sum) or inner.power != 1:
            continue
        rest = [factor for k, factor in enumerate(node.factors) if k != place]
        used = {*letters_of(all_indices(rest)), *letters_of(node.result)}
        summed = not used.issuperset(letters_of(inner.indices))
        # Matrix notation has no factor with more than two axes, but it has each of the terms.
        is_wide = len(inner.node.axes) > 2 and not has_tensors(f.node for f in node.factors)
        if not summed and not is_wide and not has_pseudoinverse(inner.node):
            continue
        parts = [
            (c, product(node.coefficient, [*rest, inner._replace(node=t)], node.result, node.dims))
            for c, t in inner.node.terms
        ]
        apart = total(parts, node.axes)
        diagonal = summed and any(_is_diagonal(term) for _, term in inner.node.terms)
        is_shorter = apart.weight < node.weight and not laps_over(apart)
        if is_wide or diagonal or is_shorter:
            return apart
    return None


def _scalar_by_term(node: Product) -> Node | None:
    """A scalar with one of the sums among its factors taken term by term, unless that is longer."""
    if node.axes or len(node.factors) < 2:
        return None
    apart = [
        total(distributed(ONCE, node, [place]), ())
        for place, factor in enumerate(node.factors)
        if isinstance(factor.node, Sum) and factor.power == 1 and factor.indices
    ]
    shorter = [each for each in apart if each.weight <= node.weight]
    return min(shorter, key=lambda each: each.weight, default=None)


OF_SUMS: Sequence[Shorten] = (
    with_one_sign,
    _cancelled,
    _summed_by_term,
    _scalar_by_term,
    shown_symmetric,
    cleared,
    multiplied_out,
)


def _is_diagonal(term: Node) -> bool:
    return isinstance(term, Product) and len(set(term.result)) < len(term.result)


def _multiplied_out(node: Sum) -> Node | None:
    """The sum with the products of sums in it multiplied out, where that is shorter.

    Terms may cancel each other, or turn out to be each other's transposes.
    """
    counts = [count(term) for _, term in node.terms]
    several = sum(count > 1 for count in counts)
    is_square = len(node.axes) == 2 and node.axes[0] == node.axes[1]
    if several < 1 + (node.symmetric or not is_square) or sum(counts) > MOST_TERMS:
        return None
    parts = [distributed(c, term) for c, term in node.terms]
    apart = total([term for part in parts for term in part], node.axes)
    becomes_symmetric = is_symmetric(apart) and not node.symmetric
    longest = node.weight + (WORTH_OF_SYMMETRY if becomes_symmetric else -1)
    return apart if apart.weight <= longest and not laps_over(apart) else None

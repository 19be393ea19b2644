"""Shorter forms of equal value: cancel, fold into named functions, take out common factors."""

import itertools
from collections.abc import Collection, Iterator
from fractions import Fraction
from math import prod
from typing import NamedTuple

from dimderiv.fold import fold, fold_map
from dimderiv.graph import Factor, Index, Key, Map, Node, Product, Sum, letters_of
from dimderiv.numbering import renamed
from dimderiv.products import ONCE, product
from dimderiv.shapes import Dim
from dimderiv.sums import Term, total

MOST_TERMS = 24


class Simplifier:
    """Simplifies derivatives, leaving alone what the user wrote.

    Args:
        given: the keys of the nodes of the expression itself.
    """

    def __init__(self, given: Collection[Key] = ()) -> None:
        self.given = given
        self.known: dict[Key, Node] = {}

    def __call__(self, node: Node) -> Node:
        """The node in a shorter form of equal value."""
        if node.key in self.given:
            return node
        if isinstance(node, Map):
            return fold_map(node)
        if not isinstance(node, (Sum, Product)):
            return node
        simple = self.known.get(node.key)
        if simple is None:
            # What leads back to itself, multiplied out and factored again, stays as it is.
            self.known[node.key] = node
            simple = self._product(node) if isinstance(node, Product) else self._sum(node)
            self.known[node.key] = simple
        return simple

    def _product(self, node: Product) -> Node:
        factors = [factor._replace(node=self(factor.node)) for factor in node.factors]
        pairs = zip(factors, node.factors, strict=True)
        if any(new.node.key != old.node.key for new, old in pairs):
            return self(product(node.coefficient, factors, node.result, node.dims))
        for shorter in (fold, _cancelled, _summed_by_term):
            new = shorter(node)
            if new is not None and new.key != node.key:
                return self(new)
        return node

    def _sum(self, node: Sum) -> Node:
        simple = total([(c, self(term)) for c, term in node.terms], node.axes)
        if not isinstance(simple, Sum):
            return simple if simple.key == node.key else self(simple)
        multiplied_out = _multiplied_out(simple)
        if multiplied_out is not None and multiplied_out.weight < simple.weight:
            return self(multiplied_out)
        factored = _factored(simple)
        return simple if factored is None else self(factored)


def _cancelled(node: Product) -> Node | None:
    """A factor multiplied into a sum beside it, where a term of the sum divides by it."""
    for place, inner in enumerate(node.factors):
        if not isinstance(inner.node, Sum) or inner.power != 1:
            continue
        if len(set(inner.indices)) != len(inner.indices):
            continue
        inside = {f.node.key for _, t in inner.node.terms for f in _as_product(t).factors}
        for other in node.factors:
            if other.node.key not in inside:
                continue
            if other is not inner and set(other.indices) <= set(inner.indices):
                local = tuple(inner.indices.index(index) for index in other.indices)
                if any(_divides(term, other, local) for _, term in inner.node.terms):
                    multiplied = _multiplied(inner.node, other._replace(indices=local))
                    rest = [f for k, f in enumerate(node.factors) if k != place and f is not other]
                    rest.insert(0, inner._replace(node=multiplied))
                    return product(node.coefficient, rest, node.result, node.dims)
    return None


def _divides(term: Node, factor: Factor, indices: tuple[Index, ...]) -> bool:
    """Whether a term has the factor on the other side of the line, at the same letters."""
    return isinstance(term, Product) and any(
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
        diagonal = any(_is_diagonal(term) for _, term in inner.node.terms)
        rest = [factor for k, factor in enumerate(node.factors) if k != place]
        used = {i for factor in rest for i in letters_of(factor.indices)}
        summed = [
            axis
            for axis, index in enumerate(inner.indices)
            if not set(letters_of((index,))) <= used | set(letters_of(node.result))
        ]
        if not summed:
            continue
        parts = [
            (
                node.coefficient * c,
                product(ONCE, [*rest, inner._replace(node=t)], node.result, node.dims),
            )
            for c, t in inner.node.terms
        ]
        apart = total(parts, node.axes)
        if diagonal or apart.weight < node.weight:
            return apart
    return None


def _is_diagonal(term: Node) -> bool:
    return isinstance(term, Product) and len(set(term.result)) < len(term.result)


def _multiplied_out(node: Sum) -> Node | None:
    """The sum with the products of sums in it multiplied out, where they may cancel each other."""
    counts = [_count(term) for _, term in node.terms]
    if sum(count > 1 for count in counts) < 2 or sum(counts) > MOST_TERMS:
        return None
    parts = [_distributed(c, term) for c, term in node.terms]
    return total([term for part in parts for term in part], node.axes)


def _count(term: Node) -> int:
    """How many terms a product has when its sums are multiplied out."""
    factors = term.factors if isinstance(term, Product) else ()
    return prod(len(f.node.terms) for f in factors if isinstance(f.node, Sum) and f.power == 1)


def _distributed(coefficient: Fraction, term: Node) -> list[Term]:
    """A product as a sum over the terms of the sums among its factors."""
    if not isinstance(term, Product):
        return [(coefficient, term)]
    choices = [
        [(c, factor._replace(node=part)) for c, part in factor.node.terms]
        if isinstance(factor.node, Sum) and factor.power == 1
        else [(ONCE, factor)]
        for factor in term.factors
    ]
    return [
        (
            coefficient * prod(c for c, _ in chosen),
            product(term.coefficient, [f for _, f in chosen], term.result, term.dims),
        )
        for chosen in itertools.product(*choices)
    ]


class Handle(NamedTuple):
    """One factor of one term, as something that may be taken out of the sum."""

    term: int
    place: int
    factor: Factor
    inner: tuple[Index, ...]


Label = tuple[Key, tuple[Index | None, ...], bool]


def _factored(node: Sum) -> Node | None:
    """The sum with the most worthwhile common factor taken out, if there is one."""
    rank = len(node.axes)
    handles: dict[Label, list[Handle]] = {}
    for k, (_, term) in enumerate(node.terms):
        for handle in _handles(k, term, rank):
            factor = handle.factor
            places = tuple(i if isinstance(i, int) and i < rank else None for i in factor.indices)
            label = (factor.node.key, places, factor.power > 0)
            group = handles.setdefault(label, [])
            if all(other.term != k for other in group):
                group.append(handle)
    groups = [group for group in handles.values() if len(group) > 1]
    for group in sorted(groups, key=lambda group: -_gain(group, node.terms)):
        if _gain(group, node.terms) > 0:
            factored = _taken_out(node, group)
            if factored is not None:
                return factored
    return None


def _handles(k: int, term: Node, rank: int) -> Iterator[Handle]:
    shape = _as_product(term)
    diagonal = len(set(shape.result)) < rank
    for place, factor in enumerate(shape.factors):
        if not all(isinstance(index, int) for index in (*factor.indices, *shape.result)):
            continue
        if diagonal and factor.indices:
            continue
        inner = tuple(index for index in factor.indices if index not in shape.result)
        rest = [i for p, f in enumerate(shape.factors) if p != place for i in f.indices]
        if len(set(inner)) < len(inner) or any(rest.count(index) != 1 for index in inner):
            continue
        if not inner or factor.power == 1:
            yield Handle(k, place, factor, inner)


class _Shape(NamedTuple):
    coefficient: Fraction
    factors: tuple[Factor, ...]
    dims: tuple[Dim, ...]
    result: tuple[Index, ...]


def _as_product(term: Node) -> _Shape:
    if isinstance(term, Product):
        return _Shape(term.coefficient, term.factors, term.dims, term.result)
    plain = tuple(range(len(term.axes)))
    return _Shape(ONCE, (Factor(term, plain),), term.axes, plain)


def _gain(group: list[Handle], terms: tuple[Term, ...]) -> int:
    """How many symbols and operators go away."""
    alone = sum(len(_as_product(terms[h.term][1]).factors) == 1 for h in group)
    return (len(group) - 1) * group[0].factor.node.weight - alone


def _taken_out(node: Sum, group: list[Handle]) -> Node | None:
    rank = len(node.axes)
    power = min((handle.factor.power for handle in group), key=abs)
    lead = group[0].factor
    shared = _shared_letters(node, group, rank)
    lead_dims = _as_product(node.terms[group[0].term][1]).dims
    inner_dims = [lead_dims[letter] for letter in letters_of(group[0].inner)]
    if len(shared) + len(inner_dims) > 2:
        return None
    axes = (*(node.axes[k] for k in shared), *inner_dims)
    rests = [(node.terms[h.term][0], _rest(node.terms[h.term][1], h, power, shared)) for h in group]
    together = total(rests, axes)
    renamed = {index: rank + k for k, index in enumerate(group[0].inner)}
    lead_indices = tuple(renamed.get(index, index) for index in lead.indices)
    letters = (*shared, *(rank + k for k in range(len(inner_dims))))
    dims = (*node.axes, *inner_dims)
    whole = product(
        ONCE,
        [Factor(lead.node, lead_indices, power), Factor(together, letters)],
        tuple(range(rank)),
        dims,
    )
    taken = {handle.term for handle in group}
    first = min(taken)
    terms = [
        (ONCE, whole) if k == first else term
        for k, term in enumerate(node.terms)
        if k == first or k not in taken
    ]
    return total(terms, node.axes)


def _shared_letters(node: Sum, group: list[Handle], rank: int) -> list[int]:
    """The letters of the result that what is left in the brackets still has."""
    if any(_is_diagonal(node.terms[handle.term][1]) for handle in group):
        return list(range(rank))
    used: set[int] = set()
    for handle in group:
        shape = _as_product(node.terms[handle.term][1])
        for place, factor in enumerate(shape.factors):
            kept = place != handle.place or len({h.factor.power for h in group}) > 1
            if kept:
                used.update(letters_of(factor.indices))
    return [letter for letter in range(rank) if letter in used]


def _rest(term: Node, handle: Handle, power: Fraction, shared: list[int]) -> Node:
    """What is left of a term, with the shared letters and the factor's own as its axes."""
    shape = _as_product(term)
    factors = list(shape.factors)
    left = handle.factor.power - power
    if left:
        factors[handle.place] = handle.factor._replace(power=left)
    else:
        del factors[handle.place]
    places = [shape.result[k] for k in shared]
    result = (*places, *handle.inner)
    used = {i for f in factors for i in letters_of(f.indices)} | set(letters_of(result))
    order = sorted(used)
    place = {letter: k for k, letter in enumerate(order)}
    moved = [f._replace(indices=tuple(renamed(i, place) for i in f.indices)) for f in factors]
    dims = [shape.dims[i] for i in order]
    return product(shape.coefficient, moved, tuple(renamed(i, place) for i in result), dims)

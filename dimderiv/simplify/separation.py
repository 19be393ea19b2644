"""Sums of terms that come apart: `kron(A, B) + kron(A, C)` is `kron(A, B + C)`.

The letters of a term may fall into parts that no factor joins, such as those of rows and those of
columns.  Terms that have one part in common are one term, whose other part is a sum.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph import (
    ONCE,
    Factor,
    Key,
    Node,
    Product,
    Sum,
    Term,
    all_indices,
    are_letters,
    components,
    content,
    labelled,
    letters_of,
    part,
    product,
    total,
    touching,
    without_coefficient,
)
from dimderiv.language import Dim
from dimderiv.simplify.over_inverses import over_inverse

LetterPlaces = tuple[int, ...]


class Part(NamedTuple):
    """The factors of a term that share letters, as a node, and which axes of the term are its."""

    places: LetterPlaces
    node: Node


class Outside(NamedTuple):
    """What all terms of a sum have in common: a number, scalar factors; and the terms without."""

    coefficient: Fraction
    scalars: tuple[Factor, ...]
    terms: list[Term]


def collected(terms: Iterable[Term], axes: tuple[Dim, ...]) -> list[Term]:
    """The terms of a sum, those with a part in common as one.

    Args:
        terms: coefficient and node of each term.
        axes: the axes of every term.
    """
    found = [(coefficient, term, parts(term)) for coefficient, term in terms]
    while group := _largest_group([each[2] for each in found]):
        shared, members = group
        rests = [(found[k][0], _other_part(found[k][1], found[k][2], shared)) for k in members]
        places = next(each.places for each in found[members[0]][2] if each.places != shared.places)
        rest = total(rests, tuple([axes[k] for k in places]))
        if isinstance(rest, Sum):
            rest = over_inverse(rest, lambda each: each) or rest
        # With its number apart, a difference is told to be the same in `A - B` and `B - A`.
        number = rest.coefficient if isinstance(rest, Product) else ONCE
        bare = without_coefficient(rest) if isinstance(rest, Product) else rest
        factors = [Factor(shared.node, shared.places), Factor(bare, places)]
        whole = product(ONCE, factors, tuple(range(len(axes))), axes)
        found[members[0]] = (number, whole, [shared, Part(places, bare)])
        found = [each for k, each in enumerate(found) if k not in members[1:]]
    return [(coefficient, term) for coefficient, term, _ in found]


def _largest_group(terms: Sequence[list[Part]]) -> tuple[Part, list[int]] | None:
    """A part that two terms have, which saves the most symbols, and the terms that have it."""
    groups: dict[tuple[LetterPlaces, Key], tuple[Part, list[int]]] = {}
    for k, own in enumerate(terms):
        for each in own if len(own) == 2 else ():
            groups.setdefault((each.places, each.node.key), (each, []))[1].append(k)
    several = [group for group in groups.values() if len(group[1]) > 1]
    return max(several, key=lambda g: (len(g[1]) - 1) * g[0].node.weight, default=None)


def _other_part(term: Node, own: Sequence[Part], shared: Part) -> Node:
    """A term without the part that it shares: the other part, times its number and scalars."""
    view = labelled(term)
    other = next(each.node for each in own if each.places != shared.places)
    plain = tuple(range(len(other.axes)))
    scalars = [factor for factor in view.factors if not factor.indices]
    return product(view.coefficient, [*scalars, Factor(other, plain)], plain, other.axes)


def parts(term: Node) -> list[Part]:
    """The parts that the letters of a term fall into, without its number and its scalar factors.

    Nothing where an index is made of several letters.
    """
    view = labelled(term)
    if not are_letters((*all_indices(view.factors), *view.result)):
        return []
    factors = [factor for factor in view.factors if factor.indices]
    axes = [letters_of([index]) for index in view.result]
    found = []
    for group in components([*(letters_of(f.indices) for f in factors), *axes]):
        places = tuple([k for k, index in enumerate(view.result) if index in group])
        if places:
            result = [view.result[k] for k in places]
            found.append(Part(places, part(ONCE, touching(group, factors), result, view.dims)))
    return sorted(found, key=lambda each: each.places)


def outside(terms: Sequence[Term]) -> Outside:
    """What all terms have in common: a number, and scalar factors above or below the line."""
    views = [labelled(term) for _, term in terms]
    number = abs(content([c * v.coefficient for (c, _), v in zip(terms, views, strict=True)]))
    shared = [
        factor
        for factor in views[0].factors
        if not factor.indices and all(_has(view.factors, factor) for view in views)
    ]
    if not shared and number == 1:
        return Outside(ONCE, (), list(terms))
    keys = {factor.node.key for factor in shared}
    inside = []
    for (coefficient, _), view in zip(terms, views, strict=True):
        rest = [f for f in view.factors if f.indices or f.node.key not in keys]
        node = product(view.coefficient / number, rest, view.result, view.dims)
        inside.append((coefficient, node))
    return Outside(number, tuple(shared), inside)


def _has(factors: Sequence[Factor], wanted: Factor) -> bool:
    return any(
        f.node.key == wanted.node.key and f.power == wanted.power and not f.indices for f in factors
    )

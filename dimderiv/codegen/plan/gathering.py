"""Weights of the same matrices added up first: `A' diag(u) A + A' diag(v) A` is one product.

Hessians are sums of such terms, each of which would be expanded to the size of the whole.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction

from dimderiv.codegen.plan.stable import well_scaled
from dimderiv.graph import ONCE, Factor, Key, Node, Product, letters_of, part, product, total
from dimderiv.language import Dim

MOST_AXES = 2
Term = tuple[Fraction, Node]
Mark = tuple[Key, tuple[object, ...], Fraction]


def gathered(terms: Sequence[Term], axes: tuple[Dim, ...]) -> list[Term]:
    """The terms of a sum, of which those that differ in weights alone are one.

    Args:
        terms: the terms, with what they are multiplied by.
        axes: the size of each axis of the sum.
    """
    holders = defaultdict[Mark, list[int]](list)
    for place, (_, term) in enumerate(terms):
        for mark in {_mark(each) for each in _arrays(term)}:
            holders[mark].append(place)
    found, done = list[Term](), set[int]()
    for place, (coefficient, first) in enumerate(terms):
        if place in done:
            continue
        others = {k for each in _arrays(first) for k in holders[_mark(each)] if k > place} - done
        shared = {k: _matrices(first, terms[k][1]) for k in sorted(others)}
        most = max(filter(None, shared.values()), key=lambda each: each.total(), default=None)
        if most is None or not isinstance(first, Product):
            found.append((coefficient, first))
            continue
        alike = [place, *(k for k, each in shared.items() if each == most)]
        together = _together([terms[k] for k in alike], first, most)
        if well_scaled(together) is not None:
            # It overflows where its terms do not: it would be multiplied out again.
            found.append((coefficient, first))
            continue
        found.append((ONCE, together))
        done.update(alike)
    return found


def _arrays(node: Node) -> list[Factor]:
    """The factors of a product that have axes."""
    return [each for each in node.factors if each.indices] if isinstance(node, Product) else []


def _mark(factor: Factor) -> Mark:
    return factor.node.key, factor.indices, factor.power


def _matrices(one: Node, other: Node) -> Counter[Mark] | None:
    """What two products share, if all else is weights along an axis of two matrices of that."""
    if not isinstance(one, Product) or not isinstance(other, Product):
        return None
    shared = Counter(map(_mark, one.factors)) & Counter(map(_mark, other.factors))
    result = {*letters_of(one.result)}
    if one.result != other.result or not shared:
        return None
    core, rest = _split(one, shared)
    weights = {i for f in [*rest, *_split(other, shared)[1]] for i in letters_of(f.indices)}
    matrices = [{*letters_of(factor.indices)} for factor in core if len(factor.indices) > 1]
    summed = weights - result
    is_weighed = summed and all(sum(i in each for each in matrices) > 1 for i in summed)
    return shared if is_weighed and len(weights) <= MOST_AXES else None


def _split(node: Product, shared: Counter[Mark]) -> tuple[list[Factor], list[Factor]]:
    """The factors that are shared, and the others."""
    left, core, rest = Counter(shared), list[Factor](), list[Factor]()
    for factor in node.factors:
        is_shared = left[_mark(factor)] > 0
        left[_mark(factor)] -= is_shared
        (core if is_shared else rest).append(factor)
    return core, rest


def _together(terms: Sequence[Term], first: Product, shared: Counter[Mark]) -> Node:
    """Products that differ in weights alone, as one with the sum of these."""
    core, _ = _split(first, shared)
    parts = [
        (coefficient * term.coefficient, _split(term, shared)[1])
        for coefficient, term in terms
        if isinstance(term, Product)
    ]
    letters = sorted(
        {i for _, rest in parts for factor in rest for i in letters_of(factor.indices)}
    )
    sizes = tuple(first.dims[letter] for letter in letters)
    weights = total([(c, part(ONCE, rest, letters, first.dims)) for c, rest in parts], sizes)
    return product(ONCE, [*core, Factor(weights, tuple(letters))], first.result, first.dims)

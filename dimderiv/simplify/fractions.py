"""Fractions over one line: `1 - x ./ (1 + x)` is `1 ./ (1 + x)`.

Terms that are divided by sums, or by other factors, are put over what they have below the line
together.  What cancels above it then is seen, and the sum is kept so where it has become shorter.
A denominator that is multiplied in is not zero where the sum has a value, so nothing is lost.
"""

import itertools
from collections.abc import Collection, Iterator, Sequence
from math import prod

from dimderiv.graph import (
    ONCE,
    Factor,
    Key,
    Node,
    Product,
    Sum,
    Term,
    are_letters,
    distributed,
    labelled,
    laps_over,
    product,
    terms,
    total,
)

# Where a denominator stands: what it is, and at which axes of the sum.
Place = tuple[Key, tuple[int, ...]]
# Longer sums are not tried; they hardly ever become shorter, and it takes long to see.
MOST_TERMS = 12
MOST_DENOMINATORS = 3


def over_one_line(node: Sum) -> Node | None:
    """The sum over a common denominator, where that is shorter.

    Args:
        node: a sum, whose terms are simple.
    """
    for chosen in _denominators(node):
        found = _fraction(node, chosen)
        if found is not None and found.weight < node.weight and not laps_over(found):
            return found
    return None


def cleared(node: Product) -> Node | None:
    """The product with a fraction below its line cleared, where that is shorter.

    Args:
        node: a product: `1 ./ (1 ./ x + 1 ./ y)` is `x .* y ./ (x + y)`.
    """
    for place, factor in enumerate(node.factors):
        if not isinstance(factor.node, Sum) or factor.power >= 0 or factor.power.denominator > 1:
            continue
        for chosen in _denominators(factor.node):
            inner = _fraction(factor.node, chosen, is_any=True)
            factors = [*node.factors]
            factors[place] = factor._replace(node=inner or factor.node)
            found = product(node.coefficient, factors, node.result, node.dims)
            if found.weight < node.weight:
                return found
    return None


def _denominators(node: Sum) -> Iterator[Sequence[Factor]]:
    """What the terms may be multiplied by: one of the denominators, or all of them."""
    if len(node.terms) > MOST_TERMS:
        return
    found: dict[Place, Factor] = {}
    for _, term in node.terms:
        if not isinstance(term, Product) or not are_letters(term.result):
            continue
        for factor in term.factors:
            if factor.power < 0 and set(factor.indices) <= set(term.result):
                axes = tuple([term.result.index(index) for index in factor.indices])
                at = (factor.node.key, axes)
                power = min(factor.power, found[at].power) if at in found else factor.power
                found[at] = Factor(factor.node, axes, power)
    if len(found) <= MOST_DENOMINATORS:
        if len(found) > 1:
            yield [*found.values()]
        yield from ([each] for each in found.values())


def _fraction(node: Sum, below: Sequence[Factor], *, is_any: bool = False) -> Node | None:
    """The sum as one fraction with these factors below the line, if terms above it collect."""
    plain = tuple(range(len(node.axes)))
    above = [factor._replace(power=-factor.power) for factor in below]
    keys = {factor.node.key for factor in below}
    raised: list[Term] = []
    for coefficient, term in node.terms:
        each = product(ONCE, [Factor(term, plain), *above], plain, node.axes)
        places = _entrywise_sums(each, keys)
        raised += distributed(coefficient, each, places)
    above_line = total(raised, node.axes)
    if not is_any and _count([above_line]) == _count([term for _, term in raised]):
        return None  # No terms have met, so that nothing is seen that was not seen before.
    whole = product(ONCE, [Factor(above_line, plain), *below], plain, node.axes)
    return _with_lines_joined(whole)


def _count(nodes: Sequence[Node]) -> int:
    """How many terms nodes have, sums of diagonal entries in them opened."""
    return sum(len(terms(part)) for node in nodes for _, part in terms(node))


def _entrywise_sums(term: Node, keys: Collection[Key] | None = None) -> list[int]:
    """The places of sums, or of some of them, that stand at letters of the result alone."""
    view = labelled(term)
    return [
        place
        for place, factor in enumerate(view.factors)
        if isinstance(factor.node, Sum)
        and set(factor.indices) <= set(view.result)
        and (keys is None or factor.node.key in keys)
    ]


def multiplied_out(node: Product) -> Node | None:
    """A product of sums entry by entry, taken term by term where that is shorter.

    Args:
        node: a product: `(a - b) .* (a + b) ./ a.^2` is `1 - (b ./ a).^2`.
    """
    places = [k for k in _entrywise_sums(node) if node.factors[k].power == 1]
    sums = [node.factors[place].node for place in places]
    count = prod(len(each.terms) for each in sums if isinstance(each, Sum))
    is_fraction = any(f.power < 0 and set(f.indices) <= set(node.result) for f in node.factors)
    if len(sums) < 2 or count > MOST_TERMS or not is_fraction:
        return _with_lines_joined(node)
    apart = total(distributed(ONCE, node, places), node.axes)
    is_shorter = apart.weight < node.weight and not laps_over(apart)
    return apart if is_shorter else _with_lines_joined(node)


def _with_lines_joined(node: Node) -> Node:
    """A product with two sums below the line as one, where that is shorter: `1 - x.^2`."""
    if not isinstance(node, Product):
        return node
    sums = [node.factors[place] for place in _entrywise_sums(node)]
    for one, other in itertools.combinations([f for f in sums if f.power < 0], 2):
        if one.power != other.power or one.indices != other.indices:
            continue
        plain = tuple(range(len(one.indices)))
        pair = product(ONCE, [Factor(f.node, plain) for f in (one, other)], plain, one.node.axes)
        joined = total(distributed(ONCE, pair), one.node.axes)
        if joined.weight < one.node.weight + other.node.weight:
            rest = [f for f in node.factors if f is not one and f is not other]
            factors = [*rest, one._replace(node=joined)]
            return product(node.coefficient, factors, node.result, node.dims)
    return node

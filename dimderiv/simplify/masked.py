"""A product with a comparison among its factors, by what is known where that holds.

Where the comparison does not hold the product is zero, so that the other factors matter only where
it does: `max(x, y) .* (x > y)` is `x .* (x > y)`, and `x .* (x > 0)` is `relu(x)`.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from dimderiv.graph import (
    ONCE,
    Factor,
    Map,
    Node,
    Product,
    apply_map,
    distributed,
    is_zero,
    labelled,
    product,
    scaled,
    total,
    zero,
)
from dimderiv.simplify.deciding import decided
from dimderiv.simplify.regions import (
    Fact,
    comparisons,
    fact,
    is_ordered,
    leading_ratio,
    ones,
)

MIRRORED = str.maketrans("<>", "><")


def unmasked(node: Product) -> Node | None:
    """The product with fewer or simpler factors beside a comparison, where that is shorter.

    Args:
        node: the product.
    """
    shorter = (new for new in _forms(node) if new is not None and new.weight < node.weight)
    return next(shorter, None)


def _forms(node: Product) -> Iterator[Node | None]:
    found = [*comparisons(node.factors)]
    for place, said in found:
        yield _decided(node, place, said)
        for other in range(len(node.factors)):
            yield _rectified(node, place, said, other)
    for one, another in combinations(found, 2):
        yield _within_bounds(node, one, another)


def _decided(node: Product, place: int, said: Fact) -> Node | None:
    """The other factors as what they are where the comparison holds."""
    at = node.factors[place].indices
    factors = [
        _where(f, said) if k != place and f.indices == at else f for k, f in enumerate(node.factors)
    ]
    return product(node.coefficient, factors, node.result, node.dims)


def _where(factor: Factor, said: Fact) -> Factor:
    """A factor where something holds; a sign squared is 1 where there is one."""
    node = factor.node
    if isinstance(node, Map) and node.function == "sign" and factor.power % 2 == 0:
        size = apply_map("abs", *node.arguments)
        if is_ordered(size, zero(size.axes), (said,), strict=True):
            return Factor(ones(node), factor.indices)
    return factor._replace(node=decided(node, (said,))) if factor.power == 1 else factor


def _rectified(node: Product, place: int, said: Fact, other: int) -> Node | None:
    """A power of the difference that the comparison is about, as one of its positive part."""
    mask, factor = node.factors[place], node.factors[other]
    if factor.indices != mask.indices or factor.power.denominator > 1 or factor.power < 1:
        return None
    part = apply_map("relu", said.difference)
    is_there = factor.node.key == part.key
    ratio = ONCE if is_there else _multiple(factor.node, said.difference)
    if ratio is None:
        return None
    factors = list(node.factors)
    factors[other] = factor._replace(node=part)
    del factors[place]
    return product(node.coefficient * ratio ** int(factor.power), factors, node.result, node.dims)


def _multiple(node: Node, unit: Node) -> Fraction | None:
    """Which multiple of an array another is."""
    ratio = leading_ratio(node, unit)
    if ratio is None or not is_zero(total([(ONCE, node), (-ratio, unit)], node.axes)):
        return None
    return ratio


def _within_bounds(node: Product, one: tuple[int, Fact], other: tuple[int, Fact]) -> Node | None:
    """Two comparisons that say how far a number is from another: `abs(x) < c`."""
    (place, first), (last, second) = one, other
    mask = node.factors[place]
    if mask.indices != node.factors[last].indices or first.strict != second.strict:
        return None
    axes = mask.node.axes
    half = Fraction(1, 2)
    centred = total([(half, first.difference), (-half, second.difference)], axes)
    width = total([(half, first.difference), (half, second.difference)], axes)
    if is_zero(centred) or is_zero(width):
        return None
    within = apply_map("<" if first.strict else "<=", apply_map("abs", centred), width)
    factors = list(node.factors)
    factors[place] = Factor(within, mask.indices)
    del factors[last]
    return product(node.coefficient, factors, node.result, node.dims)


def with_bounds_apart(factor: Factor) -> list[Factor]:
    """Both comparisons that say how far a number is from 0: `x > -c` and `x < c`.

    Args:
        factor: any factor; of another kind there are none.
    """
    node = factor.node
    if not isinstance(node, Map) or node.function not in ("<", "<=") or factor.power != 1:
        return []
    size, width = node.arguments
    if not isinstance(size, Map) or size.function != "abs":
        return []
    turned, (inside,) = node.function.translate(MIRRORED), size.arguments
    low = apply_map(turned, inside, scaled(-1, width))
    high = apply_map(node.function, inside, width)
    return [factor._replace(node=low), factor._replace(node=high)]


def compared(node: Map) -> Node:
    """A comparison of a difference with 0, where that is shorter than what is compared.

    Args:
        node: an elementwise function.
    """
    if fact(node) is None:
        return node
    sides = [distributed(ONCE, side) for side in node.arguments]
    (first, second), nothing = sides, zero(node.axes)
    gap = labelled(total([*first, *[(-c, term) for c, term in second]], node.axes))
    if not gap.coefficient or is_zero(gap.node):
        return ones(node) if "=" in node.function else nothing
    turned = node.function.translate(MIRRORED) if gap.coefficient < 0 else node.function
    shorter = apply_map(turned, gap._replace(coefficient=ONCE).node, nothing)
    return shorter if shorter.weight < node.weight else node

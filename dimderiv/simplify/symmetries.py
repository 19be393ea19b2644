"""Forms in which one can see that a product is its own transpose.

`(x - y) (y - x)'` is `-(x - y) (x - y)'`, and a product may have to be taken term by term.
"""

from itertools import combinations
from math import prod

from dimderiv.graph import (
    ONCE,
    Node,
    Product,
    Sum,
    are_ordinary,
    distributed,
    is_symmetric,
    labelled,
    product,
    total,
)

# A product of more terms is not multiplied out.
MOST_TERMS = 24


def with_one_sign(node: Product) -> Node | None:
    """A product with a sum in place of the same one with the other sign, if it has both.

    Args:
        node: the product.
    """
    sums = [(k, f.node) for k, f in enumerate(node.factors) if isinstance(f.node, Sum)]
    for (_, one), (place, other) in combinations(sums, 2):
        power = node.factors[place].power
        if one.weight == other.weight and power.denominator == 1 and _are_opposite(one, other):
            factors = [*node.factors]
            factors[place] = factors[place]._replace(node=one)
            sign = -1 if power.numerator % 2 else 1
            return product(sign * node.coefficient, factors, node.result, node.dims)
    return None


def _are_opposite(one: Sum, other: Sum) -> bool:
    return {t.key: c for c, t in one.terms} == {t.key: -c for c, t in other.terms}


def shown_symmetric(node: Product) -> Node | None:
    """A matrix taken term by term, where that shows that it is its own transpose.

    Args:
        node: the product.
    """
    if len(node.axes) != 2 or node.axes[0] != node.axes[1] or node.symmetric:
        return None
    if not 1 < count(node) <= MOST_TERMS or _is_one_sided(node):
        return None
    apart = total(distributed(ONCE, node), node.axes)
    return apart if is_symmetric(apart) else None


def _is_one_sided(node: Product) -> bool:
    """Whether each term of a matrix would have a factor on one of its axes that the other lacks.

    Such a factor is none of those in the sums, and nothing in them can make it go away.
    """
    sums = [f.node for f in node.factors if isinstance(f.node, Sum)]
    views = [labelled(term) for inner in sums for _, term in inner.terms]
    inside = [factor for view in views for factor in view.factors]
    if not are_ordinary(node.factors) or not are_ordinary(inside):
        return False
    if any(isinstance(f.node, Product) for f in (*node.factors, *inside)):
        return False
    if any(len(set(view.result)) < len(view.result) for view in views):
        return False
    keys = [f.node.key for f in (*node.factors, *inside)]
    rows, columns = node.result
    return any(
        (rows in f.indices) != (columns in f.indices)
        and not isinstance(f.node, Sum)
        and keys.count(f.node.key) == 1
        for f in node.factors
    )


def count(node: Node) -> int:
    """How many terms a product has when its sums are multiplied out.

    Args:
        node: the product; any other node is one term.
    """
    factors = node.factors if isinstance(node, Product) else ()
    return prod(len(f.node.terms) for f in factors if isinstance(f.node, Sum) and f.power == 1)

"""Two exponentials where no overflow may be: the logarithm of their sum, and one over a difference.

As functions of the difference of exponents they overflow only where their values do.
"""

from fractions import Fraction

from dimderiv.graph.exponentials import pair, power_of_e
from dimderiv.graph.letters import are_letters
from dimderiv.graph.nodes import Factor, Node, Product, apply_map
from dimderiv.graph.products import product, scaled
from dimderiv.graph.sums import add


def logaddexp(node: Node) -> Node | None:
    """The logarithm of a sum of two exponentials.

    Args:
        node: what the logarithm is taken of.
    """
    found = pair(node)
    if found is None or found.sign != 1:
        return None
    gap = apply_map("abs", add(found.first, scaled(-1, found.second)))
    small = apply_map("softplus", scaled(-1, gap))
    return add(apply_map("maximum", found.first, found.second), small)


def ratio(node: Product) -> Node | None:
    """A product in which `exp(a) / (exp(b) - exp(a))` is `1 / expm1(b - a)`.

    Args:
        node: the product.
    """
    for below in node.factors:
        found = pair(below.node) if below.power < 0 and are_letters(below.indices) else None
        if found is None or found.sign == 1:
            continue
        for above in node.factors:
            exponent = power_of_e(above.node)
            if exponent is None or (above.indices, above.power) != (below.indices, -below.power):
                continue
            ends = {found.second.key: (found.first, 1), found.first.key: (found.second, -1)}
            other, sign = ends.get(exponent.key, (None, 0))
            if other is None or below.power.denominator != 1:
                continue
            gap = apply_map("expm1", add(other, scaled(-1, exponent)))
            rest = [f for f in node.factors if f is not above and f is not below]
            factors = [*rest, Factor(gap, below.indices, below.power)]
            number = node.coefficient * Fraction(sign) ** int(below.power)
            return product(number, factors, node.result, node.dims)
    return None

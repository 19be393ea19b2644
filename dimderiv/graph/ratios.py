"""Two exponentials: their ratios and the logarithm of their sum are functions of the difference."""

from collections.abc import Callable
from fractions import Fraction

from dimderiv.graph.facts import is_one, unnamed
from dimderiv.graph.letters import are_letters
from dimderiv.graph.nodes import Factor, Node, Product, Sum, apply_map, zero
from dimderiv.graph.products import product, scaled
from dimderiv.graph.softmax import exponent
from dimderiv.graph.sums import add, terms

Pair = tuple[tuple[Fraction, Node], tuple[Fraction, Node]]


def logaddexp(node: Node) -> Node | None:
    """The logarithm of a sum of two exponentials.

    Args:
        node: what the logarithm is taken of.
    """
    pair = _pair(node)
    if pair is None or pair[0][0] != 1 or pair[1][0] != 1:
        return None
    (_, a), (_, b) = pair
    gap = apply_map("abs", add(a, scaled(-1, b)))
    return add(apply_map("maximum", a, b), apply_map("softplus", scaled(-1, gap)))


def tangent(node: Product) -> Node | None:
    """A product in which `(exp(a) - exp(b)) / (exp(a) + exp(b))` is a tanh; nothing without one.

    Args:
        node: the product.
    """
    return _replaced(node, _tangent)


def ratio(node: Product) -> Node | None:
    """A product in which `exp(a) / (exp(a) + exp(b))` or the like is one function of `a - b`.

    Args:
        node: the product.
    """
    return _replaced(node, _tangent) or _replaced(node, _sigmoid)


def _replaced(node: Product, quotient: Callable[[Node, Pair], Node | None]) -> Node | None:
    for below in node.factors:
        pair = _pair(below.node) if below.power < 0 and are_letters(below.indices) else None
        for above in node.factors if pair is not None else ():
            if pair is None or above.indices != below.indices or above.power != -below.power:
                continue
            found = quotient(above.node, pair)
            if found is not None:
                rest = [f for f in node.factors if f is not above and f is not below]
                factors = [*rest, above._replace(node=found)]
                return product(node.coefficient, factors, node.result, node.dims)
    return None


def _tangent(above: Node, below: Pair) -> Node | None:
    """(exp(a) - exp(b)) / (exp(a) + exp(b))."""
    pair, ((c, a), (d, b)) = _pair(above), below
    if pair is None or c != d:
        return None
    signs = {power.key: number / c for number, power in pair}
    if signs.keys() != {a.key, b.key} or signs[a.key] != -signs[b.key]:
        return None
    half = scaled(Fraction(1, 2), add(a, scaled(-1, b)))
    return scaled(signs[a.key], apply_map("tanh", half))


def _sigmoid(above: Node, below: Pair) -> Node | None:
    """exp(a) / (exp(a) + exp(b)), and exp(a) / (1 - exp(a))."""
    argument = exponent(above)
    if argument is None:
        return None
    for (c, a), (d, b) in (below, below[::-1]):
        if a.key != argument.key:
            continue
        gap = add(a, scaled(-1, b))
        if c == d:
            return scaled(1 / c, apply_map("sigmoid", gap))
        if c == -d:
            inverse = apply_map("expm1", scaled(-1, gap))
            every = tuple(range(len(gap.axes)))
            return product(1 / d, [Factor(inverse, every, Fraction(-1))], every, gap.axes)
    return None


def _pair(node: Node) -> Pair | None:
    """Two exponentials, of which 1 may be one, as their coefficients and exponents."""
    inner = unnamed(node)
    own = terms(inner) if isinstance(inner, (Sum, Product)) else []
    if len(own) != 2:
        return None
    found = []
    for coefficient, term in own:
        power = zero(term.axes) if is_one(term) else exponent(term)
        if power is None:
            return None
        found.append((coefficient, power))
    first, second = found
    return first, second

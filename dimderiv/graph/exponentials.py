"""Two exponentials in a quotient, as the function that they are: a sigmoid, a tanh, a cosh.

With `s = exp(a) + exp(b)`, `exp(a) / s` is `sigmoid(a - b)` and `(exp(a) - exp(b)) / s` is
`tanh((a - b) / 2)`; 1 is the exponential of 0.
"""

from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph.facts import is_one, unnamed
from dimderiv.graph.nodes import ONCE, Factor, Map, Node, Product, Sum, apply_map, zero
from dimderiv.graph.products import elementwise, scaled
from dimderiv.graph.sums import total

HALF = Fraction(1, 2)


class Pair(NamedTuple):
    """The sum or the difference of two exponentials, entry by entry.

    Attributes:
        first: what the first one is the exponential of.
        second: what the other one is the exponential of.
        sign: 1 for the sum, -1 for the difference.
    """

    first: Node
    second: Node
    sign: int

    @property
    def half(self) -> Node:
        """Half of the difference of the exponents."""
        return _difference(HALF, self.first, self.second)


def pair(node: Node) -> Pair | None:
    """The two exponentials that a node is the sum or the difference of.

    Args:
        node: any node.
    """
    node = unnamed(node)
    if not isinstance(node, Sum) or len(node.terms) != 2:
        return None
    (one, first), (other, second) = node.terms
    if one != 1 or abs(other) != 1:
        return None
    exponents = power_of_e(first), power_of_e(second)
    if exponents[0] is None or exponents[1] is None:
        return None
    return Pair(exponents[0], exponents[1], int(other))


def power_of_e(node: Node) -> Node | None:
    """What a node is the exponential of, entry by entry, where it is one."""
    node = unnamed(node)
    if isinstance(node, Map):
        return node.arguments[0] if node.function == "exp" else None
    if is_one(node):
        return zero(node.axes)
    if not isinstance(node, Product) or node.coefficient != 1 or len(node.factors) != 1:
        return None
    (factor,) = node.factors
    exponent = power_of_e(factor.node) if isinstance(unnamed(factor.node), Map) else None
    if exponent is None or factor.indices != node.result:
        return None
    return scaled(factor.power, exponent)


def over_exponentials(above: Node, below: Pair) -> Node | None:
    """A node over the sum of two exponentials, where that is a tanh or a sigmoid.

    Args:
        above: what is divided.
        below: the exponentials that it is divided by.
    """
    if below.sign != 1:
        return None
    over = pair(above)
    ends = {below.first.key: below.second, below.second.key: below.first}
    if over is not None:
        is_same = {over.first.key, over.second.key} == ends.keys()
        return _odd("tanh", over.half) if over.sign == -1 and is_same else None
    exponent = power_of_e(above)
    other = None if exponent is None else ends.get(exponent.key)
    if exponent is None or other is None:
        return None
    return apply_map("sigmoid", _difference(ONCE, exponent, other))


def hyperbolic(node: Node) -> Node | None:
    """`(exp(a) + exp(-a)) / 2` and `2 / (exp(a) + exp(-a))` by the cosh, with `-` by the sinh.

    Args:
        node: any node.
    """
    if not isinstance(node, Product) or len(node.factors) != 1:
        return None
    (factor,) = node.factors
    if factor.indices != node.result or abs(factor.power) != 1:
        return None
    found = pair(factor.node)
    if found is None or found.first.key != scaled(-1, found.second).key:
        return None
    number = node.coefficient * (2 if factor.power == 1 else HALF)
    if abs(number) != 1:
        return None
    value = apply_map("cosh", found.first) if found.sign == 1 else _odd("sinh", found.first)
    return elementwise(number, (value, factor.power))


def rest_of_sigmoid(node: Sum) -> Node | None:
    """`1 - sigmoid(-x)`, which is `sigmoid(x)`.

    Args:
        node: any sum.
    """
    found = _of_sigmoid(node)
    if found is None or found[1] != -found[0]:
        return None
    one, _, argument = found
    if not _is_negative(argument):
        return None
    return scaled(one, apply_map("sigmoid", scaled(-1, argument)))


def _is_negative(argument: Node) -> bool:
    """Whether a minus sign stands before a product; in `-(x - a)` it goes inside, to `a - x`."""
    if not isinstance(argument, Product) or argument.coefficient >= 0:
        return False
    return not any(isinstance(factor.node, Sum) for factor in argument.factors)


def _odd(function: str, argument: Node) -> Node:
    """An odd function, with a minus sign of the argument before it."""
    if not _is_negative(argument):
        return apply_map(function, argument)
    return scaled(-1, apply_map(function, scaled(-1, argument)))


def log_odds(node: Sum) -> Node | None:
    """A sum with `x` in place of `logsigmoid(x) + softplus(x)`.

    Args:
        node: any sum.
    """
    for coefficient, term in node.terms:
        if not isinstance(term, Map) or term.function != "logsigmoid":
            continue
        other = apply_map("softplus", *term.arguments).key
        if (coefficient, other) in [(c, each.key) for c, each in node.terms]:
            rest = [each for each in node.terms if each[1].key not in (term.key, other)]
            return total([*rest, (coefficient, term.arguments[0])], node.axes)
    return None


def tangent(node: Sum) -> Node | None:
    """`2 sigmoid(x) - 1`, which is `tanh(x / 2)`.

    Args:
        node: any sum.
    """
    found = _of_sigmoid(node)
    if found is None or found[1] != -2 * found[0]:
        return None
    one, _, argument = found
    return scaled(-one, _odd("tanh", scaled(HALF, argument)))


def _of_sigmoid(node: Sum) -> tuple[Fraction, Fraction, Node] | None:
    """A number, that of a sigmoid which is added to it, and the argument of that."""
    for (one, ones), (coefficient, other) in (
        (node.terms, node.terms[::-1]) if len(node.terms) == 2 else ()
    ):
        if isinstance(other, Map) and other.function == "sigmoid" and is_one(ones):
            return one, coefficient, other.arguments[0]
    return None


def logarithm_of_sigmoid(node: Node) -> Node | None:
    """What `log(sigmoid(x))` and `log(1 - sigmoid(x))` are.

    Args:
        node: what stands under the logarithm.
    """
    node = unnamed(node)
    if isinstance(node, Map) and node.function == "sigmoid":
        return apply_map("logsigmoid", node.arguments[0])
    less = rest_of_one(node)
    if not isinstance(less, Map) or less.function != "sigmoid":
        return None
    return scaled(-1, apply_map("softplus", *less.arguments))


def rest_of_one(node: Node) -> Node | None:
    """What is subtracted from 1, without its name."""
    if not isinstance(node, Sum) or len(node.terms) != 2:
        return None
    for (one, ones), (coefficient, other) in (node.terms, node.terms[::-1]):
        if one == 1 and coefficient == -1 and is_one(ones):
            return unnamed(other)
    return None


def spent(factor: Factor) -> bool:
    """Whether one of a whole power of a factor can be taken away, above the line."""
    return factor.power >= 1 and factor.power.denominator == 1


def _difference(number: Fraction, one: Node, other: Node) -> Node:
    return total([(number, one), (-number, other)], one.axes)

"""Fold a product back into a named function: `exp(x) ./ (1 + exp(x))` is `sigmoid(x)`."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from dimderiv.graph.exponentials import over_exponentials, pair, spent
from dimderiv.graph.facts import is_one, unnamed
from dimderiv.graph.nodes import ONCE, Factor, Function, Key, Map, Node, Product, apply_map, is_zero
from dimderiv.graph.products import product, scaled
from dimderiv.graph.softmax import is_along, one_plus, softmax, softmax_of_logarithm
from dimderiv.graph.sums import add
from dimderiv.graph.walk import operands

OPPOSITE = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}

Folded = tuple[Factor, ...] | None


def fold(node: Product) -> Node | None:
    """The product with one of its quotients as a named function; nothing if it has none."""
    for factor in node.factors:
        value = unnamed(factor.node)
        if not isinstance(value, Map) or value.function not in PAIRS or factor.power != 1:
            continue
        named = factor._replace(node=value)
        for other in node.factors:
            for folds in PAIRS[value.function]:
                folded = folds(value, named, other)
                if folded is not None:
                    return _replaced(node, (factor, other), folded)
    found = _of_exponentials(node)
    if found is not None:
        return found
    for factor in node.factors:
        folded = _sigmoid_below(factor) or _softmax_of_logarithm(factor)
        if folded is not None:
            return _replaced(node, (factor,), folded)
    return None


def fold_map(node: Map) -> Node:
    """An exponential that is a softmax, or a choice of 1 and 0, as that; any other as it stands."""
    return softmax_of_logarithm(node) or _comparison(node) or node


def _comparison(node: Map) -> Node | None:
    """`where(x > 0, 1, 0)` is `x > 0`, and with 0 and 1 it is the opposite."""
    condition, *values = node.arguments
    if node.function != "where" or not isinstance(condition, Map):
        return None
    opposite = OPPOSITE.get(condition.function)
    if opposite is None or not all(is_one(each) or is_zero(each) for each in values):
        return None
    first, second = map(is_one, values)
    if first == second:
        return None
    return condition if first else apply_map(opposite, *condition.arguments)


def _of_exponentials(node: Product) -> Node | None:
    """Exponentials over the sum of two of them."""
    for below in node.factors:
        sums = pair(below.node) if _divides(below) else None
        if sums is None:
            continue
        for above in node.factors:
            if above.indices != below.indices or not spent(above):
                continue
            found = over_exponentials(above.node, sums)
            if found is not None:
                new = above._replace(node=found, power=ONCE)
                left = above._replace(power=above.power - 1), below._replace(power=below.power + 1)
                return _replaced(node, (above, below), (new, *[f for f in left if f.power]))
    return None


def _replaced(node: Product, old: Sequence[Factor], new: Sequence[Factor]) -> Node:
    factors: list[Factor] = []
    for factor in node.factors:
        if factor is old[0]:
            factors.extend(new)
        elif all(factor is not gone for gone in old[1:]):
            factors.append(factor)
    return product(node.coefficient, factors, node.result, node.dims)


def _with_rest(new: Factor, old: Factor, spent: int) -> tuple[Factor, ...]:
    """A new factor, and what is left of a power of which some has been spent."""
    left = old._replace(power=old.power - spent)
    return (new, left) if left.power else (new,)


def _softmax(value: Map, above: Factor, below: Factor) -> Folded:
    """The exponential of an array over its sums along an axis."""
    sums = unnamed(below.node)
    if not _divides(below) or not isinstance(sums, Product) or sums.coefficient != 1:
        return None
    found = softmax(above._replace(node=value), below._replace(node=sums))
    if found is None or not isinstance(found.node, Function):
        return None
    return _with_rest(found, below, -1) if is_along(found.node.over, found.node) else None


def _divides(factor: Factor) -> bool:
    return factor.power is not ONCE and factor.power <= -1 and factor.power.denominator == 1


def _key_within(function: str, other: Factor, factor: Factor) -> Key | None:
    """What another factor is a function of, if it is that function with the letters of a factor."""
    node = other.node
    if isinstance(node, Map) and node.function == function and other.indices == factor.indices:
        return node.arguments[0].key
    return None


def _sigmoid_of_negative(value: Map, above: Factor, other: Factor) -> Folded:
    """exp(x) sigmoid(-x) is sigmoid(x)."""
    argument, within = value.arguments[0], _key_within("sigmoid", other, above)
    if within is None or other.power < 1 or within != scaled(-1, argument).key:
        return None
    return _with_rest(above._replace(node=apply_map("sigmoid", argument)), other, 1)


def _relu_where_positive(value: Map, above: Factor, other: Factor) -> Folded:
    """relu(x) (x > 0) is relu(x)."""
    if _key_within(">", other, above) != value.arguments[0].key:
        return None
    return (above,) if is_zero(operands(other.node)[1]) else None


def _sign_over_abs(value: Map, above: Factor, below: Factor) -> Folded:
    """sign(x) / abs(x) is 1 / x."""
    argument = value.arguments[0]
    if below.power != -1 or _key_within("abs", below, above) != argument.key:
        return None
    return (Factor(argument, above.indices, Fraction(-1)),)


def _size_and_sign(value: Map, above: Factor, other: Factor) -> Folded:
    """sign(x) x is abs(x), and sign(x) abs(x) is x."""
    argument = value.arguments[0]
    if other.indices != above.indices or other.power < 1 or other.power.denominator > 1:
        return None
    size = apply_map("abs", argument)
    if other.node.key == size.key:
        return _with_rest(Factor(argument, above.indices), other, 1)
    if other.node.key == argument.key:
        return _with_rest(Factor(size, above.indices), other, 1)
    return None


def _tangent(value: Map, above: Factor, below: Factor) -> Folded:
    """sinh(x) / cosh(x) is tanh(x), and sin(x) / cos(x) is tan(x)."""
    cosine, quotient = TANGENTS[value.function]
    argument = value.arguments[0]
    if below.power > -1 or _key_within(cosine, below, above) != argument.key:
        return None
    return _with_rest(above._replace(node=apply_map(quotient, argument)), below, -1)


def _power_of_same(value: Map, above: Factor, other: Factor) -> Folded:
    """x^(a - 1) x is x^a, and x^a x^b is x^(a + b), with exponents that are no numbers."""
    base, exponent = value.arguments
    if other.node is above.node or other.indices != above.indices:
        return None
    beside, (core, power) = unnamed(other.node), _power_of(unnamed(base))
    if isinstance(beside, Map) and beside.function == "power" and other.power == 1:
        same, further = beside.arguments
        is_same = unnamed(same).key == unnamed(base).key
    else:
        is_same = beside.key == core.key
        every = tuple(range(len(base.axes)))
        further = product(other.power / power, (), every, base.axes)
    return (
        (above._replace(node=apply_map("power", base, add(exponent, further))),)
        if is_same
        else None
    )


def _power_of(node: Node) -> tuple[Node, Fraction]:
    """What a scalar is a power of, such as the square of a norm, and which."""
    is_power = isinstance(node, Product) and node.coefficient == 1 and not node.axes
    if is_power and isinstance(node, Product) and len(node.factors) == 1:
        (factor,) = node.factors
        if not factor.indices:
            return unnamed(factor.node), factor.power
    return node, ONCE


def _softmax_of_logarithm(factor: Factor) -> Folded:
    """The exponential of the logarithm of a softmax."""
    found = softmax_of_logarithm(factor.node)
    return None if found is None else (factor._replace(node=found),)


def _sigmoid_below(factor: Factor) -> Folded:
    """1 / (1 + exp(x)) is sigmoid(-x)."""
    added = one_plus(factor.node) if _divides(factor) else None
    if not isinstance(added, Map) or added.function != "exp":
        return None
    argument = scaled(-1, added.arguments[0])
    return (Factor(apply_map("sigmoid", argument), factor.indices, -factor.power),)


Fold = Callable[[Map, Factor, Factor], Folded]

TANGENTS = {"sinh": ("cosh", "tanh"), "sin": ("cos", "tan")}
PAIRS: Mapping[str, tuple[Fold, ...]] = {
    "exp": (_softmax, _sigmoid_of_negative),
    "relu": (_relu_where_positive,),
    "sign": (_sign_over_abs, _size_and_sign),
    "sinh": (_tangent,),
    "sin": (_tangent,),
    "power": (_power_of_same,),
}

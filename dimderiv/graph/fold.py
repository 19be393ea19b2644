"""Fold a product back into a named function: `exp(x) ./ (1 + exp(x))` is `sigmoid(x)`."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from dimderiv.graph.facts import rows_sum_to_one, unnamed
from dimderiv.graph.nodes import (
    ONCE,
    Factor,
    Map,
    Node,
    Product,
    apply_map,
    is_zero,
)
from dimderiv.graph.products import product, scaled
from dimderiv.graph.softmax import one_plus, softmax, softmax_of_logarithm

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
                folded = folds(named, other)
                if folded is not None:
                    return _replaced(node, (factor, other), folded)
    for factor in node.factors:
        folded = _sigmoid_below(factor) or _softmax_of_logarithm(factor)
        if folded is not None:
            return _replaced(node, (factor,), folded)
    return None


def fold_map(node: Map) -> Node:
    """An exponential that is a softmax as that; any other function as it stands."""
    return softmax_of_logarithm(node) or node


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


def _softmax(above: Factor, below: Factor) -> Folded:
    """The exponential of an array over its sums along the last axis."""
    sums = unnamed(below.node)
    if not _divides(below) or not isinstance(sums, Product) or sums.coefficient != 1:
        return None
    found = softmax(above, below._replace(node=sums))
    if found is None or not rows_sum_to_one(found.node):
        return None
    return _with_rest(found, below, -1)


def _divides(factor: Factor) -> bool:
    return factor.power is not ONCE and factor.power <= -1 and factor.power.denominator == 1


def _sigmoid_above(above: Factor, below: Factor) -> Folded:
    """exp(x) / (1 + exp(x))."""
    assert isinstance(above.node, Map)
    added = one_plus(below.node) if _divides(below) else None
    if added is None or unnamed(added).key != above.node.key or below.indices != above.indices:
        return None
    sigmoid = apply_map("sigmoid", above.node.arguments[0])
    return _with_rest(above._replace(node=sigmoid), below, -1)


def _sigmoid_of_negative(above: Factor, other: Factor) -> Folded:
    """exp(x) sigmoid(-x) is sigmoid(x)."""
    assert isinstance(above.node, Map)
    argument = above.node.arguments[0]
    if not isinstance(other.node, Map) or other.node.function != "sigmoid":
        return None
    if other.node.arguments[0].key != scaled(-1, argument).key:
        return None
    if other.power < 1 or other.indices != above.indices:
        return None
    return _with_rest(above._replace(node=apply_map("sigmoid", argument)), other, 1)


def _relu_where_positive(above: Factor, other: Factor) -> Folded:
    """relu(x) (x > 0) is relu(x)."""
    assert isinstance(above.node, Map)
    step = other.node
    if not isinstance(step, Map) or step.function != ">" or other.indices != above.indices:
        return None
    same = step.arguments[0].key == above.node.arguments[0].key
    return (above,) if same and is_zero(step.arguments[1]) else None


def _sign_over_abs(above: Factor, below: Factor) -> Folded:
    """sign(x) / abs(x) is 1 / x."""
    assert isinstance(above.node, Map)
    size = below.node
    if not isinstance(size, Map) or size.function != "abs" or below.power != -1:
        return None
    argument = above.node.arguments[0]
    if size.arguments[0].key != argument.key or below.indices != above.indices:
        return None
    return (Factor(argument, above.indices, Fraction(-1)),)


def _tangent(above: Factor, below: Factor) -> Folded:
    """sinh(x) / cosh(x) is tanh(x), and sin(x) / cos(x) is tan(x)."""
    assert isinstance(above.node, Map)
    cosine, quotient = TANGENTS[above.node.function]
    node = below.node
    if not isinstance(node, Map) or node.function != cosine or below.power > -1:
        return None
    if node.arguments[0].key != above.node.arguments[0].key or below.indices != above.indices:
        return None
    tangent = above._replace(node=apply_map(quotient, node.arguments[0]))
    return _with_rest(tangent, below, -1)


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


Fold = Callable[[Factor, Factor], Folded]

TANGENTS = {"sinh": ("cosh", "tanh"), "sin": ("cos", "tan")}
PAIRS: Mapping[str, tuple[Fold, ...]] = {
    "exp": (_softmax, _sigmoid_above, _sigmoid_of_negative),
    "relu": (_relu_where_positive,),
    "sign": (_sign_over_abs,),
    "sinh": (_tangent,),
    "sin": (_tangent,),
}

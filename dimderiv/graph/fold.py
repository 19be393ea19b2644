"""Fold a product back into a named function: `exp(S) ./ sum(exp(S), axis=1)` is `softmax(S)`."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from dimderiv.graph.facts import unnamed
from dimderiv.graph.nodes import (
    ONCE,
    Factor,
    Function,
    Map,
    Node,
    Product,
    Sum,
    apply_function,
    apply_map,
    is_zero,
)
from dimderiv.graph.products import product, scaled
from dimderiv.graph.sums import terms

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
    plain = tuple(range(len(node.axes)))
    folded = _softmax_of_logarithm(Factor(node, plain))
    return node if folded is None else folded[0].node


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
    assert isinstance(above.node, Map)
    sums = unnamed(below.node)
    if not _divides(below) or not isinstance(sums, Product) or sums.coefficient != 1:
        return None
    if len(sums.factors) != 1 or sums.factors[0].power != 1:
        return None
    inner = sums.factors[0]
    last = len(above.indices) - 1
    if unnamed(inner.node).key != above.node.key or last < 0 or inner.indices[last] in sums.result:
        return None
    if inner.indices[:last] != sums.result or above.indices[:last] != below.indices:
        return None
    argument = above.node.arguments[0]
    softmax = apply_function("softmax", (argument,), argument.axes, (last,))
    return _with_rest(above._replace(node=softmax), below, -1)


def _divides(factor: Factor) -> bool:
    return factor.power is not ONCE and factor.power <= -1 and factor.power.denominator == 1


def _one_plus(node: Node) -> Node | None:
    """What is added to 1."""
    node = unnamed(node)
    if not isinstance(node, Sum) or len(node.terms) != 2:
        return None
    for (one, ones), (coefficient, other) in (node.terms, node.terms[::-1]):
        if coefficient == one == 1 and isinstance(ones, Product) and not ones.factors:
            return other if len(set(ones.result)) == len(ones.result) else None
    return None


def _sigmoid_above(above: Factor, below: Factor) -> Folded:
    """exp(x) / (1 + exp(x))."""
    assert isinstance(above.node, Map)
    added = _one_plus(below.node) if _divides(below) else None
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


def _sigmoid_below(factor: Factor) -> Folded:
    """1 / (1 + exp(x)) is sigmoid(-x)."""
    added = _one_plus(factor.node) if _divides(factor) else None
    if not isinstance(added, Map) or added.function != "exp":
        return None
    argument = scaled(-1, added.arguments[0])
    return (Factor(apply_map("sigmoid", argument), factor.indices, -factor.power),)


def _softmax_of_logarithm(factor: Factor) -> Folded:
    """exp(A - logsumexp(A)) along the last axis, and exp(logsoftmax(A))."""
    node = factor.node
    if not isinstance(node, Map) or node.function != "exp":
        return None
    inner = node.arguments[0]
    if isinstance(inner, Function) and inner.function == "logsoftmax":
        argument = inner.arguments[0]
    else:
        found = _less_logsumexp(inner)
        if found is None:
            return None
        argument = found
    last = (len(argument.axes) - 1,)
    softmax = apply_function("softmax", (argument,), argument.axes, last)
    return (factor._replace(node=softmax),)


def _less_logsumexp(node: Node) -> Node | None:
    """The array that its own log-sum-exp along the last axis is subtracted from."""
    own = terms(node)
    for coefficient, term in own if len(own) > 1 else ():
        if not isinstance(term, Product) or len(term.factors) != 1 or coefficient != -1:
            continue
        inner = term.factors[0].node
        if not isinstance(inner, Function) or inner.function != "logsumexp":
            continue
        argument, last = inner.arguments[0], len(node.axes) - 1
        kept = tuple(range(last))
        rest = {(c, other.key) for c, other in own if other.key != term.key}
        if (
            term.factors[0].indices == kept
            and inner.over == (last,)
            and rest == {(c, t.key) for c, t in terms(argument)}
        ):
            return argument
    return None


Fold = Callable[[Factor, Factor], Folded]

TANGENTS = {"sinh": ("cosh", "tanh"), "sin": ("cos", "tan")}
PAIRS: Mapping[str, tuple[Fold, ...]] = {
    "exp": (_softmax, _sigmoid_above, _sigmoid_of_negative),
    "relu": (_relu_where_positive,),
    "sign": (_sign_over_abs,),
    "sinh": (_tangent,),
    "sin": (_tangent,),
}

"""Exponentials over their sum, and the logarithm of that sum, as the functions that they are.

So `exp(S) ./ sum(exp(S), axis=1)` is `softmax(S)`, and no exponential of it overflows.
"""

from dimderiv.graph.facts import is_one, unnamed
from dimderiv.graph.nodes import (
    Factor,
    Function,
    Map,
    Node,
    Product,
    Sum,
    apply_function,
    apply_map,
)
from dimderiv.graph.products import product
from dimderiv.graph.sums import terms


def exponent(node: Node) -> Node | None:
    """What a node is the exponential of, entry by entry."""
    node = unnamed(node)
    return node.arguments[0] if isinstance(node, Map) and node.function == "exp" else None


def softmax(above: Factor, below: Factor) -> Factor | None:
    """Exponentials that are divided by their sums along some axes, as a softmax."""
    argument, summed = exponent(above.node), _summed(below.node)
    if argument is None or summed is None or above.power != 1 or argument.key != summed[0].key:
        return None
    over = summed[1]
    if tuple(i for k, i in enumerate(above.indices) if k not in over) != below.indices:
        return None
    return above._replace(node=apply_function("softmax", (argument,), argument.axes, over))


def _summed(node: Node) -> tuple[Node, tuple[int, ...]] | None:
    """What the exponentials are of whose sum a node is a multiple of, and the axes of the sum."""
    if not isinstance(node, Product) or len(node.factors) != 1:
        return None
    (factor,) = node.factors
    argument = exponent(factor.node)
    over = tuple(k for k, i in enumerate(factor.indices) if i not in node.result)
    kept = tuple(i for i in factor.indices if i in node.result)
    if argument is None or factor.power != 1 or not over or kept != node.result:
        return None
    return (argument, over) if len(set(factor.indices)) == len(factor.indices) else None


def one_plus(node: Node) -> Node | None:
    """What is added to 1."""
    node = unnamed(node)
    if not isinstance(node, Sum) or len(node.terms) != 2:
        return None
    for (one, ones), (coefficient, other) in (node.terms, node.terms[::-1]):
        if coefficient == one == 1 and is_one(ones):
            return other
    return None


def softmax_of_logarithm(node: Node) -> Node | None:
    """exp(A - logsumexp(A)) along the same axes, and exp(logsoftmax(A))."""
    inner = node.arguments[0] if isinstance(node, Map) and node.function == "exp" else None
    if isinstance(inner, Function) and inner.function == "logsoftmax":
        return apply_function("softmax", inner.arguments, inner.axes, inner.over)
    found = None if inner is None else _less_logsumexp(inner)
    if found is None:
        return None
    argument, over = found
    return apply_function("softmax", (argument,), argument.axes, over)


def _less_logsumexp(node: Node) -> tuple[Node, tuple[int, ...]] | None:
    """The array that its own log-sum-exp is subtracted from, and the axes of that."""
    own = terms(node)
    for coefficient, term in own if len(own) > 1 else ():
        if not isinstance(term, Product) or len(term.factors) != 1 or coefficient != -1:
            continue
        inner = term.factors[0].node
        if not isinstance(inner, Function) or inner.function != "logsumexp":
            continue
        argument, over = inner.arguments[0], inner.over
        kept = tuple([axis for axis in range(len(node.axes)) if axis not in over])
        rest = {(c, other.key) for c, other in own if other.key != term.key}
        is_whole = rest == {(c, t.key) for c, t in terms(argument)}
        if is_whole and term.factors[0].indices == kept and is_along(over, node):
            return argument, over
    return None


def is_along(over: tuple[int, ...], node: Node) -> bool:
    """Whether a function of rows is recognised along some axes: along one, or in a tensor."""
    return len(over) == 1 or len(node.axes) > 2


def stable(node: Node) -> Node | None:
    """A node that is computed without overflow, in place of one that is not.

    Args:
        node: any node.
    """
    if isinstance(node, Map) and node.function == "log":
        return _logarithm(unnamed(node.arguments[0]))
    return _quotient(node) if isinstance(node, Product) else None


def _logarithm(inner: Node) -> Node | None:
    """The logarithm of a sum of exponentials."""
    added = one_plus(inner)
    if added is not None:
        power = exponent(added)
        return None if power is None else apply_map("softplus", power)
    found = _summed(inner)
    if found is None or not isinstance(inner, Product) or inner.coefficient != 1:
        return None
    argument, over = found
    return apply_function("logsumexp", (argument,), inner.axes, over)


def _quotient(node: Product) -> Node | None:
    """Exponentials over their sum along some axes."""
    for sums in node.factors:
        if sums.power != -1 or not isinstance(sums.node, Product):
            continue
        for factor in node.factors:
            found = softmax(factor, sums) if isinstance(factor.node, Map) else None
            if found is not None:
                rest = [f for f in node.factors if f is not factor and f is not sums]
                number = node.coefficient / sums.node.coefficient
                return product(number, [found, *rest], node.result, node.dims)
    return None

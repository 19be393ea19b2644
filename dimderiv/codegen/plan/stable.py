"""Exponentials that must not overflow: the logarithm of their sum, and the quotient by it."""

from dimderiv.graph import (
    Factor,
    Map,
    Node,
    Product,
    Sum,
    apply_function,
    apply_map,
    is_one,
    product,
    unnamed,
)


def stable(node: Node) -> Node | None:
    """A node that is computed without overflow, in place of one that is not."""
    if isinstance(node, Map) and node.function == "log":
        return _logarithm(unnamed(node.arguments[0]))
    return _quotient(node) if isinstance(node, Product) else None


def _logarithm(inner: Node) -> Node | None:
    """The logarithm of a sum of exponentials."""
    if isinstance(inner, Sum) and len(inner.terms) == 2:
        rest = [term for c, term in inner.terms if c == 1 and not is_one(term)]
        power = unnamed(rest[0]) if len(rest) == 1 else None
        if isinstance(power, Map) and power.function == "exp":
            is_beside_one = any(c == 1 and is_one(term) for c, term in inner.terms)
            return apply_map("softplus", power.arguments[0]) if is_beside_one else None
    found = _summed(inner)
    if found is None or not isinstance(inner, Product) or inner.coefficient != 1:
        return None
    argument, over = found
    return apply_function("logsumexp", (argument,), inner.axes, over)


def _quotient(node: Product) -> Node | None:
    """Exponentials over their sum along some axes."""
    for below, sums in enumerate(node.factors):
        found = _summed(sums.node) if sums.power == -1 else None
        if found is None:
            continue
        for above, factor in enumerate(node.factors):
            if _is_divided(factor, sums, *found):
                rest = [f for k, f in enumerate(node.factors) if k not in (above, below)]
                argument, over = found
                softmax = apply_function("softmax", (argument,), argument.axes, over)
                assert isinstance(sums.node, Product)
                return product(
                    node.coefficient / sums.node.coefficient,
                    [factor._replace(node=softmax), *rest],
                    node.result,
                    node.dims,
                )
    return None


def _summed(node: Node) -> tuple[Node, tuple[int, ...]] | None:
    """What the exponentials are of whose sum a node is a multiple of, and the axes of the sum."""
    if not isinstance(node, Product) or len(node.factors) != 1:
        return None
    (factor,) = node.factors
    power = unnamed(factor.node)
    over = tuple(k for k, i in enumerate(factor.indices) if i not in node.result)
    kept = tuple(i for i in factor.indices if i in node.result)
    if not isinstance(power, Map) or power.function != "exp" or factor.power != 1:
        return None
    if not over or kept != node.result or len(set(factor.indices)) < len(factor.indices):
        return None
    return power.arguments[0], over


def _is_divided(factor: Factor, sums: Factor, argument: Node, over: tuple[int, ...]) -> bool:
    """Whether a factor are the exponentials that meet their sums."""
    power = factor.node
    if not isinstance(power, Map) or power.function != "exp" or factor.power != 1:
        return False
    kept = tuple(i for k, i in enumerate(factor.indices) if k not in over)
    return power.arguments[0].key == argument.key and kept == sums.indices

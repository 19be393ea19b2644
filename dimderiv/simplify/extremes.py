"""The larger and the smaller of two arrays, in the shortest form: `max`, `min`, `abs`, `clip`."""

from collections.abc import Iterator

from dimderiv.graph import (
    Factor,
    Map,
    Node,
    Product,
    all_indices,
    apply_map,
    is_nonnegative,
    is_zero,
    letters_of,
    product,
    scaled,
    unnamed,
    zero,
)
from dimderiv.simplify.deciding import decided
from dimderiv.simplify.regions import Fact, is_ordered


def extremes(first: Node, second: Node, said: Fact) -> Iterator[Node]:
    """The array that is the first one where something holds, and elsewhere the second.

    Args:
        first: an array.
        second: another.
        said: what decides between them.

    Yields:
        It as the larger or the smaller one of both, if it is that.
    """
    here, elsewhere = (said,), (said.opposite,)
    one, less = decided(first, here), decided(second, here)
    other, more = decided(second, elsewhere), decided(first, elsewhere)
    if is_ordered(one, less, here) and is_ordered(other, more, elsewhere):
        yield larger(first, second)
    if is_ordered(less, one, here) and is_ordered(more, other, elsewhere):
        yield smaller(first, second)


def larger(first: Node, second: Node) -> Node:
    """The larger one of two arrays, entry by entry.

    Args:
        first: an array.
        second: another.
    """
    clipped = _clipped(first, second, "minimum") or _clipped(second, first, "minimum")
    if clipped is not None:
        return clipped
    if is_zero(first) or is_zero(second):
        return apply_map("relu", first if is_zero(second) else second)
    if first.key == scaled(-1, second).key:
        return apply_map("abs", first)
    return apply_map("maximum", *_bound_last(first, second))


def smaller(first: Node, second: Node) -> Node:
    """The smaller one of two arrays, entry by entry.

    Args:
        first: an array.
        second: another.
    """
    clipped = _clipped(first, second, "maximum") or _clipped(second, first, "maximum")
    if clipped is not None:
        return clipped
    if is_zero(first) or is_zero(second) or first.key == scaled(-1, second).key:
        return scaled(-1, larger(scaled(-1, first), scaled(-1, second)))
    return apply_map("minimum", *_bound_last(first, second))


def _bound_last(first: Node, second: Node) -> tuple[Node, Node]:
    """Two arrays, one that is the same at all places behind one that is not."""
    is_bound = isinstance(first, Product) and not letters_of(all_indices(first.factors))
    return (second, first) if is_bound else (first, second)


def _clipped(bound: Node, other: Node, inner: str) -> Node | None:
    """Between two bounds, where the lower one is known to be no larger than the other."""
    for argument, further in _arguments(unnamed(other), inner):
        low, high = (bound, further) if inner == "minimum" else (further, bound)
        if is_ordered(high, low, ()):
            return apply_map("clip", argument, low, high)
    return None


def _arguments(node: Node, function: str) -> Iterator[tuple[Node, Node]]:
    """The arguments of a `maximum` or a `minimum`, in both orders."""
    if isinstance(node, Map) and node.function == function:
        yield node.arguments[0], node.arguments[1]
        yield node.arguments[1], node.arguments[0]
    if isinstance(node, Map) and node.function == "relu" and function == "maximum":
        yield node.arguments[0], zero(node.axes)


def signed(node: Product) -> Node | None:
    """The smaller one of a size and a bound, with a sign: `min(abs(x), c) .* sign(x)`.

    Args:
        node: a product.
    """
    for factor in node.factors:
        sign = factor.node
        if not isinstance(sign, Map) or sign.function != "sign" or factor.power != 1:
            continue
        for other in node.factors:
            if other.indices == factor.indices and other.power == 1:
                clipped = _symmetric(sign.arguments[0], unnamed(other.node))
                if clipped is not None:
                    rest = [f for f in node.factors if f is not factor and f is not other]
                    new = Factor(clipped, factor.indices)
                    return product(node.coefficient, [new, *rest], node.result, node.dims)
    return None


def _symmetric(argument: Node, size: Node) -> Node | None:
    own_size = apply_map("abs", argument).key
    for own, bound in _arguments(size, "minimum"):
        if own.key == own_size and is_nonnegative(bound):
            return apply_map("clip", argument, scaled(-1, bound), bound)
    return None

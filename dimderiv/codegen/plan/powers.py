"""Powers of matrices whose exponent need not be whole: `A^t` is `expm(t logm(A))`."""

from dimderiv.graph import (
    MATRIX_POWER,
    ONCE,
    Factor,
    Function,
    Node,
    apply_function,
    is_whole,
    product,
)


def by_logarithm(node: Node) -> Node | None:
    """A power, or the derivative of one, by the logarithm of its base; nothing for other nodes.

    Args:
        node: any node.
    """
    match node:
        case Function(function, (base, exponent, *directions)) if function in {
            MATRIX_POWER,
            "dpower",
        } and not is_whole(exponent):
            inner = _scaled(exponent, apply_function("logm", (base,), base.axes))
            if function == MATRIX_POWER:
                return apply_function("expm", (inner,), node.axes)
            along = _scaled(exponent, apply_function("dlogm", (base, *directions), node.axes))
            if directions:
                return apply_function("dexpm", (inner, along), node.axes)
            outer = apply_function("dexpm", (inner,), node.axes)
            size = node.axes[0]
            joined = [Factor(outer, (0, 1)), Factor(along, (1, 2))]
            return product(ONCE, joined, (0, 2), (size, size, size))
    return None


def _scaled(scalar: Node, node: Node) -> Node:
    places = tuple(range(len(node.axes)))
    return product(ONCE, [Factor(scalar, ()), Factor(node, places)], places, node.axes)

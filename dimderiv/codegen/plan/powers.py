"""Powers of matrices whose exponent need not be whole: `A^t` is `expm(t logm(A))`."""

from dimderiv.graph import (
    MATRIX_POWER,
    ONCE,
    Factor,
    Function,
    Node,
    apply_function,
    elementwise,
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
            inner = elementwise(1, (exponent, 1), (apply_function("logm", (base,), base.axes), 1))
            if function == MATRIX_POWER:
                return apply_function("expm", (inner,), node.axes)
            along = apply_function("dlogm", (base, *directions), node.axes)
            along = elementwise(1, (exponent, 1), (along, 1))
            if directions:
                return apply_function("dexpm", (inner, along), node.axes)
            outer = apply_function("dexpm", (inner,), node.axes)
            size = node.axes[0]
            joined = [Factor(outer, (0, 1)), Factor(along, (1, 2))]
            return product(ONCE, joined, (0, 2), (size, size, size))
    return None

"""Whole powers of square matrices, and their inverses."""

from dimderiv.errors import LimitError
from dimderiv.graph import elementwise
from dimderiv.language import syntax
from dimderiv.lower import arrays
from dimderiv.lower.arrays import Array, constant_value
from dimderiv.lower.inverses import inverse
from dimderiv.lower.matrix_functions import function_of

MAX_POWER = 32


def inverted(array: Array) -> Array:
    """The inverse of a square matrix, or of a scalar, for each of its letters."""
    if not array.letters:
        return array.with_node(inverse(array.node))
    if array.shape.is_scalar:
        return array.with_node(elementwise(1, (array.node, -1)))
    return array.with_node(function_of("inv", [array.node], array.node.axes))


def matrix_power(base: Array, exponent: Array, node: syntax.Binary) -> Array:
    """A whole power of a square matrix, written out as a product."""
    power = constant_value(exponent.node)
    assert power is not None and power.denominator == 1, "infer refuses any other power"
    if abs(power) > MAX_POWER:
        raise LimitError(
            f"the matrix power {power} is higher than {MAX_POWER}",
            span=node.span,
            hint="name a smaller power and multiply: X8 = X^8; X8 X8",
        )
    if power < 0:
        base = inverted(base)
    result = arrays.identity(base.shape)
    for _ in range(abs(int(power))):
        result = arrays.times(result, base)
    return result

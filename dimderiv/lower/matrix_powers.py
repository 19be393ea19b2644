"""Powers of square matrices: a product where the exponent is a number, a function where not."""

from fractions import Fraction

from dimderiv.errors import LimitError
from dimderiv.graph import MATRIX_POWER, Node, Product, Sum, elementwise, is_whole, scaled
from dimderiv.language import Shape, syntax
from dimderiv.lower import arrays
from dimderiv.lower.arrays import Array, constant_value
from dimderiv.lower.inverses import inverse
from dimderiv.lower.matrix_functions import function_of

MAX_POWER = 32
# Half of an odd power is a square root.
MOST_ROOT = 2


def inverted(array: Array) -> Array:
    """The inverse of a square matrix, or of a scalar, for each of its letters."""
    if not array.letters:
        return array.with_node(inverse(array.node))
    if array.shape.is_scalar:
        return array.with_node(elementwise(1, (array.node, -1)))
    return array.with_node(function_of("inv", [array.node], array.node.axes))


def matrix_power(base: Array, exponent: Array, node: syntax.Binary) -> Array:
    """A power of a square matrix: whole, or of a matrix that has a logarithm."""
    power = constant_value(exponent.node)
    if power is None or power.denominator > MOST_ROOT:
        if not base.letters:
            return base.with_node(power_of(base.node, exponent.node))
        return base.with_node(_power(base.node, exponent.node))
    if abs(power) > MAX_POWER:
        raise LimitError(
            f"the matrix power {power} is higher than {MAX_POWER}",
            span=node.span,
            hint="name a smaller power and multiply: X8 = X^8; X8 X8",
        )
    return _opened(base, power)


def _power(base: Node, exponent: Node) -> Node:
    return function_of(MATRIX_POWER, [base, exponent], base.axes)


def _opened(base: Array, power: Fraction) -> Array:
    """A power that is half a whole number, as a product."""
    opened = arrays.identity(base.shape)
    one = inverted(base) if power < 0 else base
    for _ in range(abs(int(power))):
        opened = arrays.times(opened, one)
    if power.denominator == 1:
        return opened
    root = base.with_node(function_of("sqrtm", [base.node], base.node.axes))
    return arrays.times(opened, root if power > 0 else inverted(root))


def power_of(base: Node, exponent: Node) -> Node:
    """A square matrix raised to a scalar, as short as it can be written.

    Args:
        base: the matrix.
        exponent: any scalar.
    """
    power = constant_value(exponent)
    if power is not None and abs(power) <= MAX_POWER and power.denominator <= MOST_ROOT:
        return _opened(Array(base, Shape.of(base.axes)), power).node
    if is_whole(exponent) and _is_mostly_negative(exponent):
        return inverse(_power(base, scaled(-1, exponent)))
    return _power(base, exponent)


def _is_mostly_negative(exponent: Node) -> bool:
    """Whether an exponent is better written with the other sign, as the power of an inverse."""
    if isinstance(exponent, Sum):
        named = [c for c, term in exponent.terms if constant_value(term) is None]
        return sum(named) < 0
    return isinstance(exponent, Product) and exponent.coefficient < 0

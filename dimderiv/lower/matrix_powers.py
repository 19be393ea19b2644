"""Powers of square matrices: a product where the exponent is a number, a function where not."""

from dimderiv.errors import LimitError, NotDifferentiableError
from dimderiv.graph import MATRIX_POWER, Node, Product, Sum, elementwise, is_whole, scaled
from dimderiv.language import Shape, syntax
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
    """A whole power of a square matrix."""
    power = constant_value(exponent.node)
    if power is None:
        if not is_whole(exponent.node):
            raise _no_integer(node)
        if not base.letters:
            return base.with_node(power_of(base.node, exponent.node))
        return base.with_node(_power(base.node, exponent.node))
    assert power.denominator in (1, 2), "infer refuses any other power"
    if abs(power) > MAX_POWER:
        raise LimitError(
            f"the matrix power {power} is higher than {MAX_POWER}",
            span=node.span,
            hint="name a smaller power and multiply: X8 = X^8; X8 X8",
        )
    if power.denominator == 1:
        return _multiplied(base, int(power))
    root = base.with_node(function_of("sqrtm", [base.node], base.node.axes))
    return arrays.times(_multiplied(base, int(power)), _multiplied(root, 1 if power > 0 else -1))


def _no_integer(node: syntax.Binary) -> NotDifferentiableError:
    return NotDifferentiableError(
        "the exponent of a matrix is not known to be a whole number",
        span=node.right.span,
        hint='a symbol that is one, declared as in "k: integer", sums and products of such symbols',
    )


def _power(base: Node, exponent: Node) -> Node:
    return function_of(MATRIX_POWER, [base, exponent], base.axes)


def _multiplied(base: Array, power: int) -> Array:
    if power < 0:
        base = inverted(base)
    result = arrays.identity(base.shape)
    for _ in range(abs(power)):
        result = arrays.times(result, base)
    return result


def power_of(base: Node, exponent: Node) -> Node:
    """A square matrix raised to a whole number, as short as it can be written.

    Args:
        base: the matrix.
        exponent: a number, or a scalar that is whole.
    """
    power = constant_value(exponent)
    if power is not None and abs(power) <= MAX_POWER:
        return _multiplied(Array(base, Shape.of(base.axes)), int(power)).node
    if _is_mostly_negative(exponent):
        return inverse(_power(base, scaled(-1, exponent)))
    return _power(base, exponent)


def _is_mostly_negative(exponent: Node) -> bool:
    """Whether an exponent is better written with the other sign, as the power of an inverse."""
    if isinstance(exponent, Sum):
        named = [c for c, term in exponent.terms if constant_value(term) is None]
        return sum(named) < 0
    return isinstance(exponent, Product) and exponent.coefficient < 0

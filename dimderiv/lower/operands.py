"""A node with other operands, made as if it had been written with them."""

from collections.abc import Sequence

from dimderiv.graph import (
    Function,
    Map,
    Named,
    Node,
    Product,
    Sum,
    apply_map,
    named,
    product,
    total,
)
from dimderiv.lower.inverses import inverse
from dimderiv.lower.matrix_functions import function_of


def with_operands(node: Node, operands: Sequence[Node]) -> Node:
    """A node with other nodes in place of its operands, in normal form.

    Args:
        node: any node.
        operands: as many as it has, with the same axes.
    """
    match node:
        case Sum():
            coefficients = [coefficient for coefficient, _ in node.terms]
            return total(zip(coefficients, operands, strict=True), node.axes)
        case Product():
            pairs = zip(node.factors, operands, strict=True)
            factors = [factor._replace(node=operand) for factor, operand in pairs]
            return product(node.coefficient, factors, node.result, node.dims)
        case Map():
            return apply_map(node.function, *operands)
        case Function("inv"):
            return inverse(operands[0])
        case Function():
            return function_of(node.function, operands, node.axes, node.over, node.declared)
        case Named():
            return named(node.name, operands[0], row=node.row)
        case _:
            return node

"""Nodes made again, with others in place of what they are made of."""

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


def rebuilt(node: Node, operands: Sequence[Node]) -> Node:
    """A node of the same kind that is made of other nodes.

    Args:
        node: the node.
        operands: what it is to be made of, in the order of its own operands.

    Returns:
        The node in normal form, which may be of another kind; one without operands as it is.
    """
    match node:
        case Sum():
            terms = zip(node.terms, operands, strict=True)
            return total([(coefficient, term) for (coefficient, _), term in terms], node.axes)
        case Product():
            pairs = zip(node.factors, operands, strict=True)
            factors = [factor._replace(node=operand) for factor, operand in pairs]
            return product(node.coefficient, factors, node.result, node.dims)
        case Map():
            return apply_map(node.function, *operands)
        case Function("inv"):
            return inverse(operands[0])
        case Function():
            return function_of(node.function, operands, node.axes, node.over, node.side)
        case Named():
            return named(node.name, operands[0], row=node.row)
        case _:
            return node

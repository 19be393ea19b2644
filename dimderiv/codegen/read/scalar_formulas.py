"""Formulas in scalars, as they are written where code has no call for a function."""

from dimderiv.language import Add, Binary, Call, Negative, Node, Operator

ENTRYWISE: dict[Operator, Operator] = {"*": ".*", "/": "./", "^": ".^"}


def entrywise_body(node: Node) -> Node:
    """A formula in scalars as one that works on each entry of an array."""
    match node:
        case Negative(operand):
            return Negative(entrywise_body(operand))
        case Add(terms):
            return Add(tuple(map(entrywise_body, terms)))
        case Binary(operator, left, right):
            sign = ENTRYWISE.get(operator, operator)
            return Binary(sign, entrywise_body(left), entrywise_body(right))
        case Call(function, arguments, axis):
            return Call(function, tuple(map(entrywise_body, arguments)), axis)
    return node

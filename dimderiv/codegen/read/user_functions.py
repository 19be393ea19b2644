"""Functions that a user's rule file defines: their body is written where they are called."""

from dataclasses import dataclass

from dimderiv.language import Add, Binary, Call, Negative, Node, Operator
from dimderiv.rulebook import Rulebook

ENTRYWISE: dict[Operator, Operator] = {"*": ".*", "/": "./", "^": ".^"}


@dataclass(frozen=True)
class UserFunction:
    """The body of a function as it is to be written, also for a column."""

    body: Node
    column: Node | None = None


def user_functions(rulebook: Rulebook) -> dict[str, UserFunction]:
    """The functions that only a user's own rule files define."""
    columns = rulebook.user_columns()
    return {
        name: UserFunction(
            entrywise_body(body) if rulebook[name].kind == "elementwise" else body,
            columns.get(name),
        )
        for name, (_, body) in rulebook.user_definitions().items()
    }


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

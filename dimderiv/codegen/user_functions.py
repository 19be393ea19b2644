"""Functions that a user's rule file defines: their body is written where they are called."""

from collections.abc import Callable

from dimderiv.codegen.arrays import Code
from dimderiv.language.syntax import Add, Binary, Call, Negative, Node, Operator
from dimderiv.shapes import Shape

ENTRYWISE: dict[Operator, Operator] = {"*": ".*", "/": "./", "^": ".^"}


class Body:
    """The nodes of a definition's body, whose shapes follow from the code of the arguments."""

    def __init__(self) -> None:
        self.code: Callable[[Node], Code] | None = None
        self._codes: dict[int, Code] = {}

    def remembered(self, node: Node, write: Callable[[Node], Code]) -> Code:
        """The code of a node, written once."""
        if id(node) not in self._codes:
            self._codes[id(node)] = write(node)
        return self._codes[id(node)]

    def shape(self, node: Node) -> Shape:
        """The shape of a node of the body."""
        assert self.code is not None
        return self.code(node).shape

    def meaning(self, name: str) -> str:
        """What a name of the body stands for that is no argument."""
        return name if name == "pi" else "unknown"


def entrywise_body(node: Node) -> Node:
    """A formula in scalars as one that works on each entry of an array.

    Args:
        node: the definition of an elementwise function.
    """
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

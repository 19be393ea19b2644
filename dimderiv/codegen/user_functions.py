"""Functions that a user's rule file defines: their body is written where they are called."""

from collections.abc import Callable
from dataclasses import dataclass

from dimderiv.codegen.arrays import Code
from dimderiv.errors import ShapeError
from dimderiv.language.syntax import Add, Binary, Call, Negative, Node, Operator
from dimderiv.rules import Rulebook
from dimderiv.shapes import Shape

ENTRYWISE: dict[Operator, Operator] = {"*": ".*", "/": "./", "^": ".^"}


@dataclass(frozen=True)
class UserFunction:
    """The names of the arguments, and the body as it is to be written, also for a column."""

    arguments: tuple[str, ...]
    body: Node
    column: Node | None = None


def user_functions(rulebook: Rulebook | None) -> dict[str, UserFunction]:
    """The functions that only a user's own rule files define.

    Args:
        rulebook: the rules in use; none means the built-in ones.
    """
    if rulebook is None:
        return {}
    columns = rulebook.user_columns()
    return {
        name: UserFunction(
            names,
            entrywise_body(body) if rulebook[name].kind == "elementwise" else body,
            columns.get(name),
        )
        for name, (names, body) in rulebook.user_definitions().items()
    }


class Body:
    """The nodes of a definition's body, whose shapes follow from the code of the arguments."""

    def __init__(self) -> None:
        self.code: Callable[[Node], Code] | None = None
        self._codes: dict[int, Code | None] = {}

    def remembered(self, node: Node, write: Callable[[Node], Code]) -> Code:
        """The code of a node, written once.

        Raises:
            ShapeError: the node has the shape of its surroundings, which a body does not know.
        """
        if id(node) not in self._codes:
            self._codes[id(node)] = None
            self._codes[id(node)] = write(node)
        code = self._codes[id(node)]
        if code is None:
            raise ShapeError("a size in a rule's definition does not follow from the arguments")
        return code

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

"""Whether a matrix is symmetric by how it is made, also where names hide that.

`R = I + L'; M = R (I + L)` is a matrix times its transpose, which is seen once `R` is written out.
"""

from collections.abc import Sequence

from dimderiv import graph
from dimderiv.errors import LimitError
from dimderiv.graph import Key, Map, Named, Node, operands, transposed
from dimderiv.lower.arrays import Array, transpose
from dimderiv.lower.operands import with_operands

# A longer chain of names is not followed to its end.
MOST_NESTED = 20


def is_symmetric(array: Array) -> bool:
    """Whether a square matrix is known to equal its transpose, for each value of its letters."""
    node = array.node
    if array.letters:
        return transpose(array).node.key == node.key
    if graph.is_symmetric(node):
        return True
    try:
        return graph.is_symmetric(_WrittenOut().node(node, MOST_NESTED))
    except LimitError:
        return False


class _WrittenOut:
    """Nodes with values in the place of names."""

    def __init__(self) -> None:
        self.known: dict[Key, Node] = {}

    def node(self, node: Node, depth: int) -> Node:
        """One node."""
        if node.key not in self.known:
            self.known[node.key] = self._made_again(node, depth)
        return self.known[node.key]

    def _made_again(self, node: Node, depth: int) -> Node:
        if isinstance(node, Named):
            return self.node(node.value, depth - 1) if depth else node
        inside = [self.node(operand, depth) for operand in operands(node)]
        if isinstance(node, Map):
            return _mapped(node.function, inside)
        return with_operands(node, inside)


def _mapped(function: str, arguments: Sequence[Node]) -> Node:
    """A function of entries: one of `exp(A)` and `exp(A')` is the transpose of the other."""
    upright = graph.apply_map(function, *arguments)
    if len(upright.axes) != 2:
        return upright
    transpose = graph.apply_map(function, *map(transposed, arguments))
    return transposed(transpose) if transpose.key < upright.key else upright

"""The larger and the smaller of two, which the rectifier says."""

from dimderiv.errors import Span
from dimderiv.language.syntax import Add, Call, Negative, Node, Number


def extreme_of_two(function: str, left: Node, right: Node, span: Span) -> Node:
    """`max(a, b)` as `b + relu(a - b)`, and `min(a, b)` as `a - relu(a - b)`; of 0 without it.

    Args:
        function: `max` or `min`.
        left: its first argument.
        right: its second argument.
        span: where the call stands.
    """

    def relu(node: Node) -> Node:
        return Call("relu", (node,), span=span)

    def is_zero(node: Node) -> bool:
        return isinstance(node, Number) and not node.value

    if function == "max" and (is_zero(left) or is_zero(right)):
        return relu(right if is_zero(left) else left)
    difference = left if is_zero(right) else Add((left, Negative(right, span)), span)
    if function == "max":
        return Add((right, relu(difference)), span)
    if is_zero(left):
        return Negative(relu(Negative(right, span)), span)
    return Add((left, Negative(relu(difference), span)), span)

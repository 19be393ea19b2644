"""What is seen once names stand for their values: with `x = inv(A) b`, `A x - b` is 0.

So the derivative by an intermediate that is an optimum, or a mean, is seen to be 0.
"""

from collections.abc import Iterator, Set

from dimderiv.graph import (
    ONCE,
    Key,
    Named,
    Node,
    Product,
    Sum,
    distributed,
    is_zero,
    operands,
    total,
)
from dimderiv.lower import with_operands

# A node that becomes longer is not tried, nor one behind more names.
LONGEST = 40
MOST_NESTED = 8


def with_values(node: Sum | Product, names: Set[Key]) -> Node | None:
    """A node with values in place of the names that stand for sums and products.

    Args:
        node: a sum or a product.
        names: those of the user, of which it must have one.

    Returns:
        Nothing where it has no such name, or would become too long.
    """
    if _length(node, MOST_NESTED) > LONGEST or names.isdisjoint(_names(node)):
        return None
    return _put_in(node)


def vanishes(node: Product, names: Set[Key]) -> bool:
    """Whether a product is zero for the values of the names in it.

    Args:
        node: a product.
        names: those of the user, of which it must have one.
    """
    found = with_values(node, names)
    return found is not None and is_zero(total(distributed(ONCE, found), node.axes))


def _names(node: Node) -> Iterator[Key]:
    """The names among what a node is a sum or a product of, and those that they stand for."""
    if isinstance(node, Named):
        yield node.key
        node = node.value
    if _is_made(node):
        for part in operands(node):
            yield from _names(part)


def _is_made(node: Node) -> bool:
    return isinstance(node, (Sum, Product))


def _length(node: Node, depth: int) -> int:
    """The weight of a node with values in place of names, as far as it is needed."""
    if isinstance(node, Named) and _is_made(node.value):
        return _length(node.value, depth - 1) if depth else LONGEST + 1
    if not _is_made(node):
        return node.weight
    longer = 0
    for part in operands(node):
        longer += _length(part, depth) - part.weight
        if longer > LONGEST:
            break
    return node.weight + longer


def _put_in(node: Node) -> Node:
    if isinstance(node, Named):
        return _put_in(node.value) if _is_made(node.value) else node
    if not _is_made(node):
        return node
    parts = operands(node)
    new = [_put_in(part) for part in parts]
    is_same = all(after is before for after, before in zip(new, parts, strict=True))
    return node if is_same else with_operands(node, new)

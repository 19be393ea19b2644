"""Nodes with other nodes in place of parts of them."""

from collections.abc import Mapping

from dimderiv.graph import Key, Named, Node, keys_of, operands, operands_first
from dimderiv.lower import with_operands


def depends(node: Node, part: Node) -> bool:
    """Whether a node is made of another.

    Args:
        node: any node.
        part: the other.
    """
    return part.key in keys_of([node])


def substituted(node: Node, values: Mapping[Key, Node]) -> Node:
    """A node with values in place of some parts; what had a name and changes has none any more.

    Args:
        node: any node.
        values: by the keys of the parts, nodes with the same axes.
    """
    known = dict(values)
    for part in operands_first(node, known=known):
        old = operands(part)
        new = [known[each.key] for each in old]
        if all(after is before for after, before in zip(new, old, strict=True)):
            known[part.key] = part
        else:
            known[part.key] = new[0] if isinstance(part, Named) else with_operands(part, new)
    return known[node.key]


def opened(node: Node, part: Node) -> Node:
    """A node without the names of intermediates that are made of some part.

    Args:
        node: any node.
        part: what no name is to hide.
    """
    known: dict[Key, Node] = {}
    for each in operands_first(node):
        old = operands(each)
        new = [known[inner.key] for inner in old]
        is_same = all(after is before for after, before in zip(new, old, strict=True))
        if isinstance(each, Named) and depends(each.value, part):
            known[each.key] = new[0]
        else:
            known[each.key] = each if is_same else with_operands(each, new)
    return known[node.key]

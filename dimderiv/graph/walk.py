"""Walks over nodes: what one is made of, and all that it is made of."""

from collections.abc import Collection, Iterable, Iterator

from dimderiv.graph.nodes import Constant, Key, Named, Node, Product, Selection, Size, Sum, Symbol


def operands(node: Node) -> tuple[Node, ...]:
    """The nodes that a node is made of.

    Args:
        node: any node.
    """
    if isinstance(node, Product):
        return tuple([factor.node for factor in node.factors])
    if isinstance(node, (Symbol, Size, Constant, Selection)):
        return ()
    if isinstance(node, Named):
        return (node.value,)
    if isinstance(node, Sum):
        return tuple([term for _, term in node.terms])
    return node.arguments


def operands_first(*values: Node, known: Collection[Key] = ()) -> list[Node]:
    """Every node that values are made of, once, each after its operands.

    Args:
        values: any nodes.
        known: the keys of nodes that are left out, with all that only they are made of.
    """
    order: list[Node] = []
    seen = set(known)
    stack = [(value, False) for value in reversed(values)]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            order.append(node)
        elif node.key not in seen:
            seen.add(node.key)
            inside = operands(node)
            if inside:
                stack.append((node, True))
                stack.extend([(operand, False) for operand in reversed(inside)])
            else:
                order.append(node)
    return order


def nodes_of(values: Iterable[Node], *, through_names: bool = True) -> Iterator[Node]:
    """Every node that values are made of, once, in no particular order.

    Args:
        values: any nodes.
        through_names: whether to go on to what stands under a name.
    """
    seen = set[Key]()
    stack = list(values)
    while stack:
        node = stack.pop()
        if node.key not in seen:
            seen.add(node.key)
            yield node
            if through_names or not isinstance(node, Named):
                stack.extend(operands(node))


def keys_of(values: Iterable[Node]) -> set[Key]:
    """The keys of everything that values are made of.

    Args:
        values: any nodes.
    """
    return {node.key for node in nodes_of(values)}

"""Matrix products read from left to right."""

from dimderiv.graph.nodes import Node, Product


def chain(node: Product) -> list[tuple[Node, bool]] | None:
    """The matrices of a matrix product in their order, and whether each stands transposed.

    Args:
        node: a product; what it has of scalar factors is passed over.

    Returns:
        Nothing where the other factors are not a chain of matrices from one axis to the other.
    """
    if len(node.result) != 2 or node.result[0] == node.result[1]:
        return None
    place = node.result[0]
    left = [factor for factor in node.factors if factor.indices]
    found: list[tuple[Node, bool]] = []
    while left:
        near = [factor for factor in left if place in factor.indices]
        if len(near) != 1 or len(near[0].indices) != 2 or near[0].power != 1:
            return None
        (factor,) = near
        first, second = factor.indices
        left.remove(factor)
        found.append((factor.node, first != place))
        place = second if first == place else first
        if left and place in node.result:
            return None
    return found if place == node.result[1] else None

"""Inverses of square matrices, opened where that is shorter."""

from dimderiv import graph
from dimderiv.arrays import Array
from dimderiv.graph import Factor, Function, Index, Node, Product
from dimderiv.products import elementwise, product, transposed


def inverse(node: Node) -> Node:
    """The inverse of a square matrix, opened where it is an inverse, a transpose or a product."""
    if not node.axes:
        return elementwise(1, (node, -1))
    if isinstance(node, Function) and node.function == "inv":
        return node.arguments[0]
    if graph.is_orthogonal(node):
        return transposed(node)
    if isinstance(node, Product) and _is_chain(node):
        factors = [
            Factor(inverse(factor.node), factor.indices[::-1])
            if factor.indices
            else factor._replace(power=-factor.power)
            for factor in reversed(node.factors)
        ]
        return product(1 / node.coefficient, factors, node.result[::-1], node.dims)
    if isinstance(node, Product) and _is_diagonal(node):
        factors = [factor._replace(power=-factor.power) for factor in node.factors]
        return product(1 / node.coefficient, factors, node.result, node.dims)
    return graph.apply_function("inv", (node,), node.axes)


def _is_chain(node: Product) -> bool:
    """Whether a product is a chain of square matrices, from its first axis to its second."""
    matrices = [factor for factor in node.factors if factor.indices]
    if not matrices or any(len(f.indices) != 2 or f.power != 1 for f in matrices):
        return False
    if any(dim != node.axes[0] for dim in node.dims) or len(set(node.result)) != 2:
        return False
    degree: dict[Index, int] = {}
    for factor in matrices:
        if factor.indices[0] == factor.indices[1]:
            return False
        for index in factor.indices:
            degree[index] = degree.get(index, 0) + 1
    ends = [index for index, uses in degree.items() if uses == 1]
    return (
        all(isinstance(index, int) and uses <= 2 for index, uses in degree.items())
        and set(ends) == set(node.result)
        and len(matrices) == len(degree) - 1
        and _runs_forward(matrices, node.result)
    )


def _runs_forward(matrices: list[Factor], ends: tuple[Index, ...]) -> bool:
    """Whether following the letters from one end reaches the other, and loses no step."""
    place, left = ends[0], list(matrices)
    while left:
        step = next((factor for factor in left if place in factor.indices), None)
        if step is None:
            return False
        left.remove(step)
        place = step.indices[1] if step.indices[0] == place else step.indices[0]
    return place == ends[1]


def _is_diagonal(node: Product) -> bool:
    return node.result == (0, 0) and all(
        index == 0 for factor in node.factors for index in factor.indices
    )


def invert(array: Array) -> Array:
    """The inverse of an array."""
    return Array(inverse(array.node), array.shape)

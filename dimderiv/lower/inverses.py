"""Inverses of square matrices, opened where that is shorter."""

from collections.abc import Sequence

from dimderiv import graph
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Merged,
    Node,
    Product,
    chain,
    elementwise,
    letters_of,
    part,
    product,
    reached,
    touching,
    transposed,
)


def inverse(node: Node) -> Node:
    """The inverse of a square matrix, opened where it is an inverse, a transpose or a product."""
    if not node.axes:
        return elementwise(1, (node, -1))
    if isinstance(node, Function) and node.function == "inv":
        return node.arguments[0]
    if len(node.axes) > 2:
        return graph.apply_function("inv", (node,), node.axes)
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
    if isinstance(node, Product) and (pairs := _kronecker_pairs(node)):
        return _inverse_of_kronecker(node, pairs)
    return graph.apply_function("inv", (node,), node.axes)


def _kronecker_pairs(node: Product) -> list[tuple[int, int]]:
    """The letters of the square factors of a Kronecker product: of rows, and of columns."""
    if not all(isinstance(index, Merged) for index in node.result) or len(node.result) != 2:
        return []
    rows, columns = (letters_of((index,)) for index in node.result)
    pairs = list(zip(rows, columns, strict=False))
    if len(rows) != len(columns) or len({*rows, *columns}) != 2 * len(rows):
        return []
    if any(node.dims[row] != node.dims[column] for row, column in pairs):
        return []
    together = [reached(pair, node.factors) for pair in pairs]
    apart = sum(map(len, together)) == len(set[int]().union(*together))
    return pairs if apart and all(len(letters) > 1 for letters in together) else []


def _inverse_of_kronecker(node: Product, pairs: Sequence[tuple[int, int]]) -> Node:
    """`inv(kron(A, B)) = kron(inv(A), inv(B))` (Magnus and Neudecker, 2019, section 2.2)."""
    factors = [f._replace(power=-f.power) for f in node.factors if not f.indices]
    for row, column in pairs:
        own = touching(reached((row, column), node.factors), node.factors)
        matrix = part(ONCE, own, (row, column), node.dims)
        factors.append(Factor(inverse(matrix), (column, row)))
    return part(1 / node.coefficient, factors, node.result[::-1], node.dims)


def _is_chain(node: Product) -> bool:
    """Whether a product is a chain of square matrices, from its first axis to its second."""
    return all(dim == node.axes[0] for dim in node.dims) and bool(chain(node))


def _is_diagonal(node: Product) -> bool:
    return node.result == (0, 0) and all(
        index == 0 for factor in node.factors for index in factor.indices
    )

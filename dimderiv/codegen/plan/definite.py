"""Which matrices are known to be positive definite, so that they have a Cholesky factor."""

from dimderiv import graph
from dimderiv.graph import (
    Constant,
    Factor,
    Function,
    Map,
    Named,
    Node,
    Product,
    Size,
    Sum,
    Symbol,
    letters_of,
)

# A longer chain of names and sums is not followed.
MOST_NESTED = 8


def is_definite(node: Node, depth: int = MOST_NESTED) -> bool:
    """Whether a matrix is known to be symmetric and positive definite."""
    if len(node.axes) != 2 or not depth:
        return False
    match node:
        case Symbol():
            return "spd" in node.properties
        case Named(value=value):
            return is_definite(value, depth - 1)
        case Function("inv"):
            return is_definite(node.arguments[0], depth - 1)
        case Sum():
            parts = [term for _, term in node.terms]
            return (
                all(c > 0 for c, _ in node.terms)
                and any(is_definite(part, depth - 1) for part in parts)
                and all(is_semidefinite(part, depth - 1) for part in parts)
            )
        case Product():
            return _is_multiple(node, depth) and all(
                len(factor.indices) == 2 or _is_positive(factor.node) for factor in node.factors
            )
    return False


def is_semidefinite(node: Node, depth: int = MOST_NESTED) -> bool:
    """Whether a matrix is known to be symmetric with no eigenvalue below zero."""
    if is_definite(node, depth):
        return True
    if not depth:
        return False
    match node:
        case Symbol():
            return "psd" in node.properties
        case Named(value=value):
            return is_semidefinite(value, depth - 1)
        case Product():
            rest = [factor for factor in node.factors if len(factor.indices) < 2]
            is_scaled = all(_is_nonnegative(factor) for factor in rest)
            return is_scaled and (_is_gram(node) or _is_multiple(node, depth, semi=True))
    return False


def _is_multiple(node: Product, depth: int, semi: bool = False) -> bool:
    """Whether a product is a diagonal matrix, or a definite one, times numbers."""
    if node.coefficient <= 0:
        return False
    letters = letters_of(node.result)
    if len(letters) == 2 and letters[0] == letters[1]:
        return all(len(factor.indices) < 2 for factor in node.factors)
    matrices = [factor for factor in node.factors if factor.indices]
    if len(matrices) != 1 or matrices[0].power != 1:
        return False
    (matrix,) = matrices
    known = is_semidefinite if semi else is_definite
    return set(matrix.indices) == set(node.result) and known(matrix.node, depth - 1)


def _is_gram(node: Product) -> bool:
    """Whether a product is that of a matrix with its own transpose, and numbers."""
    matrices = [factor for factor in node.factors if factor.indices]
    if node.coefficient <= 0 or len(matrices) != 2:
        return False
    one, other = matrices
    if one.node.key != other.node.key or {one.power, other.power} != {1}:
        return False
    pairs = list(zip(one.indices, other.indices, strict=True))
    apart = [pair for pair in pairs if pair[0] != pair[1]]
    shared = [a for a, b in pairs if a == b]
    return len(pairs) == 2 and len(apart) == 1 and shared[0] not in node.result


def _is_nonnegative(factor: Factor) -> bool:
    return factor.power % 2 == 0 or graph.is_nonnegative(factor.node)


def _is_positive(node: Node) -> bool:
    """Whether every entry is known to be above 0."""
    match node:
        case Symbol():
            return "positive" in node.properties
        case Size() | Constant():
            return True
        case Named(value=value):
            return _is_positive(value)
    return isinstance(node, Map) and node.function == "exp"

"""Whether a matrix is known to be definite, or semidefinite, by how it is made.

A congruence `H P H'` has no eigenvalue below zero where `P` has none, and `H P H' + R` none at zero
where `R` is definite.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph.facts import is_nonnegative, is_positive
from dimderiv.graph.nodes import (
    Factor,
    Function,
    Index,
    Key,
    Named,
    Node,
    Product,
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
        case Named(value=value) | Function("inv", (value,)):
            return is_definite(value, depth - 1)
        case Sum():
            parts = [term for _, term in node.terms]
            return (
                all(c > 0 for c, _ in node.terms)
                and any(is_definite(part, depth - 1) for part in parts)
                and all(is_semidefinite(part, depth - 1) for part in parts)
            )
        case Product():
            return _is_multiple(node, depth) and all(
                len(factor.indices) == 2 or is_positive(factor.node) for factor in node.factors
            )
    return False


def is_semidefinite(node: Node, depth: int = MOST_NESTED) -> bool:
    """Whether a matrix is known to be symmetric with no eigenvalue below zero."""
    if is_definite(node, depth):
        return True
    match node:
        case _ if not depth:
            return False
        case Symbol():
            return "psd" in node.properties
        case Named(value=value):
            return is_semidefinite(value, depth - 1)
        case Sum():
            return all(c > 0 and is_semidefinite(part, depth - 1) for c, part in node.terms)
        case Product():
            scalars = [f for f in node.factors if not f.indices]
            weights = [f for f in node.factors if len(f.indices) == 1]
            if not all(map(_is_nonnegative, scalars)):
                return False
            is_multiple = all(map(_is_nonnegative, weights)) and _is_multiple(
                node, depth, semi=True
            )
            return is_multiple or _is_congruence(node, depth)
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


def _is_congruence(node: Product, depth: int) -> bool:
    """Whether a product is `v v'`, `X' X`, or `X' M X` with a semidefinite M, times a number."""
    factors = [factor for factor in node.factors if factor.indices]
    there, back = (_way(factors, index) for index in node.result)
    if node.coefficient <= 0 or [link.seen for link in there] != [link.seen for link in back]:
        return False
    met = {id(link.factor) for link in (*there, *back)}
    if not there or len(met) < len(factors):
        return False
    if len(there) < len(factors):
        return len(there) + len(back) == len(factors)
    if len(there) % 2 == 0:
        return True
    middle = there[len(there) // 2].factor
    if len(middle.indices) == 1:
        return _is_nonnegative(middle)
    return middle.power == 1 and is_semidefinite(middle.node, depth - 1)


class Link(NamedTuple):
    """A factor on the way from one axis of a product towards the other, a matrix or a weight.

    Attributes:
        factor: the factor.
        seen: what it is from the side on which it is met.
    """

    factor: Factor
    seen: tuple[Key, int, Fraction]


def _way(factors: Iterable[Factor], letter: Index) -> list[Link]:
    """The factors in the order in which they are met from a letter, as far as there is one way."""
    left, found = list(factors), list[Link]()
    while True:
        met = sorted([f for f in left if letter in f.indices], key=lambda f: len(f.indices))
        if [len(f.indices) for f in met] not in ([1], [2], [1, 2]):
            return found
        factor = met[0]
        side = factor.indices.index(letter)
        axis = 0 if factor.node.symmetric else side
        found.append(Link(factor, (factor.node.key, axis, factor.power)))
        left.remove(factor)
        letter = factor.indices[side - 1]


def _is_nonnegative(factor: Factor) -> bool:
    """Whether every entry of a power is known to be at least 0."""
    return factor.power % 2 == 0 or is_nonnegative(factor.node)

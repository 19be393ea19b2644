"""Terms `L W R` with the unknown in the middle, and those with one side in common as one."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from dimderiv.graph import (
    Factor,
    LabelledProduct,
    Node,
    Product,
    is_zero,
    labelled,
    part,
    product,
    reached,
    scaled,
    total,
    without_coefficient,
)
from dimderiv.language import frozen
from dimderiv.stationarity.affine import Affine, Term

Simplify: TypeAlias = Callable[[Node], Node]
ONE = Fraction(1)


class NotIsolatedError(Exception):
    """The unknown of an affine equation cannot be written by itself."""


@frozen.record
class Sides:
    """A term `coefficient left W right`."""

    left: Node
    right: Node


def forms(equation: Affine, simplify: Simplify) -> list[list[Sides]]:
    """The terms as products with the unknown in the middle, the fewest first."""
    try:
        found = [sides_of(term) for term in equation.terms]
    except NotIsolatedError:
        return []
    return sorted((_joined_both(each, simplify) for each in _placements(found)), key=len)


def sides_of(term: Term) -> Sides:
    """What stands left and right of the unknown in a term.

    Raises:
        NotIsolatedError: the term is no such product.
    """
    (row, column), (first, second) = term.result, term.places
    rows, columns = reached((row, first), term.others), reached((column, second), term.others)
    if rows & columns:
        raise NotIsolatedError
    left = tuple([f for f in term.others if not f.indices or rows.intersection(f.indices)])
    right = tuple([f for f in term.others if f.indices and columns.intersection(f.indices)])
    if len(left) + len(right) != len(term.others):
        raise NotIsolatedError
    return Sides(
        scaled(term.coefficient, term.array((row, first), left)),
        term.array((second, column), right),
    )


def _placements(sides: Sequence[Sides]) -> list[list[Sides]]:
    """The terms, with a scalar in front of the unknown on its left, and on its right."""
    return [list(sides), [_turned(each) for each in sides]]


def _turned(sides: Sides) -> Sides:
    """A term whose left side is a scalar, which stands on the right."""
    whole = labelled(sides.left)
    if not is_multiple(whole):
        return sides
    scalar = part(whole.coefficient, whole.factors, (), whole.dims)
    right = product(
        ONE, (Factor(scalar, ()), Factor(sides.right, (0, 1))), (0, 1), sides.right.axes
    )
    bare = part(ONE, (), whole.result, whole.dims)
    return Sides(bare, right)


def _joined_both(sides: Sequence[Sides], simplify: Simplify) -> list[Sides]:
    by_right = _joined(sides, by_left=False, simplify=simplify)
    return _joined(by_right, by_left=True, simplify=simplify)


def _joined(sides: Sequence[Sides], *, by_left: bool, simplify: Simplify) -> list[Sides]:
    """Terms, of which those with one side in common are one."""
    groups: dict[object, list[tuple[Fraction, Sides]]] = {}
    for each in sides:
        number, common = over_number(each.left if by_left else each.right)
        groups.setdefault(common.key, []).append((number, each))
    found = []
    for group in groups.values():
        own = [(number, each.right if by_left else each.left) for number, each in group]
        other = simplify(total(own, own[0][1].axes))
        common = group[0][1].left if by_left else group[0][1].right
        common = over_number(common)[1]
        found.append(Sides(common, other) if by_left else Sides(other, common))
    return found


def is_identity(node: Node) -> bool:
    """Whether a matrix is the identity."""
    return isinstance(node, Product) and not node.factors and node.result == (0, 0)


def over_number(node: Node) -> tuple[Fraction, Node]:
    """The number in front of a node, and the node without it."""
    if is_zero(node):
        return Fraction(0), node
    return (
        (node.coefficient, without_coefficient(node)) if isinstance(node, Product) else (ONE, node)
    )


def is_multiple(whole: LabelledProduct) -> bool:
    """Whether a matrix is a multiple of the identity by a scalar."""
    row, column = whole.result
    letters = {index for factor in whole.factors for index in factor.indices}
    return row == column and row not in letters

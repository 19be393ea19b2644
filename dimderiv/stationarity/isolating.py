"""The unknown of an affine equation by itself: what multiplies it goes to the other side.

`(X' X + lambda I) w = X' y` is multiplied by the inverse from the left, `U V' V = X V` from the
right; `A X + X B = C` is a Sylvester equation (Golub and Van Loan, Matrix Computations (2013),
section 7.6.3), and what is none of these is solved for the columns of the unknown, stacked (Magnus
and Neudecker, Matrix Differential Calculus (2019), section 2.4).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeAlias

from dimderiv.graph import (
    Factor,
    LabelledProduct,
    Merged,
    Node,
    Product,
    chain,
    elementwise,
    is_definite,
    is_orthogonal,
    is_positive,
    is_zero,
    labelled,
    part,
    product,
    reached,
    scaled,
    total,
    transposed,
    unnamed,
    without_coefficient,
)
from dimderiv.language import frozen, parse_expression
from dimderiv.lower import formula
from dimderiv.rulebook import builtin_rules
from dimderiv.stationarity.affine import Affine, Term
from dimderiv.stationarity.common import without_common

Simplify: TypeAlias = Callable[[Node], Node]
Way: TypeAlias = Literal["divided", "left", "right", "both", "sylvester", "entries", "stacked"]
ONE = Fraction(1)


class NotIsolatedError(Exception):
    """The unknown of an affine equation cannot be written by itself."""


@frozen.record
class Divisor:
    """What is divided by, and why that may be.

    Attributes:
        node: a scalar, an array of entries, or a square matrix.
        because: the key of the sentence that says why it is not zero, or is invertible.
        of: what the sentence is about.
        holds: whether that is known; otherwise it is a condition.
    """

    node: Node
    because: str
    of: tuple[Node, ...]
    holds: bool


@frozen.record
class Isolated:
    """An equation solved for its unknown.

    Attributes:
        way: how it was solved.
        left: what multiplies the unknown from the left, or at each entry.
        right: what multiplies it from the right; nothing in the other ways.
        known: what is on the other side.
        solution: the value.
        divisors: what was divided by.
        cancelled: what all terms began or ended with.
    """

    way: Way
    left: Node | None
    right: Node | None
    known: Node
    solution: Node
    divisors: tuple[Divisor, ...]
    cancelled: tuple[Divisor, ...] = ()


def computed(text: str, simplify: Simplify, **nodes: Node) -> Node:
    """The value of a formula of nodes."""
    tree = parse_expression(text, names=tuple(nodes))
    return simplify(formula(tree, nodes, builtin_rules()))


def isolated(equation: Affine, axes: int, simplify: Simplify) -> Isolated:
    """The unknown of an equation by itself.

    Args:
        equation: what multiplies the unknown, and what is left.
        axes: how many axes the unknown has.
        simplify: makes nodes shorter.

    Raises:
        NotIsolatedError: no way leads there.
    """
    if not equation.terms:
        raise NotIsolatedError
    equation, gone = without_common(equation)
    found = _of_matrix(equation, simplify) if axes == 2 else _of_vector(equation, axes, simplify)
    return replace(found, cancelled=tuple([invertible(node) for node in gone]))


def _of_vector(equation: Affine, axes: int, simplify: Simplify) -> Isolated:
    """A vector or a scalar by itself."""
    terms = [
        (term.coefficient, term.array((*term.result, *term.places))) for term in equation.terms
    ]
    shape = terms[0][1].axes
    if axes == 1 and (len(shape) != 2 or shape[0] != shape[1]):
        raise NotIsolatedError
    matrix, known = _without_number(simplify(total(terms, shape)), equation.rest, simplify)
    if diagonal := _diagonal(matrix):
        return _divided(diagonal, known, simplify)
    solution = computed("inv(A) * c", simplify, A=matrix, c=known)
    return Isolated("left", matrix, None, known, solution, (divisor(matrix),))


def _without_number(matrix: Node, rest: Node, simplify: Simplify) -> tuple[Node, Node]:
    """What multiplies the unknown and what is on the other side, over a common number."""
    coefficient, bare = over_number(matrix)
    if not coefficient:
        raise NotIsolatedError
    return bare, simplify(scaled(-1 / coefficient, rest))


def over_number(node: Node) -> tuple[Fraction, Node]:
    """The number in front of a node, and the node without it."""
    if is_zero(node):
        return Fraction(0), node
    return (
        (node.coefficient, without_coefficient(node)) if isinstance(node, Product) else (ONE, node)
    )


def _diagonal(matrix: Node) -> Node | None:
    """The entries that each entry of the unknown is multiplied by."""
    whole = labelled(matrix)
    if not matrix.axes or _is_multiple(whole):
        return part(whole.coefficient, whole.factors, (), whole.dims)
    if whole.result[0] == whole.result[1]:
        return part(whole.coefficient, whole.factors, whole.result[:1], whole.dims)
    return None


def _divided(entries: Node, known: Node, simplify: Simplify) -> Isolated:
    solution = simplify(elementwise(1, (known, 1), (entries, -1)))
    own = () if _is_number(entries) else (divisor(entries),)
    return Isolated(
        "divided" if not entries.axes else "entries", entries, None, known, solution, own
    )


def _is_number(node: Node) -> bool:
    return isinstance(node, Product) and not node.factors


def divisor(node: Node) -> Divisor:
    """What is divided by, and why that may be."""
    square = len(node.axes) == 2 and node.axes[0] == node.axes[1]
    if not square:
        known = is_positive(node)
        key = "positive" if known else "entries_nonzero" if node.axes else "nonzero"
        return Divisor(node, key, (node,), known)
    return invertible(node)


def invertible(node: Node) -> Divisor:
    """A matrix whose inverse is taken, and why there is one."""
    if is_definite(node) or is_orthogonal(unnamed(node)):
        return Divisor(node, "definite" if is_definite(node) else "orthogonal", (node,), True)
    factors = chain(node) if isinstance(node, Product) else None
    if factors and len(factors) in (2, 3):
        (first, is_turned), (last, is_last_turned) = factors[0], factors[-1]
        middle = [each for each, _ in factors[1:-1]]
        if first.key == last.key and is_turned != is_last_turned and all(map(is_definite, middle)):
            key = "full_column_rank" if is_turned else "full_row_rank"
            return Divisor(node, key, (first,), False)
    return Divisor(node, "invertible", (node,), False)


@frozen.record
class Sides:
    """A term `coefficient left W right`."""

    left: Node
    right: Node


def _of_matrix(equation: Affine, simplify: Simplify) -> Isolated:
    if all(term.places == term.result for term in equation.terms):
        found = _entry_by_entry(equation, simplify)
        if found is not None:
            return found
    for turned in (equation, _transposed(equation)):
        known = simplify(scaled(-1, turned.rest))
        for joined in _forms(turned, simplify):
            try:
                if len(joined) == 1:
                    return _two_sided(joined[0], known, simplify)
                if len(joined) == 2:
                    one, other = joined
                    return _sylvester(one, other, known, simplify)
            except NotIsolatedError:
                continue
    return _stacked(equation, simplify(scaled(-1, equation.rest)), simplify)


def _transposed(equation: Affine) -> Affine:
    """The transpose of an equation, in which an unknown that stood transposed stands upright."""
    terms = [replace(term, result=term.result[::-1]) for term in equation.terms]
    return Affine(tuple(terms), transposed(equation.rest))


def _forms(equation: Affine, simplify: Simplify) -> list[list[Sides]]:
    """The terms as products with the unknown in the middle, the fewest first."""
    try:
        found = [sides_of(term) for term in equation.terms]
    except NotIsolatedError:
        return []
    return sorted((_all_joined(each, simplify) for each in _placements(found)), key=len)


def _stacked(equation: Affine, known: Node, simplify: Simplify) -> Isolated:
    """The columns of the unknown, stacked, where nothing else solves the equation."""
    terms = []
    for term in equation.terms:
        (row, column), (first, second) = term.result, term.places
        merged = (Merged((column, row)), Merged((second, first)))
        terms.append((term.coefficient, part(ONE, term.others, merged, term.whole.dims)))
    matrix = simplify(total(terms, terms[0][1].axes))
    if matrix.axes[0] != matrix.axes[1]:
        raise NotIsolatedError
    stack = product(ONE, (Factor(known, (0, 1)),), (Merged((1, 0)),), known.axes)
    stacked = computed("inv(A) * c", simplify, A=matrix, c=stack)
    solution = product(ONE, (Factor(stacked, (Merged((1, 0)),)),), (0, 1), known.axes)
    return Isolated("stacked", matrix, None, stack, solution, (divisor(matrix),))


def _entry_by_entry(equation: Affine, simplify: Simplify) -> Isolated | None:
    """Each entry of the unknown by itself, where entries of some array multiply it."""
    terms = [(term.coefficient, term.array(term.result)) for term in equation.terms]
    used = [{i for f in term.others for i in f.indices} for term in equation.terms]
    if not any({*term.result} <= own for term, own in zip(equation.terms, used, strict=True)):
        return None
    entries = simplify(total(terms, equation.rest.axes))
    entries, known = _without_number(entries, equation.rest, simplify)
    return _divided(entries, known, simplify)


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
    if not _is_multiple(whole):
        return sides
    scalar = part(whole.coefficient, whole.factors, (), whole.dims)
    right = product(
        ONE, (Factor(scalar, ()), Factor(sides.right, (0, 1))), (0, 1), sides.right.axes
    )
    bare = part(ONE, (), whole.result, whole.dims)
    return Sides(bare, right)


def _all_joined(sides: Sequence[Sides], simplify: Simplify) -> list[Sides]:
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


def _two_sided(sides: Sides, known: Node, simplify: Simplify) -> Isolated:
    """`L W R = C`."""
    (number, left), (other, right) = map(over_number, (sides.left, sides.right))
    if not number * other or left.axes[0] != left.axes[1] or right.axes[0] != right.axes[1]:
        raise NotIsolatedError
    known = simplify(scaled(1 / (number * other), known))
    bare = (is_identity(left), is_identity(right))
    solution = simplify(computed("inv(L) * C * inv(R)", simplify, L=left, C=known, R=right))
    match bare:
        case (_, True):
            if _is_multiple(labelled(left)) and (diagonal := _diagonal(left)):
                return _divided(diagonal, known, simplify)
            return Isolated("left", left, None, known, solution, (divisor(left),))
        case (True, _):
            return Isolated("right", None, right, known, solution, (divisor(right),))
    divisors = (divisor(left), divisor(right))
    return Isolated("both", left, right, known, solution, divisors)


def _is_multiple(whole: LabelledProduct) -> bool:
    """Whether a matrix is a multiple of the identity by a scalar."""
    row, column = whole.result
    letters = {index for factor in whole.factors for index in factor.indices}
    return row == column and row not in letters


def _sylvester(one: Sides, other: Sides, known: Node, simplify: Simplify) -> Isolated:
    """`A W + W B = C`, where one term has the identity on the right and one on the left."""
    for first, second in ((one, other), (other, one)):
        number, right = over_number(first.right)
        factor, left = over_number(second.left)
        if is_identity(right) and is_identity(left) and number and factor:
            a, b = simplify(scaled(number, first.left)), simplify(scaled(factor, second.right))
            common, a, b = _over_common_number(a, b)
            known = simplify(scaled(1 / common, known))
            solution = simplify(computed("sylvester(A, B, C)", simplify, A=a, B=b, C=known))
            reason = Divisor(
                a, "no_opposite_eigenvalues", (a, b), is_definite(a) and is_definite(b)
            )
            return Isolated("sylvester", a, b, known, solution, (reason,))
    raise NotIsolatedError


def _over_common_number(one: Node, other: Node) -> tuple[Fraction, Node, Node]:
    number, first = over_number(one)
    factor, _ = over_number(other)
    if number == factor:
        return number, first, scaled(1 / number, other)
    return ONE, one, other

"""The unknown of an affine equation by itself: what multiplies it goes to the other side.

`(X' X + lambda I) w = X' y` is multiplied by the inverse from the left, `U V' V = X V` from the
right; `A X + X B = C` is a Sylvester equation (Golub and Van Loan, Matrix Computations (2013),
section 7.6.3), and what is none of these is solved for the columns of the unknown, stacked (Magnus
and Neudecker, Matrix Differential Calculus (2019), section 2.4).
"""

from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeAlias

from dimderiv.graph import (
    Factor,
    Merged,
    Node,
    Product,
    chain,
    elementwise,
    is_definite,
    is_orthogonal,
    is_positive,
    labelled,
    part,
    product,
    scaled,
    total,
    transposed,
    unnamed,
)
from dimderiv.language import frozen, parse_expression
from dimderiv.lower import formula
from dimderiv.rulebook import builtin_rules
from dimderiv.stationarity.affine import Affine
from dimderiv.stationarity.common import without_common
from dimderiv.stationarity.sides import (
    NotIsolatedError,
    Sides,
    Simplify,
    forms,
    is_identity,
    is_multiple,
    over_number,
)

Way: TypeAlias = Literal["divided", "left", "right", "both", "sylvester", "entries", "stacked"]
ONE = Fraction(1)


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


def _diagonal(matrix: Node) -> Node | None:
    """The entries that each entry of the unknown is multiplied by."""
    whole = labelled(matrix)
    if not matrix.axes or is_multiple(whole):
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


def _of_matrix(equation: Affine, simplify: Simplify) -> Isolated:
    if all(term.places == term.result for term in equation.terms):
        found = _entry_by_entry(equation, simplify)
        if found is not None:
            return found
    for turned in (equation, _transposed(equation)):
        known = simplify(scaled(-1, turned.rest))
        for joined in forms(turned, simplify):
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
            if is_multiple(labelled(left)) and (diagonal := _diagonal(left)):
                return _divided(diagonal, known, simplify)
            return Isolated("left", left, None, known, solution, (divisor(left),))
        case (True, _):
            return Isolated("right", None, right, known, solution, (divisor(right),))
    divisors = (divisor(left), divisor(right))
    return Isolated("both", left, right, known, solution, divisors)


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

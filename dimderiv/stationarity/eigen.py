"""An equation `A w = lambda B w` in which the number depends on the unknown.

The gradient of `w' A w / (w' B w)` is such (Golub and Van Loan, Matrix Computations (2013), section
8.7): each point where it vanishes is an eigenvector, and what is an eigenvector is no formula.
"""

from fractions import Fraction

from dimderiv.graph import (
    Factor,
    Key,
    LabelledProduct,
    Node,
    Symbol,
    elementwise,
    part,
    product,
    reached,
    total,
)
from dimderiv.language import frozen
from dimderiv.stationarity.affine import NotAffineError, products_of
from dimderiv.stationarity.sides import Simplify, is_identity, over_number
from dimderiv.stationarity.substituting import depends

ONE = Fraction(1)


@frozen.record
class Eigen:
    """An equation that says `left = value right`, times a scalar.

    Attributes:
        left: a matrix times the unknown.
        right: another one times it.
        value: the eigenvalue, by the unknown.
        scale: what the equation is multiplied by.
    """

    left: Node
    right: Node
    value: Node
    scale: Node


def eigenproblem(equation: Node, unknown: Symbol, simplify: Simplify) -> Eigen | None:
    """The eigenvalue problem that an equation is; nothing where it is none.

    Args:
        equation: a node that is to be zero.
        unknown: a vector in it.
        simplify: makes nodes shorter.
    """
    if len(unknown.axes) != 1 or equation.axes != unknown.axes:
        return None
    try:
        terms = [_apart(whole, unknown) for whole in products_of(equation, unknown)]
    except NotAffineError:
        return None
    groups: dict[Key, tuple[Node, list[tuple[Fraction, Node]]]] = {}
    for scalar, matrix in terms:
        number, bare = over_number(scalar)
        groups.setdefault(bare.key, (bare, []))[1].append((number, matrix))
    if len(groups) != 2:
        return None
    sides = [
        (bare, over_number(simplify(total(own, own[0][1].axes)))) for bare, own in groups.values()
    ]
    (scale, (one, left)), (other, (two, right)) = sorted(sides, key=lambda e: is_identity(e[1][1]))
    if not one * two:
        return None
    ratio = simplify(elementwise(-two / one, (other, 1), (scale, -1)))
    return Eigen(_times(left, unknown), _times(right, unknown), ratio, elementwise(one, (scale, 1)))


def _apart(whole: LabelledProduct, unknown: Symbol) -> tuple[Node, Node]:
    """The scalar and the matrix of a term `s M w`.

    Raises:
        NotAffineError: the term is no such product.
    """
    if len(whole.result) != 1 or not isinstance(whole.result[0], int):
        raise NotAffineError(whole.node)
    letters = reached((whole.result[0],), whole.factors)
    near = [f for f in whole.factors if letters.intersection(f.indices)]
    others = tuple([f for f in whole.factors if not letters.intersection(f.indices)])
    holders = [f for f in near if depends(f.node, unknown)]
    if len(holders) != 1 or holders[0].node.key != unknown.key or holders[0].power != 1:
        raise NotAffineError(whole.node)
    matrix = tuple([f for f in near if f is not holders[0]])
    ends = (whole.result[0], *holders[0].indices)
    return part(whole.coefficient, others, (), whole.dims), part(ONE, matrix, ends, whole.dims)


def _times(matrix: Node, unknown: Symbol) -> Node:
    factors = (Factor(matrix, (0, 1)), Factor(unknown, (1,)))
    return product(ONE, factors, (0,), matrix.axes)

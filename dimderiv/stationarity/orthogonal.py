"""Where a function of an orthogonal matrix is stationary among orthogonal matrices.

A step of an orthogonal Q is `Q K` with a skew K, so `Q' G` is to be symmetric, with the gradient G
(Edelman, Arias and Smith, The Geometry of Algorithms with Orthogonality Constraints (1998), section
2.2).  Terms `S Q` and `Q S` with a symmetric S make it so by themselves, and are the gradients of
numbers, `tr(S)`.  Where the rest of the gradient is `-M` without Q, the function is a number minus
`tr(M' Q)`, which is largest at the orthogonal polar factor of M (Schönemann, A Generalized Solution
of the Orthogonal Procrustes Problem, Psychometrika 31 (1966)).
"""

from dimderiv.graph import Node, Symbol, is_symmetric, is_zero, scaled
from dimderiv.stationarity.affine import Term, affine
from dimderiv.stationarity.sides import (
    NotIsolatedError,
    Simplify,
    is_identity,
    over_number,
    sides_of,
)


def polar_of(equation: Node, unknown: Symbol, simplify: Simplify) -> Node:
    """The matrix whose orthogonal polar factor makes a function least.

    Args:
        equation: the gradient by the unknown.
        unknown: an orthogonal matrix.
        simplify: makes nodes shorter.

    Raises:
        NotAffineError: the gradient is not affine in the unknown.
        NotIsolatedError: a term is none that an orthogonal matrix drops out of, or nothing is left.
    """
    found = affine(equation, unknown)
    if is_zero(found.rest) or not all(map(_drops_out, found.terms)):
        raise NotIsolatedError
    number, bare = over_number(simplify(scaled(-1, found.rest)))
    return bare if number > 0 else simplify(scaled(-1, bare))


def _drops_out(term: Term) -> bool:
    """Whether a term is `S Q` or `Q S` with a symmetric S."""
    own = sides_of(term)
    left, right = over_number(own.left)[1], over_number(own.right)[1]
    if is_identity(left):
        return is_symmetric(right)
    return is_identity(right) and is_symmetric(left)

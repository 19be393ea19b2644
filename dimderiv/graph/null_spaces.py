"""What a pseudoinverse takes to zero: `pinv(eigmax(A) I - A) eigvec(A)` of a symmetric A.

The null space of a pseudoinverse is that of the transpose of its matrix.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from dimderiv.graph.facts import unnamed
from dimderiv.graph.matching import uses
from dimderiv.graph.nodes import ONCE, Factor, Function, Index, Node, Product, Sum, is_symmetric
from dimderiv.graph.normal_form import finished, without_coefficient
from dimderiv.graph.numbering import all_indices


def takes_to_zero(factors: Sequence[Factor], result: Sequence[Index]) -> bool:
    """Whether a pseudoinverse meets an eigenvector that its matrix takes to zero."""
    vectors = [
        (matrix, f.indices[0]) for f, matrix in _functions("eigvec", factors) if len(f.indices) == 1
    ]
    places = [*all_indices(factors), *result] if vectors else []
    return any(
        index in factor.indices
        and is_symmetric(matrix)
        and uses(index, places) == 2
        and _is_shifted(shifted, matrix)
        for matrix, index in vectors
        for factor, shifted in _functions("pinv", factors)
    )


def less_than_largest(node: Node) -> Node | None:
    """The symmetric matrix A of a node that is `eigmax(A) I - A`.

    Args:
        node: what a pseudoinverse is taken of.
    """
    shifts = [term for _, term in _terms(node) if isinstance(term, Product)]
    for _, matrix in (each for term in shifts for each in _functions("eigmax", term.factors)):
        value = unnamed(matrix)
        if is_symmetric(matrix) and any(_is_shifted(node, matrix, v) for v in (matrix, value)):
            return matrix
    return None


def _functions(function: str, factors: Sequence[Factor]) -> Iterator[tuple[Factor, Node]]:
    """The factors that are a function of a matrix, each with the matrix."""
    for factor in factors:
        node = factor.node
        if isinstance(node, Function) and node.function == function and factor.power == 1:
            yield factor, node.arguments[0]


def _is_shifted(node: Node, matrix: Node, written: Node | None = None) -> bool:
    """Whether a node is the largest eigenvalue of a matrix times the identity, less the matrix."""
    terms = _terms(node)
    shift = [term for c, term in terms if c == 1 and _is_largest(term, matrix)]
    own = {term.key: c for c, term in terms if term not in shift}
    return bool(shift) and own == {term.key: -c for c, term in _terms(written or matrix)}


def _is_largest(node: Node, matrix: Node) -> bool:
    """Whether a node is the largest eigenvalue of a matrix times the identity."""
    if not isinstance(node, Product) or node.result != (0, 0) or len(node.factors) != 1:
        return False
    return any(own.key == matrix.key for _, own in _functions("eigmax", node.factors))


def _terms(node: Node) -> list[tuple[Fraction, Node]]:
    """The terms of a sum, or of a multiple of one."""
    match node:
        case Sum(terms):
            return [each for c, term in terms for each in _diagonal_terms(c, term)]
        case Product(factors=(Factor(Sum() as inner, (0, 1)),), result=(0, 1)):
            return [(node.coefficient * c, term) for c, term in _terms(inner)]
        case Product():
            return [(node.coefficient, without_coefficient(node))]
    return [(ONCE, node)]


def _diagonal_terms(coefficient: Fraction, node: Node) -> list[tuple[Fraction, Node]]:
    """A multiple of the identity by a sum, term by term; any other term as it stands."""
    match node:
        case Product(factors=(Factor(Sum(terms), ()),), result=(0, 0)):
            return [
                (
                    coefficient * node.coefficient * c,
                    finished(ONCE, _scalar_factors(term), node.dims, (0, 0)),
                )
                for c, term in terms
            ]
    return [(coefficient, node)]


def _scalar_factors(node: Node) -> list[Factor]:
    """The factors of a scalar that are scalars by themselves."""
    if isinstance(node, Product) and not all_indices(node.factors):
        return [*node.factors]
    return [Factor(node, ())]

"""A pseudoinverse beside an eigenvector that its matrix takes to zero."""

import pytest
from nodes import node

from dimderiv import derive
from dimderiv.graph.nodes import is_zero

SHAPES = "A: n x n; S: n x n symmetric; X: m x n; b: n; c: scalar"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("pinv(eigmax(S) I - S) eigvec(S)", True),
        ("eigvec(S)' pinv(eigmax(S) I - S) b", True),
        ("pinv(eigmax(A + A') I - A - A') eigvec(A + A')", True),
        ("pinv(eigmax(X' X) I - X' X) eigvec(X' X)", True),
        ("pinv(eigmax(2 S) I - 2 S) eigvec(2 S)", True),
        ("pinv(eigmax(c S + c I) I - c S - c I) eigvec(c S + c I)", True),
        ("pinv(eigmax(S) I + S) eigvec(S)", False),
        ("pinv(2 eigmax(S) I - S) eigvec(S)", False),
        ("pinv(eigmax(2 S) I - S) eigvec(S)", False),
        ("pinv(eigmax(S) I - S) b", False),
        ("pinv(eigmax(S) I - S) (eigvec(S) .* b)", False),
        ("pinv(eigmax(S) I - 2 S) eigvec(S)", False),
    ],
)
def test_the_eigenvector_goes_to_zero(source: str, expected: bool) -> None:
    """Only with the largest eigenvalue of the same symmetric matrix, and nothing between."""
    assert expected is is_zero(node(source, SHAPES))


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes"),
    [
        ("a' eigvec(A)", "A", "A: n x n symmetric"),
        ("a' eigvec(A' A)", "A", ""),
        ("a' eigvec(A + A')", "A", ""),
        ("x' eigvec(S + x x')", "x", "S: n x n symmetric"),
        ("a' eigvec(S) eigmax(S)", "S", "S: n x n symmetric"),
    ],
)
def test_second_derivatives_of_an_eigenvector(expression: str, wrt: str, shapes: str) -> None:
    """The first derivative is that of matrices nearby too, which are not symmetric."""
    found = derive(expression, wrt, shapes=shapes or None, order=2)

    assert found.verification is not None
    assert "unchecked" != found.verification.level

"""Inverses of square matrices, opened where that is shorter."""

import pytest
from nodes import node, written

from dimderiv import derive
from dimderiv.lower.inverses import inverse

SHAPES = "A: n x n; B: n x n; C: m x m; Q: n x n orthogonal; X: m x n; x: n; t: scalar"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A", "inv(A)"),
        ("inv(A)", "A"),
        ("t", "1 / t"),
        ("2 A B", "0.5 inv(B) inv(A)"),
        ("t A' B", "inv(B) inv(A)' / t"),
        ("Q", "Q'"),
        ("diag(x)", "diag(1 ./ x)"),
        ("A + I", "inv(A + I)"),
        ("A + B", "inv(A + B)"),
        ("X' X", "inv(X' X)"),
        ("kron(A, C)", "kron(inv(A), inv(C))"),
        ("2 kron(A B, t C)", "kron(inv(B) inv(A), inv(C)) / (2 t)"),
        ("kron(A, X' X)", "kron(inv(A), inv(X' X))"),
    ],
)
def test_inverse(text: str, expected: str) -> None:
    """Of an inverse, a transpose, a product of square matrices, a Kronecker product."""
    assert expected == written(inverse(node(text, SHAPES)))


@pytest.mark.parametrize("text", ["kron(X, X')", "kron(A, C) kron(A, C)' + kron(A, C)"])
def test_what_does_not_come_apart_is_inverted_as_a_whole(text: str) -> None:
    """A Kronecker product of matrices that are not square, and a sum."""
    assert written(inverse(node(text, SHAPES))).startswith("inv(")


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("logdet(kron(A, C))", "A", "m inv(A)'"),
        ("det(kron(A, C))", "C", "n det(kron(A, C)) inv(C)'"),
        ("logdet(kron(A' A, C) / t)", "A", "2 m inv(A)'"),
        ("tr(inv(kron(A, C)))", "A", "-tr(inv(C)) inv(A)'^2"),
    ],
)
def test_derivatives_by_a_factor_of_a_kronecker_product(
    expression: str, wrt: str, expected: str
) -> None:
    """Equations 509 to 516 of the Matrix Cookbook, differentiated."""
    assert expected == derive(expression, wrt, shapes=SHAPES).text()

"""Matrices that commute whatever their entries, and those that need not."""

import pytest
from nodes import node

from dimderiv.simplify.commuting import commute

SHAPES = "A: n x n; B: n x n; S: n x n symmetric; X: m x n; t: scalar; s: scalar"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A", "t A"),
        ("A + 2 I", "A"),
        ("3 eye(n)", "A + t B"),
        ("A^2", "A^3 - A"),
        ("inv(A)", "A"),
        ("expm(t A) A", "A"),
        ("A'", "t A' + A'^2"),
        ("A B", "A B A B"),
        ("X' X", "t X' X"),
        ("X' X", "inv(X' X + I)"),
        ("S", "S'"),
        ("A + B", "expm(A + B)"),
        ("(A + B)^2", "A + B"),
        ("A B expm(A B)", "t A B"),
    ],
)
def test_polynomials_of_one_matrix_commute(first: str, second: str) -> None:
    """So do its inverse and its exponential, and whatever they are multiplied to."""
    assert commute(node(first, SHAPES), node(second, SHAPES))
    assert commute(node(second, SHAPES), node(first, SHAPES))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A", "B"),
        ("A", "A'"),
        ("A B", "B A"),
        ("A", "A + B"),
        ("A expm(B A) B", "A B"),
        ("A .* A", "A"),
        ("exp(A)", "A"),
        ("X' X", "A"),
        ("A + B", "A^2"),
        ("S", "S .* A"),
    ],
)
def test_others_need_not(first: str, second: str) -> None:
    """What is not known to commute is not taken to."""
    assert not commute(node(first, SHAPES), node(second, SHAPES))
    assert not commute(node(second, SHAPES), node(first, SHAPES))

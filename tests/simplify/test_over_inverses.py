"""Inverses taken out of a sum."""

import pytest
from nodes import node, written

from dimderiv import derive
from dimderiv.simplify.simplify import Simplifier

SHAPES = "A: n x n; B: n x n; C: n x n; S: n x n symmetric; x: n; y: n; t: scalar"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inv(I + A) (I - A) + eye(n)", "2 inv(I + A)"),
        ("eye(n) + (I - A) inv(I + A)", "2 inv(I + A)"),
        ("inv(A + B) - inv(A + B) A inv(A + B)", "inv(A + B) B inv(A + B)"),
        ("inv(A + B) - inv(A + B) C inv(A + B)", "inv(A + B) - inv(A + B) C inv(A + B)"),
        ("t inv(A + B) C inv(A + B) - t inv(A + B)", "t (inv(A + B) C inv(A + B) - inv(A + B))"),
        ("y - inv(A + t eye(n)) A y", "t inv(A + t I) y"),
        ("A (inv(A + B) x - y) + B inv(A + B) x", "x - A y"),
        ("inv(inv(A) + inv(B)) (inv(A) x + inv(B) y) - x", "inv(inv(A) + inv(B)) inv(B) (y - x)"),
        ("inv(A) + inv(B)", "inv(A) + inv(B)"),
        ("inv(A) B + C", "inv(A) B + C"),
        ("A - A inv(S) A", "A - A inv(S) A"),
    ],
)
def test_the_others_are_multiplied_by_its_matrix(text: str, expected: str) -> None:
    """At either end, or at both, where terms meet and that is shorter."""
    assert expected == written(Simplifier()(node(text, SHAPES)))


def test_also_in_a_part_of_a_kronecker_product() -> None:
    """The Cayley transform."""
    found = derive("inv(I + A) (I - A)", "A", shapes="A: n x n")

    assert "-2 kron(inv(I + A)', inv(I + A))" == str(found)

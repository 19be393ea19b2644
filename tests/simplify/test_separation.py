"""Sums with more than two axes, whose terms come apart."""

from fractions import Fraction

import pytest
from nodes import labelled, written

from dimderiv import derive
from dimderiv.graph.nodes import Product
from dimderiv.simplify.separation import collected, outside, parts


def test_the_parts_of_a_term() -> None:
    """Rows with rows, columns with columns; an identity is a part without factors."""
    term = labelled("A[i,p] B[k,q] C[k,j] -> [i,j,p,q]")
    alone = labelled("A[i,p] -> [i,j,p,j]")

    assert [(0, 2), (1, 3)] == [part.places for part in parts(term)]
    assert [(0, 2), (1, 3)] == [part.places for part in parts(alone)]


def test_terms_that_share_a_part_are_one() -> None:
    """The other parts are added, with the number of each term."""
    terms = [
        (Fraction(1), labelled("A[i,p] B[j,q] -> [i,j,p,q]")),
        (Fraction(-3), labelled("A[i,p] C[j,q] -> [i,j,p,q]")),
    ]
    ((coefficient, whole),) = collected(terms, terms[0][1].axes)

    assert coefficient == 1
    assert isinstance(whole, Product)
    assert {"A", "B - 3 C"} == {written(factor.node) for factor in whole.factors}


def test_a_part_at_other_axes_is_another() -> None:
    """A transposed variable pairs rows with columns."""
    terms = [
        (Fraction(1), labelled("A[i,p] B[j,q] -> [i,j,p,q]")),
        (Fraction(1), labelled("A[i,q] B[j,p] -> [i,j,p,q]")),
    ]

    assert 2 == len(collected(terms, terms[0][1].axes))


def test_what_all_terms_have_goes_outside() -> None:
    """A number and scalars with one power; what differs stays."""
    terms = [
        (Fraction(1), labelled("2 s[] A[i,p] B[j,q] -> [i,j,p,q]")),
        (Fraction(-1), labelled("2 s[] t[] A[i,q] B[j,p] -> [i,j,p,q]")),
    ]
    common = outside(terms)

    assert ["s"] == [written(factor.node) for factor in common.scalars]
    assert common.coefficient == 2
    assert [1, -1] == [coefficient for coefficient, _ in common.terms]


@pytest.mark.parametrize(
    ("expression", "wrt", "order", "expected"),
    [
        ("A X B + X B", "X", 1, "kron(B', A + I)"),
        ("tr(A X) X", "X", 1, "vec(X) vec(A')' + tr(A X) I"),
        (
            "X - X A' inv(A X A' + B) A X",
            "X",
            1,
            "M = inv(A X A' + B); kron((I - A' M A X)', I - X A' M A)",
        ),
        ("||X||^4", "X", 2, "4 (2 vec(X) vec(X)' + ||X||_F^2 I)"),
    ],
)
def test_whole_derivatives(expression: str, wrt: str, order: int, expected: str) -> None:
    """Kronecker products as an expert adds them."""
    shapes = "X: m x n" if order == 2 else "X: n x n"
    found = derive(expression, wrt, shapes=shapes, order=order)

    assert expected == found.text()

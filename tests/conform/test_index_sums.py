"""Signs and sums of index forms go into the form."""

import pytest

from dimderiv import derive
from dimderiv.conform.index_sums import forms_together
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Name, Negative, Node
from dimderiv.render.text import text


def formula(source: str) -> Node:
    """An expression of the language."""
    return parse_program(source).statements[0].value


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["-([i:m] a[i])"], ["[i:m] -a[i]"]),
        (["-([i:m] a[i] - b[i])"], ["[i:m] -a[i] + b[i]"]),
        (["[i:m] a[i]", "-([i:m] b[i])"], ["[i:m] a[i] - b[i]"]),
        (["[i:m] a[i]", "[j:m] b[j]"], ["[i:m] a[i]", "[j:m] b[j]"]),
        (["([i:m, j:n] A[i,j])'", "-([i:m, j:n] B[i,j])'"], ["([i:m, j:n] A[i,j] - B[i,j])'"]),
        (["[i:m] a[i]", "c", "[i:m] b[i]"], ["[i:m] a[i] + b[i]", "c"]),
    ],
)
def test_forms_of_the_same_axes_are_one(terms: list[str], expected: list[str]) -> None:
    """Other axes and other terms stay by themselves."""
    assert expected == [text(tree) for tree in forms_together([formula(term) for term in terms])]


def test_other_terms_keep_their_sign() -> None:
    """Only index forms are opened."""
    assert [Negative(Name("c"))] == forms_together([Negative(Name("c"))])


@pytest.mark.parametrize(
    ("expression", "variable", "expected"),
    [
        ("-tr(A kron(B, C))", "B", "[i:p, j:m] -A[j n+k, i q+l] C[l,k]"),
        (
            "tr(A kron(B, C)) + tr(kron(B, C) D)",
            "B",
            "[i:p, j:m] A[j n+k, i q+l] C[l,k] + C[k,l] D[j n+l, i q+k]",
        ),
        ("-2 (a' kron(B, C) d)", "B", "[i:m, j:p] -2 a[i n+k] C[k,l] d[j q+l]"),
    ],
)
def test_answers_are_read_back_and_checked(expression: str, variable: str, expected: str) -> None:
    """The sign stands before what it changes, and the answer is checked as it is printed."""
    found = derive(expression, variable)

    assert expected == found.text()
    assert found.verification is not None
    assert "exact" == found.verification.level

"""Sums in matrix notation: signs, index forms, and what all terms begin or end with."""

import pytest

from dimderiv import derive
from dimderiv.conform.notation import Form, TwoWay, named, symbols, symmetric
from dimderiv.conform.sums import forms_together, negated, summed, summed_by_ends
from dimderiv.language.parser import parse_expression, parse_program
from dimderiv.language.shapes import Dim
from dimderiv.language.syntax import Name, Negative, Tree
from dimderiv.render.text import text

AXES = (Dim.of("m"), Dim.of("n"))
X, Y = named("x", 1), named("y", 1)


def shown(piece: TwoWay) -> tuple[str, str]:
    """Both forms as text."""
    return text(piece.upright.tree), text(piece.transposed.tree)


def formula(source: str) -> Tree:
    """An expression of the language."""
    return parse_program(source).statements[0].value


def piece(source: str) -> TwoWay:
    """An expression with the same two forms."""
    tree = parse_expression(source)
    return symmetric(Form(tree, symbols(tree)))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([(False, X), (True, Y)], ("x - y", "(x - y)'")),
        ([(True, X), (False, Y)], ("y - x", "(y - x)'")),
        ([(True, X), (True, Y)], ("-x - y", "(-x - y)'")),
    ],
)
def test_a_sum_begins_with_what_is_added(
    terms: list[tuple[bool, TwoWay]], expected: tuple[str, str]
) -> None:
    """Unless everything is subtracted."""
    assert expected == shown(summed(terms))


def test_a_negative_negates_both_forms() -> None:
    """The minus sign stands before each."""
    assert ("-x", "-x'") == shown(negated(X))


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


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["A B", "C B"], "(A + C) B"),
        (["A B", "A C"], "A (B + C)"),
        (["A D B", "-A D E D B"], "A (D - D E D) B"),
        (["A B", "C D"], "A B + C D"),
        (["A", "A B"], "A + A B"),
        (["-A B", "C B"], "(C - A) B"),
        (["kron(A, B)", "-kron(C, D - I)"], "kron(A, B) + kron(C, I - D)"),
        (["-kron(C - D, B) A", "-E"], "kron(D - C, B) A - E"),
        (["A", "-kron(C, D + I)"], "A - kron(C, D + I)"),
        (["2 A B", "C B"], "(2 A + C) B"),
        (["2 B", "C B"], "(2 eye(m) + C) B"),
        (["2 B", "-B C"], "B (2 eye(n) - C)"),
        (["2 B", "-3 B C B"], "B (2 eye(n) - 3 C B)"),
        (["B", "2 B C"], "B + 2 B C"),
        (["2 B C", "B D C"], "B (2 C + D C)"),
    ],
)
def test_what_is_common_stands_outside(terms: list[str], expected: str) -> None:
    """From both sides in turn; something of each term is left, and a minus goes where it may."""
    bare = [term.removeprefix("-") for term in terms]
    signed = [
        (term.startswith("-"), int(each[0].isdigit()), piece(each))
        for term, each in zip(terms, bare, strict=True)
    ]

    assert expected == text(summed_by_ends(signed, AXES).upright.tree)

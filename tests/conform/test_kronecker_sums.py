"""What all terms of a sum of Kronecker products begin or end with."""

import pytest

from dimderiv.conform.kronecker_sums import summed
from dimderiv.conform.notation import Face, Piece, symbols, symmetric
from dimderiv.language.parser import parse_expression
from dimderiv.language.shapes import Dim
from dimderiv.render.text import text

AXES = (Dim.of("m"), Dim.of("n"))


def piece(source: str) -> Piece:
    """An expression with the same two faces."""
    tree = parse_expression(source)
    return symmetric(Face(tree, symbols(tree)))


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

    assert expected == text(summed(signed, AXES).straight.tree)

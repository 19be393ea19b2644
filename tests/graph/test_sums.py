"""Sums: like terms collected, what they share taken out."""

from fractions import Fraction

import pytest
from nodes import labelled, node, written

from dimderiv.graph.nodes import ONCE, Factor, Merged, Product, Sum, is_zero, symbol, zero
from dimderiv.graph.products import product
from dimderiv.graph.sums import add, expanded, terms, total
from dimderiv.language.shapes import Dim

N = Dim.of("n")
X, Y = symbol("x", (N,)), symbol("y", (N,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A x + (x' A')'", "2 A x"),
        ("x' A x + tr(A x x')", "2 x' A x"),
        ("x + y + x", "2 x + y"),
        ("x + y - x", "y"),
        ("(x + y) + (x - y)", "2 x"),
        ("(A + B)' - A'", "B'"),
        ("x - x / 3", "2 x / 3"),
    ],
)
def test_like_terms_are_collected(text: str, expected: str) -> None:
    """Terms of one key are one term, through brackets and transposes."""
    assert expected == written(node(text))


def test_order_is_no_part_of_a_sum() -> None:
    """But what the reader sees keeps it."""
    assert add(X, Y).key == add(Y, X).key
    assert "y + x" == written(add(Y, X))


def test_terms_that_cancel_leave_zero() -> None:
    """Zero with the axes of the terms."""
    nothing = total([(Fraction(1), X), (Fraction(-1), X)], (N,))

    assert is_zero(nothing)
    assert (N,) == nothing.axes


def test_no_terms_are_zero() -> None:
    """An empty sum has the axes that it is told."""
    assert zero((N,)).key == total([], (N,)).key


def test_one_term_is_no_sum() -> None:
    """It is that term, times its coefficient."""
    assert X is total([(Fraction(1), X)], (N,))
    assert labelled("3 x[i] -> [i]").key == total([(Fraction(3), X)], (N,)).key


@pytest.mark.parametrize(
    ("coefficients", "content"),
    [
        ((4, 6), 2),
        ((-4, 6), -2),
        ((-1, -1), -1),
        ((3, 3), 3),
        ((Fraction(1, 2), Fraction(1, 2)), Fraction(1, 2)),
        ((-1, 1), -1),
    ],
)
def test_the_content_is_taken_out(
    coefficients: tuple[int | Fraction, int | Fraction], content: int | Fraction
) -> None:
    """A common number stands before the sum, and makes its first term positive."""
    first, second = (Fraction(c) for c in coefficients)

    found = total([(first, X), (second, Y)], (N,))

    assert isinstance(found, Product)
    assert content == found.coefficient


def test_mixed_fractions_have_no_content() -> None:
    """Nothing is taken out of `x / 2 + y / 3`, and of its negative only the sign."""
    assert isinstance(total([(Fraction(1, 2), X), (Fraction(1, 3), Y)], (N,)), Sum)
    assert "y / 3 - x / 2" == written(node("-x / 2 + y / 3"))


def test_multiples_of_one_sum_are_like_terms() -> None:
    """`2 (x + y)` and `-3 (x + y)` make `-(x + y)`."""
    both = add(X, Y)

    assert (
        labelled("-1 F[i] -> [i]", {"F": both}).key
        == total([(Fraction(2), both), (Fraction(-3), both)], (N,)).key
    )


def test_diagonal_matrices_add_up_as_vectors() -> None:
    """The sum is the diagonal matrix of a sum."""
    assert "diag(x + y)" == written(node("diag(x) + diag(y)"))
    assert "diag(x + 1)" == written(node("diag(x) + I"))


def test_a_diagonal_matrix_and_another_stay_a_sum() -> None:
    """Only sums of nothing but diagonals are joined."""
    assert isinstance(node("diag(x) + A"), Sum)


def test_terms_of_a_node() -> None:
    """The terms of a multiple of a sum carry the number; any other node is its own term."""
    doubled = node("2 (x - y)", "x: n; y: n")

    assert [("2", "x"), ("-2", "y")] == [(str(c), written(term)) for c, term in terms(doubled)]
    assert [("1", X.key)] == [(str(c), term.key) for c, term in terms(X)]


def test_large_sums_are_multiplied_out() -> None:
    """A sum with more axes than a matrix has does not stay a factor."""
    a = symbol("a", (N, N, N))
    b = symbol("b", (N, N, N))
    scaled = labelled("2 F[i,j,k] x[k] -> [i,j]", {"F": add(a, b)})

    assert 1 == len(terms(scaled))
    assert [2, 2] == [c for c, _ in expanded(scaled)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A' + B'", "(A + B)'"),
        ("A + B'", "(A' + B)'"),
        ("X' - Y'", "(X - Y)'"),
        ("A' + B' - C", "(A + B - C')'"),
    ],
)
def test_a_sum_of_transposes_is_the_transpose_of_the_sum(one: str, other: str) -> None:
    """One of the two is the node that both are made of."""
    shapes = "A: n x n; B: n x n; C: n x n; X: m x n; Y: m x n"

    assert node(one, shapes).key == node(other, shapes).key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("s ones(n, 1) - 2", "(s - 2) ones(n, 1)"),
        ("x ones(1, m) + y ones(1, m)", "(x + y) ones(1, m)"),
        ("s ones(n, m) + t ones(n, m) + 1", "(s + t + 1) ones(n, m)"),
    ],
)
def test_what_is_repeated_is_summed_once(first: str, second: str) -> None:
    """Terms without an axis are a smaller sum."""
    shapes = "x: n; y: n; s: scalar; t: scalar"
    value = node(first, shapes)

    assert isinstance(value, Product)
    assert value.key == node(second, shapes).key


def test_a_letter_of_a_merged_axis_is_not_bare() -> None:
    """The letter of one axis may be part of another one."""
    turned = [
        product(ONCE, [Factor(X, (place,))], (Merged((0, 1)), 1 - place), (N, N))
        for place in (0, 1)
    ]

    assert isinstance(total([(ONCE, each) for each in turned], turned[0].axes), Sum)

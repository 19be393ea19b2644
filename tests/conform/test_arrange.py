"""What each kind of node looks like in matrix notation."""

from fractions import Fraction

import pytest
from nodes import labelled, node, written

from dimderiv.conform.arrange import Arranger, NoMatrixFormError
from dimderiv.render.text import text

SHAPES = "X: m x n; x: n; y: n; A: n x n; B: n x n; b: 1 x n; S: n x n symmetric; c: scalar"


@pytest.mark.parametrize(
    ("source", "column", "row"),
    [
        ("x", "x", "x'"),
        ("b", "b'", "b"),
        ("A' x", "A' x", "x' A"),
        ("x' A'", "A x", "x' A'"),
        ("S x", "S x", "x' S"),
        ("exp(b)", "exp(b)'", "exp(b)"),
        ("sum(X, axis=0)", "sum(X', axis=1)", "sum(X, axis=0)"),
        ("max(X, axis=0)", "max(X, axis=0)'", "max(X, axis=0)"),
        ("softmax(x)", "softmax(x)", "softmax(x)'"),
        ("(A - A') x", "(A - A') x", "x' (A' - A)"),
        ("x > y", "x > y", "(x > y)'"),
        ("0 x", "0 ones(n, 1)", "0 ones(1, n)"),
    ],
)
def test_one_axis_stands_or_lies(source: str, column: str, row: str) -> None:
    """Each way with the fewest transposes."""
    assert column == written(node(source, SHAPES))
    assert row == written(node(source, SHAPES), row=True)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("(A B)'", "B' A'"),
        ("(S + A)'", "S + A'"),
        ("inv(A')", "inv(A)'"),
        ("inv(S)", "inv(S)"),
        ("det(A')", "det(A)"),
        ("max(x')", "max(x)"),
        ("exp(A)'", "exp(A)'"),
        ("softmax(X)'", "softmax(X)'"),
        ("A' S A", "A' S A"),
        ("S A S", "S A S"),
    ],
)
def test_transposes_go_where_they_are_fewest(source: str, expected: str) -> None:
    """Inside, outside, or nowhere where the matrix is symmetric."""
    assert expected == written(node(source, SHAPES))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("-(x - y)", "y - x"),
        ("-(x - y) x'", "(y - x) x'"),
        ("x - (y - x) (x' y)", "x + (x' y) (x - y)"),
        ("-x - y", "-(x + y)"),
        ("-(x' y) A", "-(x' y) A"),
        ("-(x - y) (x - y)'", "-(x - y) (x - y)'"),
        ("1 - x", "1 - x"),
    ],
)
def test_a_minus_sign_turns_a_difference_around(source: str, expected: str) -> None:
    """Where the product has one that stands there once."""
    assert expected == written(node(source, SHAPES))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("||x||", "||x||"),
        ("||x||^2", "x' x"),
        ("||x||^3", "||x||^3"),
        ("1 / ||x||", "1 / ||x||"),
        ("||X||_F", "||X||_F"),
        ("||X||_F^2", "||X||_F^2"),
        ("||A x - y||^2", "||A x - y||^2"),
        ("sqrt(sum(x))", "sqrt(sum(x))"),
        ("(x' y)^c", "(x' y)^c"),
        ("x .^ c", "x.^c"),
        ("X > 0", "X > 0"),
        ("pi x", "pi x"),
        ("n x", "n x"),
    ],
)
def test_norms_powers_and_numbers(source: str, expected: str) -> None:
    """The root of a sum of squares is a norm; a square of one is the shorter of two."""
    assert expected == written(node(source, SHAPES))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("mean(x)", "mean(x)"),
        ("mean(X, axis=1)", "mean(X, axis=1)"),
        ("mean(X, axis=0)'", "mean(X', axis=1)"),
        ("sum(x) / n", "mean(x)"),
        ("sum(x) / (2 n)", "0.5 mean(x)"),
        ("sum(x) / c", "sum(x) / c"),
        ("sum(X, axis=1) / m", "sum(X, axis=1) / m"),
        ("sum(A) / n", "sum(A) / n"),
    ],
)
def test_a_sum_over_its_own_size_is_a_mean(source: str, expected: str) -> None:
    """Over any other number it is not."""
    assert expected == written(node(source, SHAPES))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("x[i] -> [i,j]", "x ones(1, n)"),
        ("x[j] -> [i,j]", "ones(n, 1) x'"),
        ("3 -> [i,j]", "3 ones(n, n)"),
        ("-> [i]", "ones(n, 1)"),
        ("c[] -> [i]", "c ones(n, 1)"),
        ("x[i] y[i] -> [j]", "(x' y) ones(n, 1)"),
    ],
)
def test_an_axis_that_is_only_repeated_is_written_as_ones(letters: str, expected: str) -> None:
    """At the outside, nothing else says how long it is."""
    assert expected == written(labelled(letters))


def test_an_axis_beside_one_that_is_there_needs_no_ones() -> None:
    """In a sum the other term says it."""
    assert "x + 1" == written(node("x + ones(n, 1)", "x: n"))
    assert "A + x" == written(node("A + x ones(1, n)", SHAPES))


def test_a_size_whose_name_is_taken_is_counted() -> None:
    """If `n` is a symbol, the size of an axis is a sum of ones."""
    size = node("sum(ones(n, 1))", "x: n")

    assert "n" == text(Arranger().tree(size))
    assert "sum(ones(n, 1))" == text(Arranger(["n"]).tree(size))


def test_the_commutation_matrix_gives_way_to_a_symbol() -> None:
    """Where `K` is a symbol it is written out."""
    assert "K" == Arranger().swap
    assert "commutation" == Arranger(["K"]).swap


def test_a_network_is_written_by_entries() -> None:
    """Nothing is ever without a notation, as long as it has two axes."""
    dense = labelled("A[i,j] B[j,k] P[i,l] Q[k,l] R[j,l] -> [i,k]")

    assert "[i:n, j:n] A[i,k] B[k,j] P[i,l] Q[j,l] R[k,l]" == written(dense)


def test_more_than_two_axes_have_no_matrix_form() -> None:
    """The caller decides what to do instead."""
    with pytest.raises(NoMatrixFormError, match=r"^the derivative has a part with more than two"):
        Arranger().piece(labelled("x[i] x[j] x[k] -> [i,j,k]"))


def test_each_node_is_written_once() -> None:
    """The same piece is handed out again."""
    arranger, value = Arranger(), node("A x", SHAPES)

    assert arranger.piece(value) is arranger.piece(value)


def test_terms_keep_their_order() -> None:
    """What is added goes first where the sum begins with a minus sign."""
    terms = [(Fraction(-1), node("x", SHAPES)), (Fraction(2), node("y", SHAPES))]

    found = Arranger().total(terms)

    assert "2 y - x" == text(found.upright.tree)

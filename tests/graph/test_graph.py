"""Nodes: their keys, and what is known of their values."""

import pytest
from nodes import labelled, node

from dimderiv.graph.facts import is_nonnegative, named, rows_sum_to_one
from dimderiv.graph.nodes import (
    Merged,
    Shifted,
    apply_function,
    apply_map,
    constant,
    index_dim,
    is_symmetric,
    is_zero,
    letters_of,
    size,
    symbol,
    zero,
)
from dimderiv.language.shapes import Dim

M, N = Dim.of("m"), Dim.of("n")


def test_a_symbol_is_its_name() -> None:
    """Two symbols of one name have one key, those of two names have two."""
    assert symbol("x", (N,)).key == symbol("x", (N,)).key
    assert symbol("x", (N,)).key != symbol("y", (N,)).key


def test_a_name_is_no_symbol() -> None:
    """An intermediate, a symbol, a constant and a size of one name are four nodes."""
    x = symbol("x", ())

    assert 4 == len({x.key, named("x", x).key, constant("x").key, size(Dim.of("x")).key})


def test_the_key_of_a_size_is_its_polynomial() -> None:
    """A size written in another order is the same number."""
    assert size(M + N).key == size(N + M).key


def test_zeros_of_different_axes_differ() -> None:
    """The zero matrix is zero, and is not the zero of its transpose."""
    assert is_zero(zero((M, N)))
    assert zero((M, N)).key != zero((N, M)).key


def test_a_function_keeps_the_order_of_its_arguments() -> None:
    """`x > y` is not `y > x`."""
    x, y = symbol("x", (N,)), symbol("y", (N,))

    assert apply_map(">", x, y).key != apply_map(">", y, x).key


def test_a_reduction_knows_its_axis() -> None:
    """The largest entries of rows and of columns are different nodes."""
    X = symbol("X", (N, N))

    rows, columns = (apply_function("max", (X,), (N,), (axis,)) for axis in (1, 0))

    assert rows.key != columns.key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S", True),
        ("A", False),
        ("exp(S)", True),
        ("inv(S)", True),
        ("S + 2 D", True),
        ("S + A", False),
        ("x x'", True),
        ("A' A", True),
        ("A' S A", True),
        ("A S", False),
        ("diag(x)", True),
        ("S S", True),
        ("S D", False),
        ("I", True),
        ("H = S + D; H", True),
    ],
)
def test_what_is_symmetric(text: str, expected: bool) -> None:
    """Symmetry is seen through maps, inverses, sums, names and products read backwards."""
    shapes = "S: n x n symmetric; D: n x n diagonal; A: n x n; x: n"
    known = node(f"{text} + 0 A" if text == "I" else text, shapes)

    assert expected is is_symmetric(known)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exp(x)", True),
        ("x.^2", True),
        ("p", True),
        ("exp(x) + p", True),
        ("exp(x) - p", False),
        ("-p", False),
        ("x", False),
        ("n", True),
        ("pi", True),
        ("p .* x.^2", True),
        ("p .* x", False),
        ("softmax(x)", True),
        ("q = abs(x); q", True),
        ("x' P x", True),
        ("x' P p", False),
        ("x' A x", False),
    ],
)
def test_what_is_nonnegative(text: str, expected: bool) -> None:
    """A sign is known from properties, even powers, sums, products and functions."""
    assert expected is is_nonnegative(node(text, "p: n positive; x: n; P: n x n psd; A: n x n"))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("M .* M", "M"),
        ("M.^3 .* X", "M .* X"),
        ("sqrt(M)", "M"),
        ("sum(M.^2)", "sum(M)"),
        ("b^2 X", "b X"),
        ("(1 - M).^2", "1 - M"),
        ("N = M .* (X > 0); N.^2", "N = M .* (X > 0); N"),
        ("Y.^2", "Y"),
    ],
)
def test_what_is_0_or_1_is_its_own_power(text: str, same: str) -> None:
    """By a property, or by how it is made; below a line it stays."""
    shapes = "M: m x n binary; b: scalar binary; X: m x n; Y: m x n onehot"

    assert node(same, shapes).key == node(text, shapes).key
    assert node("1 ./ M", shapes).key != node("M", shapes).key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("softmax(X)", True),
        ("Y", True),
        ("X", False),
        ("exp(X)", False),
        ("P = softmax(X); P", True),
    ],
)
def test_whose_rows_sum_to_one(text: str, expected: bool) -> None:
    """A softmax and what is declared so, also under a name."""
    assert expected is rows_sum_to_one(node(text, "X: m x n; Y: m x n onehot"))


def test_the_size_of_an_index() -> None:
    """A merged index is as long as its letters multiplied, a shifted one as they overlap."""
    assert M == index_dim(0, (M, N))
    assert M * N == index_dim(Merged((0, 1)), (M, N))
    assert M + N - Dim.of(1) == index_dim(Shifted((0, 1)), (M, N))


def test_letters_are_listed_as_often_as_they_occur() -> None:
    """Merged and shifted indices give all of their letters."""
    assert (0, 1, 0, 2) == letters_of((0, Merged((1, 0)), 2))


def test_a_convolution_is_told_by_its_indices() -> None:
    """Only a product with a sum of letters is one."""
    slid = node("conv2(V, K)")
    plain = labelled("A[i,k] B[k,j] -> [i,j]")

    assert slid.is_convolution  # type: ignore[union-attr]
    assert not plain.is_convolution  # type: ignore[union-attr]

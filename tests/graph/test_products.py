"""Labelled products: one normal form for equal values."""

from fractions import Fraction

import pytest
from nodes import labelled, node, written

from dimderiv.errors import LimitError
from dimderiv.graph.nodes import Factor, Product, Symbol, apply_map, is_zero, symbol, zero
from dimderiv.graph.normal_form import number, without_coefficient
from dimderiv.graph.products import arranged, elementwise, product, scaled, transposed
from dimderiv.language.shapes import Dim

N = Dim.of("n")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A[i,k] B[k,j] -> [i,j]", "A[p,q] B[q,r] -> [p,r]"),
        ("A[i,k] B[k,j] -> [i,j]", "B[k,j] A[i,k] -> [i,j]"),
        ("A[i,j] B[j,k] C[k,i] -> []", "C[i,j] A[j,k] B[k,i] -> []"),
        ("A[i,j] A[j,k] A[k,i] -> []", "A[k,i] A[j,k] A[i,j] -> []"),
        ("A[i,j] A[j,k] A[k,l] A[l,i] -> []", "A[l,i] A[j,k] A[i,j] A[k,l] -> []"),
        ("A[i,j] A[k,l] -> [i,l]", "A[k,l] A[i,j] -> [i,l]"),
        ("x[i] y[i] -> []", "y[k] x[k] -> []"),
    ],
)
def test_names_and_order_do_not_matter(first: str, second: str) -> None:
    """Other letters and another order of the factors are the same product."""
    assert labelled(first).key == labelled(second).key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A[i,k] B[k,j] -> [i,j]", "A[i,k] B[k,j] -> [j,i]"),
        ("A[i,k] B[k,j] -> [i,j]", "A[k,i] B[k,j] -> [i,j]"),
        ("A[i,k] x[k] -> [i]", "A[i,k] x[i] -> [i]"),
        ("A[i,j] A[j,k] A[k,i] -> []", "A[i,j] A[j,k] A[i,k] -> []"),
        ("x[i] -> [i,j]", "x[j] -> [i,j]"),
        ("x[i] -> [i,i]", "x[i] -> [i,j]"),
        ("x[i]^2 -> [i]", "x[i] -> [i]"),
        ("2 x[i] -> [i]", "3 x[i] -> [i]"),
    ],
)
def test_different_products_differ(first: str, second: str) -> None:
    """Where a letter stands is part of what a product means."""
    assert labelled(first).key != labelled(second).key


@pytest.mark.parametrize(
    "text",
    [
        "tr(A x x')",
        "(x' A x)'",
        "x' (A x)",
        "(A' x)' x",
        "sum(x .* (A x))",
        "tr(x' A x)",
        "x' A' x",
    ],
)
def test_one_value_many_spellings(text: str) -> None:
    """A quadratic form has one key, however it is written."""
    assert node("x' A x", "A: n x n").key == node(text, "A: n x n").key


def test_the_sizes_of_letters_that_are_only_repeated_count() -> None:
    """Ones of another length are other ones, with equal names of letters or not."""
    assert labelled("-> [i]", i="m").key != labelled("-> [i]", i="n").key


def test_powers_of_one_factor_merge() -> None:
    """Equal factors at equal letters are one power, which may cancel."""
    assert labelled("x[i]^3 -> [i]").key == labelled("x[i] x[i]^2 -> [i]").key
    assert labelled("x[i] -> [i]").key == labelled("x[i] y[i]^2 y[i]^-2 -> [i]").key


def test_factors_at_different_letters_stay_apart() -> None:
    """`x x'` is no square."""
    outer = labelled("x[i] x[j] -> [i,j]")

    assert isinstance(outer, Product)
    assert 2 == len(outer.factors)


@pytest.mark.parametrize("text", ["A I", "I A", "I A I", "A''", "1 A", "A + 0"])
def test_what_changes_nothing_is_dropped(text: str) -> None:
    """An identity merges its letters, so that the factor is left as it was."""
    assert isinstance(node(text, "A: m x n"), Symbol)


def test_an_identity_with_both_letters_shown_stays() -> None:
    """A matrix times the entries of the identity is its diagonal, as a matrix."""
    diagonal = labelled("A[i,j] E[i,j] -> [i,j]", {"E": labelled("-> [i,i]")})

    assert labelled("A[i,i] -> [i,i]").key == diagonal.key


def test_nested_products_are_opened() -> None:
    """The factors of a factor are factors."""
    inner = labelled("A[i,k] x[k] -> [i]")

    outer = labelled("B[j,i] F[i] -> [j]", {"F": inner})

    assert labelled("B[j,i] A[i,k] x[k] -> [j]").key == outer.key


def test_a_power_of_a_sum_of_products_stays_closed() -> None:
    """`(A x).^2` is not the product of squares."""
    square = labelled("F[i]^2 -> [i]", {"F": labelled("A[i,k] x[k] -> [i]")})

    assert isinstance(square, Product)
    assert 1 == len(square.factors)
    assert labelled("A[i,k]^2 x[k]^2 -> [i]").key != square.key


def test_an_entrywise_power_is_opened() -> None:
    """`(x .* y).^2` is `x.^2 .* y.^2`."""
    square = labelled("F[i]^2 -> [i]", {"F": labelled("3 x[i] y[i] -> [i]")})

    assert labelled("9 x[i]^2 y[i]^2 -> [i]").key == square.key


def test_a_root_is_opened_only_where_the_sign_is_known() -> None:
    """The root of `x .* y` is not that of `x` times that of `y`; of positive ones it is."""
    shapes = "x: n; y: n; p: n positive; q: n positive"

    assert node("sqrt(p .* q)", shapes).key == node("sqrt(p) .* sqrt(q)", shapes).key
    assert node("sqrt(x .* y)", shapes).key != node("sqrt(x) .* sqrt(y)", shapes).key


def test_the_root_of_a_square_number_comes_out() -> None:
    """`sqrt(4 a)` is twice the root; `sqrt(2 a)` keeps its number."""
    assert node("2 sqrt(sum(x))").key == node("sqrt(4 sum(x))").key
    assert Fraction(1) == node("sqrt(2 sum(x))").coefficient  # type: ignore[union-attr]


def test_a_letter_nobody_has_is_a_size() -> None:
    """The sum of ones is the size of the axis, or a number where that is known."""
    assert node("n", "x: n").key == node("ones(n, 1)' ones(n, 1)").key
    assert number(3).key == node("ones(3, 1)' ones(3, 1)").key
    assert number(1).key == node("sum(ones(n, 1)) / n").key


def test_scalars_stand_apart() -> None:
    """A group of factors without a letter of the result is one scalar factor."""
    outer = labelled("x[i] y[i] A[j,k] z[k] -> [j]")

    assert isinstance(outer, Product)
    assert ["x' y", "A", "z"] == [written(factor.node) for factor in outer.factors]
    assert [(), (0, 1), (1,)] == [factor.indices for factor in outer.factors]


def test_the_zero_factor_makes_zero() -> None:
    """A product with a zero is zero with the axes of the product."""
    nothing = labelled("Z[i] x[j] -> [i,j]", {"Z": zero((N,))})

    assert is_zero(nothing)
    assert (N, N) == nothing.axes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(softmax(X))", "m"),
        ("sum(softmax(X) .* W)", None),
        ("a' softmax(X) ones(n, 1)", "sum(a)"),
        ("ones(m, 1)' softmax(X) b", None),
        ("sum(softmax(X).^2)", None),
    ],
)
def test_rows_that_sum_to_one_drop_out(text: str, expected: str | None) -> None:
    """Only a softmax summed over its last axis alone is 1."""
    found = node(text, "X: m x n; W: m x n; a: m; b: n")

    if expected is None:
        assert "softmax" in written(found)
    else:
        assert expected == written(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inv(A) A B", "B"),
        ("B A inv(A)", "B"),
        ("A' inv(A)' B", "B"),
        ("A B inv(A)", "A B inv(A)"),
        ("inv(A)' A", "inv(A)' A"),
        ("inv(S) S' B", "B"),
        ("inv(S)' S B", "B"),
        ("tr(A B inv(A))", "tr(B)"),
        ("tr(inv(A) A)", "n"),
        ("inv(A) .* A", "A .* inv(A)"),
    ],
)
def test_an_inverse_next_to_its_matrix_cancels(text: str, expected: str) -> None:
    """Side by side on the right sides, or transposed where symmetric; never entry by entry."""
    shapes = "A: n x n; B: n x n; S: n x n symmetric"

    assert expected == written(node(text, shapes))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("S[i,j] x[j] -> [i]", "S[j,i] x[j] -> [i]"),
        ("S[i,j] A[i,j] -> []", "S[i,j] A[j,i] -> []"),
        ("S[i,j] S[j,i] -> []", "S[i,j]^2 -> []"),
    ],
)
def test_a_symmetric_factor_has_no_order_of_letters(first: str, second: str) -> None:
    """`S` and `S'` are one."""
    assert labelled(first).key == labelled(second).key


def test_a_convolution_is_not_opened() -> None:
    """It stays one factor, so that its indices can be written as a sum of letters."""
    outer = node("x' conv2(V, K) y")

    assert isinstance(outer, Product)
    assert 3 == len(outer.factors)
    assert not outer.is_convolution


def test_transposing_twice_is_nothing() -> None:
    """And a vector is its own transpose here."""
    A, x = symbol("A", (N, N)), symbol("x", (N,))

    assert A.key == transposed(transposed(A)).key
    assert A.key != transposed(A).key
    assert x is transposed(x)


def test_a_number_multiplies_the_coefficient() -> None:
    """Two numbers are one; their product 1 leaves the factor alone."""
    x = symbol("x", (N,))

    assert labelled("6 x[i] -> [i]").key == scaled(3, scaled(2, x)).key
    assert x.key == scaled(Fraction(1, 2), scaled(2, x)).key
    assert is_zero(scaled(0, x))


def test_a_scalar_multiplies_every_entry() -> None:
    """A factor without axes goes with any axes."""
    c, x = symbol("c", ()), symbol("x", (N,))

    assert labelled("c[] x[i] -> [i]").key == elementwise(1, (c, 1), (x, 1)).key


def test_the_coefficient_can_be_taken_off() -> None:
    """What is left is the factor itself, where it is alone."""
    doubled = labelled("2 x[i] -> [i]")
    power = labelled("2 x[i]^2 -> [i]")

    assert isinstance(doubled, Product)
    assert isinstance(power, Product)
    assert symbol("x", (N,)).key == without_coefficient(doubled).key
    assert labelled("x[i]^2 -> [i]").key == without_coefficient(power).key


def test_a_node_can_be_rearranged() -> None:
    """A diagonal, a sum over an axis and a repetition are products of one factor."""
    A = symbol("A", (N, N))

    assert labelled("A[i,i] -> [i]").key == arranged(A, (0, 0), (0,), (N,)).key
    assert labelled("A[i,j] -> [j]").key == arranged(A, (0, 1), (1,), (N, N)).key


def test_one_factor_as_it_stands_is_that_factor() -> None:
    """No product is made around it."""
    x = symbol("x", (N,))
    mapped = apply_map("exp", x)

    assert mapped is product(Fraction(1), [Factor(mapped, (0,))], (0,), (N,))


def test_a_long_power_of_a_number_stays_a_power() -> None:
    """A number with millions of digits is never written out."""
    assert node("(7 t)^99999999999", "t: scalar").weight < 10


def test_an_exponent_is_bounded() -> None:
    """What could not be checked, and hardly be read, is refused before it is computed with."""
    with pytest.raises(LimitError, match="an exponent of more than"):
        node("(t^1234567890123456789012345678901234567890.5)^2", "t: scalar")

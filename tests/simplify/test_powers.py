"""Powers of one matrix beside each other, and derivatives of powers with a symbol above."""

import pytest

from dimderiv import derive
from dimderiv.errors import DimderivError, NotDifferentiableError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tr(A^k)", "k A'^(k - 1)"),
        ("tr(A^(2k))", "2 k A'^(2 k - 1)"),
        ("tr(A^k A)", "(k + 1) A'^k"),
        ("tr(inv(A^k))", "-k inv(A^(k + 1))'"),
        ("logdet(A^k)", "k inv(A)'"),
        ("det(A^k)", "k det(A)^k inv(A)'"),
        ("a' A^k b", "dpower(A', k, a b')"),
        ("tr(A^n)", "n A'^(n - 1)"),
        ("m = k + 2; tr(A^m)", "m = k + 2; m A'^(m - 1)"),
        ("A^k", "dpower(A, k)"),
        ("tr(A^(1/3))", "A'^(-2 / 3) / 3"),
        ("tr(A^(k/2))", "k A'^(k / 2 - 1) / 2"),
        ("m = k/2; tr(B A^m)", "m = k / 2; dpower(A, m, B)'"),
    ],
)
def test_the_derivative_of_a_power(text: str, expected: str) -> None:
    """The scalar one where the matrices commute, else by the Fréchet derivative."""
    assert expected == str(derive(text, "A"))


def test_symmetric_matrices_need_no_transpose() -> None:
    """So the exponent is all that the gradient changes."""
    assert "k A^(k - 1)" == str(derive("tr(A^k)", "A", shapes="A: n x n symmetric"))


def test_an_exponent_is_taken_for_a_positive_integer() -> None:
    """Which is said, unless it was declared so; a scalar in other places needs no such word."""
    found = derive("t tr(A^k)", "A")
    told = derive("tr(A^k)", "A", shapes="A: n x n; k: integer")

    assert "k is a positive integer" in found.assumptions
    assert not [each for each in found.assumptions if each.startswith("t is")]
    assert not [each for each in told.assumptions if "integer" in each]


@pytest.mark.parametrize("shapes", ["A: n x n", "A: n x n; k: integer"])
def test_there_is_no_derivative_by_an_exponent(shapes: str) -> None:
    """It is a whole number."""
    with pytest.raises(NotDifferentiableError, match="k is a whole number, so it is no variable"):
        derive("tr(A^k)", "k", shapes=shapes)


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        ("tr(A^t)", "t", "tr(A^t logm(A))"),
        ("A^t", "t", "A^t logm(A)"),
        ("||A^t x||^2", "t", "2 x' A^(2 t) logm(A) x"),
        ("x' A^t y", "A", "dpower(A, t, x y')"),
        ("tr(A^t)", "A", "t A^(t - 1)"),
        ("tr(A^t inv(A))", "A", "(t - 1) A^(t - 2)"),
        ("tr(B dpower(A, t, E))", "t", "tr(B (dpower(A, t, E) logm(A) + A^t dlogm(A, E)))"),
    ],
)
def test_a_declared_scalar_is_an_exponent_that_need_not_be_whole(
    text: str, wrt: str, expected: str
) -> None:
    """So there is a derivative by it, by the logarithm of the matrix."""
    assert expected == str(derive(text, wrt, shapes="A: n x n spd; t: scalar"))


@pytest.mark.parametrize(
    ("text", "shapes", "message"),
    [
        ("tr(A^k)", "A: m x n", "A\\^k needs a square matrix"),
        ("tr(A^k)", "A: n x n; k: n integer", "only a scalar can be integer"),
        ("k^2 + tr(A)", "A: n x n; k: integer spd", "k is integer and spd"),
        ("dpower(A, k, E)", "A: n x n; k: n", "a scalar is wanted here: k is n x 1"),
        ("dpower(A, k, E)", "A: m x n; k: integer", "needs a square matrix"),
    ],
)
def test_other_exponents_are_refused(text: str, shapes: str, message: str) -> None:
    """By name, with what was known."""
    with pytest.raises(DimderivError, match=message):
        derive(text, "A", shapes=shapes)


def test_powers_of_each_matrix_of_a_batch() -> None:
    """The exponent is one for all of them."""
    shapes = "S: p x n x n; C: n x n; k: integer"

    assert "[b,i,j] k (S[b]^(k - 1))[j,i]" == str(derive("sum[b] tr(S[b]^k)", "S", shapes=shapes))
    assert "[b,i,j] dpower(S[b], k, C)[j,i]" == str(
        derive("sum[b] tr(C S[b]^k)", "S", shapes=shapes)
    )


def test_sympy_proves_a_power() -> None:
    """At whole numbers for the exponent."""
    found = derive("a' A^k b", "A", verify="sympy")

    assert found.verification is not None
    assert "proved" in str(found.verification)

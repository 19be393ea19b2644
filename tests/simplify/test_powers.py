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
    ("text", "shapes", "message"),
    [
        (
            "tr(A^(k/2))",
            "A: n x n",
            "its root: A is n x n, and k/2 is no whole number",
        ),
        ("m = k/2; tr(A^m)", "A: n x n", "not known to be a whole number"),
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

"""Spellings with two meanings are refused where the shapes tell that the usual one is not meant."""

import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError, ParseError, UnknownNameError


@pytest.mark.parametrize(
    ("source", "wrt", "hint"),
    [
        ("e^A", "A", "write expm(A), or exp(A) for each entry"),
        ("tr(e^(t A))", "t", "write expm(A), or exp(A) for each entry"),
        ("x · y", "x", "write x'y for an inner product, or declare x: scalar"),
        ("c⋅x", "x", "write c'x for an inner product, or declare c: scalar"),
        ("a × b", "a", "write K y for a cross product, with K: 3 x 3 skew, or declare a: scalar"),
        ("x'x / 2s", "x", "write / (2 s), or / 2 * s"),
        ("x'y / ||x|| ||y||", "x", "write / (||x|| ||y||), or / ||x|| * ||y||"),
        ("x'x / ab", "x", "write / (a b), or / a * b"),
        ("||X||_3^2", "X", "sum(abs(X).^p)^(1/p) for the norm of all entries"),
        (r"\|X\|_{p}", "X", "sum(abs(X).^p)^(1/p) for the norm of all entries"),
        ("||X||_inf", "X", "max(sum(abs(X), axis=1)) for row sums, or max(abs(X)) for entries"),
        (
            r"\|X\|_{\infty}",
            "X",
            "max(sum(abs(X), axis=1)) for row sums, or max(abs(X)) for entries",
        ),
        ("exp(-||x||^2/2sigma^2)", "x", "write / (2 sigma^2), or / 2 * sigma^2"),
    ],
)
def test_what_may_be_meant_otherwise_is_refused(source: str, wrt: str, hint: str) -> None:
    """The hint has both spellings."""
    with pytest.raises(ParseError, match="may be") as caught:
        derive(source, wrt)

    assert hint == caught.value.hint


@pytest.mark.parametrize("source", ["||A||_2", "||A||₂^2"])
def test_a_spectral_norm_is_not_the_frobenius_norm(source: str) -> None:
    """Of a vector it is the 2-norm."""
    with pytest.raises(NotDifferentiableError, match="spectral norm"):
        derive(source, "A")

    assert derive("||a||_2", "a", verify=False).text() == str(derive("||a||₂", "a", verify=False))


@pytest.mark.parametrize(
    ("source", "wrt", "shapes", "expected"),
    [
        ("e^x", "x", "x: scalar", "exp(x)"),
        ("e^(-x)", "x", "x: n", "-diag(exp(-x))"),
        ("c · x", "x", "c: scalar", "c I"),
        ("λ · x'x", "x", None, "2 lambda x"),
        ("A · x", "x", None, "A"),
        ("x'x / 2 * s", "x", "s: scalar", "s x"),
        ("1/2x'A x", "x", None, "(A + A') x / 2"),
        ("1/2||x||^2", "x", None, "x"),
    ],
)
def test_what_has_one_meaning_is_read(
    source: str, wrt: str, shapes: str | None, expected: str
) -> None:
    """A declaration, or a shape, leaves no doubt."""
    assert expected == str(derive(source, wrt, shapes=shapes, verify=False))


def test_how_a_sign_was_read_is_an_assumption() -> None:
    """It is reported with the shapes."""
    assert ("x: n", "1 beside an array is a vector of ones") == derive("1'x", "x").assumptions
    assert ("x: n", "e^x is exp(x)") == derive("e^x", "x", verify=False).assumptions


@pytest.mark.parametrize("source", ["w(x)", "w(x - y)", "x'x + f(w)"])
def test_what_is_differentiated_by_may_be_a_function_too(source: str) -> None:
    """Before brackets it is a question, as any other letter is."""
    with pytest.raises(UnknownNameError, match="may be a function or a factor"):
        derive(source, "w" if source[0] == "w" else "x")


def test_a_word_that_is_differentiated_by_is_a_name() -> None:
    """It need not be declared."""
    assert "2 X' (X weights - y)" == str(derive("||X weights - y||^2", "weights", verify=False))
    assert "x" == str(derive("e'x", "e", verify=False))
    with pytest.raises(UnknownNameError, match="weights is not a known name"):
        derive("||X weights - y||^2", "X")

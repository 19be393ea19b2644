"""Derivatives of a higher order: an axis for each axis of the variables, in turn."""

import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError


@pytest.mark.parametrize(
    ("expression", "shapes", "order", "answer"),
    [
        ("x^5", "x: scalar", 3, "60 x^2"),
        ("sum(exp(x))", "x: n", 3, "[i:n, j:n, k:n] exp(x[i]) I[i,j] I[i,k]"),
        ("x' A x", "x: n; A: n x n", 3, "[i:n, j:n, k:n] 0"),
        ("||x||^4", "x: n", 3, "[i:n, j:n, k:n] 8 (x[k] I[i,j] + x[j] I[i,k] + x[i] I[j,k])"),
        ("(a'x)^4", "x: n; a: n", 3, "[i:n, j:n, k:n] 24 (a' x) a[i] a[j] a[k]"),
        ("sum(exp(A x))", "x: n", 3, "[i:n, j:n, k:n] exp(A x)[l] A[l,i] A[l,j] A[l,k]"),
        (
            "logsumexp(x)",
            "x: n",
            3,
            "u = softmax(x); [i:n, j:n, k:n] u[i] I[i,j] I[i,k] - u[i] u[k] I[i,j]"
            " - u[i] u[j] I[i,k] - u[i] u[j] I[j,k] + 2 u[i] u[j] u[k]",
        ),
        (
            "||A x - b||^4",
            "x: n",
            3,
            "u = A' (A x - b); [i:n, j:n, k:n]"
            " 8 (u[k] (A' A)[i,j] + u[j] (A' A)[i,k] + u[i] (A' A)[j,k])",
        ),
    ],
)
def test_a_higher_derivative_is_an_array_of_its_own(
    expression: str, shapes: str, order: int, answer: str
) -> None:
    """It is written entry by entry, and checked as every answer is."""
    found = derive(expression, "x", shapes=shapes, order=order)

    assert answer == str(found)
    assert found.verification is not None
    assert "unchecked" != found.verification.level


def test_mixed_derivatives_come_by_one_variable_after_another() -> None:
    """Each in the order of differentiation, with a name of its own."""
    found = derive("x^2 y", "x,y", shapes="x: scalar; y: scalar", order=3)

    assert "D3_xxy = 2" in str(found)
    assert "D3_xyx = 2" in str(found)
    assert "D3_yyy = 0" in str(found)


def test_code_returns_all_axes() -> None:
    """Also where they are of size 1."""
    assert "n x n x n" in derive("sum(x.^3)", "x", shapes="x: n", order=3).code("numpy")


def test_only_scalars_have_higher_derivatives() -> None:
    """The value of anything else has axes already."""
    with pytest.raises(NotDifferentiableError, match="a derivative of order 3 is that of a scalar"):
        derive("A x", "x", order=3)

"""Code goes in by the same door as every other text: `derive`."""

from typing import Any

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.errors import DimderivError, ParseError


def loss(X: Any, w: Any, y: Any, lam: float = 0.1) -> Any:
    """X: (n, d)."""
    r = X @ w - y
    return np.sum(r**2) + lam * w @ w


def test_a_function_is_differentiated_by_its_source() -> None:
    """The answer is checked, and its code takes and gives 1-D arrays."""
    found = derive(loss, "w")
    gradient = found.function("numpy")(X=np.eye(2), w=np.ones(2), y=np.zeros(2), lam=0.5)

    assert str(found) == "r = X w - y; 2 (X' r + lam w)"
    assert found.verification is not None
    assert found.verification.level == "exact"
    np.testing.assert_allclose(gradient, [3, 3])


@pytest.mark.parametrize(
    ("code", "wrt", "answer"),
    [
        ("np.sum((X @ w - y)**2)", "w", "2 X' (X w - y)"),
        ("((Y - U @ V.T)**2 * M).sum()", "U", "2 ((U V' - Y) .* M) V"),
        ("lambda x: x @ A @ x", "x", "(A + A') x"),
        ("lambda_ * np.sum(x**2)", "lambda_", "x' x"),
    ],
)
def test_code_is_recognised_and_what_was_read_is_said(code: str, wrt: str, answer: str) -> None:
    """A library, a method or a function shows that a text is code."""
    found = derive(code, wrt)

    assert str(found) == answer
    assert found.assumptions[0].startswith("read as code: ")


def test_a_transposed_name_of_a_library_is_no_code() -> None:
    """F is a matrix in the language, too."""
    assert str(derive("x' F.T y", "y")) == "F x"


def test_what_the_text_is_read_as_stands_with_the_error() -> None:
    """Where nobody said that it is code."""
    with pytest.raises(ParseError) as refused:
        derive("np.linalg.qr(A)", "A")

    assert "the text is read as code" in refused.value.known


@pytest.mark.filterwarnings("error")
def test_python_does_not_warn_of_code_that_is_read() -> None:
    """What it would print on running it is no matter of reading it."""
    with pytest.raises(ParseError):
        derive("np.sum(1if x else y)", "x")


@pytest.mark.parametrize(
    "text",
    [
        rf"\frac{{1}}{{{'9' * 5000}}} x",
        r"\frac{1}{1e99999} x",
        rf"\sum_i^{{{'9' * 5000}}} x_i",
        f"np.sum(x) * {'9' * 4000}",
    ],
    ids=lambda text: text[:20],
)
def test_a_number_is_short_in_every_language(text: str) -> None:
    """Python refuses to read thousands of digits, with an error of its own."""
    with pytest.raises(DimderivError, match=r"a number"):
        derive(text, "x")

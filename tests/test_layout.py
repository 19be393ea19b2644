"""The layout conventions."""

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError

CASES = [
    ("||Xw-y||^2", "w", "2 (X w - y)' X", "2 X' (X w - y)"),
    ("tr(A X B)", "X", "B A", "A' B'"),
    ("A x", "x", "A", "A'"),
    ("sin(t) A x", "t", "cos(t) A x", "cos(t) x' A'"),
    ("A X B", "X", "kron(B', A)", "kron(B, A')"),
]


@pytest.mark.parametrize(("expression", "wrt", "numerator", "denominator"), CASES)
def test_rows_and_columns(expression: str, wrt: str, numerator: str, denominator: str) -> None:
    """The numerator layout transposes gradients, the denominator layout Jacobians."""
    assert numerator == str(derive(expression, wrt, layout="numerator"))
    assert denominator == str(derive(expression, wrt, layout="denominator"))


def test_code_and_check_are_those_of_the_mixed_layout() -> None:
    """A layout is a way to write: what is computed and checked stays as it is."""
    turned = derive("A x", "x", layout="denominator")
    mixed = derive("A x", "x")
    A = np.arange(6.0).reshape(3, 2)

    assert "denominator" == turned.layout
    assert mixed.code() == turned.code()
    assert turned.verification is not None
    assert "exact" == turned.verification.level
    np.testing.assert_array_equal(A, turned.function()(A=A, x=np.ones(2)))


def test_checked_later() -> None:
    """A derivation that was not checked can be, in any layout."""
    turned = derive("A x", "x", layout="denominator", verify=False)

    assert turned.verification is None
    assert turned.verified().verification is not None


def test_index_notation_has_no_layout() -> None:
    """Four free letters have no rows and columns to exchange."""
    with pytest.raises(NotDifferentiableError, match="index notation has no layout"):
        derive("diag(x)", "x", layout="denominator")

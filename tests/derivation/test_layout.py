"""The layout conventions."""

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError, VerificationError

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


SHAPES = (
    "t: scalar; x: n; r: 1 x n; X: n x p; a: m; A: m x n; B: p x q; b: 1 x m; C: n x m; S: n x n"
)
# A value of each kind by a variable of each kind, and the shape of the derivative in each layout.
VALUES = [
    ("t^2", "t", "scalar", "scalar", "scalar"),
    ("x'x", "x", "n", "1 x n", "n"),
    ("r r'", "r", "1 x n", "n", "1 x n"),
    ("||X||^2", "X", "n x p", "p x n", "n x p"),
    ("t^2 a", "t", "m", "m", "1 x m"),
    ("A x", "x", "m x n", "m x n", "n x m"),
    ("A r'", "r", "m x n", "m x n", "n x m"),
    ("X u", "X", "n x (n p)", "n x (n p)", "(n p) x n"),
    ("t b", "t", "1 x m", "1 x m", "m"),
    ("x'C", "x", "m x n", "m x n", "n x m"),
    ("r C", "r", "m x n", "m x n", "n x m"),
    ("v' X", "X", "p x (n p)", "p x (n p)", "(n p) x p"),
    ("t A", "t", "m x n", "m x n", "n x m"),
    ("x b", "x", "(m n) x n", "(m n) x n", "n x (m n)"),
    ("a r", "r", "(m n) x n", "(m n) x n", "n x (m n)"),
    ("A X B", "X", "(m q) x (n p)", "(m q) x (n p)", "(n p) x (m q)"),
]


@pytest.mark.parametrize(("expression", "wrt", "mixed", "numerator", "denominator"), VALUES)
def test_values_and_variables_of_every_kind(
    expression: str, wrt: str, mixed: str, numerator: str, denominator: str
) -> None:
    """What is checked is the answer as it is printed, in its own layout."""
    found = derive(expression, wrt, shapes=SHAPES).layouts()

    shapes = {layout: str(each.results[wrt].shape) for layout, each in found.items()}
    assert {"mixed": mixed, "numerator": numerator, "denominator": denominator} == shapes
    for layout, each in found.items():
        assert layout == each.layout
        assert each.verification is not None
        assert "exact" == each.verification.level


@pytest.mark.parametrize("layout", ["mixed", "numerator", "denominator"])
@pytest.mark.parametrize(
    ("expression", "wrt", "options"),
    [
        ("x'S x", "x", {"order": 2}),
        ("||X||^2", "X", {"order": 2}),
        ("x'C a", "x,a", {"order": 2}),
        ("A X B", "X", {"upstream": "G"}),
        ("a'A x + ||x||^2", "a,A,x", {}),
        ("logdet(S)", "S", {"structured": True}),
    ],
)
def test_other_derivatives(
    expression: str, wrt: str, options: dict[str, int | str], layout: str
) -> None:
    """Hessians, products with what is handed down, several variables and tied entries."""
    shapes = SHAPES + (" symmetric" if "structured" in options else "")
    found = derive(expression, wrt, shapes=shapes, layout=layout, **options)  # type: ignore[arg-type]

    assert found.verification is not None
    assert "exact" == found.verification.level


def test_the_check_knows_the_layout() -> None:
    """The answer of another layout is no answer in this one."""
    turned = derive("A x", "x", layout="denominator", verify=False)
    mixed = derive("A x", "x", verify=False)
    object.__setattr__(turned.derived.answer, "derivatives", mixed.derived.answer.derivatives)

    with pytest.raises(VerificationError):
        turned.verified()


def test_layouts_without_a_check() -> None:
    """What was not checked is not checked in other layouts either."""
    found = derive("A x", "x", verify=False).layouts()

    assert [None] * 3 == [each.verification for each in found.values()]
    assert ["A", "A", "A'"] == [str(each) for each in found.values()]


def test_what_has_one_layout() -> None:
    """Index notation is written in the mixed one; what is along directions in none."""
    assert ["mixed", "numerator"] == list(derive("diag(x)", "x").layouts())
    with pytest.raises(NotDifferentiableError, match="has one layout"):
        derive("A x", "x", forward="v").layouts()

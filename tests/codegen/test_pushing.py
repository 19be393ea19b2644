"""The smaller of two systems of equations, where an inverse meets the matrix that it is made of."""

import numpy as np
import pytest

from dimderiv import derive

SYSTEMS = [
    ("logdet(A' A + b I)", "A", "A: m x n; b: scalar"),
    ("logdet(3 A A' + b^2 I)", "A", "A: m x n; b: scalar"),
    ("c' inv(A A' + b I) A v", "v", "A: m x n; b: scalar; v: n; c: m"),
    ("c' A' inv(A A' + b I) v", "v", "A: m x n; b: scalar; v: m; c: n"),
    ("R = A B + C; logdet(2 R' R + b I)", "B", "A: m x m; B: m x n; C: m x n; b: scalar"),
    ("sum(A inv(t A' A + b I) B)", "B", "A: m x n; B: n x n; b: scalar; t: scalar"),
    ("tr(A inv(A' A + b I) A' C)", "C", "A: m x n; C: m x m; b: scalar"),
]


@pytest.mark.parametrize(("expression", "wrt", "shapes"), SYSTEMS)
@pytest.mark.parametrize(("m", "n"), [(3, 40), (40, 3), (5, 5)])
def test_the_inverse_on_the_other_side_is_the_same(
    expression: str, wrt: str, shapes: str, m: int, n: int
) -> None:
    """Made for the sizes, and for others of which that is found."""
    found, generator = (
        derive(expression, wrt, shapes=shapes, verify=False),
        np.random.default_rng(m),
    )
    axes = {"m x n": (m, n), "m x m": (m, m), "n x n": (n, n), "n": (n,), "m": (m,)}
    arrays = {
        name: generator.normal(size=axes[shape]) if shape in axes else generator.uniform(1.0, 2.0)
        for name, shape in (each.split(": ") for each in shapes.split("; "))
    }
    own = found.function(sizes={"m": m, "n": n})(**arrays)
    closed = found.function(sizes={"m": 1 if m < n else 9, "n": 9 if m < n else 1})
    turned = found.function(sizes={"m": 9 if m < n else 1, "n": 1 if m < n else 9})

    np.testing.assert_allclose(found.function()(**arrays), own, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(closed(**arrays), own, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(turned(**arrays), own, rtol=1e-9, atol=1e-12)


def test_the_smaller_matrix_is_factorized() -> None:
    """By sizes that are known, and by those that are given."""
    found = derive("logdet(A' A + b I)", "A", shapes="A: m x n; b: scalar", verify=False)

    assert "A @ A.T" in found.code(sizes={"m": 20, "n": 1000})
    assert "A @ A.T" not in found.code(sizes={"m": 1000, "n": 20})
    assert found.code().index("A.T @ A") < found.code().index("A @ A.T")


def test_the_other_matrix_is_left_where_it_may_have_no_inverse() -> None:
    """`A' A` has one where the columns are independent, and then `A A'` has none but if square."""
    found = derive("tr(A inv(A' A) B)", "B", shapes="A: m x n; B: n x m", verify=False)

    assert "A @ A.T" not in found.code(sizes={"m": 20, "n": 1000})

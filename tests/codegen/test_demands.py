"""What the whole of the programs asks of a node decides how it is computed."""

import numpy as np
import pytest
from codegen.test_plan import body

from dimderiv import derive


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "expected"),
    [
        (
            "b' inv(S) b + logdet(S)",
            "b,S",
            "S: n x n spd",
            [
                'dS = cholesky_inv(cholesky(S, "S"))',
                "t1 = dS @ b",
                "dS -= outer(t1, t1)",
                "return 2 * t1, dS",
            ],
        ),
        (
            "sum(inv(A) .* B) + x' inv(A) y",
            "x",
            "A: n x n",
            ["return np.linalg.solve(A, y)"],
        ),
        (
            "sum(relu(X W + b) .* G)",
            "W,b",
            "X: n x d; W: d x h; b: 1 x h; G: n x h",
            [
                "t1 = X @ W",
                "t1 += b",
                "M = G * (t1 > 0)",
                "return X.T @ M, M.sum(axis=0)[None, :]",
            ],
        ),
        (
            "H = relu(X W); sum((H V) .* G)",
            "W,V",
            "X: n x d; W: d x h; V: h x k; G: n x k",
            ["t1 = G @ V.T", "H = X @ W", "np.maximum(H, 0, out=H)", "t1 *= H > 0"],
        ),
    ],
)
def test_what_is_needed_anyway_serves_all(
    expression: str, wrt: str, shapes: str, expected: list[str]
) -> None:
    """An inverse whose entries are asked for is no longer solved with; a `relu` is its own mask."""
    assert expected == body(expression, wrt, shapes)[: len(expected)]


def test_sums_of_centred_arrays_are_left_out() -> None:
    """What is left of the mean of a difference is the mean of the one array that is not centred."""
    lines = body(
        "Z = X - mean(X, axis=0); R = Z ./ sqrt(mean(Z.^2, axis=0) + e); sum(G .* R)",
        "X",
        "X: n x d; e: scalar; G: n x d",
    )

    assert any("G.sum(axis=0)" in line for line in lines)
    assert not any(".sum(axis=0)" in line and "X" not in line and "G" not in line for line in lines)


def test_a_difference_is_taken_in_one_direction() -> None:
    """`M - X` serves where `X - M` is written, and a square of it leaves it as it is."""
    lines = body("sum(exp(-(X - M).^2))", "X", "X: m x n; M: m x n")

    assert "t1 = M - X" in lines
    assert not any("X - M" in line for line in lines)


def test_weights_that_are_squares_need_no_root() -> None:
    """`X' diag(r)^2 X` is one Gram product of the scaled matrix."""
    assert [
        "t1 = X * (X @ w - y)[:, None]",
        "H_ww = t1.T @ t1",
        "H_ww *= 12",
        "return H_ww",
    ] == body("sum((X w - y).^4)", "w", "X: m x n", order=2)


def test_a_squared_difference_is_not_multiplied_out() -> None:
    """`(X - m)' (X - m)` keeps its digits where X is near m."""
    found = derive("tr((X - m) inv(S) (X - m)')", "S", shapes="X: N x d; m: 1 x d; S: d x d spd")
    x = 1e7 + np.random.default_rng(4).normal(size=(50, 3))
    m, s = x.mean(axis=0, keepdims=True), np.eye(3)

    np.testing.assert_allclose(found.function()(X=x, m=m, S=s), -(x - m).T @ (x - m), rtol=1e-7)

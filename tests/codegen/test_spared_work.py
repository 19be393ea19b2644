"""What generated code leaves out, shares, or does on fewer entries."""

import pytest

from dimderiv import derive


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "there", "missing"),
    [
        (
            "sum(logsumexp((2 X M' - sum(X.^2, axis=1) - sum(M.^2, axis=1)') / s, axis=1))",
            "M",
            "X: n x d; M: k x d; s: scalar",
            '"ij,ij->i", M, M',
            '"ij,ij->i", X, X',
        ),
        (
            "a' softmax((x + c) / t)",
            "x",
            "a: n; x: n; c: scalar; t: scalar",
            "softmax(x / t)",
            "c * ",
        ),
        (
            "sum(G .* silu(X W))",
            "W",
            "G: n x h; X: n x d; W: d x h",
            "sigmoid(",
            "silu(t",
        ),
        ("sum(gelu(x).^2)", "x", "x: n", "erf(", "gelu(x)"),
        (
            "sum(relu(sum((A - P).^2, axis=1) - sum((A - N).^2, axis=1) + 1))",
            "A",
            "A: m x d; P: m x d; N: m x d",
            "(2 * t",
            "*= 2",
        ),
        (
            "K = exp(-D / (2 l^2)); y' inv(K + c I) y",
            "l",
            "D: n x n; y: n; l: scalar positive; c: scalar positive",
            "solve(",
            "maximum",
        ),
        (
            "y' exp(-D) y / (1 + y' exp(-D) y)",
            "y",
            "D: n x n nonnegative; y: n positive",
            "np.exp(",
            "maximum",
        ),
        (
            "m = mean(X, axis=1); Z = X - m; sum(G .* (Z ./ sqrt(mean(Z.^2, axis=1) + 1)))",
            "X",
            "X: n x d; G: n x d",
            "G.sum(axis=1)",
            "Z.sum(axis=1)",
        ),
        (
            "D = sum(C.^2, axis=1)' - 2 X C'; sum(min(D, axis=1))",
            "C",
            "X: n x d; C: k x d",
            "D_T.min(axis=0)",
            "D.min(axis=1)",
        ),
    ],
)
def test_less_is_done(expression: str, wrt: str, shapes: str, there: str, missing: str) -> None:
    """The code says so; that it agrees with the answer is checked before it is handed out."""
    body = derive(expression, wrt, shapes=shapes).code("numpy").split("raise misfit")[1]

    assert there in body
    assert missing not in body


def test_what_rows_have_in_common_is_added_once_to_their_log_sum_exp() -> None:
    """A vector is added to a vector, not to each column of a matrix."""
    expression = "sum(y .* logsumexp(X W + b, axis=1))"
    shapes = "X: n x d; W: d x k; b: n; y: n"
    body = derive(expression, "W", shapes=shapes).code("numpy", value=True)

    assert "b[:, None]" not in body
    assert "+ b" in body

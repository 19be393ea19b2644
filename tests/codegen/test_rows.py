"""Functions of rows: few long rows rather than many short ones, and exponentials once."""

import numpy as np
import pytest
from codegen.test_plan import body

from dimderiv import derive

SHAPES = "X: n x d; W: d x c; Y: n x c"


def test_scores_are_computed_with_the_classes_first() -> None:
    """A matrix product is free to be the transposed one, whose rows are reduced faster."""
    assert [
        "t1 = W.T @ X.T",
        "softmax(t1, axis=0, out=t1)",
        "t1 -= Y.T",
        "t1 /= n",
        "return (t1 @ X).T",
    ] == body("cross_entropy(X W, Y)", "W", SHAPES)


def test_an_array_that_is_given_lies_as_it_is() -> None:
    """Neither a symbol nor a square product is turned."""
    assert "dX = softmax(X, axis=1)" in body("sum(Y .* softmax(X))", "X", "X: n x c; Y: n x c")
    assert "softmax(t1, axis=1, out=t1)" in body("sum(softmax(Q K') V)", "V", "Q: n x d; K: n x d")


def test_sizes_that_are_known_decide_how_scores_lie() -> None:
    """With more classes than samples, classes are columns."""
    found = derive("cross_entropy(X W, Y)", "W", shapes=SHAPES, verify=False)

    assert "X @ W" in found.code(sizes={"n": 4, "d": 50, "c": 900})
    assert "W.T @ X.T" in found.code(sizes={"n": 900, "d": 50, "c": 4})


def test_value_and_gradient_share_the_exponentials() -> None:
    """The logarithm of their sum, and the quotient by it, from one array of exponentials."""
    assert [
        "t1 = A @ x",
        "t2 = finite(t1.max())",
        "t3 = np.exp(t1 - t2)",
        "t4 = t3.sum()",
        "return np.log(t4) + t2, (t3 / t4) @ A",
    ] == body("logsumexp(A x)", "x", "A: m x n", value=True)


@pytest.mark.parametrize("axis", [0, 1])
def test_quotients_by_sums_of_exponentials_do_not_overflow(axis: int) -> None:
    """Exponentials over their sum along either axis are a softmax."""
    found = derive(f"sum(log(sum(exp(X), axis={axis})))", "X", shapes="X: n x d", verify=False)
    x = np.array([[1000.0, 1.0], [1000.0, 2.0], [0.0, 1000.0]])
    expected = np.exp(x - x.max(axis=axis, keepdims=True))
    expected /= expected.sum(axis=axis, keepdims=True)

    np.testing.assert_allclose(expected, found.function()(X=x))


@pytest.mark.parametrize("shape", [(7, 3), (3, 7), (200, 5), (5, 200)])
def test_rows_give_the_same_whichever_way_they_lie(shape: tuple[int, int]) -> None:
    """Values and gradients, against the formula."""
    made = derive("cross_entropy(X W, Y)", "W", shapes=SHAPES, verify=False).function(value=True)
    generator = np.random.default_rng(5)
    n, c = shape
    x, w = generator.normal(size=(n, 4)), generator.normal(size=(4, c))
    y = np.eye(c)[generator.integers(c, size=n)]
    p = np.exp(x @ w)
    p /= p.sum(axis=1, keepdims=True)

    value, gradient = made(X=x, W=w, Y=y)

    np.testing.assert_allclose(-(y * np.log(p)).sum() / n, value)
    np.testing.assert_allclose(x.T @ (p - y) / n, gradient, atol=1e-12)

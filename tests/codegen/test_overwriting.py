"""What is overwritten: arrays that nobody else holds and that nothing needs any more."""

import numpy as np
from codegen.test_plan import body

from dimderiv import derive


def test_a_value_is_overwritten_where_it_is_read_last() -> None:
    """Also where it was read before, and where it had a name."""
    assert [
        "A = Q @ K.T",
        "softmax(A, axis=1, out=A)",
        "t1 = G @ V.T",
        't1 -= np.einsum("ij,ij->i", t1, A)[:, None]',
        "t1 *= A",
        "return t1 @ K",
    ] == body("A = softmax(Q K'); sum(G .* (A V))", "Q", "Q: n x d; K: n x d; V: n x e; G: n x e")


def test_what_is_needed_later_is_kept() -> None:
    """A value that is returned, or read once more, is not overwritten."""
    shapes = "X: n x d; W: d x h"
    made = derive("H = tanh(X W); sum(H .* H)", "X,W", shapes=shapes, verify=False).function(
        value=True
    )
    generator = np.random.default_rng(6)
    x, w = generator.normal(size=(5, 3)), generator.normal(size=(3, 4))
    h = np.tanh(x @ w)
    m = 2 * h * (1 - h**2)

    value, (by_x, by_w) = made(X=x, W=w)

    np.testing.assert_allclose((h * h).sum(), value)
    np.testing.assert_allclose(m @ w.T, by_x)
    np.testing.assert_allclose(x.T @ m, by_w)


def test_no_argument_is_overwritten() -> None:
    """The caller's arrays are as they were."""
    shapes = "X: n x d; Y: n x d"
    made = derive("sum(exp(X) .* Y) + sum(X .* X)", "X,Y", shapes=shapes, verify=False).function()
    x, y = np.ones((3, 2)), np.full((3, 2), 2.0)

    made(X=x, Y=y)

    np.testing.assert_array_equal(np.ones((3, 2)), x)
    np.testing.assert_array_equal(np.full((3, 2), 2.0), y)


def test_the_other_side_of_a_difference_is_overwritten() -> None:
    """A given array minus a temporary takes the place of the temporary."""
    assert ["dD = A @ B", "np.subtract(C, dD, out=dD)"] == body(
        "sum(exp(C - A B) .* D)", "D", "A: m x k; B: k x n; C: m x n"
    )[:2]

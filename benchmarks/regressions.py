"""Models that are fitted by gradients: regressions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import formulas
from benchmarks.case import Array, Case, one_hot, positive, signs, three

# A block of rows of this many bytes stays in the cache between the two products with it.
BLOCK = 1 << 18

ROWS = three("m", "n", small="100 10", medium="5000 100", large="100000 100")


def blocks(X: Array) -> list[slice]:
    """Runs of rows that fit into the cache."""
    step = max(1, BLOCK // (8 * X.shape[1]))
    return [slice(start, start + step) for start in range(0, len(X), step)]


def softmax(S: Array) -> Array:
    """The softmax of each row, in place."""
    S -= S.max(axis=1, keepdims=True)
    np.exp(S, out=S)
    S /= S.sum(axis=1, keepdims=True)
    return S


def least_squares(X: Array, w: Array, y: Array) -> Array:
    """As it is printed."""
    return np.asarray(2 * (X.T @ (X @ w - y)))


def least_squares_rows(X: Array, w: Array, y: Array) -> Array:
    """The residual as a row, in place."""
    r = X @ w
    r -= y
    g = r @ X
    g *= 2
    return np.asarray(g)


def least_squares_blocks(X: Array, w: Array, y: Array) -> Array:
    """Each block of rows is read once."""
    g = np.zeros_like(w)
    for rows in blocks(X):
        r = X[rows] @ w
        r -= y[rows]
        g += r @ X[rows]
    g *= 2
    return g


def ridge(form: Callable[..., Array]) -> Callable[..., Array]:
    """A form of least squares, and the gradient of the penalty."""

    def both(X: Array, w: Array, y: Array, c: Array) -> Array:
        g = form(X, w, y)
        g += (2 * c) * w
        return g

    return both


def slope(z: Array, y: Array) -> Array:
    """`-y * sigmoid(-y * z)` by one exponential, which may overflow to the right limit."""
    z *= y
    with np.errstate(over="ignore"):
        np.exp(z, out=z)
    z += 1
    return np.asarray(np.divide(-y, z, out=z))


def slope_by_tanh(z: Array, y: Array) -> Array:
    """The same by a hyperbolic tangent, which cannot overflow."""
    z *= y
    z *= 0.5
    np.tanh(z, out=z)
    z -= 1
    z *= y
    z *= 0.5
    return z


def logistic(X: Array, w: Array, y: Array) -> Array:
    """The slopes as a row."""
    return np.asarray(slope(X @ w, y) @ X)


def logistic_tanh(X: Array, w: Array, y: Array) -> Array:
    """The slopes by a hyperbolic tangent."""
    return np.asarray(slope_by_tanh(X @ w, y) @ X)


def logistic_blocks(X: Array, w: Array, y: Array) -> Array:
    """Each block of rows is read once."""
    g = np.zeros_like(w)
    for rows in blocks(X):
        g += slope_by_tanh(X[rows] @ w, y[rows]) @ X[rows]
    return g


def softmax_regression(X: Array, W: Array, Y: Array) -> Array:
    """In place as far as possible."""
    S = softmax(X @ W)
    S -= Y
    S /= len(X)
    return np.asarray(X.T @ S)


def softmax_regression_blocks(X: Array, W: Array, Y: Array) -> Array:
    """Each block of rows is read once."""
    g = np.zeros_like(W)
    for rows in blocks(X):
        S = softmax(X[rows] @ W)
        S -= Y[rows]
        g += X[rows].T @ S
    g /= len(X)
    return g


def softmax_of_columns(S: Array) -> Array:
    """The softmax of each column, in place: sums of many short rows are slow in numpy."""
    S -= S.max(axis=0)
    np.exp(S, out=S)
    S /= S.sum(axis=0)
    return S


def softmax_regression_classes_first(X: Array, W: Array, Y: Array) -> Array:
    """The scores transposed, a class in each row, and in blocks."""
    g = np.zeros(W.shape[::-1])
    for rows in blocks(X):
        S = softmax_of_columns(W.T @ X[rows].T)
        S -= Y[rows].T
        g += S @ X[rows]
    g /= len(X)
    return g.T


def rows_twice(X: Array, y: Array, **_: Array) -> Callable[[], object]:
    """One product with the rows, one with their transpose."""
    w = np.ones(X.shape[1])
    return lambda: (X @ w, y @ X)


def classes_twice(X: Array, W: Array, Y: Array) -> Callable[[], object]:
    """The scores, and the product that goes back."""
    return lambda: (X @ W, X.T @ Y)


def squares(of: Any, X: Any, w: Any, y: Any) -> Any:
    """The sum of squared residuals."""
    r = X @ w - y
    return r @ r


def penalized_squares(of: Any, X: Any, w: Any, y: Any, c: Any) -> Any:
    """The same with a penalty."""
    return squares(of, X, w, y) + c * (w @ w)


def logistic_loss(of: Any, X: Any, w: Any, y: Any) -> Any:
    """The logistic loss."""
    return of.softplus(-y * (X @ w)).sum()


def softmax_loss(of: Any, X: Any, W: Any, Y: Any) -> Any:
    """The cross-entropy of a linear model."""
    return -(Y * of.logsoftmax(X @ W)).sum() / X.shape[0]


LEAST_SQUARES = {
    "as printed": least_squares,
    "rows, in place": least_squares_rows,
    "blocks": least_squares_blocks,
}
CASES = (
    Case(
        "least squares", "||X w - y||^2", ("w",), {"X": "m x n", "w": "n", "y": "m"},
        ROWS, squares, LEAST_SQUARES, rows_twice, formulas.least_squares,
    ),
    Case(
        "ridge", "||X w - y||^2 + c ||w||^2", ("w",),
        {"X": "m x n", "w": "n", "y": "m", "c": "scalar"},
        ROWS, penalized_squares, {name: ridge(form) for name, form in LEAST_SQUARES.items()},
        rows_twice, formulas.ridge, {"c": positive},
    ),
    Case(
        "logistic regression", "sum(softplus(-y .* (X w)))", ("w",),
        {"X": "m x n", "w": "n", "y": "m"}, ROWS, logistic_loss,
        {"exp": logistic, "tanh": logistic_tanh, "blocks": logistic_blocks},
        rows_twice, formulas.logistic, {"y": signs},
    ),
    Case(
        "softmax regression", "cross_entropy(X W, Y)", ("W",),
        {"X": "n x d", "W": "d x c", "Y": "n x c"},
        three("n", "d", "c", small="100 10 3", medium="2000 100 10", large="50000 100 10"),
        softmax_loss, {"in place": softmax_regression, "blocks": softmax_regression_blocks,
                       "classes first": softmax_regression_classes_first},
        classes_twice, formulas.softmax_regression, {"Y": one_hot},
    ),
)  # fmt: skip

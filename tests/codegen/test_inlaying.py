"""Entries, slices and blocks in code: parts are put where they belong, and numbers are arrays."""

from collections.abc import Iterator

import numpy as np
import pytest
from codegen.test_targets_agree import LIBRARIES, compared
from plain_code import without_loops

from dimderiv import derive

# Expressions, variables, shapes, and orders.
PROGRAMS = [
    ("x[0]^2 + 3 x[0] x[1] + x[2]", "x", "x: 3", 1),
    ("x[0]^2 + 3 x[0] x[1] + x[2]", "x", "x: 3", 2),
    ("x[0] + 2 x[1]", "x", "x: 3", 1),
    ("x[0] + 2 x[1]", "x", "x: 3", 2),
    ("x[0] + 2 x[1]", "x", "x: n", 1),
    ("x[-1]", "x", "x: n", 1),
    ("[1; x[0]]", "x", "x: 3", 1),
    ("[x[1], 1; 0, x[0]^2]", "x", "x: 3", 1),
    ("logdet([1, x[0]; x[1], 5])", "x", "x: 3", 1),
    ("X[0,1]^2 + X[1,0] + X[2,2]", "X", "X: 3 x 3", 1),
    ("X[0,1]^2 + X[1,0] + X[2,2]", "X", "X: 3 x 3", 2),
    ("reshape(x, 2, 3)[0, 1] + x[1]", "x", "x: 6", 1),
    ("exp([a; x])", "a, x", "a: scalar; x: n", 1),
    ("sum([A, B; C, D].^2)", "A, B", "A: m x n; B: m x k; C: p x n; D: p x k", 1),
    ("||[0; s] - [s; 0]||^2", "s", "s: n", 1),
    ("||[0; s] - [s; 0]||^2", "s", "s: n", 2),
    ("sum(exp(x[1:] - x[:-1]))", "x", "x: n", 1),
    ("sum(exp(x[1:] - x[:-1]))", "x", "x: n", 2),
    ("sum(exp(X[:, 0:k])) + sum(X[:, k:].^3)", "X", "X: m x n", 1),
    ("sum(exp(X[:, 0:k])) + sum(X.^3)", "X", "X: m x n", 1),
    ("[i:n, j:n] x[n-1-i] y[j]", "x", "x: n; y: n", 1),
    ("[i:n, j:m] X[n-1-i, m-1-j]", "X", "X: n x m", 1),
    ("sum([i:n, j:m] X[n-1-i, j] G[j, i])", "X", "X: n x m; G: m x n", 1),
    ("sum([i:n] x[n-1-i] g[i])", "x", "x: n; g: n", 1),
]


@pytest.fixture
def double_precision() -> Iterator[None]:
    """Arrays of jax have 64 bits."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize(("expression", "wrt", "shapes", "order"), PROGRAMS)
def test_code_of_entries_and_blocks(
    expression: str, wrt: str, shapes: str, order: int, double_precision: None
) -> None:
    """The code of every target computes the value and the derivatives that are printed."""
    derivation = derive(expression, wrt, shapes=shapes, order=order)

    assert derivation.code("numpy", value=True)
    for target, library in LIBRARIES.items():
        pytest.importorskip(library)
        assert compared(derivation, target), target


def lines_of(expression: str, wrt: str, shapes: str, target: str = "numpy") -> str:
    """The lines of the function in plain numpy code."""
    source = derive(expression, wrt, shapes=shapes).code(target)
    return without_loops(source).rpartition('"""')[2]


def test_parts_that_fill_an_array_lie_one_after_the_other() -> None:
    """No array is made larger, and nothing is added up."""
    code = lines_of("sum(exp(X[:, :k])) + sum(X[:, k:].^3)", "X", "X: m x n")

    assert "np.concatenate((np.exp(X[:, :k]), t1), axis=1)" in code


def test_parts_that_overlap_are_added_to_one_array() -> None:
    """What is there already is added to; what is empty is written."""
    code = lines_of("sum(exp(x[1:] - x[:-1]))", "x", "x: n")

    assert "dx = np.zeros(n, x.dtype)  # n\n    dx[1:] = " in code
    assert "dx[:n - 1] -= " in code
    assert "bordered" not in code


def test_blocks_are_written_into_one_array() -> None:
    """Each block is written once."""
    code = lines_of("logdet([A, B; B', D])", "A", "A: m x m; B: m x k; D: k x k")

    assert code.count("= np.zeros((") == 1
    assert "[:m, m:] = B\n" in code
    assert "[m:, :m] = B.T\n" in code


def test_what_runs_backwards_is_returned_as_a_copy() -> None:
    """Libraries without negative steps take what numpy code returns."""
    case = "sum([i:n, j:m] X[n-1-i, j] G[j, i])", "X", "X: n x m; G: m x n"
    made = derive(case[0], case[1], shapes=case[2]).function("numpy")
    slope = made(np.ones((2, 3)), np.arange(6.0).reshape(3, 2))

    assert min(slope.strides) > 0
    np.testing.assert_array_equal(slope, np.arange(6.0).reshape(3, 2).T[::-1])

"""Distances of rows in code: the differences of all pairs are never there at once."""

import tracemalloc

import numpy as np
import pytest
from codegen.test_targets_agree import LIBRARIES, compared
from plain_code import without_loops

from dimderiv import derive

KERNEL = "K[i,j] = exp(-0.5 ||X[i,:] - Z[j,:]||^2); sum(G .* K)"
SHAPES = "X: m x d; Z: n x d; G: m x n"


@pytest.mark.parametrize("target", ["numpy", *LIBRARIES])
def test_every_target_has_distances(target: str) -> None:
    """The code computes what is printed, with one call for all distances."""
    derivation = derive(KERNEL, "X", shapes=SHAPES)
    body = without_loops(derivation.code(target, value=True)).rpartition('"""')[2]

    assert body.count("distances(") == 1
    if target in {"torch", "array_api"}:
        pytest.importorskip(LIBRARIES[target])
        assert compared(derivation, target)


def test_differences_are_taken_in_blocks() -> None:
    """The most that is allocated at once is far less than an array of all differences."""
    made = derive(KERNEL, "X", shapes=SHAPES).function("numpy")
    rng = np.random.default_rng(0)
    X, Z, G = rng.normal(size=(600, 40)), rng.normal(size=(500, 40)), rng.normal(size=(600, 500))
    tracemalloc.start()
    slope = made(X, Z, G)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    squares = np.sum(X**2, axis=1)[:, None] + np.sum(Z**2, axis=1) - 2 * X @ Z.T
    weights = G * np.exp(-squares / 2)

    np.testing.assert_allclose(slope, weights @ Z - weights.sum(axis=1)[:, None] * X, atol=1e-12)
    assert most < 0.25 * 600 * 500 * 40 * 8

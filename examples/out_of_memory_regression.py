"""Logistic regression on more data than fits: the gradient, built lazily by dask.

The records are drawn chunk by chunk in two worker processes, which together may not hold them all.
What leaves the workers is the gradient.  A process with room for all finds the same weights.
"""

import argparse

import dask.array as da
import numpy as np
from dask.distributed import Client, LocalCluster

from dimderiv import derive

LOSS = "mean(softplus(-y .* (X w)))"
COLUMNS, CHUNK, STEPS, LIMIT = 20, 100_000, 4, 300_000_000
TRUTH = np.linspace(-1, 1, COLUMNS)

gradient = derive(LOSS, "w", shapes="X: N x d; w: d; y: N")
# One function for every library of arrays that keeps to the array API standard, so for dask.
slope = gradient.function("array_api")


def records(rows: int) -> tuple[da.Array, da.Array]:
    """Records and their labels, drawn when they are needed and the same each time."""
    generator = da.random.default_rng(4)
    X = generator.uniform(-1, 1, size=(rows, COLUMNS), chunks=(CHUNK, COLUMNS))
    noise = generator.logistic(size=rows, chunks=CHUNK)
    return X, da.where(X @ TRUTH + noise > 0, 1.0, -1.0)


def fitted(X: da.Array, y: da.Array) -> np.ndarray:
    """The weights after some steps of gradient descent; each reads all records once."""
    w = np.zeros(COLUMNS)
    for step in range(STEPS):
        by_w = slope(X=X, w=w, y=y).compute()
        print(f"step {step + 1}: |gradient| {np.linalg.norm(by_w):.5f}")
        w = w - 8 * by_w
    return w


def in_memory(X: da.Array, y: da.Array) -> np.ndarray:
    """The same in one process that has room, chunk after chunk, by numpy alone."""
    slope, w = gradient.function("numpy"), np.zeros(COLUMNS)
    whole, labels = np.empty(X.shape), y.compute()
    for k in range(X.numblocks[0]):
        whole[k * CHUNK : (k + 1) * CHUNK] = X.blocks[k].compute()
    for _ in range(STEPS):
        w = w - 8 * slope(X=whole, w=w, y=labels)
    return w


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=4_000_000)
    X, y = records(parser.parse_args().rows)
    print(f"gradient: {gradient}")
    print(f"records:  {X.nbytes / 1e6:.0f} MB, a worker has {LIMIT / 1e6:.0f} MB")
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, memory_limit=LIMIT, dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster),
    ):
        w = fitted(X, y)
        expected = in_memory(X, y)
    print(f"\nw = {np.round(w[:4], 3)}..., the truth is {np.round(TRUTH[:4], 3)}...")
    print(f"the farthest from the result in memory: {np.abs(w - expected).max():.1e}")
    assert np.allclose(w, expected, rtol=1e-12)

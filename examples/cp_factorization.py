"""CP factorization: a tensor as a sum of outer products, by least squares.

The gradient by A is that of ordinary least squares with a matrix of products of the rows of B and
C, so each factor has a closed form once the others are held: alternating least squares.
"""

from importlib.util import find_spec

import numpy as np

from dimderiv import derive

LOSS = "E[i,j,k] = A[i,r] B[j,r] C[k,r] - T[i,j,k]; 0.5 sum(E.^2)"
SHAPES = "T: m x n x p; A: m x R; B: n x R; C: p x R"

loss = derive(LOSS, "A, B, C", shapes=SHAPES)
print(loss.text(multiline=True))
print()
print(loss.explain())
print(f"\nchecked: {loss.verification}\n")

generator = np.random.default_rng(3)
sizes = {"A": 8, "B": 9, "C": 10}
truth = {name: generator.normal(size=(size, 3)) for name, size in sizes.items()}
T = np.einsum("ir,jr,kr->ijk", *truth.values())
factors = {name: generator.normal(size=array.shape) for name, array in truth.items()}

loss_and_slopes = loss.function("numpy", value=True)
if find_spec("torch"):
    import torch

    given = {name: torch.tensor(array, requires_grad=True) for name, array in factors.items()}
    product = torch.einsum("ir,jr,kr->ijk", *given.values())
    (((product - torch.tensor(T)) ** 2).sum() / 2).backward()
    _, slopes = loss_and_slopes(T=T, **factors)
    assert all(np.allclose(s, given[n].grad) for n, s in zip(factors, slopes, strict=True))
    print("the same as torch autograd")

for sweep in range(41):
    value, slopes = loss_and_slopes(T=T, **factors)
    if sweep % 10 == 0:
        size = max(np.abs(slope).max() for slope in slopes)
        print(f"sweep {sweep:2}: loss {value:.1e}, largest slope {size:.1e}")
    for name in factors:
        _, slopes = loss_and_slopes(T=T, **factors)
        one, two = (factors[other] for other in factors if other != name)
        # The loss is quadratic in one factor, with the same Hessian for each of its rows.
        hessian = (one.T @ one) * (two.T @ two)
        slope = slopes[list(factors).index(name)]
        factors[name] = factors[name] - np.linalg.solve(hessian, slope.T).T
assert value < 1e-6

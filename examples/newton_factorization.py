"""A matrix factorization by Newton's method, with a Hessian that is never formed.

The Hessian of `||U V' - T||^2` by U and V together has (m + n)^2 r^2 entries.  As an operator it
keeps two r x r matrices, and needs no array of the size of the data T besides T itself.
"""

import numpy as np
from scipy.optimize import OptimizeResult, minimize
from scipy.sparse.linalg import LinearOperator

from dimderiv import derive

Array = np.ndarray

LOSS = "||U V' - T||^2"
SHAPES = "U: m x r; V: n x r"

first = derive(LOSS, "U,V", shapes=SHAPES)
second = derive(LOSS, "U,V", shapes=SHAPES, order=2)
loss_and_gradient = first.function("numpy", value=True)
hessian = second.function("numpy", form="operator")

m, n, r = 400, 300, 4
generator = np.random.default_rng(2)
T = generator.normal(size=(m, r)) @ generator.normal(size=(n, r)).T
T += 0.01 * generator.normal(size=(m, n))


def parts(x: Array) -> dict[str, Array]:
    """The two matrices in a vector of all their entries, in the order of the operator."""
    return {"U": x[: m * r].reshape(m, r), "V": x[m * r :].reshape(n, r)}


def loss_and_slope(x: Array) -> tuple[Array, Array]:
    """The loss, and its gradient as one vector."""
    loss, slopes = loss_and_gradient(**parts(x), T=T)
    return loss, np.concatenate([slope.ravel() for slope in slopes])


# Newton-CG asks for products with the Hessian only, some dozen of them at each point.
def curvature(x: Array) -> LinearOperator:
    """The Hessian at a point: an operator of scipy."""
    return hessian(**parts(x), T=T)


def report(intermediate_result: OptimizeResult) -> None:
    """A line for each iteration."""
    losses.append(intermediate_result.fun)
    print(f"iteration {len(losses):2}: loss {losses[-1]:.4f}")


losses: list[float] = []
start = 0.5 * generator.normal(size=(m + n) * r)
print(f"the Hessian would have {start.size**2:,} entries, and T has {T.size:,}\n")
found = minimize(
    loss_and_slope, start, jac=True, hess=curvature, method="Newton-CG", callback=report, tol=1e-5
)
print(f"\nloss {found.fun:.4f}; the noise in T has {1e-4 * m * n:.4f}")
assert found.fun < 1e-4 * m * n

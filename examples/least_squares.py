"""Least squares: from the gradient to the normal equations.

The gradient of ||X w - y||^2 is 2 X' (X w - y).  Where it is zero, X' X w = X' y.
"""

import numpy as np

from dimderiv import derive

gradient = derive("||Xw-y||^2", "w")
print(f"d||Xw-y||^2 / dw = {gradient}")
print(f"assumed: {', '.join(gradient.assumptions)}")
print(f"checked: {gradient.verification.level if gradient.verification else 'no'}\n")

generator = np.random.default_rng(0)
X = generator.normal(size=(50, 3))
truth = np.array([1.0, -2.0, 0.5])
y = X @ truth + 0.01 * generator.normal(size=50)

slope = gradient.function("numpy")
w = np.zeros(3)
for step in range(200):
    w = w - 0.005 * slope(X=X, w=w, y=y)
    if step in (0, 9, 49, 199):
        print(f"after {step + 1:3} steps w = {np.round(w, 4)}")

solved = np.linalg.solve(X.T @ X, X.T @ y)
print(f"normal equations  w = {np.round(solved, 4)}")
assert np.allclose(w, solved, atol=1e-6)

ridge = derive("||Xw-y||^2 + c w'w", "w", shapes={"c": "scalar"})
print(f"\nwith a penalty: {ridge}")

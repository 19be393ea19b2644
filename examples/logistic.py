"""Logistic regression: the loss and its gradient in one function, fed to gradient descent.

The labels are 1 and -1; softplus(-y x'w) is log(1 + exp(-y x'w)), the loss of one record.
"""

import numpy as np

from dimderiv import derive

LOSS = "mean(softplus(-y .* (X w))) + c/2 w'w"

gradient = derive(LOSS, "w", shapes="X: N x d; w: d; y: N; c: scalar")
print(f"loss:     {LOSS}")
print(f"gradient: {gradient}")
print(f"checked:  {gradient.verification.level if gradient.verification else 'no'}\n")

generator = np.random.default_rng(1)
X = generator.normal(size=(200, 2))
truth = np.array([3.0, -1.0])
y = np.where(generator.uniform(size=200) < 1 / (1 + np.exp(-X @ truth)), 1.0, -1.0)

loss_and_gradient = gradient.function("numpy", value=True)
w = np.zeros(2)
for step in range(301):
    loss, slope = loss_and_gradient(X=X, w=w, y=y, c=0.01)
    if step % 100 == 0:
        print(f"step {step:3}: loss {loss:.4f}, |gradient| {np.linalg.norm(slope):.1e}")
    w = w - 2.0 * slope

right = np.mean(np.sign(X @ w) == y)
print(f"\nw = {np.round(w, 2)}, the direction of {truth}; {right:.0%} of the labels are right")
assert np.linalg.norm(slope) < 1e-6

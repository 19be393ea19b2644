"""A two-layer net with a softmax loss: back-propagation as a person would write it.

Each definition of the forward pass gets its derivative, from the loss back to the weights.
"""

import numpy as np

from dimderiv import derive

FORWARD = """
S1 = X W1 + b1
H = relu(S1)
S2 = H W2 + b2
L = cross_entropy(S2, Y)
"""
SHAPES = "X: N x d; W1: d x h; b1: 1 x h; W2: h x c; b2: 1 x c; Y: N x c"

net = derive(FORWARD, "W1, b1, W2, b2", shapes=SHAPES)
print(net.text(multiline=True))
print(f"\nchecked: {net.verification}\n")

generator = np.random.default_rng(3)
X = generator.uniform(-1, 1, size=(400, 2))
classes = (X[:, 0] * X[:, 1] > 0).astype(int)  # no line separates these
Y = np.eye(2)[classes]

weights = {
    "W1": generator.normal(size=(2, 16)),
    "b1": np.zeros((1, 16)),
    "W2": 0.3 * generator.normal(size=(16, 2)),
    "b2": np.zeros((1, 2)),
}
loss_and_gradients = net.function("numpy", value=True)
for step in range(601):
    loss, slopes = loss_and_gradients(X=X, Y=Y, **weights)
    if step % 200 == 0:
        print(f"step {step:3}: loss {loss:.3f}")
    for name, slope in zip(weights, slopes, strict=True):
        weights[name] = weights[name] - slope

hidden = np.maximum(X @ weights["W1"] + weights["b1"], 0)
right = np.mean((hidden @ weights["W2"] + weights["b2"]).argmax(axis=1) == classes)
print(f"\n{right:.0%} of the records are in the right class")
assert right > 0.9

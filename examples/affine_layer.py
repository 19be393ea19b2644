"""Layers that know their backward pass, in a training loop written by hand.

Each layer is derived by itself; the loop hands the derivative down from one to the one before it.
"""

import inspect

import numpy as np

from dimderiv import derive

# An affine layer with a bias, its activation, and the loss: what one writes on the board.
affine = derive("X W + b", "X, W, b", shapes="X: N x d; W: d x c; b: 1 x c")
activation = derive("tanh(X)", "X", shapes="X: N x d")
loss = derive("cross_entropy(S, Y)", "S", shapes="S: N x c")

# The class that comes out keeps X and W, because its backward pass needs them, and not b.
Affine = affine.function("numpy", layer=True)
Tanh = activation.function("numpy", layer=True)
Loss = loss.function("numpy", layer=True)
print(inspect.getdoc(Affine), end="\n\n")

# Two spirals, which no line separates.
generator = np.random.default_rng(4)
angle = np.linspace(0.5, 7.0, 150)
arm = np.stack([angle * np.cos(angle), angle * np.sin(angle)], axis=1) / 7
X = np.concatenate([arm, -arm]) + 0.02 * generator.normal(size=(300, 2))
Y = np.repeat(np.eye(2), 150, axis=0)

layers = []
for inside, outside in ((2, 24), (24, 24), (24, 2)):
    W = generator.normal(size=(inside, outside)) / np.sqrt(inside)
    layers += [(Affine(), {"W": W, "b": np.zeros((1, outside))}), (Tanh(), {})]
layers.pop()  # the loss takes the last affine layer as it is
last = Loss()

for step in range(1501):
    signal = X
    for layer, weights in layers:
        signal = layer.forward(X=signal, **weights)
    value = last.forward(S=signal, Y=Y)
    upstream = last.backward()
    for layer, weights in reversed(layers):
        upstream = layer.backward(upstream)
        if weights:
            upstream, *slopes = upstream
            for name, slope in zip(weights, slopes, strict=True):
                weights[name] -= 0.5 * slope
    if step % 500 == 0:
        right = np.mean(signal.argmax(axis=1) == Y.argmax(axis=1))
        print(f"step {step:4}: loss {value:.4f}, {right:.0%} right")

assert right > 0.95

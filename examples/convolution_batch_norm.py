"""A convolutional layer with batch normalization: filters, scales and offsets, trained by hand.

The filters have stride 2 and one row of zeros around the image, as `2i+r-1` says: r = 1 is the
middle of a filter of 3 x 3.  The mean and the variance are those of a channel over the batch.
"""

from importlib.util import find_spec

import numpy as np

from dimderiv import derive

FORWARD = """
Y[n,o,i:8,j:8] = X[n,c,2i+r-1,2j+s-1] W[o,c,r,s]
m[o] = mean[n,i,j] Y[n,o,i,j]
Z[n,o,i,j] = Y[n,o,i,j] - m[o]
v[o] = mean[n,i,j] Z[n,o,i,j]^2
H[n,o,i,j] = relu(gamma[o] Z[n,o,i,j] / sqrt(v[o] + 0.001) + beta[o])
F[n,o] = mean[i,j] H[n,o,i,j]
"""
SHAPES = "X: N x C x 16 x 16; W: O x C x 3 x 3; gamma: O; beta: O"

layer = derive(FORWARD, "W, gamma, beta", shapes=SHAPES, upstream="G")
loss = derive("cross_entropy(F U, T)", "F, U", shapes="F: N x O; U: O x K; T: N x K")
print(layer.explain())
print(f"\nchecked: {layer.verification}\n")

# Stripes, upright ones and level ones, each shifted at random.
generator = np.random.default_rng(2)
classes = generator.integers(2, size=60)
waves = np.sin(np.arange(16) * 1.5 + generator.uniform(0, 6, size=(60, 1)))
images = np.where(classes[:, None, None] == 1, waves[:, :, None], waves[:, None, :])
X = (images + 0.3 * generator.normal(size=images.shape))[:, None]
T = np.eye(2)[classes]
weights = {
    "W": 0.5 * generator.normal(size=(6, 1, 3, 3)),
    "gamma": np.ones(6),
    "beta": np.zeros(6),
}
U = 0.1 * generator.normal(size=(6, 2))

backward = layer.function("numpy", value=True)
judge = loss.function("numpy", value=True)
features, slopes = backward(X=X, **weights, G=np.zeros((60, 6)))
if find_spec("torch"):
    import torch

    given = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    Y = torch.nn.functional.conv2d(torch.tensor(X), given["W"], stride=2, padding=1)
    normal = torch.nn.functional.batch_norm(
        Y, None, None, given["gamma"], given["beta"], training=True, eps=0.001
    )
    F = normal.relu().mean((2, 3))
    G = generator.normal(size=(60, 6))
    F.backward(torch.tensor(G))
    value, slopes = backward(X=X, **weights, G=G)
    assert np.allclose(value, F.detach())
    assert all(np.allclose(s, given[n].grad) for n, s in zip(weights, slopes, strict=True))
    print("the same as torch autograd")

for step in range(201):
    features, _ = backward(X=X, **weights, G=np.zeros((60, 6)))
    value, (upstream, slope) = judge(F=features, U=U, T=T)
    if step % 50 == 0:
        right = np.mean((features @ U).argmax(axis=1) == classes)
        print(f"step {step:3}: loss {value:.3f}, {right:.0%} right")
    _, slopes = backward(X=X, **weights, G=upstream)
    U = U - slope
    weights = {name: weights[name] - s for name, s in zip(weights, slopes, strict=True)}
assert right > 0.9

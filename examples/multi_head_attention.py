"""Multi-head attention with a batch, by every parameter: letters for records, heads and places.

b is a record, h a head, i and j are places, k runs inside a head and m over the features.
"""

from importlib.util import find_spec

import numpy as np

from dimderiv import derive

FORWARD = """
Q[b,h,i,k] = X[b,i,m] W_q[m,h,k]
K[b,h,j,k] = X[b,j,m] W_k[m,h,k]
V[b,h,j,k] = X[b,j,m] W_v[m,h,k]
S[b,h,i,j] = Q[b,h,i,k] K[b,h,j,k] / sqrt(d)
P = softmax(S, axis=j)
O[b,h,i,k] = P[b,h,i,j] V[b,h,j,k]
Y[b,i,m] = O[b,h,i,k] W_o[h,k,m]
"""
SHAPES = "X: B x n x D; W_q: D x H x d; W_k: D x H x d; W_v: D x H x d; W_o: H x d x D"
PARAMETERS = ["W_q", "W_k", "W_v", "W_o", "X"]

attention = derive(FORWARD, PARAMETERS, shapes=SHAPES, upstream="G")
print(attention.explain())
print(f"\nchecked: {attention.verification}\n")

generator = np.random.default_rng(5)
batch, places, features, heads, inner = 4, 10, 12, 3, 4
arrays = {
    "X": generator.normal(size=(batch, places, features)),
    **{name: generator.normal(size=(features, heads, inner)) for name in PARAMETERS[:3]},
    "W_o": generator.normal(size=(heads, inner, features)),
}
G = generator.normal(size=(batch, places, features))
value, slopes = attention.function("numpy", value=True)(**arrays, G=G)
for name, slope in zip(PARAMETERS, slopes, strict=True):
    print(f"d{name}: {slope.shape}")
    assert slope.shape == arrays[name].shape

if find_spec("torch"):
    import torch

    given = {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}
    Q, K, V = (torch.einsum("bim,mhk->bhik", given["X"], given[name]) for name in PARAMETERS[:3])
    P = torch.softmax(Q @ K.transpose(2, 3) / inner**0.5, dim=3)
    Y = torch.einsum("bhik,hkm->bim", P @ V, given["W_o"])
    Y.backward(torch.tensor(G))
    assert np.allclose(value, Y.detach())
    for name, slope in zip(PARAMETERS, slopes, strict=True):
        assert np.allclose(slope, given[name].grad)
    print("the same as torch autograd")

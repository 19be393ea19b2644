"""An embedding of words that predicts the next word: integer labels in, integer labels out.

`E[x, :]` takes the rows of the words x, and `[i, y[i]]` the score of the word that followed.
No one-hot matrix is made: code gathers rows, and adds what belongs to a word where it belongs.
"""

from importlib.util import find_spec

import numpy as np

from dimderiv import derive

LOSS = """
H = E[x, :]
S = H U' + b
L = mean(-logsoftmax(S)[i, y[i]])
"""
SHAPES = "E: V x d; U: V x d; b: 1 x V; x: N labels V; y: N labels V"

model = derive(LOSS, "E, U, b", shapes=SHAPES)
print(model.text(multiline=True))
print()
print(model.explain())
print(f"\nchecked: {model.verification}\n")

TEXT = """
the cat sees the dog and the dog sees the cat and the bird sees the cat and the dog
a bird sings and a cat sleeps and a dog sleeps and a bird sees a dog and a dog sees a bird
"""
words = TEXT.split()
known = sorted(set(words))
places = np.array([known.index(word) for word in words])
x, y = places[:-1], places[1:]

generator = np.random.default_rng(1)
weights = {
    "E": generator.normal(size=(len(known), 5)),
    "U": generator.normal(size=(len(known), 5)),
    "b": np.zeros((1, len(known))),
}
loss_and_slopes = model.function("numpy", value=True)
if find_spec("torch"):
    import torch

    given = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    scores = given["E"][torch.tensor(x)] @ given["U"].T + given["b"]
    torch.nn.functional.cross_entropy(scores, torch.tensor(y)).backward()
    value, slopes = loss_and_slopes(**weights, x=x, y=y)
    assert all(np.allclose(s, given[n].grad) for n, s in zip(weights, slopes, strict=True))
    print("the same as torch autograd")

for step in range(301):
    value, slopes = loss_and_slopes(**weights, x=x, y=y)
    if step % 100 == 0:
        print(f"step {step:3}: loss {value:.3f}")
    weights = {name: weights[name] - s for name, s in zip(weights, slopes, strict=True)}

scores = weights["E"][known.index("the")] @ weights["U"].T + weights["b"][0]
followers = {known[k] for k in np.argsort(-scores)[:3]}
print(f"after 'the': {', '.join(sorted(followers))}")
assert followers == {"bird", "cat", "dog"}

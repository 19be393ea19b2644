"""Index statements as labelled products: what is read, with all of the language inside of it."""

import numpy as np
import pytest
from node_values import evaluated
from nodes import lowered

from dimderiv.errors import NotDifferentiableError
from dimderiv.graph.nodes import Product, Selection
from dimderiv.graph.walk import nodes_of

SIZES = {"m": 2, "n": 3, "p": 4, "B": 2}
RANDOM = np.random.default_rng(0)
VALUES = {
    "A": RANDOM.normal(size=(2, 3)),
    "C": RANDOM.normal(size=(3, 4)),
    "S": RANDOM.normal(size=(2, 3, 3)) + 3 * np.eye(3),
    "T": RANDOM.normal(size=(2, 3, 4)),
    "x": RANDOM.normal(size=3),
    "y": RANDOM.normal(size=3),
    "w": RANDOM.normal(size=4),
    "q": np.array([2, 0]),
}
SHAPES = "A: m x n; C: n x p; S: B x n x n; T: B x n x p; x: n; y: n; w: p; q: m labels n"
A, C, S, T, X, Y, W, PLACES = (VALUES[name] for name in "ACSTxywq")
LOWER = np.tril(np.ones((3, 3)))


def softmax(x: np.ndarray, axis: int) -> np.ndarray:
    """The exponentials over their sums."""
    return np.asarray(np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[i,j] A[i,k] C[k,j]", A @ C),
        ("A[i,k] C[k,j] w[j]", (A @ C @ W).sum()),
        ("[b,i,j] S[b,i,k] T[b,k,j]", S @ T),
        ("[b,i,j] inv(S[b])[i,j]", np.linalg.inv(S)),
        ("[b] logdet(S[b])", np.linalg.slogdet(S)[1]),
        ("[b] x' S[b] y", np.einsum("i,bij,j->b", X, S, Y)),
        ("[b] tr(S[b] S[b]')", (S * S).sum(axis=(1, 2))),
        ("[b] ||S[b] x - y||^2", ((S @ X - Y) ** 2).sum(axis=1)),
        ("[i,j] ||A[i,:] - C[:,j]||^2", ((A[:, None] - C.T[None]) ** 2).sum(axis=2)),
        ("[b,i] softmax(S[b] x)[i]", softmax(S @ X, 1)),
        ("[b] S[b]^2 x", S @ S @ X),
        ("[b] diag(S[b])", np.einsum("bii->bi", S)),
        ("[b] kron(S[b], A)", np.stack([np.kron(s, A) for s in S])),
        ("[b,i] logsumexp[j] T[b,i,j]", np.log(np.exp(T).sum(axis=2))),
        ("[i] mean[j] A[j,i]", A.mean(axis=0)),
        ("[b,i] (j <= i) S[b,i,j]", (LOWER * S).sum(axis=2)),
        ("[i] A[i,q[i]]", A[[0, 1], PLACES]),
        ("[i] A[0,i] + x[-1]", A[0] + X[-1]),
        ("softmax(T, axis=1)", softmax(T, 1)),
        ("exp(T) ./ sum(exp(T), axis=1)", softmax(T, 1)),
        ("T - mean(T, axis=(0,2))", T - T.mean(axis=(0, 2), keepdims=True)),
        ("S @ T", S @ T),
    ],
)
def test_a_statement_has_the_value_of_its_entries(text: str, expected: np.ndarray) -> None:
    """Whatever stands in it is done for each value of its letters."""
    found = lowered(text, SHAPES)
    value = evaluated(found.value, VALUES, SIZES)

    np.testing.assert_allclose(expected, value)


def test_a_valid_convolution_selects_nothing() -> None:
    """Its axes slide, as those of `conv2` do; a stride needs a constant beside it."""
    shapes = "V: m x n; U: p x q"
    plain = lowered("[i,j] V[i+k,j+l] U[k,l]", shapes).value
    known = lowered("conv2(V, U)", shapes).value
    strided = lowered("[i,j] V[2i+k,j+l] U[k,l]", shapes).value

    assert plain.key == known.key
    assert isinstance(strided, Product)
    assert any(isinstance(node, Selection) for node in nodes_of([strided]))


def test_a_reshaped_array_has_its_entries_in_order() -> None:
    """The last axis runs fastest."""
    found = lowered("reshape(T, B, n p)", SHAPES).value

    np.testing.assert_array_equal(T.reshape(2, 12), evaluated(found, VALUES, SIZES))


def test_other_comparisons_of_letters_are_refused() -> None:
    """They are told by name, with what may stand in their place."""
    with pytest.raises(NotDifferentiableError, match="comparison of letters"):
        lowered("x[i] y[j] (j <= i + 1)", SHAPES)

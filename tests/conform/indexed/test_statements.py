"""Index statements of nodes with any number of axes: their texts, and what they come to."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from index_nodes import ONEHOT, SIZES, array, of
from index_nodes import assert_same_value as assert_same

from dimderiv import derive
from dimderiv.conform.arrange import Arranger
from dimderiv.conform.lettering import UserLetters
from dimderiv.graph.nodes import (
    Factor,
    Node,
    apply_function,
    apply_map,
    selection,
)
from dimderiv.graph.products import elementwise, product
from dimderiv.graph.sums import add, total
from dimderiv.language.shapes import Dim
from dimderiv.language.syntax import Tree
from dimderiv.render.text import text

LETTERS: Mapping[str, Sequence[str | None]] = {
    "X": ["n", "c", None],
    "W": ["o", "c", "r"],
    "G": ["n", "o", "i"],
    "A": ["b", None, None],
    "B": ["b", None, None],
    "P": ["b", "i", "j"],
    "S": ["i", "c"],
}


X, W, G = array("X", "N", "C", "H"), array("W", "O", "C", "R"), array("G", "N", "O", "I")
A, B = array("A", "N", "D", "D"), array("B", "N", "D", "D")
P, Q = array("P", "N", "C", "D"), array("Q", "N", "C", "D")
S = array("S", "N", "C")
AXES = (Dim.of("H"), Dim.of("I"), Dim.of("R"))
STRIDED = selection(AXES, (2, 1), Dim.of(-1))
LONGER = selection(AXES, (2, 3), Dim.of(-1))
INVERSE = apply_function("inv", (A,), A.axes)


def written(node: Node, letters: Mapping[str, Sequence[str | None]] = LETTERS) -> Tree:
    """A node as an index statement."""
    arranger = Arranger(sizes=SIZES, user=UserLetters({}, letters))
    return arranger.shown(arranger.entries(node))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (of("noi", (X, "ncp"), (W, "ocr"), (STRIDED, "pir")), "X[n,c,2k+r-1] W[o,c,r]"),
        (of("ocr", (X, "ncp"), (G, "noi"), (STRIDED, "pir")), "X[n,c,2i+k-1] G[n,o,i]"),
        (of("ncp", (W, "ocr"), (G, "noi"), (STRIDED, "pir")), "W[o,c,h-2i+1] G[n,o,i]"),
        (of("ncp", (W, "ocr"), (G, "noi"), (LONGER, "pir")), "W[o,c,r] G[n,o,i] I[h, 2i+3r-1]"),
        (of("o", (G, "noi")), "G[n,o,i]"),
        (of("i", (S, "ic"), (ONEHOT, "ic")), "S[i, y[i]]"),
        (of("ic", (S, "ic"), (ONEHOT, "ic")), "S[i,c] onehot(y)[i,c]"),
        (
            of("bij", (INVERSE, "bki"), (B, "bkl"), (INVERSE, "bjl"), number=-1),
            "-(inv(A[b])' B[b] inv(A[b])')[k,l]",
        ),
        (of("b", (apply_function("det", (A,), A.axes[:1]), "b"), number=2), "2 det(A[b])"),
        (of("ic", (array("x", "I"), "i"), (S, "nc")), "x[k] S[i,c]"),
        (
            elementwise(
                1, (P, 1), (add(Q, of("bij", (P, "bik"), (Q, "bik"), number=-1, j="D")), 1)
            ),
            "P[b,i,j] (Q[b,i,j] - P[b,i,k] Q[b,i,k])",
        ),
        (
            of("bid", (apply_function("softmax", (P,), P.axes, (2,)), "bij"), (B, "bjd")),
            "softmax(P, axis=j)[b,i,j] B[b,j,d]",
        ),
        (apply_map("exp", of("bik", (P, "bij"), (P, "bkj"))), "exp(P[b,i,j] P[b,k,j])"),
        (
            of("noi", (apply_map("exp", X), "ncp"), (W, "ocr"), (STRIDED, "pir")),
            "exp(X)[n,c,2k+r-1] W[o,c,r]",
        ),
    ],
)
def test_a_node_is_written_by_the_letters_of_the_user(node: Node, expected: str) -> None:
    """Where the user has no letter for an axis it gets one that means nothing yet."""
    tree = written(node)

    assert expected == text(tree).partition("] ")[2]
    assert_same(node, tree)


def _random_node(rng: random.Random) -> Node:
    """A sum of products of random arrays, selections, functions and powers."""
    letters = dict(zip("abcdef", rng.choices("NCDI", k=6), strict=True))
    result = rng.sample("abcd", rng.randint(1, 3))
    terms = [_random_product(rng, letters, result) for _ in range(rng.randint(1, 2))]
    axes = tuple(Dim.of(letters[letter]) for letter in result)
    return total([(Fraction(rng.choice([-2, 1, 3])), term) for term in terms], axes)


def _random_product(rng: random.Random, letters: Mapping[str, str], result: list[str]) -> Node:
    order = [*letters]
    factors = []
    for k in range(rng.randint(1, 3)):
        own = rng.sample(order, rng.randint(1, 3))
        node = array(f"F{k}{''.join(letters[i] for i in own)}", *(letters[i] for i in own))
        factors.append(_random_factor(rng, node, [order.index(i) for i in own], letters))
    dims = [Dim.of(letters[letter]) for letter in order]
    if rng.random() < 0.6:
        place, *inner = rng.sample(range(len(order)), 3)
        steps = (rng.choice([1, 1, 2, -1]), rng.choice([1, 1, 3]))
        axes = (dims[place], *(dims[i] for i in inner))
        factors.append(Factor(selection(axes, steps, Dim.of(rng.randint(-1, 1))), (place, *inner)))
    used = {i for f in factors for i in f.indices if isinstance(i, int)}
    shown = [order.index(letter) for letter in result]
    kept = sorted(used.union(shown))
    number = {letter: k for k, letter in enumerate(kept)}
    moved = [
        f._replace(indices=tuple(number[i] for i in f.indices if isinstance(i, int)))
        for f in factors
    ]
    return product(Fraction(1), moved, [number[i] for i in shown], [dims[i] for i in kept])


def _random_factor(
    rng: random.Random, node: Node, indices: list[int], letters: Mapping[str, str]
) -> Factor:
    choice = rng.random()
    places: tuple[int, ...] = tuple(indices)
    if choice < 0.2:
        node = apply_map("exp", node)
    elif choice < 0.3:
        node = add(node, apply_map("tanh", node))
    elif choice < 0.4:
        return Factor(node, places, Fraction(rng.choice([2, -1])))
    elif choice < 0.5 and len(indices) > 1:
        axis = rng.randrange(len(indices))
        kept = [k for k in range(len(indices)) if k != axis]
        node = apply_function("logsumexp", (node,), tuple(node.axes[k] for k in kept), (axis,))
        places = tuple(indices[k] for k in kept)
    elif choice < 0.6 and len(indices) > 1:
        node = apply_function("softmax", (node,), node.axes, (rng.randrange(len(indices)),))
    return Factor(node, places)


@pytest.mark.parametrize("seed", range(120))
def test_a_random_node_is_what_is_written(seed: int) -> None:
    """Whatever is selected, summed, divided by and repeated."""
    node = _random_node(random.Random(seed))
    tree = written(node, {"F": ["a"]})

    assert_same(node, tree)


@pytest.mark.parametrize(
    ("expression", "wrt"),
    [
        ("sum(softmax([i,j,k] Q[i,j,l] K[i,k,l], axis=2).^2)", "Q"),
        ("sum[i] logdet(S[i] + I)", "S"),
        ("softmax(Q @ permute(K, 0, 2, 1)) @ Q", "K"),
    ],
)
def test_a_function_of_what_needs_letters_is_written(expression: str, wrt: str) -> None:
    """Along an axis, or of each matrix of a batch, that is itself written entry by entry."""
    found = derive(expression, wrt, shapes="Q: b x n x d; K: b x n x d; S: b x n x n")

    assert found.form == "index"
    assert found.verification
    assert found.verification.level in {"exact", "30 digits"}


def test_the_one_hot_array_of_a_matrix_is_a_whole() -> None:
    """It has three axes, and entries of its own."""
    found = derive("sort(A)", "A", shapes="A: m x n")

    assert "[i:m, j:n, k:m, l:n] onehot(rank(A))[i,l,j] I[i,k]" == found.text()
    assert found.verification
    assert "exact" == found.verification.level


def test_a_matrix_in_another_shape_keeps_its_scalars() -> None:
    """A factor without axes belongs to no axis that is taken apart."""
    split = "J[j:N, c:P, b] = E[(j c), b] (w' x)"
    found = derive(split, "x", shapes="E: (N P) x Q; x: n; w: n", forward="v")

    assert "reshape((w' v) E, N, P, Q)" == str(found)


def test_no_place_is_counted_from_a_label() -> None:
    """`d[y[i]-2]` cannot be read: of blocks, the one-hot array of labels is written."""
    shapes = "b: 2; d: (c - 2); y: n labels c"
    answer = derive("sum(relu([b; d])[y].^2)", "b", shapes=shapes, verify=False)

    assert "y[" not in str(answer)
    assert [4, 0] == answer.function()(b=[1, 2], d=[3], y=[0, 2, 0]).tolist()

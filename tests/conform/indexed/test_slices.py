"""Places of an axis in matrix notation: slices, single entries, blocks, rows by labels."""

from fractions import Fraction

import pytest
from index_nodes import ONEHOT, SIZES, array, assert_same_value, of

from dimderiv.conform.arrange import Arranger
from dimderiv.conform.lettering import UserLetters
from dimderiv.graph.nodes import Node, selection, symbol
from dimderiv.graph.products import scaled
from dimderiv.graph.sums import add, total
from dimderiv.language.shapes import ONE, Dim
from dimderiv.render.text import text

M, K = Dim.of("H"), Dim.of("K")
x, s, U = array("x", "H"), symbol("s", (M - ONE,)), array("U", "K", "C")
S = array("S", "N", "C")
T, V = array("T", "H", "C"), array("V", "H", "D")
LATER, SOONER = selection((M, M - ONE), (1,), ONE), selection((M, M - ONE), (1,))
FIRST, SECOND = (selection((M,), (), Dim.of(place)) for place in (0, 1))


def less(one: Node, other: Node) -> Node:
    """The difference of two nodes."""
    return add(one, scaled(-1, other))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (of("i", (x, "a"), (LATER, "ai")), "x[1:]"),
        (
            add(of("i", (x, "a"), (LATER, "ai")), scaled(-1, of("i", (x, "a"), (SOONER, "ai")))),
            "x[1:] - x[:-1]",
        ),
        (
            add(of("a", (s, "i"), (LATER, "ai")), scaled(-1, of("a", (s, "i"), (SOONER, "ai")))),
            "[0; s] - [s; 0]",
        ),
        (of("", (x, "a"), (SECOND, "a")), "x[1]"),
        (of("c", (T, "ac"), (SECOND, "a")), "T[1,:]"),
        (of("ic", (T, "ac"), (LATER, "ai")), "T[1:, :]"),
        (of("cd", (T, "ac"), (LATER, "ai"), (SOONER, "bi"), (V, "bd")), "T[1:, :]' V[:-1, :]"),
        (of("ac", (U, "ic"), (selection((M, K), (1,)), "ai")), "[U; 0 ones(H - K, C)]"),
        (of("ca", (U, "ic"), (selection((M, K), (1,)), "ai")), "[U', 0 ones(C, H - K)]"),
        (of("ca", (U, "ic"), (selection((M, K), (2,)), "ai")), "[c, h:H] U[i,c] I[h, 2i]"),
        (of("nd", (array("E", "C", "D"), "cd"), (ONEHOT, "nc")), "E[y,:]"),
        (of("dc", (array("Z", "N", "D"), "nd"), (ONEHOT, "nc")), "Z' onehot(y)"),
        (of("n", (S, "nc"), (ONEHOT, "nc")), "sum(S .* onehot(y), axis=1)"),
    ],
)
def test_places_of_axes_have_matrix_notation(node: Node, expected: str) -> None:
    """Steps of more than one have none, and are written entry by entry."""
    tree = Arranger(sizes=SIZES, user=UserLetters({}, {"F": ["a"]})).tree(node)

    assert expected == text(tree)
    assert_same_value(node, tree)


def test_a_short_vector_is_listed() -> None:
    """Entries that are given one by one stand one below the other."""
    two = Dim.of(2)
    places = [selection((two,), (), Dim.of(place)) for place in (0, 1)]
    z = symbol("z", (two,))
    entries = [of("", (z, "a"), (place, "a")) for place in places]
    node = total(
        [(Fraction(1), of("a", (entries[1], ""), (places[0], "a"))), (Fraction(3), places[1])],
        (two,),
    )
    tree = Arranger(user=UserLetters({}, {"F": ["a"]})).tree(node)

    assert "[z[1]; 3]" == text(tree)

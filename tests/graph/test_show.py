"""Nodes in letter notation, as whoever debugs reads them."""

import pytest
from nodes import RULEBOOK, lowered, node

from dimderiv.differentiate.reverse import reverse_sweep
from dimderiv.graph.nodes import zero
from dimderiv.graph.show import show
from dimderiv.simplify.simplify import Simplifier


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x' A x", "x[i] A[i,j] x[j] -> []"),
        ("x' / 2", "1/2 x[i] -> [i]"),
        ("tr(A B)^2", "r^2 -> []\nr = A[i,j] B[j,i] -> []"),
        ("||X w - y||^2", "r[i]^2 -> []\nr = X[i,j] w[j] -> [i] - y"),
        ("2 x - y", "2 x - y"),
        ("sqrt(x' x)", "r^(1/2) -> []\nr = x[i]^2 -> []"),
        ("mean(x)", "r n^-1 -> []\nr = x[i] -> []"),
        ("exp(r)' log(x + r)", "s[i] t[i] -> []\ns = exp(r)\nt = log(u)\nu = x + r"),
        ("softmax(X W)", "softmax(R, axis=1)\nR = X[i,j] W[j,k] -> [i,k]"),
        ("kron(A, B)", "A[i,j] B[k,l] -> [(i,k),(j,l)]"),
        ("conv2(V, K)", "V[i+j,k+l] K[j,l] -> [i,k]"),
        ("2 ones(n, 1)", "2 -> [i:n]"),
        ("pi sum(ones(n, 1))", "pi n -> []"),
    ],
)
def test_what_is_shown_of_a_node(text: str, expected: str) -> None:
    """Letters in the order of the factors, and what has no name below."""
    assert expected == show(node(text))


def test_a_name_is_shown_by_itself() -> None:
    """What the user has named is not written out."""
    value = lowered("r = X w - y; r' r").value

    assert "r[i]^2 -> []" == show(value)


def test_zero_is_shown() -> None:
    """A sum without terms."""
    assert "0" == show(zero(()))


def test_what_the_sweep_hands_on_is_shown() -> None:
    """Least squares, node by node."""
    program = lowered("||X w - y||^2")

    found = reverse_sweep(program, ["w"], RULEBOOK, Simplifier([program.value.key]))

    arriving = [show(visit.upstream).splitlines()[0] for visit in found.visits]
    assert ["1 -> []", "2 r[i] -> [i]", "2 r[i] -> [i]"] == arriving
    assert "2 r[i] X[i,j] -> [j]" == show(found.of["w"]).splitlines()[0]

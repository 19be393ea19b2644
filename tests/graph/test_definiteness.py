"""Matrices that are definite or semidefinite by how they are made."""

import pytest
from nodes import node

from dimderiv.graph.facts import is_definite, is_semidefinite

SHAPES = (
    "X: n x d; Y: n x d; H: m x n; S: n x n spd; P: n x n psd; B: n x n symmetric; "
    "d: d positive; e: d; w: n; v: n; t: scalar positive; c: scalar"
)


@pytest.mark.parametrize(
    "text",
    [
        "X X'",
        "X' S X",
        "H X X' H'",
        "H S P S H'",
        "X diag(d) X'",
        "X diag(e) diag(e) X'",
        "diag(w) X X' diag(w)",
        "t H P H'",
        "P2 = H P H'; P2 + H S H'",
        "w w'",
        "diag(d)",
        "H inv(S) H'",
    ],
)
def test_semidefinite(text: str) -> None:
    """Congruences, with weights, multiples and sums of them."""
    assert is_semidefinite(node(text, SHAPES))


@pytest.mark.parametrize(
    "text",
    [
        "X Y'",
        "X' B X",
        "X diag(e) X'",
        "c X X'",
        "-X X'",
        "H S B H'",
        "H P S H'",
        "X X' - S",
        "diag(e)",
        "w v'",
    ],
)
def test_not_known_to_be_semidefinite(text: str) -> None:
    """Another middle, another sign, or no symmetry."""
    assert not is_semidefinite(node(text, SHAPES))


@pytest.mark.parametrize("text", ["S + X X'", "H' H + t I", "inv(S + H' H)", "P + exp(c) I"])
def test_definite(text: str) -> None:
    """A definite term beside semidefinite ones."""
    assert is_definite(node(text, SHAPES))


@pytest.mark.parametrize("text", ["P + X X'", "X X' + c I", "S - t I", "H' H + B"])
def test_not_known_to_be_definite(text: str) -> None:
    """No definite term, or one that is not known to be."""
    assert not is_definite(node(text, SHAPES))

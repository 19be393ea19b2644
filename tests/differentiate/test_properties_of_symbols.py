"""Properties of a variable: left off to differentiate, used again in the answer."""

import numpy as np
import pytest
from nodes import RULEBOOK, written

from dimderiv import derive
from dimderiv.differentiate.properties import Restorer, binds_entries
from dimderiv.graph.nodes import Node
from dimderiv.infer.typed import infer
from dimderiv.language.declarations import read_shapes
from dimderiv.language.parser import parse_program
from dimderiv.lower.builder import lower

SYMMETRIC = "S: n x n symmetric; A: n x n; x: n; y: n"


def restored(text: str, shapes: str) -> tuple[Node, Node]:
    """An expression without the properties of its symbols, and with them again."""
    declared = read_shapes(shapes)
    typed = infer(parse_program(text, names=declared), declared, rulebook=RULEBOOK)
    free = lower(typed, RULEBOOK, free=declared)
    whole = lower(typed, RULEBOOK)
    return free.value, Restorer(whole.symbols.values(), lambda node: node)(free.value)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ([], False),
        (["positive"], False),
        (["symmetric"], True),
        (["binary"], True),
        (["positive", "onehot"], True),
    ],
)
def test_which_properties_bind(properties: list[str], expected: bool) -> None:
    """A positive entry can still move on its own."""
    assert expected is binds_entries(properties)


@pytest.mark.parametrize(
    ("text", "free", "again"),
    [
        ("S' x", "S' x", "S x"),
        ("S x + S' x", "S x + S' x", "2 S x"),
        ("inv(S)' S x", "inv(S)' S x", "x"),
        ("2 exp(S)' x", "2 exp(S)' x", "2 exp(S) x"),
        ("H = S' x; 2 H", "2 H", "2 H"),
        ("A x", "A x", "A x"),
        ("det(S) x", "det(S) x", "det(S) x"),
    ],
)
def test_properties_shorten_what_was_free(text: str, free: str, again: str) -> None:
    """Every kind of node is rebuilt with them."""
    before, after = restored(text, SYMMETRIC)

    assert free == written(before)
    assert again == written(after)


def test_rows_that_sum_to_one() -> None:
    """The sum of one-hot rows is 1 only when nothing is to be differentiated."""
    before, after = restored("sum(Y)", "Y: m x n onehot")

    assert "sum(Y)" == written(before)
    assert "m" == written(after)


def test_what_does_not_change_is_the_same_node() -> None:
    """Nothing is rebuilt without need."""
    before, after = restored("A x", "A: n x n; x: n")

    assert before.key == after.key


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        ("x' S y", "S", "x y'"),
        ("tr(A' S')", "S", "A'"),
        ("x' inv(S) x", "S", "-inv(S) x x' inv(S)"),
        ("x' S x", "x", "2 S x"),
        ("logdet(S)", "S", "inv(S)"),
        ("||S||_F^2", "S", "2 S"),
    ],
)
def test_a_derivative_by_a_symmetric_variable(text: str, wrt: str, expected: str) -> None:
    """By each entry on its own, written with the symmetry."""
    assert expected == derive(text, wrt, shapes=SYMMETRIC).text()


def test_the_derivative_by_probabilities() -> None:
    """The rows of `Y` sum to 1, and yet the sum over them has a derivative."""
    assert "ones(m, n)" == derive("sum(Y)", "Y", shapes="Y: m x n probability").text()


PROPERTIES = "Q: n x n orthogonal; K: n x n skew; A: n x n; X: n x m; B: n x m; x: n"


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("tr(Q' Q A)", "A", "I"),
        ("x' Q Q' x", "x", "2 x"),
        ("||Q X - B||^2", "X", "2 Q' (Q X - B)"),
        ("inv(Q) x", "x", "Q'"),
        ("||Q||^2 ||x||^2", "x", "2 n x"),
        ("||Q X - B||^2", "Q", "2 (Q X - B) X'"),
        ("x' K x", "x", "0 ones(n, 1)"),
        ("x' K A x", "x", "(K A - A' K) x"),
        ("||(I + K) x||^2", "x", "2 (I - K) (I + K) x"),
        ("||K x||^2", "x", "-2 K^2 x"),
        ("tr(K' A)", "A", "K"),
        ("tr(K^3 A')", "A", "K^3"),
        ("tr(K' K)", "K", "2 K"),
    ],
)
def test_orthogonal_and_skew_matrices(expression: str, wrt: str, expected: str) -> None:
    """`Q' Q` is the identity, `K'` is `-K`; a variable's own entries stay free."""
    found = derive(expression, wrt, shapes=PROPERTIES)

    assert expected == found.text()
    assert found.verification is not None
    assert found.verification.entries > 0


def test_a_hessian_of_zeros_can_be_read_back() -> None:
    """Its size is a power of a dimension, which the parser, the check and the code understand."""
    found = derive("tr(A K)", "K", shapes="A: n x n; K: n x n skew", order=2)

    assert "0 ones(n^2, n^2)" == str(found)
    assert (2, 2, 2, 2) == found.function()(A=np.eye(2), K=np.zeros((2, 2))).shape

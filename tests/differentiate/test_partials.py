"""What each kind of node hands on to its operands."""

import pytest
from nodes import RULEBOOK, labelled, node, written

from dimderiv.differentiate.partials import partials
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph.facts import named
from dimderiv.graph.nodes import Node, symbol
from dimderiv.language.shapes import Dim
from dimderiv.rulebook.rulebook import Rulebook, load_rules

N = Dim.of("n")


def handed_on(text: str, rulebook: Rulebook = RULEBOOK) -> list[str]:
    """What the operands of an expression receive when `G` arrives."""
    value = node(text)
    upstream = symbol("G", value.axes)
    return [written(partial.node) for partial in partials(value, upstream, rulebook)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A x", ["G x'", "A' G"]),
        ("x' A y", ["G A y", "G x y'", "G A' x"]),
        ("A .* B", ["G .* B", "G .* A"]),
        ("tr(A)", ["G I"]),
        ("diag(x)", ["diag(G)"]),
        ("diag(A)", ["diag(G)"]),
        ("sum(X, axis=0)", ["ones(m, 1) G'"]),
        ("sum(X, axis=1)", ["G ones(1, n)"]),
        ("x.^3", ["3 G .* x.^2"]),
        ("1 ./ x", ["-G ./ x.^2"]),
        ("2 x .* y", ["2 G .* y", "2 G .* x"]),
        ("conv2(V, K)", ["convfull2(G, K)", "conv2(V, G)"]),
        ("vec(A)", ["[i:m, j:n] G[j m+i]"]),
    ],
)
def test_a_product_exchanges_one_factor(text: str, expected: list[str]) -> None:
    """The factor is exchanged for what arrives, and the letters of the result for its own."""
    found = handed_on(text)

    assert sorted(expected) == sorted(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A + 2 B", ["G", "2 G"]),
        ("exp(x)", ["G .* exp(x)"]),
        ("relu(x)", ["G .* (x > 0)"]),
        ("x .^ y", ["G .* y .* x.^(y - 1)", "G .* x.^y .* log(x)"]),
        ("x > y", ["0 ones(n, 1)", "0 ones(n, 1)"]),
        ("inv(A)", ["-inv(A)' G inv(A)'"]),
        ("det(A)", ["G det(A) inv(A)'"]),
        ("logdet(A)", ["G inv(A)'"]),
        ("max(X)", ["G (X >= max(X))"]),
        ("max(X, axis=1)", ["G .* (X >= max(X, axis=1))"]),
        ("logsumexp(X, axis=1)", ["G .* exp(X - logsumexp(X, axis=1))"]),
        ("softmax(X)", ["G .* softmax(X) - sum(G .* softmax(X), axis=1) .* softmax(X)"]),
        ("softmax(x)", ["G .* softmax(x) - (G' softmax(x)) softmax(x)"]),
        ("logsoftmax(X)", ["G - sum(G, axis=1) .* softmax(X)"]),
    ],
)
def test_the_other_kinds_ask_their_rules(text: str, expected: list[str]) -> None:
    """Sums pass on, maps multiply by a slope, functions have partials in letters."""
    assert expected == handed_on(text)


def test_a_name_passes_on() -> None:
    """What arrives at a named intermediate arrives at its value."""
    value = node("A x")
    upstream = symbol("G", value.axes)

    (partial,) = partials(named("H", value), upstream, RULEBOOK)

    assert value is partial.operand
    assert upstream.key == partial.node.key


@pytest.mark.parametrize("text", ["x", "n", "pi"])
def test_a_leaf_hands_nothing_on(text: str) -> None:
    """Nothing is beneath symbols, sizes and constants."""
    leaf = node(text, "x: n")

    assert [] == list(partials(leaf, symbol("G", leaf.axes), RULEBOOK))


def test_a_rule_uses_the_name_of_the_value() -> None:
    """Where the value of the node has a name, its derivative is written with it."""
    value = node("tanh(x)")
    upstream = symbol("G", value.axes)

    (partial,) = partials(value, upstream, RULEBOOK, named("H", value))

    assert "G .* (1 - H.^2)" == written(partial.node)


def _seeded(value: Node) -> Node:
    """What the first operand receives when the derivative by the node has the value's axes too."""
    upstream = symbol("J", (N, *value.axes))
    return next(iter(partials(value, upstream, RULEBOOK))).node


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("exp(x)", "J[a,i] E[i] -> [a,i]"),
        ("x.^2", "2 J[a,i] x[i] -> [a,i]"),
        ("x' A", "J[a,j] A[i,j] -> [a,i]"),
        ("diag(x)", "T[a,i,i] -> [a,i]"),
    ],
)
def test_the_axes_of_the_value_come_first(text: str, letters: str) -> None:
    """A Jacobian keeps its own axes before those of the operand."""
    value = node(text, "x: n; A: n x n")
    known = {"E": node("exp(x)", "x: n"), "T": symbol("J", (N, N, N))}

    assert labelled(letters, known).key == _seeded(value).key


def test_an_operation_without_a_derivative_is_an_error() -> None:
    """It names the function and the argument; an unknown operation is never a constant."""
    with pytest.raises(NotDifferentiableError, match=r"^dexpm has no derivative by its argument A"):
        handed_on("dexpm(A, E)")


def test_the_error_comes_when_its_turn_comes() -> None:
    """An argument that nobody asks for may be without a derivative: `A` in `dexpm(A, E)`."""
    value = node("dexpm(A, E)", "A: n x n; E: n x n")

    first, second = partials(value, symbol("G", value.axes), load_rules())

    assert second.node.axes == value.axes
    with pytest.raises(NotDifferentiableError, match="dexpm has no derivative by its argument A"):
        _ = first.node

"""The reverse sweep over a whole program."""

import numpy as np
import pytest
from node_values import evaluated
from nodes import RULEBOOK, labelled, lowered, node, written

from dimderiv.differentiate.reverse import Gradients, higher, reverse_sweep, second_sweeps
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph.nodes import Node, is_zero
from dimderiv.simplify.simplify import Simplifier

NET = "S1 = X W1; H = relu(S1); S2 = H W2; ||S2 - Y||_F^2"


def unchanged(value: Node) -> Node:
    """No simplification."""
    return value


def swept(source: str, *variables: str, shapes: str | None = None) -> Gradients:
    """The sweep of a program without simplification."""
    return reverse_sweep(lowered(source, shapes), variables, RULEBOOK, unchanged)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x' A x", "A x + A' x"),
        ("r = A x; r' r", "2 A' r"),
        ("x' x x' y", "2 (x' y) x + (x' x) y"),
        ("sum(exp(A x))", "A' exp(A x)"),
    ],
)
def test_the_parts_are_added_up_in_the_order_of_the_expression(source: str, expected: str) -> None:
    """Each place where the variable stands gives a term."""
    assert expected == written(swept(source, "x").of["x"])


def test_one_sweep_serves_several_variables() -> None:
    """Each gets its own derivative, and they share the names."""
    found = swept(NET, "X", "W1", "W2")

    derivatives = {name: written(value) for name, value in found.of.items()}
    assert {"X": "dS1 W1'", "W1": "X' dS1", "W2": "H' dS2"} == derivatives


def test_a_long_derivative_by_an_intermediate_is_named_once() -> None:
    """Used twice or long, it gets the name of the intermediate with a d before it."""
    found = swept(NET, "X", "W1", "W2")

    named = {adjoint.name: written(adjoint.value) for adjoint in found.adjoints}
    assert {"dS2": "2 (S2 - Y)", "dS1": "(dS2 W2') .* (S1 > 0)"} == named


def test_a_derivative_that_is_used_once_has_no_name() -> None:
    """Nobody would read `dr = 2 r; A' dr`."""
    assert () == swept("r = A x; r' r", "x").adjoints


def test_the_name_of_a_derivative_is_free() -> None:
    """A symbol that is called like it keeps its name."""
    source = "S1 = X W1; S2 = relu(S1) W2; ||S2 - Y||_F^2 + sum(dS2)"

    adjoints = swept(source, "W1", "W2", shapes="dS2: m x n").adjoints

    assert "dS2_2" == adjoints[0].name


def test_a_jacobian_has_no_names() -> None:
    """Its derivatives by intermediates have the axes of the value too, and stay written out."""
    assert () == swept("S1 = A x; S2 = exp(S1) .* S1 .* sin(S1); S2 .* S1", "x").adjoints


def test_the_record_runs_from_the_value_backwards() -> None:
    """Each node is visited once, after everything that uses it."""
    visits = swept("r = A x; r' r", "x").visits

    assert ["r' r", "r", "A x"] == [written(visit.node) for visit in visits]
    assert ["1", "2 r", "2 r"] == [written(visit.upstream) for visit in visits]


def test_only_what_matters_is_visited() -> None:
    """A part without the variable is not differentiated, though no rule could."""
    found = swept("x' y + tr(expm(A))", "x")

    assert "y" == written(found.of["x"])


def test_an_operation_without_a_rule_on_the_way_is_an_error() -> None:
    """It is never taken for a constant."""
    with pytest.raises(NotDifferentiableError, match=r"^dexpm has no derivative"):
        swept("x' dexpm(A, E) y", "A")


@pytest.mark.parametrize("source", ["a' a + 0 x' x", "sum(x > a)"])
def test_a_variable_that_does_not_matter_has_derivative_zero(source: str) -> None:
    """Zero with the axes of the variable."""
    found = swept(source, "x", shapes="x: n; a: n").of["x"]

    assert is_zero(found)
    assert ["n"] == [str(dim) for dim in found.axes]


def test_the_derivative_of_the_variable_is_the_identity() -> None:
    """`x` by `x`, with two axes."""
    assert labelled("-> [i,i]").key == swept("I x", "x", shapes="x: n").of["x"].key


def test_the_axes_of_the_value_come_first() -> None:
    """The Jacobian of `A x` is `A`, not its transpose."""
    jacobian = swept("A x", "x", shapes="A: m x n").of["x"]

    assert ["m", "n"] == [str(dim) for dim in jacobian.axes]
    assert node("A", "A: m x n").key == jacobian.key


def test_what_arrives_is_simplified_before_it_is_handed_on() -> None:
    """The simplifier sees every sum of what arrived."""
    seen: list[str] = []

    def seeing(value: Node) -> Node:
        seen.append(written(value))
        return value

    reverse_sweep(lowered("r = A x; r' r"), ["x"], RULEBOOK, seeing)

    assert ["1", "2 r", "2 r", "2 A' r"] == seen


def test_the_second_sweep_has_a_block_for_each_pair() -> None:
    """The gradient by the first variable, differentiated by the second."""
    program = lowered("x' A y", "A: n x n")
    first = reverse_sweep(program, ["x", "y"], RULEBOOK, unchanged)

    hessian = second_sweeps(program, first, ["x", "y"], RULEBOOK, Simplifier())

    assert "A" == written(hessian.of["x", "y"])
    assert "A'" == written(hessian.of["y", "x"])
    assert is_zero(hessian.of["x", "x"])
    assert {"x", "y"} == set(hessian.sweeps)


def test_a_third_derivative_has_the_axes_of_the_variable_three_times() -> None:
    """That of the log-sum-exp is the third cumulant of its softmax."""
    program = lowered("logsumexp(x)", "x: n")
    simplify = Simplifier()
    first = reverse_sweep(program, ["x"], RULEBOOK, simplify)
    third = higher(program, first, 3, ["x"], RULEBOOK, simplify)["x", "x", "x"]
    x = np.array([0.3, -1.2, 0.7])
    p = np.exp(x) / np.exp(x).sum()
    centred = np.eye(3) - p
    expected = np.einsum("a,ai,aj,ak->ijk", p, centred, centred, centred)

    np.testing.assert_allclose(expected, evaluated(third, {"x": x}, {"n": 3}), atol=1e-12)

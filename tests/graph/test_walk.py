"""What a node is made of, and all that it is made of."""

import pytest
from nodes import lowered, node, written

from dimderiv.graph.nodes import Symbol
from dimderiv.graph.walk import keys_of, nodes_of, operands, operands_first


@pytest.mark.parametrize("text", ["x", "n", "pi"])
def test_a_leaf_has_no_operands(text: str) -> None:
    """Symbols, sizes and constants are made of nothing."""
    assert () == operands(node(text, "x: n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("A x", ["A", "x"]), ("x + y", ["x", "y"]), ("exp(x)", ["x"]), ("det(A)", ["A"])],
)
def test_the_operands_of_a_node(text: str, expected: list[str]) -> None:
    """In the order of the factors, terms or arguments."""
    found = [written(operand) for operand in operands(node(text, "A: n x n; x: n; y: n"))]

    assert expected == found


def test_operands_come_first_and_once() -> None:
    """A shared node is listed once, before all that uses it."""
    order = [written(part) for part in operands_first(node("x' A x + exp(x' A x)"))]

    assert ["x", "A", "x' A x", "exp(x' A x)", "x' A x + exp(x' A x)"] == order


def test_a_deep_program_needs_no_deep_recursion() -> None:
    """A thousand statements are walked one by one."""
    statements = ["x1 = W x"] + [f"x{k + 1} = tanh(x{k})" for k in range(1, 1000)]
    program = "; ".join([*statements, "sum(x1000)"])

    found = len(operands_first(lowered(program).value))

    assert 2003 == found


def test_what_is_known_is_left_out() -> None:
    """With all that only it is made of."""
    value = node("x' A x + exp(x' A x)")
    inner = node("x' A x")

    order = [written(part) for part in operands_first(value, known={inner.key})]

    assert ["exp(x' A x)", "x' A x + exp(x' A x)"] == order


def test_a_walk_may_stop_at_names() -> None:
    """What stands under a name is then no part of what is walked over."""
    program = lowered("r = A x; r' r")
    symbols = [part.name for part in nodes_of([program.value]) if isinstance(part, Symbol)]

    within = [written(part) for part in nodes_of([program.value], through_names=False)]

    assert {"A", "x"} == set(symbols)
    assert {"r' r", "r"} == set(within)
    assert 5 == len(keys_of([program.value]))

"""Frozen classes: equal by identity or by value, with slots."""

from dimderiv.language import frozen


@frozen.by_identity
class Node:
    """A node of a graph."""

    name: str


@frozen.by_value
class Tree:
    """A part of a syntax tree."""

    name: str
    place: int = 0


def test_nodes_are_equal_where_they_are_the_same() -> None:
    """Two nodes made alike are two."""
    first, second = Node("x"), Node("x")

    assert {first, second} == {first, second}
    assert first != second


def test_trees_are_equal_where_their_fields_are() -> None:
    """They can be looked up by what they say, and matched."""
    match Tree("x", 1):
        case Tree(name, place):
            found = name, place

    assert ("x", 1) == found
    assert {Tree("x")} == {Tree("x", 0)}
    assert not hasattr(Tree("x"), "__dict__")

"""Nodes of any number of axes for the tests, and whether a tree has the value of a node."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from entrywise import TreeValues
from node_values import evaluated

from dimderiv.graph.nodes import Factor, Node, Symbol, apply_function, symbol
from dimderiv.graph.products import product
from dimderiv.graph.walk import nodes_of
from dimderiv.language.shapes import Dim
from dimderiv.language.syntax import Call, Entry, Name, Tree, replaced

SIZES = {"N": 2, "C": 3, "O": 2, "H": 5, "I": 3, "R": 2, "D": 3, "K": 2}


def array(name: str, *sizes: str) -> Node:
    """A symbol with these axes."""
    return symbol(name, tuple(map(Dim.of, sizes)))


def of(result: str, *factors: tuple[Node, str], number: int = 1, **sizes: str) -> Node:
    """The product of factors with a letter for each axis."""
    letters = list(dict.fromkeys([*result, *"".join(own for _, own in factors), *sizes]))
    dims = {letter: Dim.of(size) for letter, size in sizes.items()}
    for node, own in factors:
        dims.update(zip(own, node.axes, strict=True))
    bag = [Factor(node, tuple(map(letters.index, own))) for node, own in factors]
    shown = [letters.index(letter) for letter in result]
    return product(Fraction(number), bag, shown, [dims[letter] for letter in letters])


def with_numbered_axes(tree: Tree) -> Tree | None:
    """An entry of an array along an axis that its letter tells, with the number of that axis."""
    match tree:
        case Entry(Call(axis=str(letter)) as call, indices):
            return Entry(replace(call, axis=indices.index(Name(letter))), indices)
    return None


def assert_same_value(node: Node, tree: Tree) -> None:
    """A node and a tree have the same value at random numbers."""
    rng = np.random.default_rng(1)
    values: dict[str, np.ndarray] = {"onehot": np.eye(SIZES["C"])}
    for part in nodes_of([node]):
        if isinstance(part, Symbol):
            extents = [dim.evaluate(SIZES) for dim in part.axes]
            labels = rng.integers(0, SIZES["C"], extents)
            values[part.name] = labels if part.name == "y" else rng.uniform(0.5, 1.5, extents)
    expected = evaluated(node, values, SIZES)
    found = TreeValues(values, SIZES).value(replaced(tree, with_numbered_axes))

    assert np.allclose(expected, found.reshape(np.shape(expected)))


Y = array("y", "N")
ONEHOT = apply_function("onehot", (Y,), (Dim.of("N"), Dim.of("C")))

"""Parts of arrays: what is selected by letters, affine indices, slices and labels."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from node_values import evaluated

from dimderiv.errors import NotDifferentiableError
from dimderiv.graph.nodes import Function, Product, Selection, Shifted, symbol
from dimderiv.language.shapes import Dim, Shape
from dimderiv.language.syntax import Add, Binary, Entry, Name, Negative, Number, Slice, Tree
from dimderiv.lower.arrays import Array
from dimderiv.lower.indexed.entries import entries_of

SIZES = {"m": 4, "n": 6}
VALUES = {"X": np.arange(24.0).reshape(4, 6), "x": np.arange(6.0) ** 2, "y": np.array([2, 0, 3])}
M, N = Dim.of("m"), Dim.of("n")
X = Array(symbol("X", (M, N)), Shape(M, N))
COLUMN = Array(symbol("x", (N,)), Shape(N, Dim.of(1)))
LABELS = Array(symbol("y", (Dim.of(3),)), Shape(Dim.of(3), Dim.of(1)))
i, j, k = Name("i"), Name("j"), Name("k")


def number(value: int) -> Tree:
    """A whole number, as it is read."""
    return Number(Fraction(value)) if value >= 0 else Negative(Number(Fraction(-value)))


def twice(letter: Tree, offset: int = 0) -> Tree:
    """An index that goes two places at a step."""
    return Add((Binary("*", number(2), letter), number(offset)))


def taken(operand: Array, *indices: Tree, **letters: int | str) -> Array:
    """A part of an array, where letters have these sizes."""
    sizes = {letter: Dim.of(size) for letter, size in letters.items()}
    names = {"X": X, "x": COLUMN, "y": LABELS}

    def value(tree: Tree) -> Array:
        assert isinstance(tree, Name)
        return names[tree.name]

    return entries_of(operand, Entry(Name("?"), indices), sizes, value, names)


def at(value: np.ndarray, place: Callable[[int, int], int], rows: int, cols: int) -> np.ndarray:
    """A vector at places that two letters tell, with zeros outside of it."""
    found = np.zeros((rows, cols))
    for r, c in np.ndindex(rows, cols):
        if 0 <= place(r, c) < len(value):
            found[r, c] = value[place(r, c)]
    return found


BIG, VECTOR = VALUES["X"], VALUES["x"]
PARTS = [
    (taken(X, i, j, i="m", j="n"), BIG),
    (taken(X, j, i, i="n", j="m"), BIG),
    (taken(X, i, i="m"), BIG),
    (taken(X, Slice(), j, j="n"), BIG.T),
    (taken(COLUMN, number(0)), VECTOR[0]),
    (taken(COLUMN, number(-1)), VECTOR[-1]),
    (taken(X, number(1)), BIG[1]),
    (taken(COLUMN, Slice(number(1))), VECTOR[1:]),
    (taken(COLUMN, Slice(None, number(-2))), VECTOR[:-2]),
    (taken(X, Slice(number(1), number(3)), Slice(number(-2))), BIG[1:3, -2:]),
    (taken(COLUMN, twice(i), i=3), VECTOR[::2]),
    (taken(COLUMN, twice(i, -1), i=4), np.array([0, *VECTOR[1::2]])),
    (taken(COLUMN, Add((i, k)), i=4, k=3), at(VECTOR, lambda r, c: r + c, 4, 3)),
    (
        taken(COLUMN, Add((twice(i), Negative(k))), i=4, k=3),
        at(VECTOR, lambda r, c: 2 * r - c, 4, 3),
    ),
    (taken(COLUMN, Binary("*", i, k), i=2, k=3), VECTOR.reshape(2, 3)),
    (taken(COLUMN, Binary("//", i, number(2)), i=12), VECTOR.repeat(2)),
    (taken(COLUMN, Name("y")), VECTOR[VALUES["y"]]),
    (taken(X, Slice(), Name("y")), BIG[:, VALUES["y"]]),
    (taken(COLUMN, Add((i, k)), i="n", k=1), VECTOR),
]


@pytest.mark.parametrize(("part", "expected"), PARTS)
def test_a_part_has_the_entries_that_its_indices_say(part: Array, expected: np.ndarray) -> None:
    """The product of the array and what selects is what NumPy takes, with zeros outside."""
    value = evaluated(part.node, VALUES, SIZES)

    assert part.node.axes == (*part.lettered.values(), *part.shape.axes)
    np.testing.assert_array_equal(expected, value)


def test_a_sum_that_fits_exactly_slides() -> None:
    """What is as long as a valid convolution needs no array that selects."""
    size = Dim.of("n") - Dim.of("p") + Dim.of(1)
    sizes = {"i": size, "k": Dim.of("p")}
    part = entries_of(COLUMN, Entry(Name("x"), (Add((i, k)),)), sizes, lambda _: X, {}).node

    assert isinstance(part, Product)
    assert part.factors[0].indices == (Shifted((0, 1)),)


def test_other_sums_are_selected() -> None:
    """A stride is a constant array beside the operand."""
    part = taken(COLUMN, twice(i), i=3).node

    assert isinstance(part, Product)
    assert isinstance(part.factors[1].node, Selection)


def test_labels_are_one_hot() -> None:
    """An entry for each label is a product with the one-hot matrix of the labels."""
    part = taken(COLUMN, Name("y")).node

    assert isinstance(part, Product)
    hot = part.factors[1].node
    assert isinstance(hot, Function)
    assert ("onehot", (Dim.of(3), N)) == (hot.function, hot.axes)


def test_other_indices_are_refused() -> None:
    """A product of sizes and letters that is no axis of several letters is no index."""
    with pytest.raises(NotDifferentiableError, match="no index"):
        taken(COLUMN, Binary("/", i, number(2)), i=3)

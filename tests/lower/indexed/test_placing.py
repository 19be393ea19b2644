"""Blocks, axes in another order, and axes that are split and merged."""

import numpy as np
import pytest
from node_values import evaluated

from dimderiv.graph.nodes import symbol, zero
from dimderiv.language.shapes import ONE, SCALAR, Dim, Shape
from dimderiv.lower.arrays import Array, times
from dimderiv.lower.indexed.placing import permuted, placed, reshaped

Axes = tuple[str | int | tuple[str, ...], ...]
DIMS = dict(zip("mnpq", (2, 3, 4, 5), strict=True))


def array(name: str, *sizes: str | int) -> Array:
    """A symbol with axes of some sizes."""
    shape = Shape.of([Dim.of(size) for size in sizes])
    return Array(symbol(name, shape.axes), shape)


def value(found: Array, **values: np.ndarray) -> np.ndarray:
    """The value of an array."""
    return evaluated(found.node, values, DIMS)


RANDOM = np.random.default_rng(0)


def test_blocks_stand_where_they_are_written() -> None:
    """Each block is placed by how many rows and columns come before it."""
    a, b = RANDOM.normal(size=(2, 3)), RANDOM.normal(size=(2, 4))
    c, d = RANDOM.normal(size=3), RANDOM.normal(size=4)
    rows = [[array("A", "m", "n"), array("B", "m", "p")]]
    rows.append([array("c", 1, "n"), array("d", 1, "p")])
    shape = Shape(Dim.of("m") + ONE, Dim.of("n") + Dim.of("p"))
    expected = np.block([[a, b], [c, d]])

    np.testing.assert_array_equal(expected, value(placed(rows, shape), A=a, B=b, c=c, d=d))


def test_scalars_are_blocks() -> None:
    """A block of one entry is placed like any other."""
    x = RANDOM.normal(size=3)
    zero = Array(symbol("s", ()), SCALAR)
    found = placed([[zero], [array("x", "n")]], Shape(Dim.of("n") + ONE, ONE))

    np.testing.assert_array_equal([7, *x], value(found, x=x, s=np.array(7.0)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("m", "n", "p"), ("m", ("n", "p"))),
        (("m", ("n", "p")), ("m", "n", "p")),
        ((("m", "n"), "p"), ("m", ("n", "p"))),
        ((2, 6), (3, 4)),
        ((2, 6), (12,)),
        ((12,), (3, 2, 2)),
        ((4, 6), (2, 2, 6)),
        ((1, 6), (6, 1)),
    ],
)
def test_a_new_shape_keeps_the_order_of_entries(before: Axes, after: Axes) -> None:
    """The last axis runs fastest, before and after."""

    def dims(sizes: Axes) -> Shape:
        pairs = [size if isinstance(size, tuple) else (size,) for size in sizes]
        whole = []
        for pair in pairs:
            dim = ONE
            for size in pair:
                dim = dim * Dim.of(size)
            whole.append(dim)
        return Shape.of(whole)

    old, new = dims(before), dims(after)
    x = RANDOM.normal(size=[dim.evaluate(DIMS) for dim in old.axes])
    found = reshaped(Array(symbol("X", old.axes), old), new)

    assert new.axes == found.node.axes
    np.testing.assert_array_equal(
        x.reshape([dim.evaluate(DIMS) for dim in new.axes]), value(found, X=x)
    )


def test_axes_take_another_order() -> None:
    """The axes of the value are those of the array, in the order that is given."""
    x = RANDOM.normal(size=(2, 3, 4))

    found = permuted(array("X", "m", "n", "p"), [2, 0, 1])

    np.testing.assert_array_equal(x.transpose(2, 0, 1), value(found, X=x))


def test_more_axes_are_multiplied_as_numpy_does() -> None:
    """The last two axes are those of matrices; the others agree, or are repeated."""
    a, b = RANDOM.normal(size=(5, 2, 3)), RANDOM.normal(size=(3, 4))
    found = times(array("A", "q", "m", "n"), array("B", "n", "p"))

    np.testing.assert_allclose(a @ b, value(found, A=a, B=b))


def test_a_zero_is_as_large_as_the_blocks_beside_it() -> None:
    """Nothing is placed where it stands, and what comes after it is moved by its size."""
    a, b = RANDOM.normal(size=(2, 3)), RANDOM.normal(size=(4, 5))
    m, n, p, q = map(Dim.of, "mnpq")
    above, below = [Array(zero(axes), Shape(*axes)) for axes in ((m, q), (p, n))]
    rows = [[array("A", "m", "n"), above], [below, array("B", "p", "q")]]
    found = placed(rows, Shape(m + p, n + q))

    np.testing.assert_array_equal(
        np.block([[a, np.zeros((2, 5))], [np.zeros((4, 3)), b]]), value(found, A=a, B=b)
    )

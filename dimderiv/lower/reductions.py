"""What runs along axes: sums, means, maxima, log-sum-exps, and functions of rows."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from dimderiv import graph
from dimderiv.graph import ONCE, Factor, number, opened, part
from dimderiv.language import ONE, SCALAR, Dim, Shape
from dimderiv.lower.arrays import Array, all_letters, number_of, spread

# The derivatives of reductions that are linear, as powers of how many entries they run over.
WEIGHTS = {"1": Fraction(0), "1 / count": Fraction(-1)}


def reduce(function: str, array: Array, axes: Collection[int] | None, slope: str) -> Array:
    """A sum, mean, maximum, minimum or log-sum-exp over all entries or along some axes.

    Args:
        function: its name.
        array: what it runs over.
        axes: of the shape of the array; all of them, if it is not given.
        slope: the derivative that the rule gives.
    """
    gone = range(len(array.shape)) if axes is None else axes
    places = array.at(*range(len(array.shape)))
    first = len(array.letters)
    over = tuple(k for k, axis in enumerate(places, first) if axis in gone)
    if axes is None:
        shape = SCALAR
    else:
        shape = Shape(*[ONE if k in gone else dim for k, dim in enumerate(array.shape)])
    return Array(_reduced(function, array, over, slope), shape, array.letters)


def reduce_letters(function: str, array: Array, over: Mapping[str, Dim], slope: str) -> Array:
    """A reduction over letters, for each of the other letters and each place in the shape.

    Args:
        function: its name.
        array: what it runs over.
        over: the letters with their sizes; the array need not have them.
        slope: the derivative that the rule gives.
    """
    over = {letter: dim for letter, dim in over.items() if not dim.is_one}
    letters = {**all_letters([array]), **over}
    whole = Array(spread(array, array.shape, letters), array.shape, tuple(letters))
    axes = tuple(k for k, letter in enumerate(letters) if letter in over)
    kept = tuple(letter for letter in letters if letter not in over)
    return Array(_reduced(function, whole, axes, slope), array.shape, kept)


def _reduced(function: str, array: Array, over: tuple[int, ...], slope: str) -> graph.Node:
    """The node of a reduction over some axes of a node."""
    axes = array.node.axes
    letters = tuple(range(len(axes)))
    result = tuple(letter for letter in letters if letter not in over)
    if slope in WEIGHTS:
        counts = [number_of(axes[k]) for k in over]
        weights = [Factor(count, (), WEIGHTS[slope]) for count in counts if WEIGHTS[slope]]
        multiplied = opened if array.letters else part
        return multiplied(ONCE, [Factor(array.node, letters), *weights], result, axes)
    if not over:
        return array.node
    kept = tuple(axes[letter] for letter in result)
    return graph.apply_function(function, (array.node,), kept, over)


def along_rows(function: str, array: Array, axes: Collection[int] | None = None) -> Array:
    """A function of each row, or of a vector as a whole, or along other axes.

    Args:
        function: its name.
        array: what it is taken of.
        axes: of the shape of the array; where it is not given, the last one that it has.
    """
    if axes is None and array.shape.has_more_axes:
        axes = (len(array.shape) - 1,)
    places = array.at(*range(len(array.shape)))
    first = len(array.letters)
    over = [k for k, axis in enumerate(places, first) if axes is None or axis in axes]
    if not over:
        alone = Array(number(1 if function == "softmax" else 0), SCALAR)
        return array.with_node(spread(alone, array.shape, array.lettered))
    along = tuple(over[-1:] if axes is None else over)
    value = graph.apply_function(function, (array.node,), array.node.axes, along)
    return array.with_node(value)

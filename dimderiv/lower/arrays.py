"""Arrays with rows and columns: the operations of matrix notation as labelled products.

An array is a node together with its place in matrix notation; the functions here say which axis of
which operand has which letter.
"""

import functools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv import graph
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Merged,
    Node,
    Product,
    Shifted,
    arranged,
    elementwise,
    number,
    part,
    product,
    total,
)
from dimderiv.language import ONE, SCALAR, Dim, Shape
from dimderiv.rulebook import Axis, read_signature

# The derivatives of reductions that are linear, as powers of how many entries they run over.
WEIGHTS = {"1": Fraction(0), "1 / count": Fraction(-1)}


class Array(NamedTuple):
    """A node and the two axes, rows and columns, that it has in matrix notation."""

    node: Node
    shape: Shape

    def at(self, row: int, column: int) -> tuple[int, ...]:
        """The letters of the axes that the node has, of one for rows and one for columns."""
        return _letters(self.shape, row, column)


def _letters(shape: Shape, row: int, column: int) -> tuple[int, ...]:
    return tuple([i for i, dim in zip((row, column), shape, strict=True) if not dim.is_one])


def _joined(factors: Sequence[Factor], shape: Shape, *summed: Dim) -> Array:
    """The product of factors in letters: 0 for rows, 1 for columns, others that are summed."""
    return Array(part(ONCE, factors, _letters(shape, 0, 1), (*shape, *summed)), shape)


def number_of(dim: Dim) -> Node:
    """The size of a dimension, as a number where it is one.

    Args:
        dim: the dimension.
    """
    return number(dim.number) if dim.number is not None else graph.size(dim)


def identity(shape: Shape) -> Array:
    """The identity matrix of a square shape."""
    if shape.is_scalar:
        return Array(number(1), shape)
    return Array(product(ONCE, (), (0, 0), (shape.rows,)), shape)


def spread(array: Array, shape: Shape) -> Node:
    """A node broadcast to a shape; axes that have their size already are left alone."""
    if array.shape == shape:
        return array.node
    return _joined([Factor(array.node, array.at(0, 1))], shape).node


def broadcast_shape(arrays: list[Array]) -> Shape:
    """The shape that arrays have together, where an axis of size 1 stretches."""
    rows = next((a.shape.rows for a in arrays if not a.shape.rows.is_one), ONE)
    cols = next((a.shape.cols for a in arrays if not a.shape.cols.is_one), ONE)
    return Shape(rows, cols)


def plus(terms: list[Array]) -> Array:
    """The sum of arrays that broadcast."""
    shape = broadcast_shape(terms)
    return Array(total([(ONCE, spread(term, shape)) for term in terms], shape.axes), shape)


def hadamard(left: Array, right: Array, power: int = 1) -> Array:
    """Left times right entry by entry, right raised to a power first."""
    above, other = left.at(0, 1), right.at(0, 1)
    factors = [Factor(left.node, above), Factor(right.node, other, Fraction(power))]
    return _joined(factors, broadcast_shape([left, right]))


def times(left: Array, right: Array) -> Array:
    """The matrix product, or a scalar multiple."""
    if left.shape.is_scalar or right.shape.is_scalar:
        return hadamard(left, right)
    factors = [Factor(left.node, left.at(0, 2)), Factor(right.node, right.at(2, 1))]
    return _joined(factors, Shape(left.shape.rows, right.shape.cols), left.shape.cols)


def transpose(array: Array) -> Array:
    """Rows and columns exchanged."""
    return Array(graph.transposed(array.node), array.shape.transposed)


def mapped(function: str, *arguments: Array) -> Array:
    """An elementwise function of arrays that broadcast."""
    shape = broadcast_shape(list(arguments))
    if function == "sqrt":
        return entrywise_power(arguments[0], Array(number(Fraction(1, 2)), SCALAR))
    return Array(graph.apply_map(function, *(spread(a, shape) for a in arguments)), shape)


def constant_value(node: Node) -> Fraction | None:
    """The number that a node is, where it is one."""
    if graph.is_zero(node):
        return Fraction(0)
    if isinstance(node, Product) and not node.factors and not node.axes:
        return node.coefficient
    return None


def entrywise_power(base: Array, exponent: Array) -> Array:
    """Every entry raised to a power."""
    power = constant_value(exponent.node)
    if power is None:
        return mapped("power", base, exponent)
    shape = broadcast_shape([base, exponent])
    whole = spread(base, shape)
    if power.denominator != 1 and graph.is_zero(base.node):
        return Array(whole, shape)
    return Array(elementwise(1, (whole, power)), shape)


def reduce(function: str, array: Array, axis: int | None, slope: str) -> Array:
    """A sum, mean, maximum, minimum or log-sum-exp over all entries or along one axis."""
    kept = [axis is not None and axis != k for k in (0, 1)]
    shape = Shape(*(dim if keep else ONE for keep, dim in zip(kept, array.shape, strict=True)))
    letters = array.at(0, 1)
    result = tuple(letter for letter in letters if kept[letter])
    over = tuple(k for k, letter in enumerate(letters) if not kept[letter])
    if slope in WEIGHTS:
        counts = [number_of(array.node.axes[k]) for k in over]
        weights = [Factor(count, (), WEIGHTS[slope]) for count in counts if WEIGHTS[slope]]
        return Array(
            part(ONCE, [Factor(array.node, letters), *weights], result, array.shape), shape
        )
    if not over:
        return array
    return Array(graph.apply_function(function, (array.node,), shape.axes, over), shape)


def along_rows(function: str, array: Array) -> Array:
    """A function of each row, or of a vector as a whole."""
    if array.shape.is_scalar:
        return Array(number(1 if function == "softmax" else 0), SCALAR)
    axes = array.node.axes
    return Array(graph.apply_function(function, (array.node,), axes, (len(axes) - 1,)), array.shape)


def triangle(rows: Dim, cols: Dim) -> Node:
    """The matrix of ones on and below the diagonal, and zeros above it."""
    ones = product(ONCE, (), (0, 1), (rows, cols))
    return graph.apply_function("tril", (ones,), (rows, cols))


def diagonal(array: Array) -> Array:
    """The diagonal of a square matrix, as a column."""
    dim = array.shape.rows
    return Array(arranged(array.node, (0, 0), (0,), (dim,)), Shape(dim, ONE))


def by_signature(signature: str, arrays: Sequence[Array]) -> Array:
    """The labelled product that a rule's signature describes."""
    read = read_signature(signature)
    axes = [list(_axes(array, own)) for array, own in zip(arrays, read.arguments, strict=True)]
    dims = _letter_sizes([pair for pairs in axes for pair in pairs])
    place = {letter: k for k, letter in enumerate(dims)}

    def index(axis: Axis, merge: type[Merged] | type[Shifted]) -> Index:
        letters = tuple(place[letter] for letter in axis if not dims[letter].is_one)
        return letters[0] if len(letters) == 1 else merge(letters)

    factors = [
        Factor(array.node, tuple(index(axis, Shifted) for axis, dim in pairs if not dim.is_one))
        for array, pairs in zip(arrays, axes, strict=True)
    ]
    if read.ordered:
        below = [dims[letter] for letter in read.ordered]
        if any(dim.is_one for dim in below):
            raise NotDifferentiableError(
                f"a triangle is that of a matrix, not of {arrays[0].shape}"
            )
        factors.append(Factor(triangle(*below), tuple(place[letter] for letter in read.ordered)))
    sizes = [product_of(dims[letter] for letter in axis) for axis in read.value]
    shape = Shape(*(*sizes, ONE, ONE)[:2])
    result = tuple(
        index(axis, Merged) for axis, size in zip(read.value, sizes, strict=True) if not size.is_one
    )
    return Array(part(ONCE, factors, result, [*dims.values()]), shape)


def _axes(array: Array, letters: Sequence[Axis]) -> Sequence[tuple[Axis, Dim]]:
    """The axes that a signature gives an argument, with their sizes; a vector may have one."""
    if len(letters) == 1:
        return [(letters[0], array.shape.rows * array.shape.cols)]
    return list(zip(letters, array.shape, strict=True)) if letters else []


def _letter_sizes(axes: Sequence[tuple[Axis, Dim]]) -> dict[str, Dim]:
    """The size of each letter; one that only slides has what the others leave of its axis."""
    sizes = {axis: dim for axis, dim in axes if isinstance(axis, str)}
    for axis, dim in axes:
        for letter in axis if isinstance(axis, tuple) else ():
            if letter not in sizes:
                others = [sizes[other] - ONE for other in axis if other != letter]
                sizes[letter] = functools.reduce(Dim.__sub__, others, dim)
    return sizes


def product_of(sizes: Iterable[Dim]) -> Dim:
    """The size of an axis that is made of several."""
    return functools.reduce(Dim.__mul__, sizes, ONE)

"""Arrays with rows and columns: the operations of matrix notation as labelled products.

An array is a node together with its place in matrix notation; the functions here say which axis of
which operand has which letter.  In an index statement an array has letters besides, and whatever is
done with it is done for each of their values: `inv(A[b])` has the letter `b`, rows and columns.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import count
from typing import NamedTuple

from dimderiv import graph
from dimderiv.graph import (
    ONCE,
    Factor,
    Node,
    Product,
    arranged,
    elementwise,
    number,
    opened,
    part,
    product,
    total,
)
from dimderiv.language import ONE, SCALAR, Dim, Shape

# Functions that leave as it is what has no entry below zero.
NOTHING_BELOW_ZERO = frozenset({"abs", "relu"})


class Array(NamedTuple):
    """A node and the axes that it has in matrix notation, rows and columns for most.

    The first axes of the node are those of the letters of an index statement.  A letter of size 1
    is none, as an axis of size 1 is none.
    """

    node: Node
    shape: Shape
    letters: tuple[str, ...] = ()

    def at(self, *axes: int) -> tuple[int, ...]:
        """The numbers of the axes that the node has, from one for each axis of the shape."""
        return _shown(self.shape, axes)

    @property
    def lettered(self) -> dict[str, Dim]:
        """The size of each letter."""
        return dict(zip(self.letters, self.node.axes, strict=False))

    def with_node(self, node: Node) -> "Array":
        """Another node with the same axes."""
        return self._replace(node=node)


class Operand(NamedTuple):
    """An array in a product, a number for each axis of its shape, and a power."""

    array: Array
    axes: Sequence[int]
    power: Fraction = ONCE


def _shown(shape: Shape, axes: Iterable[int]) -> tuple[int, ...]:
    return tuple([i for i, dim in zip(axes, shape, strict=True) if not dim.is_one])


def joined(operands: Sequence[Operand], shape: Shape, *summed: Dim) -> Array:
    """The product of operands in numbers of axes: those of the value, and others that are summed.

    Args:
        operands: with numbers from 0 for the axes of the value, then for those that are summed.
        shape: that of the value.
        summed: the sizes of the axes that are summed.
    """
    letters: dict[str, Dim] = {}
    factors, place = [], dict[str, int]()
    for array, axes, power in operands:
        indices = _shown(array.shape, axes)
        if array.letters:
            letters |= array.lettered | letters
            place = dict(zip(letters, count(len(shape) + len(summed)), strict=False))
            indices = (*[place[letter] for letter in array.letters], *indices)
        factors.append(Factor(array.node, indices, power))
    result = (*place.values(), *_shown(shape, range(len(shape))))
    multiplied = opened if letters else part
    node = multiplied(ONCE, factors, result, [*shape, *summed, *letters.values()])
    return Array(node, shape, tuple(letters))


def all_letters(arrays: Iterable[Array]) -> dict[str, Dim]:
    """The letters of arrays with their sizes, in the order in which they occur."""
    letters: dict[str, Dim] = {}
    for array in arrays:
        if array.letters:
            letters |= array.lettered | letters
    return letters


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


def spread(array: Array, shape: Shape, letters: dict[str, Dim] | None = None) -> Node:
    """A node broadcast to a shape, and to letters; axes that have their size are left alone.

    Args:
        array: the array.
        shape: with at least as many axes.
        letters: with their sizes; those of the array are among them.
    """
    letters = array.lettered if letters is None else letters
    if array.shape == shape and array.letters == tuple(letters):
        return array.node
    place = dict(zip(letters, count(len(shape)), strict=False))
    last = range(len(shape))[-len(array.shape) :]
    indices = (*[place[letter] for letter in array.letters], *array.at(*last))
    result = (*place.values(), *_shown(shape, range(len(shape))))
    multiplied = opened if letters else part
    return multiplied(ONCE, [Factor(array.node, indices)], result, [*shape, *letters.values()])


def broadcast_shape(arrays: Sequence[Array]) -> Shape:
    """The shape that arrays have together, where an axis of size 1 stretches."""
    shapes = [array.shape for array in arrays]
    return shapes[0] if shapes.count(shapes[0]) == len(shapes) else Shape(*_stretched(shapes))


def _stretched(axes: Sequence[tuple[Dim, ...]]) -> Iterator[Dim]:
    """The sizes that axes have together, aligned at the last ones."""
    for place in range(-max(map(len, axes)), 0):
        sizes = [own[place] for own in axes if len(own) >= -place and not own[place].is_one]
        yield sizes[0] if sizes else ONE


def plus(terms: list[Array]) -> Array:
    """The sum of arrays that broadcast."""
    shape, letters = broadcast_shape(terms), all_letters(terms)
    axes = (*letters.values(), *shape.axes)
    node = total([(ONCE, spread(term, shape, letters)) for term in terms], axes)
    return Array(node, shape, tuple(letters))


def hadamard(left: Array, right: Array, power: int = 1) -> Array:
    """Left times right entry by entry, right raised to a power first."""
    shape = broadcast_shape([left, right])
    axes = range(len(shape))
    above = Operand(left, axes[-len(left.shape) :])
    other = Operand(right, axes[-len(right.shape) :], Fraction(power))
    return joined([above, other], shape)


def times(left: Array, right: Array) -> Array:
    """The matrix product, or a scalar multiple; of more axes, for each index of the first ones."""
    if left.shape.is_scalar or right.shape.is_scalar:
        return hadamard(left, right)
    stack = [*_stretched([left.shape[:-2], right.shape[:-2]])]
    *before, row, column, inner = range(len(stack) + 3)
    above, other = [*before, row, inner], [*before, inner, column]
    operands = [
        Operand(left, above[-len(left.shape) :]),
        Operand(right, other[-len(right.shape) :]),
    ]
    return joined(operands, Shape(*stack, left.shape[-2], right.shape[-1]), left.shape[-1])


def transpose(array: Array) -> Array:
    """Rows and columns exchanged."""
    if array.letters:
        found = joined([Operand(array, (1, 0))], array.shape.transposed)
        # The transpose of a sum is that of its terms, which may be the same sum.
        return found.with_node(total([(ONCE, found.node)], found.node.axes))
    return Array(graph.transposed(array.node), array.shape.transposed)


def mapped(function: str, *arguments: Array) -> Array:
    """An elementwise function of arrays that broadcast."""
    if function == "sqrt":
        return entrywise_power(arguments[0], Array(number(Fraction(1, 2)), SCALAR))
    if function in NOTHING_BELOW_ZERO and graph.is_nonnegative(arguments[0].node):
        return arguments[0]
    shape, letters = broadcast_shape(arguments), all_letters(arguments)
    value = graph.apply_map(function, *(spread(a, shape, letters) for a in arguments))
    return Array(value, shape, tuple(letters))


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
    whole = spread(base, shape, base.lettered)
    if power.denominator == 1 or not graph.is_zero(base.node):
        whole = elementwise(1, (whole, power))
    return Array(whole, shape, base.letters)


def diagonal(array: Array) -> Array:
    """The diagonal of a square matrix, as a column."""
    dim = array.shape.rows
    if array.letters:
        return joined([Operand(array, (0, 0))], Shape(dim, ONE))
    return Array(arranged(array.node, (0, 0), (0,), (dim,)), Shape(dim, ONE))


def product_of(sizes: Iterable[Dim]) -> Dim:
    """The size of an axis that is made of several."""
    return functools.reduce(Dim.__mul__, sizes, ONE)

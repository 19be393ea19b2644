"""The labelled product that the signature of a rule describes, such as that of `kron`."""

import functools
from collections.abc import Mapping, Sequence

from dimderiv import graph
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import ONCE, Factor, Index, Merged, Node, Shifted, part, product
from dimderiv.language import ONE, Dim, Shape
from dimderiv.lower.arrays import Array, all_letters, product_of
from dimderiv.rulebook import Axis, Sliding, read_signature


def triangle(rows: Dim, cols: Dim) -> Node:
    """The matrix of ones on and below the diagonal, and zeros above it."""
    ones = product(ONCE, (), (0, 1), (rows, cols))
    return graph.apply_function("tril", (ones,), (rows, cols))


def by_signature(signature: str, arrays: Sequence[Array]) -> Array:
    """The labelled product that a rule's signature describes."""
    read = read_signature(signature)
    axes = [list(_axes(array, own)) for array, own in zip(arrays, read.arguments, strict=True)]
    dims = _letter_sizes([pair for pairs in axes for pair in pairs])
    place = {letter: k for k, letter in enumerate(dims)}
    outer = all_letters(arrays)
    outside = {letter: k for k, letter in enumerate(outer, len(dims))}

    def index(axis: Axis) -> Index:
        letters = tuple(place[letter] for letter in axis if not dims[letter].is_one)
        merge = Shifted if isinstance(axis, Sliding) else Merged
        return letters[0] if len(letters) == 1 else merge(letters)

    factors = [
        Factor(
            array.node,
            (
                *[outside[letter] for letter in array.letters],
                *[index(axis) for axis, dim in pairs if not dim.is_one],
            ),
        )
        for array, pairs in zip(arrays, axes, strict=True)
    ]
    if read.ordered:
        below = [dims[letter] for letter in read.ordered]
        if any(dim.is_one for dim in below):
            raise NotDifferentiableError(
                f"a triangle is that of a matrix, not of {arrays[0].shape}"
            )
        factors.append(Factor(triangle(*below), tuple(place[letter] for letter in read.ordered)))
    sizes = [_size(axis, dims) for axis in read.value]
    result = (
        *outside.values(),
        *[index(axis) for axis, size in zip(read.value, sizes, strict=True) if not size.is_one],
    )
    node = part(ONCE, factors, result, [*dims.values(), *outer.values()])
    return Array(node, Shape.of(sizes), tuple(outer))


def _axes(array: Array, letters: Sequence[Axis]) -> Sequence[tuple[Axis, Dim]]:
    """The axes that a signature gives an argument, with their sizes; a vector may have one."""
    if len(letters) == 1:
        return [(letters[0], array.shape.rows * array.shape.cols)]
    return list(zip(letters, array.shape, strict=True)) if letters else []


def _size(axis: Axis, dims: Mapping[str, Dim]) -> Dim:
    """The size of an axis of the value."""
    if isinstance(axis, Sliding):
        return functools.reduce(Dim.__add__, [dims[letter] - ONE for letter in axis], ONE)
    return product_of(dims[letter] for letter in axis)


def _letter_sizes(axes: Sequence[tuple[Axis, Dim]]) -> dict[str, Dim]:
    """The size of each letter; one that only slides has what the others leave of its axis."""
    sizes = {axis: dim for axis, dim in axes if isinstance(axis, str)}
    for axis, dim in axes:
        for letter in axis if isinstance(axis, tuple) else ():
            if letter not in sizes:
                others = [sizes[other] - ONE for other in axis if other != letter]
                sizes[letter] = functools.reduce(Dim.__sub__, others, dim)
    return sizes

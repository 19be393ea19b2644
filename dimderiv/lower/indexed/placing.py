"""Where entries are placed: blocks side by side, axes in another order, split and merged."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Merged,
    Node,
    apply_function,
    opened,
    product,
    selection,
    total,
)
from dimderiv.language import NOTHING, Dim, Shape
from dimderiv.lower.arrays import Array, identity, product_of


def placed(rows: Sequence[Sequence[Array]], shape: Shape) -> Array:
    """Blocks side by side and one above the other, as the sum of what each is in the whole.

    Args:
        rows: the blocks of each row.
        shape: that of the whole.
    """
    heights = [row[0].shape.rows for row in rows]
    terms = []
    for top, row in zip(accumulate(heights, initial=NOTHING), rows, strict=False):
        widths = [block.shape.cols for block in row]
        for left, block in zip(accumulate(widths, initial=NOTHING), row, strict=False):
            terms.append((ONCE, _within(block, (top, left), shape)))
    return Array(total(terms, shape.axes), shape)


def _within(block: Array, offsets: Sequence[Dim], shape: Shape) -> Node:
    """A block, with zeros in the places of all others."""
    if block.letters:
        raise NotDifferentiableError(
            "blocks with index letters are not supported",
            hint="name the blocks before the index statement",
        )
    dims: list[Dim] = []
    inner: list[Index] = []
    result: list[Index] = []
    factors: list[Factor] = []
    for own, whole, offset in zip(block.shape, shape, offsets, strict=True):
        numbers = () if own.is_one else (len(dims),)
        dims += [own] * len(numbers)
        inner += numbers
        if whole.is_one:
            continue
        if own == whole:
            result += numbers
            continue
        result.append(len(dims))
        chosen = selection((whole, *[own] * len(numbers)), (1,) * len(numbers), offset)
        factors.append(Factor(chosen, (len(dims), *numbers)))
        dims.append(whole)
    return opened(ONCE, [Factor(block.node, tuple(inner)), *factors], result, dims)


def onehot(labels: Array, shape: Shape) -> Array:
    """The one-hot matrix of labels: a row for each, and a column for each class.

    Args:
        labels: whole numbers from 0.
        shape: that of the matrix.
    """
    classes = shape[-1] if not labels.shape.is_scalar else product_of(shape)
    if classes.is_one:
        raise NotDifferentiableError("labels have more than one class")
    axes = (*labels.node.axes, classes)
    return Array(apply_function("onehot", (labels.node,), axes), shape, labels.letters)


def commutation(dims: Sequence[Dim]) -> Array:
    """The matrix that is 1 where a place in `vec(X')` and one in `vec(X)` are of one entry.

    Args:
        dims: the sizes of the two axes of `X`.
    """
    size = product_of(dims)
    if any(dim.is_one for dim in dims):
        return identity(Shape(size, size))
    swap = product(ONCE, (), (Merged((0, 1)), Merged((1, 0))), dims)
    return Array(swap, Shape(size, size))


def permuted(array: Array, order: Sequence[int]) -> Array:
    """An array with its axes in another order.

    Args:
        array: the array.
        order: for each axis of the value, which axis of the array it is.
    """
    first = len(array.letters)
    outer = tuple(range(first))
    inner = range(first, first + len(array.shape))
    result = [first + k for k in order if not array.shape[k].is_one]
    dims = [*array.lettered.values(), *array.shape]
    node = opened(ONCE, [Factor(array.node, (*outer, *array.at(*inner)))], (*outer, *result), dims)
    return Array(node, Shape(*[array.shape[k] for k in order]), array.letters)


def reshaped(array: Array, shape: Shape) -> Array:
    """The entries of an array, the last axis fastest, in an array with other axes.

    Args:
        array: the array.
        shape: with as many entries.
    """
    groups = _groups(list(array.shape.axes), list(shape.axes))
    outer = len(array.letters)
    plain = tuple(range(len(array.node.axes)))
    flat = [*plain[:outer], *_in_groups(outer, [len(old) for old, _ in groups])]
    merged = product(ONCE, [Factor(array.node, plain)], flat, array.node.axes)
    dims = (*array.node.axes[:outer], *shape.axes)
    places = (*plain[:outer], *_in_groups(outer, [len(new) for _, new in groups]))
    node = product(ONCE, [Factor(merged, places)], tuple(range(len(dims))), dims)
    return Array(node, shape, array.letters)


def _in_groups(first: int, counts: Sequence[int]) -> list[Index]:
    """Indices of one letter or several, in turn."""
    ends = accumulate(counts, initial=first)
    groups = [tuple(range(end, end + count)) for end, count in zip(ends, counts, strict=False)]
    return [Merged(group) if len(group) > 1 else group[0] for group in groups]


Group = tuple[list[Dim], list[Dim]]


def _groups(old: list[Dim], new: list[Dim]) -> list[Group]:
    """Axes before and after, in the smallest groups that have as many entries."""
    groups: list[Group] = []
    taken: Group = ([], [])
    rest = (old[::-1], new[::-1])
    while rest[0] or rest[1]:
        sizes = [product_of(each) for each in taken]
        side = 0 if rest[0] and (not rest[1] or not _is_multiple(*sizes)) else 1
        if not taken[0] and rest[0]:
            side = 0
        taken[side].append(rest[side].pop())
        if taken[0] and taken[1] and product_of(taken[0]) == product_of(taken[1]):
            groups.append(taken)
            taken = ([], [])
    return [*groups, taken] if taken[0] or taken[1] else groups


def _is_multiple(size: Dim, other: Dim) -> bool:
    """Whether a size is known to be another one times something."""
    if size.number is not None and other.number is not None:
        return size.number >= other.number
    if len(size.monomials) != 1 or len(other.monomials) != 1:
        return False
    ((names, count),), ((others, divisor),) = size.monomials, other.monomials
    return count % divisor == 0 and Counter(names) >= Counter(others)

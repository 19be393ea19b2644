"""Axes that are left out, put in, exchanged and merged, by letters where matrices do not reach."""

from collections.abc import Sequence

from dimderiv.language import (
    Binary,
    Call,
    Entry,
    IndexForm,
    Letter,
    Name,
    Transpose,
    Tree,
    unused_letters,
)
from dimderiv.sources.code.entries import ONE, entry, names_of
from dimderiv.sources.code.values import (
    Array,
    Place,
    counted,
    is_known,
    transposed,
    whole_number,
)

_LETTERS = "ijklpqrstuvabcdefghmnowxyz"


def letters(at: Place, *trees: Tree) -> list[str]:
    """Letters that nothing else is called by, as many as anyone needs.

    Those of index statements are free again, since they get other names.
    """
    names = frozenset().union(*map(_lasting, trees))
    unused = unused_letters(_LETTERS, at.taken | names)
    return [next(unused) for _ in range(len(_LETTERS))]


def _lasting(tree: Tree) -> set[str]:
    heads = {name for name, _ in tree.letters} if isinstance(tree, IndexForm) else set()
    return names_of(tree) - heads


def by_letters(at: Place, array: Array, kept: Sequence[int | None]) -> Array:
    """An array entry by entry: which of its axes each axis of the result is, or none, of size 1."""
    free = letters(at, array.tree)
    own, new = free[: array.axes], free[array.axes :]
    head: list[Letter] = [
        (new[place], ONE) if axis is None else (own[axis], None) for place, axis in enumerate(kept)
    ]
    return Array(IndexForm(tuple(head), _entry(at, array, own), span=at.span), len(kept))


def reduced_axes(at: Place, function: str, array: Array, axes: Sequence[int]) -> Array:
    """A reduction of an array with more than two axes, of which those that it runs along go."""
    names = letters(at, array.tree)[: array.axes]
    entry = _entry(at, array, names)
    over: tuple[Letter, ...] = tuple((names[axis], None) for axis in axes)
    kept: tuple[Letter, ...] = tuple((n, None) for i, n in enumerate(names) if i not in axes)
    body = Call(function, (entry,), over=over, span=at.span)
    return Array(IndexForm(kept, body, span=at.span) if kept else body, len(kept))


def product_of_stacks(at: Place, left: Array, right: Array) -> Array:
    """What `@` is of stacks of matrices: the axes before the last two are aligned from the last."""
    summed, row, column, *stack = letters(at, left.tree, right.tree)
    stack = stack[: max(left.axes, right.axes) - 2]
    before, behind = (stack[len(stack) - max(each.axes - 2, 0) :] for each in (left, right))
    rows = [row] if left.axes > 1 else []
    columns = [column] if right.axes > 1 else []
    first = _entry(at, left, [*before, *rows, summed])
    second = _entry(at, right, [*behind, summed, *columns])
    if any(summed not in names_of(each) for each in (first, second)):
        at.misfit("@ does not conform: an axis of size 1 meets another one")
    body = Call("sum", (Binary("*", first, second, at.span),), over=((summed, None),), span=at.span)
    kept = [*stack, *rows, *columns]
    return Array(IndexForm(tuple((name, None) for name in kept), body, span=at.span), len(kept))


def _entry(at: Place, array: Array, names: Sequence[str]) -> Tree:
    """The entry of an array at letters."""
    found = entry(at, array, names) if isinstance(array.tree, IndexForm) else None
    tree = array.column if array.axes == 1 else array.tree
    return found or Entry(tree, tuple(Name(name, at.span) for name in names), at.span)


def permuted(at: Place, array: Array, order: Sequence[int]) -> Array:
    """An array with its axes in another order."""
    if sorted(order) != list(range(array.axes)):
        at.misfit(f"{list(order)} is no order of the axes of an array with {counted(array.axes)}")
    if list(order) == list(range(array.axes)):
        return array
    if array.axes == 2:
        return Array(transposed(array.tree), 2)
    numbers = tuple(whole_number(axis, at.span) for axis in order)
    return Array(Call("permute", (array.tree, *numbers), span=at.span), array.axes)


def exchanged(at: Place, array: Array, first: int, second: int) -> Array:
    """An array with two of its axes exchanged."""
    order = list(range(array.axes))
    one, other = axis_of(at, array, first), axis_of(at, array, second)
    order[one], order[other] = order[other], order[one]
    return permuted(at, array, order)


def reversed_axes(at: Place, array: Array) -> Array:
    """What `.T` is: a 1-D array stays as it is."""
    if array.axes < 2:
        return array
    return permuted(at, array, list(range(array.axes))[::-1])


def axis_of(at: Place, array: Array, axis: int) -> int:
    """The number of an axis, counted from the front."""
    if axis not in range(-array.axes, array.axes):
        at.misfit(f"there is no axis {axis} in an array with {counted(array.axes)}")
    return axis % array.axes


def with_new_axes(at: Place, array: Array, kept: Sequence[int | None]) -> Array:
    """An array with axes of size 1 put in: which of its axes each axis is, or none."""
    if len(kept) == 2 and array.axes == 1:
        return Array(array.column if kept[0] == 0 else array.row, 2)
    if list(kept) == list(range(array.axes)):
        return array
    if array.axes == 0:
        at.misfit("a number has no axes")
    return by_letters(at, array, kept)


def raveled(at: Place, array: Array) -> Array:
    """All entries one after the other, the last axis fastest."""
    if array.axes < 2:
        return array if array.axes else Array(array.tree, 1)
    if array.axes == 2:
        return Array(Call("vec", (Transpose(array.tree, at.span),), span=at.span), 1)
    minus_one = whole_number(-1, at.span)
    return Array(Call("reshape", (array.tree, minus_one), span=at.span), 1)


def reshaped(at: Place, array: Array, sizes: Sequence[Array]) -> Array:
    """The same entries in the same order, in another shape."""
    numbers = [size.whole for size in sizes]
    if numbers == [-1]:
        return raveled(at, array)
    if array.axes == 1 and sorted(map(str, numbers)) == ["-1", "1"]:
        return Array(array.column if numbers[1] == 1 else array.row, 2)
    tree = array.column if array.axes == 1 else array.tree
    if not all(is_known(size.tree) for size in sizes):
        at.refuse("the sizes of this shape are not known", "the shapes of the symbols")
    wanted = tuple(size.tree for size in sizes)
    return Array(Call("reshape", (tree, *wanted), span=at.span), len(sizes))

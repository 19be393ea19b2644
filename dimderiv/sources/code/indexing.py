"""Square brackets behind an array: entries, slices, new axes, and entries by labels."""

import ast
from collections.abc import Callable, Sequence

from dimderiv.language import COMPARISONS, Binary, Entry, Slice, Tree, frozen, walk
from dimderiv.sources.code.arranging import with_new_axes
from dimderiv.sources.code.functions.matrices import picked
from dimderiv.sources.code.values import (
    Array,
    Counting,
    Parts,
    Place,
    Value,
    described,
    is_known,
)

Read = Callable[[ast.expr], Value]


@frozen.record
class _Range:
    """A slice: the places from a size up to another one."""

    start: Tree | None
    stop: Tree | None


_Item = Array | Counting | _Range | None


def part(at: Place, base: Value, index: ast.expr, read: Read) -> Value:
    """What square brackets take out of a value.

    Args:
        at: where.
        base: the value.
        index: what stands in the brackets.
        read: what an expression is.
    """
    match base:
        case tuple():
            return _of_list(at, base, index, read)
        case Parts(function, values):
            found = list(values.values())
            place = at.array(read(index)).whole
            inside = place is not None and -len(found) <= place < len(found)
            value = found[place] if inside and place is not None else None
            return value or at.refuse(f"{at.text} is not read: this part of {function}")
        case Array():
            return _of_array(at, base, index, read)
    at.refuse(f"{described(base)} has no entries")


def _of_list(at: Place, values: tuple[Value, ...], index: ast.expr, read: Read) -> Value:
    if isinstance(index, ast.Slice):
        ends = [None if end is None else read(end) for end in (index.lower, index.upper)]
        first, last = [None if end is None else at.array(end).whole for end in ends]
        return values[first:last]
    place = at.array(read(index)).whole
    if place is None or not -len(values) <= place < len(values):
        at.misfit(f"there is no such part: there are {len(values)}")
    return values[place]


def _of_array(at: Place, array: Array, index: ast.expr, read: Read) -> Array:
    items = _items(at, array, index, read)
    asked = sum(item is not None for item in items)
    if asked > array.axes:
        at.misfit(f"{asked} indices are more than the array has axes, which are {array.axes}")
    items += [_Range(None, None)] * (array.axes - asked)
    if any(_is_list(item) for item in items):
        return _by_labels(at, array, items)
    taken = _taken(at, array, [item for item in items if item is not None])
    kept: list[int | None] = []
    for item in items:
        if item is None:
            kept.append(None)
        elif isinstance(item, _Range):
            kept.append(len([axis for axis in kept if axis is not None]))
    return with_new_axes(at, taken, kept)


def _items(at: Place, array: Array, index: ast.expr, read: Read) -> list[_Item]:
    written = index.elts if isinstance(index, ast.Tuple) else [index]
    dots = [each for each in written if _is_dots(each)]
    items: list[_Item] = []
    for each in written:
        if _is_dots(each):
            others = sum(not _is_none(one) for one in written) - len(dots)
            items += [_Range(None, None)] * (array.axes - others)
        elif isinstance(each, ast.Slice):
            items.append(_range(at, each, read))
        else:
            items.append(_item(at, read(each)))
    return items


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _is_none(node: ast.expr) -> bool:
    is_new = isinstance(node, ast.Attribute) and node.attr == "newaxis"
    return is_new or (isinstance(node, ast.Constant) and node.value is None)


def _item(at: Place, value: Value) -> _Item:
    match value:
        case None | Counting():
            return value
        case Array():
            if any(isinstance(p, Binary) and p.operator in COMPARISONS for p in walk(value.tree)):
                hint = "np.where(x > 0, x, 0), or (x > 0) * x"
                at.refuse("a mask of truth values as an index is not read", hint)
            if value.axes == 0 and value.whole is None:
                at.refuse("an index is a whole number, a slice or labels", "x[0], x[1:]")
            return value
    at.refuse(f"{described(value)} is no index")


def _range(at: Place, node: ast.Slice, read: Read) -> _Range:
    if node.step is not None and at.array(read(node.step)).whole != 1:
        at.refuse("a slice with a step is not read", "in the language: [i] x[2i]")
    ends = [None if end is None else read(end) for end in (node.lower, node.upper)]
    first, last = [None if end is None else at.array(end, 0).tree for end in ends]
    if not all(end is None or is_known(end) for end in (first, last)):
        at.refuse("the size in this slice is not known", "the shapes of the symbols, or x[:-1]")
    return _Range(first, last)


def _is_list(item: _Item) -> bool:
    return isinstance(item, Counting) or (isinstance(item, Array) and item.axes > 0)


def _taken(at: Place, array: Array, items: Sequence[_Item]) -> Array:
    """The entries at whole numbers and in slices."""
    if all(item == _Range(None, None) for item in items):
        return array
    indices: list[Tree] = []
    for item in items:
        if isinstance(item, _Range):
            indices.append(Slice(item.start, item.stop, at.span))
        elif isinstance(item, Array):
            indices.append(item.tree)
    axes = sum(isinstance(item, _Range) for item in items)
    tree = array.column if array.axes == 1 else array.tree
    return Array(Entry(tree, tuple(indices), at.span), axes)


def _by_labels(at: Place, array: Array, items: Sequence[_Item]) -> Array:
    """The entry of each row that its label says, or the rows that labels say."""
    match items:
        case [Counting(), Array() as labels] if array.axes == 2:
            return picked(at, array, at.array(labels, 1))
        case [Array() as labels, _Range(None, None)] if labels.axes == 1:
            indices = (labels.column, Slice(span=at.span))
            return Array(Entry(array.tree, indices, at.span), 2)
    at.misfit("labels are read as in S[np.arange(n), y] and in E[y]")

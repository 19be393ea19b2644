"""Arrays whose entries only find other places: blocks, `reshape`, `permute`, `onehot`."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from dimderiv.infer.clashes import Axes, ClashError
from dimderiv.infer.indexed import array_refusals, index_refusals
from dimderiv.infer.indexed.labels import labels_axes, labels_size
from dimderiv.infer.indexed.written import written_size
from dimderiv.infer.operators import constant
from dimderiv.infer.scope import SCALAR_AXES, Scope, array_axes
from dimderiv.infer.sizes import mark_as_scalar
from dimderiv.infer.unify import SizeTerm, Variable
from dimderiv.language import ONE, Blocks, Call, Number, Tree


def blocks_axes(scope: Scope, node: Blocks) -> Axes:
    """Blocks in a row have one height, and all rows the same width; zeros fit."""
    if len(node.rows) == 1 and len(node.rows[0]) > 1 and all(map(_is_row, node.rows[0])):
        raise array_refusals.rows_in_brackets(scope, node)
    heights: list[SizeTerm] = []
    widths: list[SizeTerm] = []
    visited = [[scope.visit(block) for block in row] for row in node.rows]
    for row, axes in zip(node.rows, visited, strict=True):
        for block, own in zip(row, axes, strict=True):
            if len(own) > 2:
                raise ClashError(block, array_refusals.block_refused)
    visited = [_filled(scope, node.rows, visited, row) for row in range(len(visited))]
    for row, axes in zip(node.rows, visited, strict=True):
        for block, own in zip(row, axes, strict=True):
            scope.agree(axes[0][0], own[0], node, array_refusals.height_misfit(row[0], block))
        heights.append(axes[0][0])
        widths.append(_total(scope, node, [own[1] for own in axes]))
        write = array_refusals.width_misfit(node.rows[0], row)
        scope.agree(widths[0], widths[-1], node, write)
    return _total(scope, node, heights), widths[0]


def _filled(
    scope: Scope, rows: Sequence[Sequence[Tree]], visited: Sequence[Sequence[Axes]], row: int
) -> list[Axes]:
    """The axes of the blocks of a row, where 0 is as high as its row and as wide as its column."""
    high = [own[0] for block, own in zip(rows[row], visited[row], strict=True) if not _is_0(block)]
    found = list(visited[row])
    for k, block in enumerate(rows[row]):
        if _is_0(block):
            beside = zip(rows, visited, strict=True)
            column = [a[k] for r, a in beside if len(r) == len(found) and not _is_0(r[k])]
            if high and column:
                found[k] = scope.axes[id(block)] = (high[0], column[0][1])
    return found


def _is_0(block: Tree) -> bool:
    return isinstance(block, Number) and block.value == 0


def _is_row(block: Tree) -> bool:
    return isinstance(block, Blocks) and len(block.rows) == 1


def _total(scope: Scope, node: Tree, sizes: Sequence[SizeTerm]) -> SizeTerm:
    return reduce(lambda left, right: scope.unifier.sum(left, right, node), sizes)


def _product(scope: Scope, node: Tree, sizes: Sequence[SizeTerm]) -> SizeTerm:
    return reduce(lambda left, right: scope.unifier.product(left, right, node), sizes)


def _reshape_axes(scope: Scope, node: Call) -> Axes:
    """The entries in the same order under other axes; one size may be -1, which is what is left."""
    own = scope.visit(node.arguments[0])
    sizes = [_size_or_rest(scope, size) for size in node.arguments[1:]]
    before, after = _product(scope, node, own), _product(scope, node, sizes)
    scope.agree(before, after, node, array_refusals.reshape_misfit)
    return array_axes(sizes)


def _size_or_rest(scope: Scope, node: Tree) -> SizeTerm:
    if constant(node) != -1:
        return written_size(scope, node)
    mark_as_scalar(scope, node)
    return Variable()


def _permute_axes(scope: Scope, node: Call) -> Axes:
    """The axes in another order."""
    own = scope.visit(node.arguments[0])
    order = []
    for number in node.arguments[1:]:
        mark_as_scalar(scope, number)
        value = constant(number)
        if value is None or value.denominator != 1:
            raise ClashError(node, array_refusals.permute_refused)
        order.append(int(value) + len(own) * (value < 0))
    if sorted(order) != list(range(len(own))):
        raise ClashError(node, array_refusals.permute_refused)
    return tuple([own[axis] for axis in order])


def _onehot_axes(scope: Scope, node: Call) -> Axes:
    """A row for each label, with 1 at its place; of a single label a column."""
    labels, *size = node.arguments
    own, count = labels_axes(scope, labels), labels_size(scope, labels)
    for written in size:
        write = index_refusals.labels_misfit(labels)
        scope.agree(count, written_size(scope, written), node, write)
    if own == SCALAR_AXES:
        return count, ONE
    if len(own) > 2 or own[1] is not ONE:
        return *own, count
    return own[0], count


REARRANGED: Mapping[str, tuple[Callable[[Scope, Call], Axes], int, str]] = {
    "reshape": (_reshape_axes, 2, "reshape(X, m, n)"),
    "permute": (_permute_axes, 3, "permute(X, 1, 0)"),
    "onehot": (_onehot_axes, 1, "onehot(y)"),
}

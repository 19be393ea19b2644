"""Parts of arrays: slices, windows that slide, zeros put around them, and what undoes these."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dimderiv.codegen.plan.details import Along, Edge, Edges, Part, Parts, Window, Windows
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.plan import Plan
from dimderiv.language import NOTHING, ONE, Dim


class Range(NamedTuple):
    """What is taken along an axis.

    Attributes:
        first: the first place.
        last: the last one; both may lie outside.
        step: how far apart the places are.
        places: how many they are; none where one place is taken and the axis goes.
    """

    first: Dim
    last: Dim
    step: int
    places: Dim | None


def part(plan: Plan, op: Operation, ranges: Mapping[int, Range]) -> Operation:
    """The part of an array along some axes, with zeros where that lies outside.

    Args:
        plan: the plan that the operations become part of.
        op: the array.
        ranges: what is taken along each axis.
    """
    inside, edges = dict(ranges), dict[int, tuple[Dim, Dim]]()
    for axis, each in ranges.items():
        before, after = NOTHING - each.first, each.last - op.dims[axis] + ONE
        is_inside = is_none(after) or _is_meant_inside(op, each, after)
        if not (is_none(before) and is_inside):
            edges[axis] = (before, after)
            inside[axis] = each._replace(first=NOTHING, last=each.last - each.first)
    return _sliced(plan, padded(plan, op, edges), inside)


def _sliced(plan: Plan, op: Operation, ranges: Mapping[int, Range]) -> Operation:
    """The part of an array along some axes, all of which lies inside."""
    dims, parts = list[Dim](), list[Part]()
    for axis, size in enumerate(op.dims):
        if axis not in ranges:
            dims.append(size)
            continue
        first, last, step, count = ranges[axis]
        if count is None:
            parts.append(Part(axis, first, None, 0))
            continue
        dims.append(count)
        is_to_end = last + ONE == size
        if not is_to_end or first != NOTHING or step > 1:
            parts.append(Part(axis, first, None if is_to_end else last + ONE, step))
    return plan.make("part", (op,), tuple(dims), Parts(tuple(parts))) if parts else op


def padded(plan: Plan, op: Operation, edges: Mapping[int, tuple[Dim, Dim]]) -> Operation:
    """An array with so many zeros before and after it along axes; below zero, with so many less.

    Args:
        plan: the plan that the operations become part of.
        op: the array.
        edges: the number of zeros before and after, by the axis.
    """
    edges = {axis: each for axis, each in edges.items() if each != (NOTHING, NOTHING)}
    if not edges:
        return op
    dims = [dim + sum(edges.get(axis, ()), NOTHING) for axis, dim in enumerate(op.dims)]
    if all(is_none(before) and is_none(after) for before, after in edges.values()):
        kept = {
            axis: Range(NOTHING - before, op.dims[axis] + after - ONE, 1, dims[axis])
            for axis, (before, after) in edges.items()
        }
        return _sliced(plan, op, kept)
    detail = Edges(tuple(Edge(axis, *each) for axis, each in sorted(edges.items())))
    return plan.make("bordered", (op,), tuple(dims), detail)


def strided(plan: Plan, op: Operation, windows: Mapping[int, Window]) -> Operation:
    """A view with several axes in the place of each of some, which are gone along in steps.

    Args:
        plan: the plan that the operations become part of.
        op: the array, of just the size that is gone through.
        windows: the sizes and steps of the axes that come in the place of each.
    """
    if not windows:
        return op
    dims = [windows[k].counts if k in windows else (dim,) for k, dim in enumerate(op.dims)]
    detail = Windows(tuple(each for _, each in sorted(windows.items())))
    return plan.make("windowed", (op,), tuple(dim for group in dims for dim in group), detail)


def added(plan: Plan, op: Operation, windows: Mapping[int, Window], rank: int) -> Operation:
    """What undoes `strided`: entries that lie at one place are added up.

    Args:
        plan: the plan that the operations become part of.
        op: the array.
        windows: the sizes and steps of the axes that go, by the axis that comes in their place.
        rank: how many axes there are afterwards.
    """
    moved = {axis: each for axis, each in windows.items() if each.steps not in {(), (1,)}}
    if not moved:
        return op
    dims, own = list[Dim](), iter(op.dims)
    for axis in range(rank):
        each = windows.get(axis)
        counts = [next(own) for _ in (each.counts if each else (ONE,))]
        dims += [each.span] if axis in moved and each else counts
    detail = Windows(tuple(each for _, each in sorted(moved.items())))
    return plan.make("overlapped", (op,), tuple(dims), detail)


def flipped(plan: Plan, op: Operation, axes: Sequence[int]) -> Operation:
    """An array with the last entry along axes first.

    Args:
        plan: the plan that the operations become part of.
        op: the array.
        axes: the axes.
    """
    return plan.make("flip", (op,), op.dims, Along(tuple(axes))) if axes else op


def is_none(count: Dim) -> bool:
    """Whether there is surely nothing of that many: names of sizes are at least 1.

    Args:
        count: the number.
    """
    most = 0
    for names, coefficient in count.monomials:
        if names and coefficient > 0:
            return False
        most += coefficient if all(type(name) is str for name in names) else 0
    return most <= 0


def _is_meant_inside(op: Operation, taken: Range, after: Dim) -> bool:
    """Whether a single place, or a part from the beginning on as `X[:, 0:k]`, is one of the array.

    Nothing is known of how `k` compares to the size, and nobody takes more of what is given than
    there is; of what is computed a part of size `k` may be put into one of size `n`.
    """
    if taken.places is None:
        return True
    if op.kind != "input":
        return False
    terms = after.monomials
    is_compared = all(len(names) == 1 for names, _ in terms)
    is_compared = is_compared and sorted(count for _, count in terms) == [-1, 1]
    return is_compared and taken.first == NOTHING and taken.places == Dim.of(str(taken.places))

"""Sums of arrays that lie in parts of a whole: one array into which they are put."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.codegen.plan.details import Along, Edges, Inlaid, Part
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.parts import is_none
from dimderiv.codegen.plan.plan import Plan, Tensor
from dimderiv.codegen.plan.scaling import Scaling
from dimderiv.language import NOTHING, ONE, Dim

Dims = tuple[Dim, ...]
Term = tuple[Fraction, Tensor]


class Box(NamedTuple):
    """An array that lies in a part of a whole.

    Attributes:
        op: the array.
        starts: where it begins along each axis.
        stops: where it ends.
    """

    op: Operation
    starts: Dims
    stops: Dims

    def is_apart(self, other: "Box") -> bool:
        """Whether it surely has no place in common with another one."""
        axes = zip(self.starts, self.stops, other.starts, other.stops, strict=True)
        return any(
            is_none(stop - begin) or is_none(end - start) for start, stop, begin, end in axes
        )


class Inlaying:
    """Puts the terms of sums that lie in parts of the whole there.

    Args:
        plan: the plan that the operations become part of.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.scaling = Scaling(plan)

    def apart(self, terms: Sequence[Term], dims: Dims) -> tuple[list[Box], list[Term]]:
        """The terms that lie in parts, and the others.

        Args:
            terms: the terms, with what they are multiplied by.
            dims: the size of each axis of the whole.
        """
        boxes, rest = list[Box](), list[Term]()
        for term in sorted(terms, key=lambda each: each[0] < 0):
            box = self._box(*term, dims)
            if box is None:
                rest.append(term)
            else:
                boxes.append(box)
        return (boxes, rest) if len(terms) > 1 else ([], list(terms))

    def _box(self, coefficient: Fraction, tensor: Tensor, dims: Dims) -> Box | None:
        """A term as an array that lies in a part, if it is one."""
        op, every = tensor.op, tuple(range(len(dims)))
        if not isinstance(op.detail, Edges) or tuple(sorted(tensor.letters)) != every:
            return None
        starts, stops = [NOTHING] * len(dims), list(dims)
        for axis, before, after in op.detail.edges:
            place = tensor.letters[axis]
            starts[place], stops[place] = before, dims[place] - after
        inner = tensor._replace(op=op.arguments[0])
        found = self.plan.aligned(self.scaling.multiple(abs(coefficient), [], inner), every)
        found = self.scaling.negated_view(found) if coefficient < 0 else found
        return Box(self.plan.as_number(found), tuple(starts), tuple(stops))

    def beside_each_other(self, boxes: Sequence[Box], dims: Dims) -> Operation | None:
        """The whole as arrays one after the other along an axis, if they are that.

        Args:
            boxes: the arrays.
            dims: the size of each axis of the whole.
        """
        for axis, size in enumerate(dims):
            along, place = list[Operation](), NOTHING
            left = {box.starts[axis]: box for box in boxes if _is_strip(box, axis, dims)}
            while place in left:
                box = left.pop(place)
                along.append(box.op)
                place = box.stops[axis]
            are_single = all(op.dims[axis] == ONE for op in along)
            if len(along) == len(boxes) and place == size and not are_single:
                return self.plan.make("concatenated", along, dims, Along((axis,)))
        return None

    def put(self, base: Operation | None, boxes: Sequence[Box], dims: Dims) -> Operation:
        """An array with others added to parts of it.

        Args:
            base: the array; zeros where there is none.
            boxes: the others.
            dims: the size of each axis.
        """
        is_new, op = base is None, base
        for k, box in enumerate(boxes):
            part, taken = _taken(box, dims)
            is_empty = is_new and all(map(box.is_apart, boxes[:k]))
            arguments = (part,) if op is None else (op, part)
            op = self.plan.make("inlaid", arguments, dims, Inlaid(tuple(taken), is_empty))
        assert op is not None, "there is something to put somewhere"
        return op


def is_inside(box: Box, dims: Dims) -> bool:
    """Whether nothing of an array surely lies outside of the whole.

    Args:
        box: the array.
        dims: the size of each axis of the whole.
    """
    ends = zip(box.starts, box.stops, dims, strict=True)
    # A single place is meant to be one of the array.
    return all(
        stop - start == ONE or (is_none(NOTHING - start) and is_none(stop - size))
        for start, stop, size in ends
    )


def _is_strip(box: Box, axis: int, dims: Dims) -> bool:
    """Whether an array is as large as the whole, but for one axis."""
    others = (k for k in range(len(dims)) if k != axis)
    return all(box.starts[k] == NOTHING and box.stops[k] == dims[k] for k in others)


def _taken(box: Box, dims: Dims) -> tuple[Operation, Iterator[Part]]:
    """The array without axes on which it has one place, and the part that it is put into."""
    op, singles = _without_singles(box, dims)
    spans = enumerate(zip(box.starts, box.stops, dims, strict=True))
    return op, (
        Part(axis, start, None, 0)
        if axis in singles
        else Part(axis, start, None if stop == size else stop, 1)
        for axis, (start, stop, size) in spans
        if axis in singles or (start, stop) != (NOTHING, size)
    )


def _without_singles(box: Box, dims: Dims) -> tuple[Operation, list[int]]:
    """What an array is before it gets axes with one place, and these axes."""
    op = box.op
    if op.kind not in {"reshape", "fill"}:
        return op, []
    (inner,) = op.arguments
    singles = [k for k, dim in enumerate(op.dims) if dim == ONE and dims[k] != ONE]
    own = tuple(dim for k, dim in enumerate(op.dims) if k not in singles)
    return (inner, singles) if inner.dims == own else (op, [])

"""Products with windows of an array as convolutions, for which libraries have functions.

`X[n,c,2i+r,2j+s] W[o,c,r,s]` and the sums by which it is differentiated are all products of images
`(n, c, ..)` with kernels `(o, c, ..)`; of several letters in one of these places, or of none, one
axis is made.
"""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

from dimderiv.codegen.plan.details import Along, Convolution, Edges, Windows
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.parts import flipped, padded
from dimderiv.codegen.plan.plan import Plan, Tensor
from dimderiv.codegen.plan.selections import Chosen
from dimderiv.codegen.plan.stacks import merged
from dimderiv.language import NOTHING, ONE, Dim

Letters = tuple[int, ...]


class Seen(NamedTuple):
    """A view of an array through windows.

    Attributes:
        array: the array.
        letters: the letters of each of its axes: two where windows slide along it.
        steps: for each such axis how far a step of each of the two goes.
        turned: the letters along which the view is turned round.
    """

    array: Operation
    letters: list[Letters]
    steps: dict[Letters, tuple[int, ...]]
    turned: set[int]


def correlated(
    plan: Plan, view: Tensor, other: Tensor, summed: Letters, dims: Sequence[Dim]
) -> Tensor | None:
    """The product of windows with an array as a convolution, if it is one.

    Args:
        plan: the plan that the operations become part of.
        view: windows of an array.
        other: the array that they are multiplied by.
        summed: the letters that both have, all of which are summed.
        dims: the size of each letter.
    """
    seen = _seen(view)
    if seen is None or len(seen.letters) < 2:
        return None
    pairs = [pair for pair in seen.letters if len(pair) > 1]
    inner = [tuple(i for i in pair if i in summed) for pair in pairs]
    outer = [tuple(i for i in pair if i not in other.letters) for pair in pairs]
    if any(len(pair) != 2 for pair in pairs) or {*map(len, inner), *map(len, outer)} != {1}:
        return None
    kernel, kept = tuple(i for (i,) in inner), tuple(i for (i,) in outer)
    shared = tuple(i for i in summed if i not in kernel)
    alone = tuple(i for (i,) in (g for g in seen.letters if len(g) == 1) if i not in shared)
    axes = tuple(next((i for i in group if i in kept), group[0]) for group in seen.letters)
    images = Tensor(seen.array, axes)
    filters = tuple(i for i in other.letters if i not in summed)
    turned = [other.letters.index(i) for i in kernel if i in seen.turned]
    other = other._replace(op=flipped(plan, other.op, turned))
    steps = [dict(zip(pair, seen.steps[pair], strict=True)) for pair in pairs]
    strides, dilations = (
        tuple(step[i] for step, i in zip(steps, each, strict=True)) for each in (kept, kernel)
    )
    array, edges = _without_edges(images, kept)
    op = plan.make(
        "conv",
        (
            merged(plan, array, [alone, shared, *((i,) for i in kept)]),
            merged(plan, other, [filters, shared, *((i,) for i in kernel)]),
        ),
        (_size(alone, dims), _size(filters, dims), *(dims[i] for i in kept)),
        Convolution(strides, dilations, edges),
    )
    op = _apart(plan, op, alone, filters, dims)
    letters = alone + filters + kept
    back = [letters.index(i) for i in kept if i in seen.turned]
    return Tensor(flipped(plan, op, back), letters)


def transposed(
    plan: Plan,
    tensors: Sequence[Tensor],
    chosen: Sequence[Chosen],
    result: Letters,
    dims: Sequence[Dim],
) -> Tensor | None:
    """A product whose entries are added up at places, as what undoes a convolution, if it does.

    Args:
        plan: the plan that the operations become part of.
        tensors: the factors.
        chosen: the places, on axes of the result, of two letters each with positive steps.
        result: the letters of the result.
        dims: the size of each letter.

    Returns:
        The array with the axis of each place, which ends at the last one that is selected.
    """
    if len(tensors) != 2 or any(len(c.letters) != 2 or min(c.steps) < 1 for c in chosen):
        return None
    orders = [
        (tensors, _apart_in(chosen, *tensors)),
        (tensors[::-1], _apart_in(chosen, *tensors[::-1])),
    ]
    found = [(pair, places) for pair, places in orders if places]
    if not found:
        return None
    # The one that slides is the smaller one.
    size = plan.sizes.first
    (given, kernel), places = max(found, key=lambda each: size[dims[each[1][0].letters[0]]])
    shared = tuple(i for i in given.letters if i in kernel.letters)
    if set(shared) & set(result):
        return None
    own = [tuple(each.letters[k] for each in places) for k in (0, 1)]
    alone, filters = (
        tuple(i for i in t.letters if i not in shared and i not in letters)
        for t, letters in zip((given, kernel), own, strict=True)
    )
    # A convolution sums no letter that one array has alone.
    if not {*alone, *filters} <= set(result):
        return None
    first = merged(plan, _number(plan, given), [alone, shared, *((i,) for i in own[0])])
    second = merged(plan, _number(plan, kernel), [shared, filters, *((i,) for i in own[1])])
    spans = [each.window(0, dims).span for each in places]
    strides, dilations = (tuple(each.steps[k] for each in places) for k in (0, 1))
    op = plan.make(
        "conv_adjoint",
        (first, second),
        (_size(alone, dims), _size(filters, dims), *spans),
        Convolution(strides, dilations, ()),
    )
    op = _apart(plan, op, alone, filters, dims)
    edges = dict[int, tuple[Dim, Dim]]()
    for axis, each in enumerate(places, len(alone) + len(filters)):
        start, last, *_ = each.range(dims)
        edges[axis] = (start, dims[each.root] - ONE - last)
    return Tensor(padded(plan, op, edges), alone + filters + tuple(each.root for each in places))


def _apart_in(chosen: Sequence[Chosen], one: Tensor, other: Tensor) -> list[Chosen]:
    """The places with the letter first that one array has alone, before that of the other."""
    found = []
    for each in chosen:
        first = [i for i in each.letters if i in one.letters and i not in other.letters]
        second = [i for i in each.letters if i in other.letters and i not in one.letters]
        if (len(first), len(second)) != (1, 1):
            return []
        steps = dict(zip(each.letters, each.steps, strict=True))
        letters = (*first, *second)
        found.append(each._replace(letters=letters, steps=tuple(steps[i] for i in letters)))
    return found


def _seen(view: Tensor) -> Seen | None:
    """What a view through windows shows."""
    op, turned = view.op, set[int]()
    if op.kind == "flip" and isinstance(op.detail, Along):
        turned = {view.letters[axis] for axis in op.detail.axes}
        (op,) = op.arguments
    if not isinstance(op.detail, Windows) or op.kind != "windowed":
        return None
    own, windows = iter(view.letters), {each.axis: each for each in op.detail.windows}
    letters, steps = list[Letters](), dict[Letters, tuple[int, ...]]()
    for axis in range(op.arguments[0].rank):
        each = windows.get(axis)
        letters.append(tuple(next(own) for _ in (each.counts if each else (ONE,))))
        if each:
            steps[letters[-1]] = each.steps
    return Seen(op.arguments[0], letters, steps, turned)


def _without_edges(images: Tensor, kept: Letters) -> tuple[Tensor, tuple[tuple[Dim, Dim], ...]]:
    """Images without zeros around them, and how many there are along each axis."""
    op, none = images.op, (NOTHING, NOTHING)
    if isinstance(op.detail, Edges):
        edges = {images.letters[e.axis]: (e.before, e.after) for e in op.detail.edges}
        if set(edges) <= set(kept):
            inner = images._replace(op=op.arguments[0])
            return inner, tuple(edges.get(letter, none) for letter in kept)
    return images, (none,) * len(kept)


def _apart(
    plan: Plan, op: Operation, alone: Letters, filters: Letters, dims: Sequence[Dim]
) -> Operation:
    """An array with an axis for each of the letters that one axis was made of."""
    if len(alone) == len(filters) == 1:
        return op
    return plan.make("reshape", (op,), (*(dims[i] for i in alone + filters), *op.dims[2:]))


def _number(plan: Plan, tensor: Tensor) -> Tensor:
    upright = plan.written_out(plan.upright(tensor))
    return upright._replace(op=plan.as_number(upright.op))


def _size(group: Letters, dims: Sequence[Dim]) -> Dim:
    return reduce(Dim.__mul__, [dims[i] for i in group], ONE)

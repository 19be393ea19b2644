"""The axes of parts of arrays: entries, rows, slices, entries at labels.

A letter or a number takes an axis away; a slice keeps as much of it as it names, and labels put
their own axis in its place.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial, reduce

from dimderiv.infer.bound import WRITTEN, Bound, Late, Place, Sum
from dimderiv.infer.clashes import Axes, ClashError
from dimderiv.infer.indexed import index_refusals as refusals
from dimderiv.infer.indexed.affine import Affine, affine, letter_alone, letter_of
from dimderiv.infer.indexed.labels import is_labels, labels_along
from dimderiv.infer.indexed.slices import slice_axis
from dimderiv.infer.scope import Scope, array_axes
from dimderiv.infer.sizes import is_counted, is_negative, mark_as_scalar
from dimderiv.infer.unify import MismatchError, SizeTerm, Variable, is_open, resolved
from dimderiv.language import NOTHING, ONE, Dim, syntax


def entry_axes(scope: Scope, node: syntax.Entry) -> Axes:
    """The axes that the indices keep, and those that have no index."""
    if scope.is_identity(node.operand) and len(node.indices) == 2:
        return _identity_entry(scope, node)
    if isinstance(node.operand, syntax.Call) and node.operand.axis is not None:
        scope.indexed[id(node.operand)] = tuple([_letters(index) for index in node.indices])
    indexed = _indexed(node, scope.visit(node.operand))
    kept: list[SizeTerm] = []
    lists = 0
    for axis, (index, size) in enumerate(zip(node.indices, indexed, strict=False)):
        own = _along(scope, Place(node, axis, size), index)
        lists += bool(own) and is_labels(scope, index)
        kept += own
    if lists > 1:
        raise refusals.labels_twice(scope, node)
    return array_axes([*kept, *indexed[len(node.indices) :]])


def _letters(index: syntax.Tree) -> tuple[str, ...]:
    return (index.name,) if isinstance(index, syntax.Name) else ()


def _indexed(node: syntax.Entry, axes: Axes) -> Axes:
    """The axes that indices go along: of a vector the one that it has."""
    if len(node.indices) == 1 and len(axes) == 2 and ONE in axes:
        return axes[:1] if axes[1] is ONE else axes[1:]
    if len(node.indices) > len(axes):
        raise ClashError(node, refusals.too_many_indices)
    return axes


def _along(scope: Scope, place: Place, index: syntax.Tree) -> Sequence[SizeTerm]:
    """What an index keeps of an axis."""
    mark_as_scalar(scope, index)
    if isinstance(index, syntax.Slice):
        return [slice_axis(scope, place, index)]
    if is_labels(scope, index):
        return labels_along(scope, place, index)
    letters = _merged(scope, index)
    if letters:
        sizes = [letter.known() for letter in letters]
        whole = reduce(lambda a, b: scope.unifier.product(a, b, place.entry), sizes)
        scope.agree(whole, place.size, place.entry, refusals.merged_misfit(letters, place))
        return []
    alone = letter_alone(scope, index)
    if alone is not None:
        run_along(scope, place, alone)
        return []
    match index:
        case syntax.Binary("//", above, _) if moving := affine(scope, above).steps:
            for letter in moving:
                letter.is_divided = True
            return []
    value = affine(scope, index)
    for letter in value.steps:
        letter.sums.append(Sum(place, *value))
    if not value.steps:
        _constant(scope, place, value.offset)
    return []


def _merged(scope: Scope, index: syntax.Tree) -> list[Bound]:
    """The letters of an index that is a product of several."""
    factors: list[syntax.Tree] = []
    while isinstance(index, syntax.Binary) and index.operator == "*":
        factors.append(index.right)
        index = index.left
    names = [part for part in (index, *reversed(factors)) if isinstance(part, syntax.Name)]
    letters = [letter_of(scope, name) for name in names]
    found = [letter for letter in letters if letter is not None]
    return found if len(found) == len(factors) + 1 > 1 else []


def run_along(scope: Scope, place: Place, letter: Bound) -> None:
    """A letter by itself runs along the whole axis, or along as much of it as is written."""
    if letter.because == WRITTEN and _is_other_part(letter.known(), place.size):
        letter.sums.append(Sum(place, NOTHING, {letter: ONE}))
        return
    if letter.size is None:
        letter.size = place.size
    else:
        write = refusals.letter_misfit(letter, place)
        scope.agree(letter.size, place.size, place.entry, write)
    letter.places.append(place)


def _is_other_part(size: SizeTerm, axis: SizeTerm) -> bool:
    """Whether a size is known to be less than that of an axis, or more."""
    if is_open(size) or is_open(axis) or resolved(size) == resolved(axis):
        return False
    more = resolved(axis) - resolved(size)
    return is_counted(more) or is_counted(NOTHING - more)


def _constant(scope: Scope, place: Place, offset: Dim) -> None:
    """An entry at a place that is written out; a negative number counts from the end."""
    check = partial(_check, place, offset)
    if not check():
        scope.late.append(Late(place.entry, check))


def _check(place: Place, offset: Dim) -> bool:
    if is_open(place.size):
        return False
    size = resolved(place.size)
    is_back = offset.number is not None and offset.number < 0
    spot = size + offset if is_back else offset
    if is_negative(spot) or is_negative(size - spot - ONE):
        raise ClashError(place.entry, refusals.constant_outside(place, offset))
    return True


def _identity_entry(scope: Scope, node: syntax.Entry) -> Axes:
    """An entry of an identity is 1 where both indices agree; its size is that of its letters."""
    values = [affine(scope, index) for index in node.indices]
    for index in node.indices:
        mark_as_scalar(scope, index)
    letters = [letter for index in node.indices if (letter := letter_alone(scope, index))]
    known = [letter.size for letter in letters if letter.size is not None]
    size = known[0] if known else Variable()
    scope.axes[id(node.operand)] = (size, size)
    for axis, letter in enumerate(letters):
        # Letters that run differently far are compared all the same.
        if letter.size is None or is_open(letter.size):
            run_along(scope, Place(node, axis, size), letter)
    if not letters:
        scope.late.append(Late(node, partial(_reach, scope, node, size, values), size))
    return array_axes([])


def _reach(scope: Scope, node: syntax.Entry, size: SizeTerm, values: Sequence[Affine]) -> bool:
    """Make an identity as large as its first index needs."""
    last = values[0].offset
    for letter, step in values[0].steps.items():
        if letter.size is None or is_open(letter.size):
            return False
        last += step * (resolved(letter.size) - ONE) if is_counted(step) else NOTHING
    with suppress(MismatchError):
        scope.unifier.settle(size, last + ONE, node)
    return True

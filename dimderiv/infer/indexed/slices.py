"""Slices: how much of an axis lies between two ends, which may be counted from its end."""

from functools import partial
from typing import NamedTuple

from dimderiv.infer.bound import Late, Place
from dimderiv.infer.clashes import ClashError
from dimderiv.infer.indexed import index_refusals as refusals
from dimderiv.infer.indexed.affine import affine
from dimderiv.infer.scope import Scope
from dimderiv.infer.sizes import is_negative
from dimderiv.infer.unify import MismatchError, SizeTerm, found, is_open, resolved
from dimderiv.language import NOTHING, ONE, Dim, syntax


class _End(NamedTuple):
    """A place of an axis, counted from its begin or back from its end."""

    places: Dim
    from_end: bool

    def place(self, size: Dim) -> Dim:
        return size - self.places if self.from_end else self.places


def slice_axis(scope: Scope, place: Place, index: syntax.Slice) -> SizeTerm:
    """How much of an axis a slice keeps."""
    start, stop = _end(scope, index.start, False), _end(scope, index.stop, True)
    check = partial(_check, place, index, start, stop)
    if not check():
        scope.late.append(Late(place.entry, check))
    if start.from_end == stop.from_end:
        gap = (start.places - stop.places) if start.from_end else (stop.places - start.places)
        return ONE if gap == ONE else gap
    if start.from_end:
        return _between(place, index, start, stop)
    taken = start.places + stop.places
    if not taken.monomials:
        return place.size
    try:
        return scope.unifier.valid(place.size, taken + ONE, place.entry)
    except MismatchError:
        raise ClashError(place.entry, refusals.slice_outside(place, index)) from None


def _end(scope: Scope, node: syntax.Tree | None, is_stop: bool) -> _End:
    """One end of a slice; a negative number counts from the end of the axis."""
    if node is None:
        return _End(NOTHING, is_stop)
    value = affine(scope, node)
    if value.steps:
        raise refusals.slice_of_letters(node)
    number = value.offset.number
    is_back = number is not None and number < 0
    return _End(NOTHING - value.offset if is_back else value.offset, is_back)


def _between(place: Place, index: syntax.Slice, start: _End, stop: _End) -> SizeTerm:
    """What lies between a place counted from the end and one counted from the begin."""
    if is_open(place.size):
        raise ClashError(place.entry, refusals.slice_outside(place, index))
    gap = stop.places - start.place(resolved(place.size))
    return ONE if gap == ONE else gap


def _check(place: Place, index: syntax.Slice, start: _End, stop: _End) -> bool:
    """Refuse a slice that is empty or that reaches outside, as far as its ends are known."""
    if is_open(place.size):
        return False
    size = resolved(found(place.size))
    first, last = start.place(size), stop.place(size)
    if any(map(is_negative, (first, last - first - ONE, size - last))):
        raise ClashError(place.entry, refusals.slice_outside(place, index))
    return True

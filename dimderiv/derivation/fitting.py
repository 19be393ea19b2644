"""What must not be empty for an expression to make sense: convolutions, and parts of arrays."""

from collections.abc import Iterator

from dimderiv.errors import ShapeError
from dimderiv.infer import Typed
from dimderiv.language import ONE, Call, Dim, Entry, Shape, Slice, Tree, size_of

SLIDING = frozenset({"conv2"})
ORDERING = frozenset({"sort", "rank"})


def parts_of(typed: Typed) -> Iterator[Tree]:
    """Every part of a program."""
    return iter(typed.program.parts)


def fitting(typed: Typed) -> Iterator[Shape]:
    """Shapes whose axes are at least 1 where an expression makes sense, which no symbol need have.

    Args:
        typed: the expression.
    """
    for part in parts_of(typed):
        if isinstance(part, Call) and part.function in SLIDING:
            yield typed.shape(part)
        elif isinstance(part, Call) and part.function in ORDERING:
            # Of two entries every order is its own inverse.
            yield Shape.of([dim - Dim.of(2) for dim in _sorted_axes(part, typed)])
        elif isinstance(part, Entry):
            for room in _rooms(part, typed.shape(part.operand), typed):
                yield Shape.of([room])


def _sorted_axes(call: Call, typed: Typed) -> list[Dim]:
    """The axes that a call orders the entries along: rows, or those that it names."""
    shape = typed.shape(call)
    axes = typed.axes_along(call)
    named = [shape[axis] for axis in axes] if axes else [shape[0] if shape.is_column else shape[-1]]
    return [dim for dim in named if dim.number is None]


def _rooms(entry: Entry, shape: Shape, typed: Typed) -> Iterator[Dim]:
    """One more than what is left of an axis behind the places that an index names by itself."""
    lengths = shape.axes if len(entry.indices) == 1 else shape
    for index, length in zip(entry.indices, lengths, strict=False):
        if isinstance(index, Slice):
            start = Dim.of(0) if index.start is None else _place(index.start, length, typed)
            stop = length if index.stop is None else _place(index.stop, length, typed)
            if start is not None and stop is not None:
                yield from (start + ONE, stop - start, length - stop + ONE)
        else:
            place = _place(index, length, typed)
            if place is not None:
                yield from (place + ONE, length - place)


def _place(index: Tree, length: Dim, typed: Typed) -> Dim | None:
    """A place that is given by sizes alone, counted from the start."""
    try:
        place = size_of(index, typed.sizes)
    except ShapeError:
        return None
    is_below = place.number is not None and place.number < 0
    return length + place if is_below else place

"""The names in a program that are those of sizes, by where they stand."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from dimderiv.language import Declaration, syntax

# The parts with sizes, other than calls.
_SIZED_PARTS = (syntax.IndexForm, syntax.Slice)
_NO_SIZES = frozenset({"I", "pi"})


def written_sizes(
    program: syntax.Program, declared: Mapping[str, Declaration], sized: Collection[str]
) -> set[str]:
    """The names in places where only a size can stand, as in `ones(n, 1)` and `[i:m] ...`."""
    parts = program.calls if program.kinds.isdisjoint(_SIZED_PARTS) else program.parts
    places = [place for part in parts for place in _sizes_in(part, sized)]
    written = {name for place in places if place is not None for name in _names_of_sizes(place)}
    return written - {each.name for each in program.statements} - declared.keys() - _NO_SIZES


def _sizes_in(part: syntax.Tree, sized: Collection[str]) -> Iterable[syntax.Tree | None]:
    """Where a part has sizes."""
    match part:
        case syntax.Call(function, arguments) if function in sized:
            return arguments
        case syntax.Call("reshape", (_, *sizes)):
            return sizes
        case syntax.IndexForm(letters) | syntax.Call(_, _, _, letters):
            return [size for _, size in letters]
        case syntax.Slice(start, stop):
            return start, stop
    return ()


def _names_of_sizes(node: syntax.Tree) -> Iterator[str]:
    """The names in a size, but for the arrays whose axes it is made of."""
    match node:
        case syntax.Name(name):
            yield name
        case syntax.Call("size"):
            return
        case _:
            for part in syntax.children(node):
                yield from _names_of_sizes(part)

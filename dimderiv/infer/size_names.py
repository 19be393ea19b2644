"""The names in a program that are those of sizes, by where they stand."""

from collections.abc import Collection, Iterator, Mapping

from dimderiv.language import Declaration, syntax

_MARKS = ("[", "_", "reshape", "einsum")
_NO_SIZES = frozenset({"I", "pi"})


def written_sizes(
    program: syntax.Program, declared: Mapping[str, Declaration], sized: Collection[str]
) -> set[str]:
    """The names in places where only a size can stand, as in `ones(n, 1)` and `[i:m] ...`."""
    source = program.source
    if source and not any(mark in source for mark in (*sized, *_MARKS)):
        return set()
    statements = program.statements
    written = {name for each in statements for name in _sizes_in(each.value, sized)}
    return written - {each.name for each in statements} - declared.keys() - _NO_SIZES


def _sizes_in(node: syntax.Tree, sized: Collection[str]) -> Iterator[str]:
    for part in syntax.walk(node):
        places: tuple[syntax.Tree | None, ...] = ()
        match part:
            case syntax.Call(function, arguments) if function in sized:
                places = arguments
            case syntax.Call("reshape", (_, *sizes)):
                places = tuple(sizes)
            case syntax.IndexForm(letters) | syntax.Call(_, _, _, letters):
                places = tuple([size for _, size in letters])
            case syntax.Slice(start, stop):
                places = (start, stop)
        for place in places:
            if place is not None:
                yield from _names_of_sizes(place)


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

"""Along which axes a call runs: by number, from the end, or by the letters that define them."""

from collections.abc import Iterator, Mapping

from dimderiv.infer import indexed
from dimderiv.infer.clashes import Axes, ClashError
from dimderiv.infer.scope import SCALAR_AXES, Heads, Scope
from dimderiv.language import Call, IndexForm, Name, Tree, walk


def axes_along(scope: Scope, node: Call, axes: Axes) -> tuple[int, ...] | None:
    """The numbers of the axes that a call runs along; nothing where it runs over all of them."""
    if node.axis is None:
        return None
    named = node.axis if isinstance(node.axis, tuple) else (node.axis,)
    numbers = tuple([_number(scope, node, name, len(axes)) for name in named])
    if len(set(numbers)) < len(numbers):
        raise ClashError(node, indexed.axis_twice)
    scope.along[id(node)] = numbers
    return numbers


def _number(scope: Scope, node: Call, name: int | str, count: int) -> int:
    if isinstance(name, str):
        return _place_of_letter(scope, node, name, count)
    if not -count <= name < count:
        raise ClashError(node, indexed.no_such_axis)
    return name % count


def _place_of_letter(scope: Scope, node: Call, letter: str, count: int) -> int:
    """The axis that a letter has where the value is indexed, or in what defines it."""
    if (
        letter in (scope.letters or {})
        and count == 2
        and scope.axes[id(node.arguments[0])] == SCALAR_AXES
    ):
        raise ClashError(node, indexed.axis_of_entries(letter))
    around = scope.indexed.get(id(node))
    if around and (letter,) in around:
        heads = {around: None}
    else:
        heads = dict.fromkeys(heads_within(scope.heads, node.arguments[0], count))
    places = {head.index((letter,)) for head in heads if (letter,) in head}
    if len(places) != 1:
        raise ClashError(node, indexed.letter_of_no_axis(letter, list(heads)))
    return places.pop()


def heads_of(scope: Scope, node: Tree, count: int) -> Heads | None:
    """The letters of the axes of a value that is made entry by entry of index statements."""
    return next(heads_within(scope.heads, node, count), None)


def heads_within(known: Mapping[str, Heads], node: Tree, count: int) -> Iterator[Heads]:
    """The letters of the axes of each index statement that a value is made of entry by entry.

    Args:
        known: those of the axes of definitions.
        node: the value.
        count: how many axes it has.
    """
    for part in walk(node):
        head: Heads | None = None
        if isinstance(part, Name):
            head = known.get(part.name)
        elif isinstance(part, IndexForm):
            head = letters_of_head(part)
        if head and len(head) == count:
            yield head


def letters_of_head(node: IndexForm) -> Heads:
    """The letters of each axis of an index statement.

    Args:
        node: the statement.
    """
    return tuple([tuple([name for name, _ in axis]) for axis in node.axes])

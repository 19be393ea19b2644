"""Entries beside the array that they are from: in `S - S[i, y[i]]` they are a column.

There is an entry for each row, and S stands beside them with all its rows.
"""

from collections.abc import Collection, Iterator

from dimderiv.language.letters import free_letters
from dimderiv.language.syntax import (
    Add,
    Call,
    Entry,
    IndexForm,
    Tree,
    children,
    replaced,
    walk,
)


def with_columns(value: Tree, sizes: Collection[str]) -> Tree:
    """A statement with a head before entries by labels whose array stands beside them.

    Args:
        value: the value of the statement.
        sizes: names in square brackets that are no letters.
    """
    if isinstance(value, IndexForm):
        return value
    entries = [part for part in _parts(value, through_calls=True) if isinstance(part, Entry)]
    if not any(map(_is_of_labels, entries)):
        return value
    columns = [
        each
        for add in walk(value)
        if isinstance(add, Add)
        for each in _beside_their_array(add)
        if _is_of_labels(each) and _is_alone(each, entries, sizes)
    ]

    def change(part: Tree) -> Tree | None:
        if part not in columns:
            return None
        letters = tuple((letter, None) for letter in free_letters(part, sizes))
        return IndexForm(letters, part, span=part.span)

    return replaced(value, change) if columns else value


def _beside_their_array(add: Add) -> list[Entry]:
    """The entries in a sum whose array is in the sum as well."""
    parts = list(_parts(add, through_calls=False))
    return [part for part in parts if isinstance(part, Entry) and part.operand in parts]


def _parts(node: Tree, *, through_calls: bool) -> Iterator[Tree]:
    """The parts of a tree, without what is inside of entries and of index statements."""
    yield node
    if isinstance(node, Entry | IndexForm) or (isinstance(node, Call) and not through_calls):
        return
    for part in children(node):
        yield from _parts(part, through_calls=through_calls)


def _is_of_labels(entry: Entry) -> bool:
    """Whether an entry is `S[i, y[i]]`: a row, and in it the place of its label."""
    labels = [index for index in entry.indices if isinstance(index, Entry)]
    return any(index in entry.indices for label in labels for index in label.indices)


def _is_alone(entry: Entry, entries: Collection[Tree], sizes: Collection[str]) -> bool:
    """Whether no other entry has the letters of this one."""
    letters = free_letters(entry, sizes).keys()
    others = [each for each in entries if each != entry]
    return all(letters.isdisjoint(free_letters(each, sizes)) for each in others)

"""How far letters run where that is not written, as in the definition of a function."""

from collections.abc import Callable, Collection, Iterator, Sequence
from math import isqrt

from dimderiv.language import Entry, Name, Tree, children
from dimderiv.verify.layout.parts import OF_A_MAP

# The lengths of the axes of the operand of an entry, where they are known.
Lengths = Callable[[Entry], Sequence[int | None]]


def reach(letters: Collection[str], body: Tree, most: int, lengths_of: Lengths) -> dict[str, int]:
    """How far letters run: along the axis that is theirs, or as far as any entry can be.

    Args:
        letters: the letters.
        body: what they stand in; beyond the ends of arrays it is 0.
        most: how far letters around it run, together.
        lengths_of: gives the lengths of the axes of the operand of an entry.
    """
    exact: dict[str, int] = {}
    for entry in _entries(body):
        for index, length in zip(entry.indices, _axes(entry, lengths_of(entry)), strict=False):
            most += length or 0
            if isinstance(index, Name) and length is not None:
                exact[index.name] = max(length, exact.get(index.name, 0))
    return {letter: exact.get(letter, most + 1) for letter in letters}


def _entries(node: Tree) -> Iterator[Entry]:
    if isinstance(node, Entry):
        yield node
    for child in children(node):
        yield from _entries(child)


def _axes(entry: Entry, lengths: Sequence[int | None]) -> Sequence[int | None]:
    """The length of the axis of each index of an entry."""
    if None in lengths or len(lengths) > 2 or len(entry.indices) == 2:
        return lengths
    rows, cols = [length or 0 for length in lengths]
    return [isqrt(rows)] * OF_A_MAP if len(entry.indices) == OF_A_MAP else [max(rows, cols)]

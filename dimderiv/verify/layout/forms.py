"""How far letters run, and what is found where they stand for each of their numbers."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import product
from math import isqrt
from typing import TypeVar

from dimderiv.errors import ShapeError
from dimderiv.language import Entry, Letter, Name, Tree, children, names_in
from dimderiv.verify.layout.lengths import number_of
from dimderiv.verify.layout.parts import OF_A_MAP, Letters

# The lengths of the axes of the operand of an entry, where they are known.
Lengths = Callable[[Entry], Sequence[int | None]]
Found = TypeVar("Found")


def ranges_of(
    written: Sequence[Letter], body: Tree, letters: Letters, lengths_of: Lengths
) -> dict[str, int]:
    """How far letters run; as far as any entry, where that is not written.

    Args:
        written: the letters, with their sizes where these are written.
        body: what they stand in.
        letters: what the letters around them stand for.
        lengths_of: gives the lengths of the axes of the operand of an entry.

    Raises:
        ShapeError: one of them has no place at all.
    """
    found = {letter: number_of(size, letters.sizes) for letter, size in written if size}
    if len(found) < len(written):
        most = sum(found.values()) + sum(letters.extents.values())
        own = _reach({letter for letter, _ in written}, body, most, lengths_of)
        found = {letter: found.get(letter, own[letter]) for letter, _ in written}
    if min(found.values(), default=1) < 1:
        raise ShapeError("a letter that has no place")
    return found


def at_each_place(
    ranges: Mapping[str, int], letters: Letters, found: Callable[[], Found]
) -> list[Found]:
    """What is found where letters stand for each of their numbers, the last one fastest.

    Args:
        ranges: how far each of them runs.
        letters: what letters stand for, which is as before afterwards.
        found: finds it.
    """
    bound, extents = letters.bound, letters.extents
    letters.extents = {**extents, **ranges}
    try:
        values = []
        for place in product(*map(range, ranges.values())):
            letters.bound = {**bound, **dict(zip(ranges, place, strict=True))}
            values.append(found())
        return values
    finally:
        letters.bound, letters.extents = bound, extents


def _reach(letters: Collection[str], body: Tree, most: int, lengths_of: Lengths) -> dict[str, int]:
    """How far letters run: along the axis that is theirs, or as far as any entry can be.

    Beyond the ends of arrays the entries are 0.
    """
    exact: dict[str, int] = {}
    for entry in _entries(body):
        is_fixed = {*letters}.isdisjoint(names_in(entry.operand))
        lengths = lengths_of(entry) if is_fixed else (None, None)
        for index, length in zip(entry.indices, _axes(entry, lengths), strict=False):
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

"""Sums over letters that an index form does not write: `[i:m, j:n] A[i,k] B[k,j]`."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from math import isqrt
from typing import NamedTuple

from dimderiv.language import (
    Add,
    Call,
    Entry,
    Group,
    Name,
    Negative,
    Number,
    Tree,
    children,
    walk,
)
from dimderiv.verify.layout.parts import OF_A_MAP

# The lengths of the axes of the operand of an entry, where they are known.
Lengths = Callable[[Entry], Sequence[int | None]]


class Known(NamedTuple):
    """Names that are no letters."""

    labels: Collection[str]
    sizes: Collection[str]


def explicit_sums(
    body: Tree, extents: Mapping[str, int], known: Known, lengths_of: Lengths
) -> Tree:
    """The body of an index form with a sum in each term over the letters that nothing binds.

    A letter that has no axis of its own runs as far as any entry can be: beyond they are 0.

    Args:
        body: what is given for each place.
        extents: how far the letters run that are bound.
        known: the names that are no letters: those of labels, and in a sum those of sizes.
        lengths_of: gives the lengths of the axes of the operand of an entry.
    """
    match body:
        case Add(terms):
            new = [explicit_sums(term, extents, known, lengths_of) for term in terms]
            return Add(tuple(new), body.span)
        case Group(operand):
            return explicit_sums(operand, extents, known, lengths_of)
        case Negative(operand):
            return Negative(explicit_sums(operand, extents, known, lengths_of), body.span)
    ranges = reach(body, extents, known, lengths_of)
    letters = [(name, Number(Fraction(n))) for name, n in ranges.items() if name not in extents]
    return Call("sum", (body,), over=tuple(letters), span=body.span) if letters else body


def reach(
    term: Tree, extents: Mapping[str, int], known: Known, lengths_of: Lengths
) -> dict[str, int]:
    """How far the letters in a term run: along the axis that is theirs, or as far as any entry.

    Args:
        term: a part of a body.
        extents: how far the letters run that are bound.
        known: the names that are no letters: those of labels, and in a sum those of sizes.
        lengths_of: gives the lengths of the axes of the operand of an entry.
    """
    exact: dict[str, int] = {}
    most, found = sum(extents.values()) + 1, dict[str, None]()
    for entry in _indexed(term):
        for index, length in zip(entry.indices, _axes(entry, lengths_of(entry)), strict=False):
            most += length or 0
            alone = index.name if isinstance(index, Name) else ""
            names = [name for name in _names(index) if name not in known.labels]
            names = [name for name in names if name in extents or name not in known.sizes]
            found |= dict.fromkeys(names)
            if alone in names and length is not None:
                exact[alone] = max(length, exact.get(alone, 0))
    return {letter: exact.get(letter, most) for letter in found}


def _indexed(node: Tree) -> Iterator[Entry]:
    """The entries that occur in a part of an index form, outside of sums that are written."""
    if isinstance(node, Entry):
        yield node
    elif not isinstance(node, Call) or not node.over:
        for child in children(node):
            yield from _indexed(child)


def _names(index: Tree) -> list[str]:
    """The names in an index, from left to right; those in an entry of labels are its own."""
    if isinstance(index, Entry):
        return []
    return [part.name for part in reversed([*walk(index)]) if isinstance(part, Name)]


def _axes(entry: Entry, lengths: Sequence[int | None]) -> Sequence[int | None]:
    """The length of the axis of each index of an entry."""
    if None in lengths or len(lengths) > 2 or len(entry.indices) == 2:
        return lengths
    rows, cols = [length or 0 for length in lengths]
    return [isqrt(rows)] * OF_A_MAP if len(entry.indices) == OF_A_MAP else [max(rows, cols)]

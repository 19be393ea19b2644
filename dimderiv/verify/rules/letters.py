"""Axes with letters, read from a rule: `A[i,k], B[k,j] -> Y[i,j]`.

A signature is two things here: the sizes that arrays of its letters have, and a sum that can be
carried out letter by letter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from dimderiv.errors import ShapeError
from dimderiv.verify.evaluate import Size, Table, filled

Sizes = Mapping[str, int]

_OPERAND = re.compile(r"\s*([A-Za-z]\w*)\s*\[([^]]*)\]\s*,?")
_AXIS = re.compile(r"\s*(\([^)]*\)|[^,()]+)\s*,?")
_ORDERED = re.compile(r"([a-z])\s*>=\s*([a-z])")
_LETTER = re.compile(r"[a-z]")


class Axis(NamedTuple):
    """One axis: a letter, a pair such as `(i,k)` of an outer and an inner one, or a sum `o+k`."""

    letters: tuple[str, ...]
    shifted: bool

    def length(self, sizes: Sizes) -> int:
        """How long the axis is."""
        if self.shifted:
            return sum(sizes[letter] for letter in self.letters) - len(self.letters) + 1
        length = 1
        for letter in self.letters:
            length *= sizes[letter]
        return length

    def place(self, at: Sizes, sizes: Sizes) -> int:
        """Where on the axis the letters point to."""
        if self.shifted:
            return sum(at[letter] for letter in self.letters)
        place = 0
        for letter in self.letters:
            place = place * sizes[letter] + at[letter]
        return place


@dataclass(frozen=True)
class Lettered:
    """An array of a signature: its name and its axes."""

    name: str
    axes: tuple[Axis, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of all axes, in order."""
        return tuple(letter for axis in self.axes for letter in axis.letters)

    def size(self, sizes: Sizes) -> Size:
        """Rows and columns; a single axis makes a column."""
        rows, cols = [*(axis.length(sizes) for axis in self.axes), 1, 1][:2]
        return Size(rows, cols)

    def place(self, at: Sizes, sizes: Sizes) -> tuple[int, int]:
        """Row and column that the letters point to."""
        row, col = [*(axis.place(at, sizes) for axis in self.axes), 0, 0][:2]
        return row, col


@dataclass(frozen=True)
class Signature:
    """What a rule says of its axes, and which of two letters may not be the smaller one."""

    arguments: tuple[Lettered, ...]
    value: Lettered
    ordered: tuple[str, str] | None = None

    @property
    def letters(self) -> tuple[str, ...]:
        """Every letter, in order of occurrence."""
        arrays = (*self.arguments, self.value)
        return tuple(dict.fromkeys(letter for array in arrays for letter in array.letters))

    def summed(self, tables: Sequence[Table], sizes: Sizes) -> Table:
        """The product of the arguments, summed over the letters that the value lacks."""
        result: Table = filled(self.value.size(sizes), lambda i, j: Fraction(0))
        for at in placements(self.letters, sizes):
            term = Fraction(1)
            for argument, table in zip(self.arguments, tables, strict=True):
                row, col = argument.place(at, sizes)
                term *= table[row][col]
            if self.ordered and at[self.ordered[0]] < at[self.ordered[1]]:
                continue
            row, col = self.value.place(at, sizes)
            result[row][col] += term
        return result


def read_signature(text: str) -> Signature:
    """The axes that a rule's signature names.

    >>> read_signature("A[i,j] -> Y[(j,i)]").value.size({"i": 2, "j": 3})
    Size(rows=6, cols=1)
    """
    left, _, right = text.partition("->")
    arguments, values = tuple(_arrays(left)), tuple(_arrays(right))
    if not arguments or len(values) != 1:
        raise ShapeError(f"the signature {text!r} is not arrays with letters, -> and one array")
    for array in (*arguments, *values):
        if len(array.axes) > 2:
            raise ShapeError(f"{array.name} has {len(array.axes)} axes in the signature {text!r}")
    ordered = _ORDERED.search(right)
    return Signature(arguments, values[0], (ordered[1], ordered[2]) if ordered else None)


def _arrays(text: str) -> Iterator[Lettered]:
    for name, axes in _OPERAND.findall(text):
        yield Lettered(
            name,
            tuple(
                Axis(tuple(_LETTER.findall(axis)), shifted="+" in axis)
                for axis in _AXIS.findall(axes)
            ),
        )


def placements(letters: Sequence[str], sizes: Sizes) -> Iterator[dict[str, int]]:
    """Every value of some letters."""
    for place in product(*(range(sizes[letter]) for letter in letters)):
        yield dict(zip(letters, place, strict=True))

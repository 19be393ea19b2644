"""The value of a product by its signature in letters: `A[i,k], B[k,j] -> Y[i,j]`.

A letter that the value lacks is summed, one that it has twice makes a diagonal, `(j,i)` is one axis
that runs over both letters, and `o+k` is an axis that slides.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product
from math import prod
from typing import Any

from dimderiv.errors import ShapeError
from dimderiv.language import frozen
from dimderiv.verify.layout.tables import Sized, entries, places, shaped, size_of

Places = Mapping[str, int]

_ARRAY = re.compile(r"\w+\s*\[([^]]*)\]")
_AXIS = re.compile(r"\([^)]*\)|[^,()\s][^,()]*")
_LETTER = re.compile(r"[a-z]")
_ORDERED = re.compile(r",\s*([a-z])\s*>=\s*([a-z])\s*$")


@frozen.record
class Lettered:
    """A signature: the letters of each axis of each argument and of the value.

    Attributes:
        arguments: for each argument and each of its axes the letters, of which an index is the sum.
        value: for each axis of the value the letters that it runs over, the first one slow.
        sliding: the axes of the value whose place is the sum of the letters instead.
        ordered: two letters, the first of which is not below the second where entries are not 0.
    """

    arguments: tuple[tuple[tuple[str, ...], ...], ...]
    value: tuple[tuple[str, ...], ...]
    ordered: tuple[str, ...] = ()
    sliding: tuple[int, ...] = ()

    def of(
        self,
        values: Sequence[Sized],
        multiply: Callable[[Any, Any], Any],
        total: Callable[[list[Any]], Any],
    ) -> Sized:
        """The value.

        Args:
            values: the arguments.
            multiply: the product of two entries.
            total: the sum of entries, possibly of none.

        Raises:
            ShapeError: the arguments do not have these axes.
        """
        arrays = [_axes(*pair) for pair in zip(values, self.arguments, strict=True)]
        lengths = self._lengths([lengths for lengths, _ in arrays])
        sums: dict[tuple[int, ...], list[Any]] = {}
        for numbers in product(*map(range, lengths.values())):
            at = dict(zip(lengths, numbers, strict=True))
            if self.ordered and at[self.ordered[0]] < at[self.ordered[1]]:
                continue
            factors = [
                own[tuple(sum(at[letter] for letter in axis) for axis in axes)]
                for (_, own), axes in zip(arrays, self.arguments, strict=True)
            ]
            term = factors[0]
            for factor in factors[1:]:
                term = multiply(term, factor)
            sums.setdefault(self._place(at, lengths), []).append(term)
        sizes = [
            sum(lengths[letter] - 1 for letter in axis) + 1
            if number in self.sliding
            else prod(lengths[letter] for letter in axis)
            for number, axis in enumerate(self.value)
        ]
        return shaped(sizes, [total(sums.get(place, [])) for place in places(sizes)])

    def _lengths(self, arrays: Sequence[Sequence[int]]) -> dict[str, int]:
        """How far each letter runs: as its axes say, and along one that slides as far as it may."""
        axes = [
            pair
            for own, letters in zip(arrays, self.arguments, strict=True)
            for pair in zip(letters, own, strict=True)
        ]
        found: dict[str, int] = {}
        for letters, length in sorted(axes, key=lambda axis: len(axis[0])):
            *known, last = sorted(letters, key=lambda letter: letter not in found)
            left = length - sum(found[letter] - 1 for letter in known)
            if left < 1 or found.setdefault(last, left) != left:
                raise ShapeError(f"an axis of {length} for {'+'.join(letters)}")
        return found

    def _place(self, places: Places, lengths: Mapping[str, int]) -> tuple[int, ...]:
        found = []
        for number, axis in enumerate(self.value):
            place = 0
            for letter in axis:
                step = 1 if number in self.sliding else lengths[letter]
                place = place * step + places[letter]
            found.append(place)
        return tuple(found)


@cache
def lettered(signature: str) -> Lettered:
    """A signature, read.

    Args:
        signature: as in `rules/README.md`.

    >>> lettered("V[o+k], K[k] -> Y[o]")
    Lettered(arguments=((('o', 'k'),), (('k',),)), value=(('o',),), ordered=(), sliding=())
    """
    arguments, _, value = signature.partition("->")
    arrays = [
        tuple(tuple(_LETTER.findall(axis)) for axis in _AXIS.findall(match))
        for match in _ARRAY.findall(f"{arguments} {value}")
    ]
    ordered = _ORDERED.search(value)
    axes = _AXIS.findall("".join(_ARRAY.findall(value)))
    sliding = tuple(number for number, axis in enumerate(axes) if "+" in axis)
    return Lettered(tuple(arrays[:-1]), arrays[-1], ordered.groups() if ordered else (), sliding)


def _axes(
    value: Sized, letters: tuple[tuple[str, ...], ...]
) -> tuple[Sequence[int], dict[tuple[int, ...], Any]]:
    """The lengths of the axes of an array, and its entries by their places."""
    size, flat = size_of(value), entries(value)
    if len(letters) == len(size):
        return size, dict(zip(places(size), flat, strict=True))
    if len(size) > 2 or size.entries != max(size) ** len(letters):
        raise ShapeError(f"an array of {size} for {len(letters)} axes")
    if not letters:
        return [], {(): flat[0]}
    return [len(flat)], {(place,): entry for place, entry in enumerate(flat)}

"""Positions along axes: sums of letters in whole steps, an offset, and entries of labels."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from dimderiv.graph import is_never_negative
from dimderiv.language import NOTHING, ONE, Add, Binary, Dim, Name, Negative, Number, Tree


class Place(NamedTuple):
    """A position along an axis.

    Attributes:
        steps: letters, or entries of labels, each with how far one step of it goes.
        offset: the position where all of them are 0.
        group: the letters of an axis of several, the first one slowest; none for any other.
        is_grouped: whether such a position is written by its letters alone, without sizes.
        windows: a position and a number that it is divided by, where the quotient is this one.
    """

    steps: tuple[tuple[Tree, Dim], ...]
    offset: Dim = NOTHING
    group: tuple[str, ...] = ()
    is_grouped: bool = False
    windows: "tuple[Place, int] | None" = None

    @staticmethod
    def at(letter: Tree) -> "Place":
        """The position that a letter, or an entry of labels, is."""
        return Place(((letter, ONE),))

    @property
    def letter(self) -> str | None:
        """The letter that this position is alone."""
        if len(self.steps) != 1 or self.offset != NOTHING or self.steps[0][1] != ONE:
            return None
        alone = self.steps[0][0]
        return alone.name if isinstance(alone, Name) else None

    @property
    def letters(self) -> frozenset[str]:
        """The letters in the steps."""
        return frozenset(each.name for each, _ in self.steps if isinstance(each, Name))

    def moved(self, by: Dim) -> "Place":
        """The position some steps further on."""
        return Place(self.steps, self.offset + by)

    def times(self, step: Dim) -> "Place":
        """The position with all steps that much longer."""
        if step == ONE:
            return self
        return Place(tuple([(each, own * step) for each, own in self.steps]), self.offset * step)

    @property
    def negative(self) -> "Place":
        """The position on the other side of 0."""
        return self.times(Dim.of(-1))

    def divided(self, size: int) -> "Place":
        """The number of the window in which the position lies: `i//2`."""
        quotient = Binary("//", self.tree(), Number(Fraction(size)))
        return Place.at(quotient)._replace(windows=(self, size))

    def plus(self, other: "Place") -> "Place":
        """The sum of two positions."""
        steps: dict[Tree, Dim] = {}
        for each, own in (*self.steps, *other.steps):
            steps[each] = steps.get(each, NOTHING) + own
        kept = tuple([(each, own) for each, own in steps.items() if own != NOTHING])
        return Place(kept, self.offset + other.offset)

    def is_within(self, size: Dim, ranges: Mapping[str, Dim]) -> bool:
        """Whether the position is known not to leave an axis.

        Args:
            size: that of the axis.
            ranges: how many values each letter has.
        """
        ends = self._ends(ranges)
        if ends is None:
            # A label is below the number of classes.
            first = self.steps[0][0] if len(self.steps) == 1 else None
            return first is not None and self == Place.at(first) and not isinstance(first, Binary)
        return is_never_negative(ends[0]) and is_never_negative(size - ONE - ends[1])

    def is_outside(self, size: Dim, ranges: Mapping[str, Dim]) -> bool:
        """Whether the position is known to lie outside of an axis.

        Args:
            size: that of the axis.
            ranges: how many values each letter has.
        """
        ends = self._ends(ranges)
        if ends is None:
            return False
        return is_never_negative(ends[0] - size) or is_never_negative(Dim.of(-1) - ends[1])

    def _ends(self, ranges: Mapping[str, Dim]) -> tuple[Dim, Dim] | None:
        """The least and the largest position; nothing where they are not known."""
        if self.windows is not None:
            inner, size = self.windows
            ends = inner._ends(ranges)
            return None if ends is None else (ends[0] // size, ends[1] // size)
        low, high = self.offset, self.offset
        for each, step in self.steps:
            if not isinstance(each, Name) or each.name not in ranges:
                return None
            reach = step * (ranges[each.name] - ONE)
            if is_never_negative(step):
                high = high + reach
            elif is_never_negative(NOTHING - step):
                low = low + reach
            else:
                return None
        return low, high

    def tree(self) -> Tree:
        """The position as an index is written: `2 i + r - 1`, or `h d` for an axis of letters."""
        if self.is_grouped:
            return _multiplied([Name(letter) for letter in self.group])
        terms = [_stepped(each, step) for each, step in self.steps]
        first = next((k for k, term in enumerate(terms) if not isinstance(term, Negative)), 0)
        terms = [*terms[first : first + 1], *terms[:first], *terms[first + 1 :]]
        offset = self.offset.syntax() if self.offset != NOTHING or not terms else None
        if offset is not None:
            terms += offset.terms if isinstance(offset, Add) else (offset,)
        return terms[0] if len(terms) == 1 else Add(tuple(terms))


def merged(places: Sequence[Place], dims: Sequence[Dim]) -> Place:
    """The position along an axis of several letters, the first one slowest.

    Args:
        places: those of the letters.
        dims: their sizes.
    """
    whole = places[0]
    for place, dim in zip(places[1:], dims[1:], strict=True):
        whole = whole.times(dim).plus(place)
    return whole


def added(places: Iterable[Place]) -> Place:
    """The sum of positions."""
    return reduce(Place.plus, places)


def _stepped(each: Tree, step: Dim) -> Tree:
    number = step.number
    if number is None:
        return Binary("*", each, step.syntax())
    written = each
    if abs(number) != 1:
        written = Binary("*", Number(Fraction(abs(number))), each)
    return Negative(written) if number < 0 else written


def _multiplied(parts: Sequence[Tree]) -> Tree:
    return reduce(lambda before, part: Binary("*", before, part), parts)


def end_of(end: Dim, size: Dim) -> Tree:
    """Where a slice of an axis starts or stops, counted from the end where that is a number.

    Args:
        end: the first place of the slice, or the one behind the last.
        size: that of the axis.
    """
    away = end - size
    return end.syntax() if end.number is not None or away.number is None else away.syntax()

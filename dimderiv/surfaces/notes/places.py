"""Texts that know where in a file their characters stand, and places as editors say them."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from re import compile as pattern

from dimderiv.language import frozen

_LINE_END = pattern(r"\r\n|\n|\r")
BOM = "\ufeff"


@frozen.record
class Text:
    """A text, and where each character of it stands in the file.

    Attributes:
        text: the text.
        places: an offset for each character, and one for the end.
    """

    text: str
    places: Sequence[int]

    @classmethod
    def whole(cls, raw: str) -> "Text":
        """A file that is its own text.

        Args:
            raw: what is in it.
        """
        return cls(raw, range(len(raw) + 1))

    def part(self, start: int, end: int) -> "Text":
        """A part of the text.

        Args:
            start: where it begins.
            end: where it ends.
        """
        return Text(self.text[start:end], self.places[start : end + 1])


@frozen.record
class Lines:
    """The lines of a file.

    Attributes:
        raw: what is in it.
    """

    raw: str

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        return [0, *(found.end() for found in _LINE_END.finditer(self.raw))]

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column of a place, counted from 1.

        Args:
            offset: the place.
        """
        line = bisect_right(self.starts, offset)
        column = offset - self.starts[line - 1] + 1
        return line, column - (line == 1 and self.raw.startswith(BOM))


def blanked(text: str, start: int, end: int) -> str:
    """A part of a text as spaces, and its line ends.

    Args:
        text: the text.
        start: where the part begins.
        end: where it ends.
    """
    return "".join(each if each in "\r\n" else " " for each in text[start:end])


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text of the same length, with spaces in the place of some parts.

    Args:
        text: the text.
        spans: the parts, in order, none of which reaches into another.
    """
    parts, place = list[str](), 0
    for start, end in spans:
        if end <= place:
            continue
        start = max(start, place)
        parts += [text[place:start], blanked(text, start, end)]
        place = end
    return "".join([*parts, text[place:]])

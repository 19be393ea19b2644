"""The Markdown cells of a Jupyter notebook, inside of the text of its file.

The file is not written anew: places in a cell are places in the strings of the JSON.
"""

import json
import re
from collections.abc import Iterator
from json.decoder import JSONDecodeError, JSONDecoder
from typing import NamedTuple

from dimderiv.errors import ParseError, Span
from dimderiv.surfaces.notes.places import BOM, Text

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]",
    re.DOTALL,
)
_DECODER = JSONDecoder()


class Cell(NamedTuple):
    """A Markdown cell.

    Attributes:
        number: the place among all cells, counted from 1.
        text: what is in it.
    """

    number: int
    text: Text


def markdown_cells(raw: str) -> list[Cell]:
    r"""The Markdown cells of a notebook.

    Args:
        raw: what is in the file.

    Raises:
        ParseError: it is no notebook.

    >>> raw = '{"cells": [{"cell_type": "markdown", "source": ["a $x$\\n", "b"]}]}'
    >>> [cell.text.text for cell in markdown_cells(raw)]
    ['a $x$\nb']
    """
    try:
        start = len(BOM) if raw.startswith(BOM) else 0
        json.loads(raw[start:])
        return list(_cells(raw, start))
    except (JSONDecodeError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise ParseError(
            f"this is no notebook: {error}", hint="a file that Jupyter has written"
        ) from error


def _cells(raw: str, start: int) -> Iterator[Cell]:
    members = dict(_members(raw, start))
    for number, place in enumerate(_elements(raw, members["cells"]), start=1):
        cell = dict(_members(raw, place))
        kind, _ = _DECODER.raw_decode(raw, cell["cell_type"])
        if kind == "markdown":
            yield Cell(number, _joined(raw, cell["source"]))


def _joined(raw: str, place: int) -> Text:
    """A string, or the strings of a list, as one text."""
    starts = list(_elements(raw, place)) if raw[place] == "[" else [place]
    characters, places, end = list[str](), list[int](), place
    for start in starts:
        found = _STRING.match(raw, start)
        if found is None:
            raise TypeError("the source of a cell is no text")
        end = found.end() - 1
        for each in _CHARACTER.finditer(raw, start + 1, end):
            decoded = json.loads(f'"{each[0]}"', strict=False) if each[0][0] == "\\" else each[0]
            characters.append(decoded)
            places.append(each.start())
    return Text("".join(characters), [*places, end])


def _members(raw: str, place: int) -> Iterator[tuple[str, int]]:
    """The keys of an object, and where their values begin."""
    for key, start in _items(raw, place, "{}"):
        name = json.loads(raw[slice(*key)])
        yield name, start


def _elements(raw: str, place: int) -> Iterator[int]:
    """Where the elements of a list begin."""
    for _, start in _items(raw, place, "[]"):
        yield start


def _items(raw: str, place: int, brackets: str) -> Iterator[tuple[Span, int]]:
    """What is in an object or a list: where a key stands, and where its value begins."""
    if raw[place] != brackets[0]:
        raise TypeError("it has no cells")
    place = _past_space(raw, place + 1)
    while raw[place] != brackets[1]:
        key = (place, place)
        if brackets == "{}":
            found = _STRING.match(raw, place)
            assert found is not None, "the text is JSON, which was read before"
            key = found.span()
            place = _past_space(raw, _past_space(raw, found.end()) + 1)
        yield key, place
        _, place = _DECODER.raw_decode(raw, place)
        place = _past_space(raw, place)
        if raw[place] == ",":
            place = _past_space(raw, place + 1)


def _past_space(raw: str, place: int) -> int:
    found = _SPACE.match(raw, place)
    return found.end() if found else place

"""Formulas in Markdown and Quarto: what is code, a comment or a header is left alone."""

import re
from collections.abc import Iterator

from dimderiv.errors import Span
from dimderiv.surfaces.notes.delimiters import Scan, Scanner
from dimderiv.surfaces.notes.places import BOM, without

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")
_HEADING = re.compile(r"#{1,6}\s")
_RULE = "---"


def scanned(text: str) -> Scan:
    """The formulas of a text, and where its sections begin.

    Args:
        text: a file, or a cell of a notebook.
    """
    code = [*_blocks(text)]
    visible = without(text, code)
    found = Scanner(visible, is_markdown=True).scan()
    found.skipped = sorted([*found.skipped, *code])
    found.sections = [start for start, line in _lines(visible) if _HEADING.match(line)]
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for found in _LINE.finditer(text):
        if found[0]:
            yield found.start(), found[0]


def _blocks(text: str) -> Iterator[Span]:
    """Blocks of code, and the header."""
    lines = iter(_lines(text))
    start, is_after_empty, is_in_list = 0, True, False
    for start, line in lines:
        if start == 0 and line.lstrip(BOM).rstrip() == _RULE:
            end = _header_end(text, len(line))
            if end:
                yield 0, end
                for start, line in lines:
                    if start + len(line) >= end:
                        break
                continue
        if fence := _opening(line):
            end = start + len(line)
            for place, inside in lines:
                end = place + len(inside)
                if _closes(inside, fence):
                    break
            yield start, end
            is_after_empty = True
            continue
        if not line.strip():
            is_after_empty = True
            continue
        is_indented = bool(_INDENTED.match(line))
        is_in_list = bool(_ITEM.match(line)) or (
            is_in_list and (is_indented or line[0].isspace() or not is_after_empty)
        )
        if is_indented and is_after_empty and not is_in_list:
            yield start, start + len(line)
        else:
            is_after_empty = False


def _header_end(text: str, place: int) -> int:
    """Where the header between rules at the beginning ends; 0 where there is none."""
    for start, line in _lines(text[place:]):
        if line.rstrip() in {_RULE, "..."}:
            return place + start + len(line)
    return 0


def _opening(line: str) -> str:
    """The fence that a line opens."""
    found = _FENCE.match(line)
    if found is None or (found["fence"][0] == "`" and "`" in found["info"]):
        return ""
    return found["fence"]


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip().lstrip("> \t")
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]}

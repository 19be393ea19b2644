r"""Formulas in LaTeX: comments, what is verbatim and what precedes the document are left alone.

>>> [each.inside for each in scanned("a $x$ % $y$").formulas]
[(3, 4)]
"""

import re

from dimderiv.errors import Span
from dimderiv.surfaces.notes.delimiters import IGNORE, Scan, Scanner
from dimderiv.surfaces.notes.places import without

_VERBATIM = "verbatim|Verbatim|lstlisting|minted|comment|filecontents|tikzpicture|alltt"
_SKIPPED = re.compile(
    rf"\\[%\\]|(?P<comment>%[^\n]*)|\\(?:verb|lstinline)\*?(?P<bar>[^\w\s*{{])"
    rf"|\\begin\s*\{{(?P<name>(?:{_VERBATIM})\*?)\}}|(?P<iffalse>\\iffalse(?![A-Za-z]))"
)
_SECTION = re.compile(r"\\(?:part|chapter|(?:sub){0,2}section|paragraph)\*?\s*[\[{]")
_BEGIN, _END = r"\begin{document}", r"\end{document}"


def scanned(text: str) -> Scan:
    """The formulas of a text, and where its sections begin.

    Args:
        text: a file.
    """
    skipped, ignores = _skipped(text)
    visible = without(text, skipped)
    start = visible.find(_BEGIN)
    end = visible.find(_END)
    outside = [(0, max(start, 0)), (end if end >= 0 else len(text), len(text))]
    found = Scanner(without(visible, outside), is_markdown=False).scan()
    found.skipped, found.ignores = skipped, ignores
    found.sections = [each.start() for each in _SECTION.finditer(visible)]
    return found


def _skipped(text: str) -> tuple[list[Span], list[Span]]:
    """What TeX does not set as text, and the comments among it that say to ignore something."""
    spans: list[Span] = []
    ignores: list[Span] = []
    place = 0
    while found := _SKIPPED.search(text, place):
        start, place = found.span()
        if found["comment"]:
            spans.append((start, place))
            if IGNORE.search(found[0]):
                ignores.append((start, place))
            continue
        closing = ""
        if found["bar"]:
            closing = found["bar"]
        elif found["name"]:
            closing = rf"\end{{{found['name']}}}"
        elif found["iffalse"]:
            closing = r"\fi"
        if closing:
            limit = text.find("\n", place) if found["bar"] else len(text)
            limit = limit if limit >= 0 else len(text)
            at = text.find(closing, place, limit)
            place = at + len(closing) if at >= 0 else limit
            spans.append((start, place))
    return spans, ignores

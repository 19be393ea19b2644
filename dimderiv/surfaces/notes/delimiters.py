r"""Where formulas stand in a text: between `$`, `$$`, `\(`, `\[`, or in an environment.

One pass from left to right, so that what begins first counts: a formula in a piece of code is none,
and neither is a piece of code in a formula.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from dimderiv.errors import Span

IGNORE = re.compile(r"dimderiv:\s*ignore\b")
_ENVIRONMENTS = "equation|align|gather|multline|eqnarray|alignat|flalign|displaymath|math"
_FORMULA = (
    rf"\\begin\s*\{{(?P<environment>(?:{_ENVIRONMENTS})\*?)\}}|\\[(\[]|\\(?:.|$)|\$\$|\$`|\$(?!`)"
)
_IN_TEX = re.compile(_FORMULA, re.DOTALL)
_IN_MARKDOWN = re.compile(
    rf"\\\\[(\[]|{_FORMULA}|`+|<!--|<(?P<tag>script|style|pre|code|svg)(?=[\s>])",
    re.DOTALL | re.IGNORECASE,
)
_CLOSING = {
    "$": re.compile(r"\\.|(\$)", re.DOTALL),
    "$$": re.compile(r"\\.|(\$\$)", re.DOTALL),
    "$`": re.compile(r"(`\$)"),
    r"\(": re.compile(r"\\\\|(\\\))"),
    r"\[": re.compile(r"\\\\|(\\\])"),
    r"\\(": re.compile(r"(\\\\\))"),
    r"\\[": re.compile(r"(\\\\\])"),
}
_DISPLAYED = frozenset({"$$", r"\[", r"\\["})
_EMPTY_LINE = re.compile(r"\n[ \t>]*(?=\r?\n)")
# How much of a formula that is not closed is quoted.
_MOST_SHOWN = 60
_MATHEMATICAL = re.compile(r"[\\^_=]")


class Delimited(NamedTuple):
    """A formula in a text.

    Attributes:
        start: where what opens it begins.
        end: where what closes it ends.
        inside: what is between them.
        is_closed: whether something closes it.
    """

    start: int
    end: int
    inside: Span
    is_closed: bool = True


@dataclass
class Scan:
    """What was found in a text.

    Attributes:
        formulas: the formulas.
        skipped: comments and pieces of code.
        ignores: comments that say to ignore something.
        sections: where sections begin.
    """

    formulas: list[Delimited] = field(default_factory=list)
    skipped: list[Span] = field(default_factory=list)
    ignores: list[Span] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)


class Scanner:
    """Finds formulas in a text.

    Args:
        text: in which blocks of code are blank.
        is_markdown: whether code and comments are those of Markdown, and prices are to be told
            from formulas.
    """

    def __init__(self, text: str, *, is_markdown: bool) -> None:
        self.text = text
        self.is_markdown = is_markdown
        self.found = Scan()
        self._ends = [found.start() for found in _EMPTY_LINE.finditer(text)]
        self._barren: dict[str, int] = {}

    def scan(self) -> Scan:
        """All that is found."""
        opening = _IN_MARKDOWN if self.is_markdown else _IN_TEX
        place = 0
        while found := opening.search(self.text, place):
            place = self._past(found)
        return self.found

    def _past(self, found: re.Match[str]) -> int:
        token = found[0]
        if found["environment"]:
            return self._environment(found)
        if token in _CLOSING:
            return self._formula(token, *found.span())
        if token.startswith("`"):
            return self._code(token, *found.span())
        if token == "<!--":
            return self._comment(found.start())
        if token.startswith("<"):
            closing = self._find(f"</{found['tag']}", found.end(), len(self.text))
            if closing >= 0:
                self.found.skipped.append((found.start(), closing))
            return max(found.end(), closing)
        return found.end()

    def _environment(self, found: re.Match[str]) -> int:
        start, inside = found.span()
        name = found["environment"]
        is_barren = self._is_barren(rf"\end{{{name}}}", inside)
        closing = self._find(rf"\end{{{name}}}", inside, self._paragraph_end(inside))
        if closing < 0:
            return inside if is_barren else self._unclosed(start, inside)
        end = closing + len(rf"\end{{{name}}}")
        # Its columns, such as `alignat` has, the reader knows.
        self.found.formulas.append(Delimited(start, end, (start, end)))
        return end

    def _formula(self, token: str, start: int, inside: int) -> int:
        limit, is_barren = self._paragraph_end(inside), self._is_barren(token, inside)
        closing = self._closing(token, inside, limit)
        if token == "$":
            if closing is None or not self._is_formula(inside, closing[0]):
                return inside
        elif closing is None:
            is_told = is_barren or token not in _DISPLAYED
            return inside if is_told else self._unclosed(start, inside)
        self.found.formulas.append(Delimited(start, closing[1], (inside, closing[0])))
        return closing[1]

    def _is_formula(self, start: int, end: int) -> bool:
        """Whether what is between two dollars is a formula, and not what lies between prices."""
        inside = self.text[start:end]
        if not self.is_markdown:
            return bool(inside.strip())
        if inside[:1].isspace() or inside[-1:].isspace():
            is_spaced = inside[:1].isspace() and inside[-1:].isspace() and "\n" not in inside
            return is_spaced and bool(_MATHEMATICAL.search(inside))
        return bool(inside) and not self.text[end + 1 : end + 2].isdigit()

    def _unclosed(self, start: int, inside: int) -> int:
        """Note what is not closed, the first of its kind in a paragraph."""
        end = min(self._paragraph_end(inside), inside + _MOST_SHOWN)
        self.found.formulas.append(Delimited(start, end, (inside, end), is_closed=False))
        return inside

    def _is_barren(self, token: str, place: int) -> bool:
        """Whether a token was looked for in vain from an earlier place on."""
        return self._barren.get(token, 0) > place

    def _closing(self, token: str, start: int, limit: int) -> Span | None:
        if self._is_barren(token, start):
            return None
        for found in _CLOSING[token].finditer(self.text, start, limit):
            if found[1]:
                return found.span()
        self._barren[token] = limit
        return None

    def _find(self, text: str, start: int, limit: int) -> int:
        """Where a text stands next; what was looked for in vain is not looked for again."""
        if self._is_barren(text, start):
            return -1
        found = self.text.find(text, start, limit)
        if found < 0:
            self._barren[text] = limit
        return found

    def _code(self, token: str, start: int, inside: int) -> int:
        limit = self._paragraph_end(inside)
        if self._is_barren(token, inside):
            return inside
        for found in re.compile("`+").finditer(self.text, inside, limit):
            if found[0] == token:
                self.found.skipped.append((start, found.end()))
                return found.end()
        self._barren[token] = limit
        return inside

    def _comment(self, start: int) -> int:
        closing = self.text.find("-->", start)
        end = closing + 3 if closing >= 0 else len(self.text)
        self.found.skipped.append((start, end))
        if IGNORE.search(self.text, start, end):
            self.found.ignores.append((start, end))
        return end

    def _paragraph_end(self, place: int) -> int:
        """Where the paragraph ends, which no formula goes beyond."""
        following = bisect_right(self._ends, place - 1)
        return self._ends[following] if following < len(self._ends) else len(self.text)


def shifted(scan: Scan, by: int) -> Iterator[Delimited]:
    """The formulas of a part of a text, with their places in the text.

    Args:
        scan: what was found in the part.
        by: where it begins.
    """
    for each in scan.formulas:
        first, last = each.inside
        yield Delimited(each.start + by, each.end + by, (first + by, last + by), each.is_closed)

"""A file of notes: its formulas in order, its sections, and what is said between the formulas."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from pathlib import PurePath

from dimderiv.errors import DimderivError, LimitError, ParseError, Span
from dimderiv.language import frozen
from dimderiv.surfaces.notes import markdown, tex
from dimderiv.surfaces.notes.cells import markdown_cells
from dimderiv.surfaces.notes.delimiters import IGNORE, Delimited, Scan, shifted
from dimderiv.surfaces.notes.macros import Macro, expanded, macros_in
from dimderiv.surfaces.notes.places import Lines, Text, without

KINDS: Mapping[str, str] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".qmd": "markdown",
    ".rmd": "markdown",
    ".tex": "latex",
    ".ltx": "latex",
    ".ipynb": "notebook",
}
# How many characters a file may have.
LONGEST = 20_000_000
_BETWEEN_CELLS = "\n\n"


@frozen.record
class Formula:
    """A formula of a file.

    Attributes:
        body: what is in it, without comments, and with what macros stand for; each character knows
            where in the text of the document it stands.
        start: where in that text what opens it begins.
        end: where what closes it ends.
        section: the number of the section that it is in.
        error: why nothing of it can be read, where that is so.
    """

    body: Text
    start: int
    end: int
    section: int = 0
    error: DimderivError | None = None


@frozen.record
class Document:
    """A file of notes.

    Attributes:
        raw: what is in the file.
        text: its text, of a notebook that of the Markdown cells.
        formulas: its formulas.
        prose: the text without comments and code, of the same length.
        ignores: where comments say to ignore something.
        cells: where each cell begins, and its number.
    """

    raw: str
    text: Text
    formulas: tuple[Formula, ...]
    prose: str
    ignores: tuple[Span, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    sections: tuple[int, ...] = ()
    lines: Lines = field(default=Lines(""))

    @cached_property
    def _own_lines(self) -> Lines:
        return Lines(self.text.text)

    def cell(self, place: int) -> tuple[int, int, int] | None:
        """The number of the cell that a place is in, and the line and the column there.

        Args:
            place: in the text.
        """
        if not self.cells:
            return None
        start, number = self.cells[bisect_right(self.cells, (place, len(self.raw))) - 1]
        line, column = Lines(self.text.text[start:place]).position(place - start)
        return number, line, column

    def is_ignored(self, start: int, end: int) -> bool:
        """Whether a comment says to ignore what stands somewhere.

        A comment speaks of what begins or ends in its line; one that has a line for itself of the
        next formula, and inside of a formula of the next line.

        Args:
            start: where it begins, in the text.
            end: where it ends.
        """
        lines = {self._own_lines.position(place)[0] for place in (start, max(start, end - 1))}
        ignored, formulas = self._ignored
        return bool(lines & ignored) or start in formulas

    @cached_property
    def _ignored(self) -> tuple[frozenset[int], frozenset[int]]:
        """The lines that are ignored, and where formulas begin that are."""
        found: set[int] = set()
        formulas: set[int] = set()
        text, starts = self.text.text, [each.start for each in self.formulas]
        for start, end in self.ignores:
            line, column = self._own_lines.position(start)
            rest = text[end:].partition("\n")[0]
            is_alone = not text[start - column + 1 : start].strip() and not rest.strip()
            inside = any(each.start < start < each.end for each in self.formulas)
            if not is_alone:
                found.add(line)
            elif inside:
                found.add(line + 1)
            elif (following := bisect_right(starts, end)) < len(starts):
                formulas.add(starts[following])
        return frozenset(found), frozenset(formulas)


def kind_of(file: str) -> str:
    """What a file is written in, by the end of its name.

    Args:
        file: its name.

    Raises:
        ParseError: notes of that kind are not read.

    >>> kind_of("notes.qmd")
    'markdown'
    """
    suffix = PurePath(file).suffix.lower()
    if suffix not in KINDS:
        raise ParseError(f"notes are not read from {suffix or 'such'} files", hint=", ".join(KINDS))
    return KINDS[suffix]


def read_document(raw: str, kind: str) -> Document:
    """The formulas of a file.

    Args:
        raw: what is in it.
        kind: `markdown`, `latex` or `notebook`.

    Raises:
        DimderivError: it is too long, or no notebook.
    """
    if len(raw) > LONGEST:
        raise LimitError(f"a file has at most {LONGEST} characters", hint="several files")
    if kind == "notebook":
        return _notebook(raw)
    scan = (tex if kind == "latex" else markdown).scanned(raw)
    return _document(raw, Text.whole(raw), scan, ())


def _notebook(raw: str) -> Document:
    found, texts, places = Scan(), list[str](), list[int]()
    starts: list[tuple[int, int]] = []
    length = 0
    for cell in markdown_cells(raw):
        scan = markdown.scanned(cell.text.text)
        found.formulas += shifted(scan, length)
        for mine, its in ((found.skipped, scan.skipped), (found.ignores, scan.ignores)):
            mine += [(start + length, end + length) for start, end in its]
        found.sections += [each + length for each in scan.sections]
        starts.append((length, cell.number))
        texts.append(cell.text.text + _BETWEEN_CELLS)
        places += [*cell.text.places, cell.text.places[-1]]
        length += len(texts[-1])
    return _document(raw, Text("".join(texts), [*places, len(raw)]), found, tuple(starts))


def _document(raw: str, text: Text, scan: Scan, cells: tuple[tuple[int, int], ...]) -> Document:
    visible = without(text.text, scan.skipped)
    macros, spans = macros_in(visible)
    visible = without(visible, spans)
    ignores = list(scan.ignores)
    formulas: list[Formula] = []
    for each in scan.formulas:
        ignores += _inside(text.text, each)
        formulas.append(_formula(visible, each, macros, bisect_right(scan.sections, each.start)))
    formulas = [each for each in formulas if each.error or each.body.text.strip()]
    return Document(
        raw,
        text,
        tuple(formulas),
        visible,
        tuple(sorted(set(ignores))),
        cells,
        tuple(scan.sections),
        Lines(raw),
    )


def _inside(text: str, formula: Delimited) -> list[Span]:
    """The comments in a formula that say to ignore something."""
    spans: list[Span] = []
    for found in IGNORE.finditer(text, *formula.inside):
        line = text.rfind("\n", 0, found.start()) + 1
        comment = text.find("%", max(line, formula.inside[0]), found.start())
        if comment >= 0:
            spans.append((comment, found.end()))
    return spans


def _formula(visible: str, found: Delimited, macros: Mapping[str, Macro], section: int) -> Formula:
    start, end = found.inside
    inside = visible[start:end]
    line = visible.rfind("\n", 0, found.start) + 1
    if visible[line : found.start].lstrip()[:1] == ">":
        # In a quotation each line of a formula begins with the sign of it.
        inside = "\n".join(
            " " * (len(each) - len(each.lstrip(" >"))) + each.lstrip(" >") if k else each
            for k, each in enumerate(inside.split("\n"))
        )
    body = Text(inside, range(start, end + 1))
    error: DimderivError | None = None
    if not found.is_closed:
        error = ParseError("this formula is not closed")
    else:
        try:
            body = expanded(body, macros)
        except LimitError as limit:
            error = limit
    return Formula(body, found.start, found.end, section, error)

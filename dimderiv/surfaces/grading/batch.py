"""The answers of a class: a file of them in, a row for each out."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dimderiv.answer import Derived
from dimderiv.errors import DimderivError, ParseError
from dimderiv.language import frozen
from dimderiv.surfaces.grading.grade import derived_of, graded, language_of
from dimderiv.surfaces.grading.verdict import Verdict
from dimderiv.surfaces.grading.words import Words

NEEDED = ("expr", "wrt", "answer")


@frozen.record
class Row:
    """What came out for one answer.

    Attributes:
        name: whose it is, or the number of its line.
        answer: what was answered.
        verdict: the verdict; nothing where there is none.
        error: why there is none.
    """

    name: str
    answer: str
    verdict: Verdict | None
    error: str = ""

    @property
    def word(self) -> str:
        """The verdict in a word."""
        if self.verdict is None:
            return "unreadable"
        return "right" if self.verdict.right else "wrong"


def rows_of(file: str | Path, *, lang: str = "en", **options: Any) -> Iterator[Row]:
    """A row for each answer of a file.

    Args:
        file: comma-separated, with the columns `expr`, `wrt` and `answer`, and `shapes` and `name`
            where they are wanted.
        lang: the language of the verdicts.
        options: further ones, as for `check`.

    Raises:
        ParseError: the file cannot be read, or lacks a column.
    """
    words, known = Words(lang), dict[tuple[str, ...], Derived | DimderivError]()
    for line, row in _lines(file):
        key = (row["expr"], row["wrt"], row.get("shapes") or "")
        if key not in known:
            known[key] = _derived(*key, options)
        name, answer = row.get("name") or str(line), row["answer"] or ""
        source = language_of(row["expr"], options.get("source"))
        yield _row(name, answer, known[key], words, source)


def _lines(file: str | Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = Path(file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ParseError(f"{file} cannot be read: {error}") from error
    reader = csv.DictReader(text.splitlines(keepends=True), skipinitialspace=True)
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise ParseError(
            f"{file} has no column {missing[0]}",
            hint=f"a first line such as {','.join((*NEEDED, 'shapes', 'name'))}",
        )
    for row in reader:
        yield reader.line_num, {k: (v or "") for k, v in row.items() if isinstance(k, str)}


def _derived(expr: str, wrt: str, shapes: str, options: Any) -> Derived | DimderivError:
    try:
        return derived_of(expr, wrt, shapes=shapes or None, **options)
    except DimderivError as error:
        return error


def _row(name: str, answer: str, found: Derived | DimderivError, words: Words, source: str) -> Row:
    if isinstance(found, DimderivError):
        return Row(name, answer, None, words.told(found.message))
    try:
        return Row(name, answer, graded(found, answer, words, source))
    except DimderivError as error:
        return Row(name, answer, None, words.told(error.message))

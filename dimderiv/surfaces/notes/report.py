"""What is said of a file of notes."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from dimderiv.language import frozen

# What is said of a formula, and whether it makes the status of the command 1.
KINDS: Mapping[str, bool] = {
    "wrong": True,
    "layout": True,
    "open": True,
    "unsure": False,
    "note": False,
    "filled": False,
    "right": False,
    "unread": False,
}


@frozen.record
class Place:
    """A place in a file, as editors count; in a notebook also the cell and the place there.

    Attributes:
        line: counted from 1.
        column: counted from 1, in characters.
        cell: the number of the cell, the line and the column in it.
    """

    line: int
    column: int
    cell: tuple[int, int, int] | None = None


@frozen.record
class Finding:
    """What is said of one claim, or of a formula that is not read.

    Attributes:
        kind: one of `KINDS`.
        start: where the claim begins in the file, as an offset.
        stop: where it ends.
        place: where it begins.
        end: where it ends.
        claim: what the text says, in LaTeX.
        says: what is said of it.
        mistake: what is wrong, one of the kinds of verdicts.
        fix: what would be right, in the language.
        entry: an entry that differs.
        answer: what belongs in the place of a blank, in LaTeX.
        is_claim: whether it is about a derivative.
    """

    kind: str
    start: int
    stop: int
    place: Place
    end: Place
    claim: str
    says: str
    mistake: str = ""
    fix: str | None = None
    entry: str | None = None
    answer: str | None = None
    is_claim: bool = True

    def data(self, file: str) -> dict[str, Any]:
        """The finding as JSON has it.

        Args:
            file: the name of the file.
        """
        made: dict[str, Any] = {
            "file": file,
            "line": self.place.line,
            "column": self.place.column,
            "end": {"line": self.end.line, "column": self.end.column},
        }
        if self.place.cell:
            made["cell"] = dict(zip(("number", "line", "column"), self.place.cell, strict=True))
        return made | {
            "kind": self.kind,
            "claim": self.claim,
            "says": self.says,
            "mistake": self.mistake or None,
            "fix": self.fix,
            "entry": self.entry,
            "answer": self.answer,
        }


@frozen.record
class Report:
    """What is said of a file.

    Attributes:
        findings: of each claim, and of what is not read, in order.
        formulas: how many formulas the file has.
        declarations: how many shapes it declares.
        definitions: how many names it defines.
        ignored: how many formulas a comment says to ignore.
        conventions: layouts that the file keeps to throughout, and that are not ours.
        text: the file with its blanks filled.
    """

    findings: tuple[Finding, ...]
    formulas: int
    declarations: int
    definitions: int
    ignored: int
    conventions: tuple[str, ...] = ()
    text: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How often each kind was found, and how much there was to read."""
        found = Counter(each.kind for each in self.findings)
        claims = sum(each.is_claim for each in self.findings)
        return {
            "formulas": self.formulas,
            "declarations": self.declarations,
            "definitions": self.definitions,
            "claims": claims,
            **{kind: found[kind] for kind in KINDS},
            "unread claims": sum(e.kind == "unread" and e.is_claim for e in self.findings),
            "ignored": self.ignored,
        }

    @property
    def is_clean(self) -> bool:
        """Whether nothing in it makes the status of the command 1."""
        return not any(KINDS[each.kind] for each in self.findings)

r"""Notes to a report: each claim about a derivative is checked, each blank answered.

>>> text = r"$\nabla_x (x^\top A x) = (A + A^\top) x$, and $\nabla_w \|w\|^2 = w$."
>>> [finding.kind for finding in checked_notes(text, "markdown").findings]
['right', 'wrong']
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from dimderiv.errors import DimderivError, ParseError, UnknownNameError
from dimderiv.rulebook import load_rules
from dimderiv.sources import Side
from dimderiv.surfaces.notes.claims import (
    Question,
    questions,
    said_of,
    substituted,
)
from dimderiv.surfaces.notes.document import Document, read_document
from dimderiv.surfaces.notes.fill import spliced
from dimderiv.surfaces.notes.intermediates import with_definitions
from dimderiv.surfaces.notes.judge import ONE_HOT, Claim, Judge, Outcome
from dimderiv.surfaces.notes.layouts import Claimed, layouts_of
from dimderiv.surfaces.notes.learned import define, taken_in
from dimderiv.surfaces.notes.prose import told_before
from dimderiv.surfaces.notes.report import Finding, Place, Report
from dimderiv.surfaces.notes.scope import Scope
from dimderiv.surfaces.notes.spelling import fix_in_latex
from dimderiv.surfaces.notes.statements import Statement, statements_of
from dimderiv.surfaces.notes.words import Words

BLANK = "?"
# Where a sentence ends, and what goes on with it.
_SENTENCE_END = re.compile(
    r"(?:\n[ \t]*\r?\n|[.!?][$\s)\\\]]*\s(?=[\s$]*[A-Z])|。)"
    r"(?!\W*(?:where|with|here|in which|其中|这里))",
    re.IGNORECASE,
)
_ZERO = re.compile(r"\\?,?\s*(?:0|\{?\\(?:mathbf|boldsymbol|vec|bm)\s*\{?\s*0\s*\}?\}?)")
# How many statements after a claim may say what its symbols are.
_MOST_AFTER = 12


def checked_notes(
    text: str,
    kind: str,
    *,
    lang: str = "en",
    fill: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Check what a file of notes says of derivatives.

    Args:
        text: what is in the file.
        kind: `markdown`, `latex` or `notebook`.
        lang: the language of what is said, `"en"` or `"zh"`.
        fill: whether blanks are filled.
        progress: is told how many statements are done, of how many.

    Raises:
        DimderivError: the file is too long, or no notebook.
    """
    document = read_document(text, kind)
    reader = _Reader(document, lang, fill)
    reader.read_all(progress)
    if layouts := layouts_of(reader.claimed):
        reader = _Reader(document, lang, fill, layouts)
        reader.read_all(progress)
    return reader.report()


class _Reader:
    """Goes over the statements of a document once."""

    def __init__(
        self, document: Document, lang: str, fill: bool, layouts: Mapping[str, str] = {}
    ) -> None:
        self.document = document
        self.words = Words(lang)
        self.judge = Judge(lang)
        self.fill = fill
        self.layouts = layouts
        self.scope = Scope(load_rules(), layouts)
        self.fonts: dict[str, str] = {}
        self.claimed: list[Claimed] = []
        self.blanks: list[tuple[int, str]] = []
        self.counts = {"declares": 0, "defines": 0, "ignored": 0}
        self.statements = list(statements_of(document))

    def read_all(self, progress: Callable[[int, int], None] | None) -> None:
        for place, statement in enumerate(self.statements):
            if progress:
                progress(place, len(self.statements))
            self.read(place, statement)

    def report(self) -> Report:
        document = self.document
        findings = sorted((each.finding for each in self.claimed), key=lambda each: each.start)
        return Report(
            tuple(findings),
            len(document.formulas),
            self.counts["declares"],
            self.counts["defines"],
            self.counts["ignored"],
            tuple(self.words.convention(sign, its) for sign, its in self.layouts.items()),
            spliced(document, self.blanks) if self.fill else document.raw,
        )

    def read(self, place: int, statement: Statement) -> None:
        self.fonts.update(statement.fonts)
        match statement.kind:
            case "declares" | "defines" | "says":
                self.learn(statement)
            case "claims":
                self.claims(place, statement)
            case "unread":
                self.unread(statement, statement.error)
            case "says nothing":
                self.counts["ignored"] += statement.property == "ignored"

    def learn(self, statement: Statement) -> None:
        """Take in what a statement declares, defines or says."""
        try:
            taken_in(statement, self.scope, self.judge)
            if statement.kind in self.counts:
                self.counts[statement.kind] += 1
        except DimderivError as error:
            self.unread(statement, error)

    def unread(self, statement: Statement, error: DimderivError | None) -> None:
        reason = error.message if error else ""
        finding = self.finding("unread", statement, None, self.words.unread(reason))
        self.claimed.append(Claimed(replace(finding, is_claim=statement.is_claim)))

    def claims(self, place: int, statement: Statement) -> None:
        """Check each side that is claimed to be the derivative."""
        slope, head = statement.slope, statement.head
        assert slope is not None, "a claim is about a derivative"
        scope = self.beside(place, statement)
        values = statement.values
        if head is not None and head.name not in self.scope.definitions:
            values = values[1:]
            self.named(statement, values)
        for side in values:
            try:
                asked = [*questions(slope, scope, statement.formula.section, values)]
                claimed = self.member(statement, side, asked)
            except DimderivError as error:
                made = self.words.unread(error.message)
                claimed = Claimed(self.finding("unread", statement, side, made))
            self.claimed.append(replace(claimed, sign=slope.sign))
        self.scope.variables.update(slope.variables)

    def named(self, statement: Statement, values: Sequence[Side]) -> None:
        r"""Take in the name that a derivative is given: `\delta = \nabla_z L = p - y`."""
        assert statement.written is not None, "a claim has a derivative"
        try:
            define(statement, values or [statement.written], self.scope, self.judge)
        except DimderivError as error:
            self.unread(statement, error)

    def beside(self, place: int, statement: Statement) -> Scope:
        """What is known at a claim, with what the same paragraph says after it."""
        scope, end = self.scope.copy(), statement.end
        slope = statement.slope
        for each in islice(self.statements, place + 1, place + 1 + _MOST_AFTER):
            between = self.document.prose[end : each.start]
            is_same = each.formula is statement.formula
            if each.formula.section != statement.formula.section:
                break
            if not is_same and _SENTENCE_END.search(between):
                break
            end = max(end, each.end)
            names = {each.head.name} if each.head else set()
            known = {*scope.definitions, *(slope.variables if slope else ())}
            if each.kind == "defines" and not names & known:
                self.try_in(each, scope)
            elif each.kind == "declares":
                later = Scope(scope.rulebook)
                self.try_in(each, later)
                for name, declared in later.shapes.items():
                    scope.shapes.setdefault(name, declared)
        return scope

    def try_in(self, statement: Statement, scope: Scope) -> None:
        try:
            taken_in(statement, scope, self.judge)
        except DimderivError:
            return

    def member(self, statement: Statement, side: Side, asked: Sequence[Question]) -> Claimed:
        """What is said of one side."""
        if side.text.strip() == BLANK:
            return self.blank(statement, side, asked)
        claims: list[Claim] = []
        errors: list[DimderivError] = []
        for question in asked:
            try:
                claim = self.claim(statement, side, question)
                outcome = self.judge.right(claim)
            except DimderivError as error:
                errors.append(error)
                continue
            if outcome is not None:
                # Where an earlier reading failed, this one is meant.
                return self.right(statement, side, outcome, question.unsaid if claims else ())
            claims.append(claim)
        if not claims:
            return self.defined_again(statement, side, asked[0], errors[0])
        return self.wrong(statement, side, self.judge.wrong(claims[0]))

    def defined_again(
        self, statement: Statement, side: Side, question: Question, error: DimderivError
    ) -> Claimed:
        """What is said where the claim uses the definition of what is differentiated by."""
        unknown = isinstance(error, UnknownNameError)
        again = with_definitions(question, self.judge) if unknown else None
        if again is None:
            raise error
        claim = self.claim(statement, side, again)
        outcome = self.judge.right(claim)
        if outcome is not None:
            return self.right(statement, side, outcome, ())
        outcome = self.judge.wrong(claim)
        ((weights,), (meant,)) = again.asked.variables, question.asked.variables
        says = outcome.verdict.says.replace(weights, meant)
        verdict = replace(outcome.verdict, says=says, entry=None)
        return self.wrong(statement, side, replace(outcome, verdict=verdict))

    def claim(self, statement: Statement, side: Side, question: Question) -> Claim:
        """One side as a claim, in one reading of the derivative."""
        section = statement.formula.section
        text = substituted(side, question.scope, section, self.judge)
        asked, claim = question.claim(text)
        said = said_of(question.scope, question.names)
        return Claim(asked, claim, said, self.told(statement))

    def told(self, statement: Statement) -> dict[str, str]:
        """What the words of the section say of matrices, as far as the sentence goes."""
        section, end = statement.formula.section, statement.formula.end
        since = self.document.sections[section - 1] if section else 0
        everywhere = told_before(self.document.prose, end, 0)
        labels = {name: its for name, its in everywhere.items() if its == ONE_HOT}
        return labels | told_before(self.document.prose, end, since)

    def right(
        self, statement: Statement, side: Side, outcome: Outcome, doubtful: Sequence[str]
    ) -> Claimed:
        """What is said of a claim that is right, perhaps under conditions or in another reading."""
        kind, says = "right", self.words.said("right")
        if doubtful:
            kind, says = "unsure", self.words.said("unsure_names", names=", ".join(doubtful))
        elif outcome.conditions:
            kind, says = "note", self.words.under(outcome.conditions)
        return Claimed(self.finding(kind, statement, side, says), outcome)

    def wrong(self, statement: Statement, side: Side, outcome: Outcome) -> Claimed:
        verdict = outcome.verdict
        if _ZERO.fullmatch(side.text.strip()):
            says = self.words.unread(self.words.said("equation"))
            finding = self.finding("unread", statement, side, says)
            return Claimed(replace(finding, is_claim=False))
        kind, says = "wrong", verdict.says
        if verdict.kind == "layout":
            kind = "layout"
            says = self.words.said("layout") if self.layouts else says
        elif verdict.kind == "structured":
            kind, says = "note", self.words.said("structured", says=says)
        elif verdict.doubts:
            kind, says = "unsure", self.words.said("unsure", says=says)
        said = {each.said for each in self.scope.definitions.values()}
        fix = fix_in_latex(outcome.derived, verdict.fix, said, self.fonts)
        finding = self.finding(kind, statement, side, says, fix=fix)
        finding = replace(finding, mistake=verdict.kind, entry=verdict.entry)
        return Claimed(finding, outcome)

    def blank(self, statement: Statement, side: Side, asked: Sequence[Question]) -> Claimed:
        """The answer that belongs in the place of a question mark."""
        reason = ""
        for question in asked:
            try:
                if question.letters:
                    raise ParseError("blanks for entries are not filled")
                answer = self.judge.answer(question.asked, self.fonts)
                outcome = self.judge.right(Claim(*question.claim(answer)))
            except DimderivError as error:
                reason = reason or self.words.told(error.message)
                continue
            if outcome is None or outcome.conditions:
                continue
            kind, says = "open", self.words.said("open", answer=answer)
            if outcome.verdict.doubts or not question.is_told(answer):
                says = self.words.said("unsure", says=says)
            elif self.fill:
                kind, says = "filled", self.words.said("filled", answer=answer)
                self.blanks.append((statement.formula.body.places[side.start], answer))
            return Claimed(replace(self.finding(kind, statement, side, says), answer=answer))
        says = self.words.said("open_not", reason=reason.rstrip("."))
        return Claimed(self.finding("open", statement, side, says))

    def finding(
        self,
        kind: str,
        statement: Statement,
        side: Side | None,
        says: str,
        fix: str | None = None,
    ) -> Finding:
        """A finding with its places; a claim is quoted with what it is about."""
        document, places = self.document, statement.formula.body.places
        start, end = statement.start, statement.end
        claim = statement.text
        if side is not None:
            start, end = places[side.start], places[side.end]
            claim = side.text
            start = statement.start if side is statement.values[0] and not statement.head else start
        raw = document.text.places
        first, last = raw[start], raw[end]
        return Finding(
            kind,
            first,
            last,
            self.place(start, first),
            self.place(end, last),
            " ".join(claim.split()),
            says,
            fix=fix,
        )

    def place(self, inside: int, raw: int) -> Place:
        line, column = self.document.lines.position(raw)
        return Place(line, column, self.document.cell(inside))

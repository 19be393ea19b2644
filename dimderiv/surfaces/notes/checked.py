r"""Notes to a report: each claim about a derivative is checked, each blank answered.

>>> text = r"$\nabla_x (x^\top A x) = (A + A^\top) x$, and $\nabla_w \|w\|^2 = w$."
>>> [finding.kind for finding in checked_notes(text, "markdown").findings]
['right', 'wrong']
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from dimderiv.errors import DimderivError, ParseError
from dimderiv.rulebook import load_rules
from dimderiv.sources import Side, shapes_in
from dimderiv.surfaces.notes.claims import (
    Question,
    questions,
    said_of,
    substituted,
)
from dimderiv.surfaces.notes.document import Document, read_document
from dimderiv.surfaces.notes.fill import spliced
from dimderiv.surfaces.notes.judge import Judge, Outcome
from dimderiv.surfaces.notes.prose import told_before
from dimderiv.surfaces.notes.report import Finding, Place, Report
from dimderiv.surfaces.notes.scope import Definition, Scope
from dimderiv.surfaces.notes.statements import Statement, statements_of
from dimderiv.surfaces.notes.words import Words

BLANK = "?"
_NEW_PARAGRAPH = re.compile(r"\n[ \t]*\r?\n\s*(?!\s*(?:where|with|here|in which|其中|这里))", re.I)
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
    return _Reader(read_document(text, kind), lang, fill).report(progress)


@dataclass
class _Claimed:
    """A finding with what the layouts of a document are told by."""

    finding: Finding
    sign: str = ""
    outcome: Outcome | None = None


class _Reader:
    """Goes over the statements of a document once."""

    def __init__(self, document: Document, lang: str, fill: bool) -> None:
        self.document = document
        self.words = Words(lang)
        self.judge = Judge(lang)
        self.fill = fill
        self.scope = Scope(load_rules())
        self.claimed: list[_Claimed] = []
        self.blanks: list[tuple[int, str]] = []
        self.counts = {"declares": 0, "defines": 0, "ignored": 0}
        self.statements = list(statements_of(document))

    def report(self, progress: Callable[[int, int], None] | None) -> Report:
        for place, statement in enumerate(self.statements):
            if progress:
                progress(place, len(self.statements))
            self.read(place, statement)
        conventions = self.settle_layouts()
        document = self.document
        findings = sorted((each.finding for each in self.claimed), key=lambda each: each.start)
        return Report(
            tuple(findings),
            len(document.formulas),
            self.counts["declares"],
            self.counts["defines"],
            self.counts["ignored"],
            conventions,
            spliced(document, self.blanks) if self.fill else document.raw,
        )

    def read(self, place: int, statement: Statement) -> None:
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
        self.claimed.append(_Claimed(replace(finding, is_claim=statement.is_claim)))

    def claims(self, place: int, statement: Statement) -> None:
        """Check each side that is claimed to be the derivative."""
        slope, head = statement.slope, statement.head
        assert slope is not None, "a claim is about a derivative"
        scope = self.beside(place, statement)
        values = statement.values
        if head is not None and head.name not in self.scope.definitions:
            values = values[1:]
            self.named(statement, scope)
        for side in values:
            try:
                asked = [*questions(slope, scope, statement.formula.section)]
                claimed = self.member(statement, side, asked)
            except DimderivError as error:
                made = self.words.unread(error.message)
                claimed = _Claimed(self.finding("unread", statement, side, made))
            claimed.sign = slope.sign
            self.claimed.append(claimed)
        self.scope.variables.update(slope.variables)

    def named(self, statement: Statement, scope: Scope) -> None:
        r"""Take in the name that a derivative is given: `\delta = \nabla_z L = p - y`."""
        try:
            define(statement, statement.values[1:], self.scope, self.judge)
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
            if not is_same and _NEW_PARAGRAPH.search(between):
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

    def member(self, statement: Statement, side: Side, asked: Sequence[Question]) -> _Claimed:
        """What is said of one side."""
        if side.text.strip() == BLANK:
            return self.blank(statement, side, asked)
        found: list[tuple[Question, Outcome]] = []
        errors: list[DimderivError] = []
        for place, question in enumerate(asked):
            try:
                outcome = self.outcome(statement, side, question)
            except DimderivError as error:
                errors.append(error)
                continue
            found.append((question, outcome))
            if outcome.verdict.right:
                is_doubtful = bool(place) and question.since is not None and not errors
                return self.right(statement, side, found, is_doubtful=is_doubtful)
        if not found:
            raise errors[0]
        return self.wrong(statement, side, found[0][1])

    def outcome(self, statement: Statement, side: Side, question: Question) -> Outcome:
        section = statement.formula.section
        text = substituted(side, question.scope, section, self.judge)
        asked, claim = question.claim(text)
        sections = self.document.sections
        since = sections[section - 1] if section else 0
        told = told_before(self.document.prose, statement.formula.end, since)
        return self.judge.judged(asked, claim, said_of(question.scope, question.names), told)

    def right(
        self,
        statement: Statement,
        side: Side,
        found: Sequence[tuple[Question, Outcome]],
        *,
        is_doubtful: bool,
    ) -> _Claimed:
        question, outcome = found[-1]
        if is_doubtful:
            first = found[0][1].verdict
            earlier = set(dict(found[0][0].asked.shapes)) - set(dict(question.asked.shapes))
            says = self.words.said(
                "unsure_section", names=", ".join(sorted(earlier)), says=first.says
            )
            finding = self.finding("unsure", statement, side, says, fix=first.fix)
        elif outcome.conditions:
            finding = self.finding("note", statement, side, self.words.under(outcome.conditions))
        else:
            finding = self.finding("right", statement, side, self.words.said("right"))
        return _Claimed(finding, outcome=outcome)

    def wrong(self, statement: Statement, side: Side, outcome: Outcome) -> _Claimed:
        verdict = outcome.verdict
        if _ZERO.fullmatch(side.text.strip()):
            says = self.words.unread(self.words.said("equation"))
            finding = self.finding("unread", statement, side, says)
            return _Claimed(replace(finding, is_claim=False))
        kind, says = "wrong", verdict.says
        if verdict.kind == "layout":
            kind = "layout"
        elif verdict.kind == "structured":
            kind, says = "note", self.words.said("structured", says=says)
        elif verdict.doubts:
            kind, says = "unsure", self.words.said("unsure", says=says)
        finding = self.finding(kind, statement, side, says, fix=verdict.fix)
        finding = replace(finding, mistake=verdict.kind, entry=verdict.entry)
        return _Claimed(finding, outcome=outcome)

    def blank(self, statement: Statement, side: Side, asked: Sequence[Question]) -> _Claimed:
        """The answer that belongs in the place of a question mark."""
        reason = ""
        for question in asked:
            try:
                answer = self.judge.answer(question.asked)
                again, claim = question.claim(answer)
                outcome = self.judge.judged(again, claim, {}, {})
            except DimderivError as error:
                reason = reason or self.words.told(error.message)
                continue
            if not outcome.verdict.right or outcome.conditions:
                reason = reason or outcome.verdict.says
                continue
            self.blanks.append((statement.formula.body.places[side.start], answer))
            kind = "filled" if self.fill else "open"
            says = self.words.said(kind, answer=answer)
            return _Claimed(replace(self.finding(kind, statement, side, says), answer=answer))
        says = self.words.said("open_not", reason=reason.rstrip("."))
        return _Claimed(self.finding("open", statement, side, says))

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

    def settle_layouts(self) -> tuple[str, ...]:
        """Where all claims of a kind are in the other layout, that is the convention."""
        said: list[str] = []
        groups: dict[tuple[str, bool], list[_Claimed]] = {}
        for each in self.claimed:
            if each.outcome is not None and each.outcome.is_told_apart:
                groups.setdefault((each.sign, each.outcome.is_gradient), []).append(each)
        for (sign, is_gradient), group in groups.items():
            others = [each for each in group if each.finding.kind == "layout"]
            if not others or any(each.finding.kind in {"right", "note"} for each in group):
                continue
            if sign == "nabla" and len(others) == 1:
                continue
            key = "convention_gradient" if is_gradient else "convention_jacobian"
            said.append(self.words.said(key, sign=f"\\{sign}"))
            for each in others:
                each.finding = replace(each.finding, kind="right", says=self.words.said("right"))
        return tuple(said)


def taken_in(statement: Statement, scope: Scope, judge: Judge) -> None:
    """Add to a scope what a statement declares, defines or says.

    Args:
        statement: one that does.
        scope: what is known above it.
        judge: what derives the derivatives in it.

    Raises:
        DimderivError: it cannot be read.
    """
    section = statement.formula.section
    if statement.kind == "declares":
        scope.declare(shapes_in(statement.text), statement.start, section)
    elif statement.kind == "defines":
        define(statement, statement.values, scope, judge)
    elif statement.head is not None:
        scope.properties[statement.head.name] = (statement.property, section)


def define(statement: Statement, values: Sequence[Side], scope: Scope, judge: Judge) -> None:
    """Add a definition to a scope: the first value that can be read.

    Args:
        statement: with the name that is defined.
        values: what it is equal to.
        scope: what is known above it.
        judge: what derives the derivatives in it.

    Raises:
        DimderivError: none of the values can be read.
    """
    head = statement.head
    assert head is not None and statement.left is not None, "what is defined has a name"
    errors: list[DimderivError] = []
    for side in values:
        try:
            value = substituted(side, scope, statement.formula.section, judge)
            written = f"{statement.left.text} = {value}"
            names = scope.read(written)
        except DimderivError as error:
            errors.append(error)
            continue
        if head.name in scope.read(value):
            raise ParseError(f"{head.name} stands on both sides")
        is_doubtful = head.name in scope.variables and head.name not in scope.definitions
        scope.define(
            Definition(
                head,
                written,
                names - {head.name},
                statement.start,
                statement.formula.section,
                is_doubtful,
            )
        )
        return
    raise errors[0] if errors else ParseError("nothing is defined here")

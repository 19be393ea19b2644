"""Writes the steps of a derivation in words, in a language of `dimderiv/explain/messages`."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dimderiv.answer import Derived, Question
from dimderiv.differentiate import FORMULAS
from dimderiv.errors import UnknownNameError
from dimderiv.explain.messages import sentences
from dimderiv.explain.record import Step, recorded
from dimderiv.explain.words.conventions import forms, layout_in_words, notes, properties_in_words
from dimderiv.explain.words.inner import derived_first, parts_of
from dimderiv.explain.words.markup import UNBROKEN, Markup, PlainText
from dimderiv.explain.words.steps import StepSpeaker, operands_of, terms_of
from dimderiv.explain.words.worded import Html, Latex, Markdown, Worded
from dimderiv.language import (
    Call,
    Declaration,
    IndexForm,
    Name,
    Signature,
    Statement,
    Transpose,
    Tree,
    parse_expression,
    replaced,
    walk,
)
from dimderiv.render import spellings
from dimderiv.rulebook import Rulebook

MARKS = {"d": r"\mathrm{{d}}{}", "J": "J_{{{}}}"}
SYMMETRIC = frozenset({"symmetric", "spd", "psd", "diagonal"})
WORDED: Mapping[str, type[Worded]] = {"latex": Latex, "markdown": Markdown, "html": Html}
MARKUPS = ("text", *WORDED)
CALL = re.compile(r"\w+ ?\(")


class Compared(NamedTuple):
    """How far the check of an answer went: at how many points, for how many entries."""

    level: str
    points: int
    entries: int


def explain(
    derived: Derived,
    mixed: Derived,
    steps: Sequence[Step],
    compared: Compared | None,
    *,
    lang: str = "en",
    markup: str = "text",
    answer: bool = True,
) -> str:
    """The steps of a derivation, from the value back to the variables, and the answer.

    Args:
        derived: the derivatives.
        mixed: the same in the mixed layout.
        steps: how they were found.
        compared: what their check reported, if they were checked.
        lang: `"en"` or `"zh"`.
        markup: `"text"`, lines of at most 80 columns as far as the formulas allow; `"latex"`,
            paragraphs and an `enumerate`; `"markdown"`; or `"html"`, a fragment of a page.
        answer: whether the answer follows; without it, the last line announces it.

    Raises:
        UnknownNameError: there is no such language or markup.
    """
    speaker = StepSpeaker(sentences(lang), _markup(derived.question.rulebook, steps, markup))
    page = _Page(derived.question, speaker, steps, lang)
    first, *blocks = parts_of(steps)
    page.open(first)
    number = 1 + derived_first(derived.question, speaker)
    page.notation(first)
    speaker.steps(first, number)
    if derived.first is not None:
        page.answer(derived.first)
    if blocks:
        speaker.hessian(blocks, len(first) + number)
    is_turned = mixed.program != derived.program
    if is_turned:
        page.answer(mixed)
    speaker.markup.gap()
    if answer:
        page.announced(derived, is_turned=is_turned)
        page.formulas(derived)
    page.remarks(forms(derived, lang, commands=page.commands))
    page.checked(compared)
    if not answer:
        page.announced(derived, is_turned=is_turned)
    return speaker.markup.document()


def markup_named(markup: str, rulebook: Rulebook, names: Mapping[str, str] = {}) -> Markup:
    """How sentences with formulas are set.

    Args:
        markup: one of `MARKUPS`.
        rulebook: the functions, some of which say how they are written.
        names: LaTeX for names whose own spelling will not do.

    Raises:
        UnknownNameError: there is no such markup.
    """
    if markup not in MARKUPS:
        raise UnknownNameError(f"{markup!r} is unknown", hint=f"one of {', '.join(MARKUPS)}")
    return PlainText() if markup == "text" else WORDED[markup](names, spellings(rulebook))


def _markup(rulebook: Rulebook, steps: Sequence[Step], markup: str) -> Markup:
    plain = Latex({}, {})
    names = {
        operand.name: MARKS[operand.name[0]].format(plain.formula(operand.tree))
        for operand in operands_of(steps)
        if operand.name[:1] in MARKS
    }
    for step in steps:
        if isinstance(step, recorded.Changed) and step.operand and step.tangent:
            names[step.tangent.name] = rf"\dot{{{plain.formula(step.operand)}}}"
    return markup_named(markup, rulebook, names)


def _listed(names: Iterable[str]) -> recorded.Several:
    return recorded.Several(tuple(map(Name, names)))


class _Page:
    def __init__(
        self, question: Question, speaker: StepSpeaker, steps: Sequence[Step], lang: str
    ) -> None:
        self.question, self.speaker, self.lang, self.say = question, speaker, lang, speaker.tell
        self.commands = not isinstance(speaker.markup, Html)
        self.is_stacked = any(isinstance(step, recorded.Stacked) for step in steps)

    def open(self, steps: Sequence[Step]) -> None:
        """The expression, the shapes, and what the names of derivatives mean."""
        question, typed = self.question, self.question.typed
        *definitions, value = typed.asked.program.statements
        for each in definitions:
            told = recorded.defined(Name(each.name or ""), each.value)
            self.speaker.say(self.speaker.field(told), level=0)
        key = "title_along" if question.directions else "title"
        variables, directions = map(_listed, (question.wrt, question.directions.values()))
        self.say(
            key, expression=self.expression(value.value), variables=variables, directions=directions
        )
        self.speaker.markup.gap()
        assumed = {text.partition(":")[0] for text in typed.assumptions}
        declared = [name for name in typed.symbols if name not in assumed]
        self.shapes("declared", declared, question.rulebook.declared)
        self.shapes("assumed", [name for name in typed.symbols if name in assumed], {})
        if not question.structures:
            self.remarks(notes(question, self.lang, commands=self.commands))
        self.known()

    def notation(self, steps: Sequence[Step]) -> None:
        """What the names of derivatives mean, and the entries of what is called."""
        typed = self.question.typed
        changes = [step for step in steps if isinstance(step, recorded.Changed) and step.operand]
        for change in changes[:1]:
            self.say("notation_along", **vars(change))
        for call, form in dict(self.called()).items():
            letters = recorded.Several(tuple(Name(letter) for letter, _ in form.letters))
            self.say("stands_for", call=call, letters=letters, body=form.body)
        self.speaker.notation(steps, "notation" if typed.value.is_scalar else "notation_array")
        if any(term.is_lettered for step in steps for term in terms_of(step)):
            self.say("letters")

    def known(self) -> None:
        """What is to be known of symbols before the first step."""
        typed = self.question.typed
        for name, declaration in typed.symbols.items():
            is_symmetric = SYMMETRIC.intersection(declaration.properties)
            if is_symmetric and name not in self.question.wrt:
                self.say("symmetric", operand=Name(name), turned=Transpose(Name(name)))
        if typed.upstream is not None:
            whole = self.expression(typed.program.statements[-1].value, whole=True)
            self.say("handed_down", upstream=Name(typed.upstream), expression=whole)

    def expression(self, value: Tree, *, whole: bool = False) -> recorded.Field:
        """The value; one that is given entry by entry as the user wrote it.

        Args:
            value: the value, with what is handed down.
            whole: whether to say what becomes of that.
        """
        given = self.question.valued.program.statements[-1].value
        upstream = self.question.typed.upstream
        is_summed = isinstance(given, Call) and bool(given.over) and upstream is None
        is_indexed = isinstance(given, IndexForm) and upstream is not None
        if not is_summed and not is_indexed and not any(self.called_in(given)):
            return value
        name = self.question.valued.program.statements[-1].name
        if name is not None and name in self.question.typed.definitions:
            return value if whole else Name(name)
        source = self.source(given)
        if not source:
            return value
        if not whole:
            return source
        is_scalar = self.question.valued.value.is_scalar
        return f"{upstream} ({source})" if is_scalar else f"sum({upstream} .* ({source}))"

    def called(self) -> Iterator[tuple[str, IndexForm]]:
        """The calls that stand for index statements, as the user wrote them."""
        for statement in self.question.valued.program.statements:
            yield from self.called_in(statement.value)

    def called_in(self, value: Tree) -> Iterator[tuple[str, IndexForm]]:
        """The same for a part of the expression."""
        for part in walk(value):
            if isinstance(part, IndexForm):
                text = self.source(part)
                if CALL.match(text):
                    yield text, part

    def source(self, part: Tree) -> str:
        """A part of the expression as the user wrote it."""
        return " ".join(self.question.source[slice(*part.span)].split())

    def remarks(self, remarks: Sequence[str]) -> None:
        """What is to be known of the whole: which entries are free, what the answer is."""
        for remark in remarks:
            self.speaker.say(remark[0].upper() + remark[1:] + self.speaker.messages["stop"])

    def shapes(self, key: str, names: Sequence[str], functions: Mapping[str, Signature]) -> None:
        """The shapes of symbols, with their properties, and of declared functions."""
        field, markup = self.speaker.field, self.speaker.markup
        symbols = self.question.typed.symbols
        told: list[tuple[str, ...]] = [
            (name, *self.declared(symbols[name]), *sorted(symbols[name].properties))
            for name in names
        ]
        for name, signature in functions.items():
            if signature.is_elementwise:
                told.append((name, "elementwise"))
            else:
                taken = ", ".join(map(field, signature.arguments))
                returned = field(signature.value), *sorted(signature.properties)
                told.append((name, taken, markup.held(markup.arrow), *returned))
        if told:
            written = [UNBROKEN.join((f"{field(Name(name))}:", *words)) for name, *words in told]
            self.say(key, shapes="; ".join(written))

    def declared(self, declaration: Declaration) -> tuple[str, ...]:
        """The shape of a symbol; of integer labels, how many there are and of how many classes."""
        field, shape, labels = self.speaker.field, declaration.shape, declaration.labels
        if labels is None:
            return (field(shape),)
        own = field(shape.rows.syntax() if shape.is_column else shape)
        return own, "labels", field(labels.syntax())

    def announced(self, derived: Derived, *, is_turned: bool = False) -> None:
        """The line before an answer: how it comes from what was told."""
        question = derived.question
        if is_turned:
            self.say("laid_out", layout=layout_in_words(question.layout, self.lang))
        elif question.directions and question.order > 1:
            self.say("along", directions=_listed(question.directions.values()))
        elif question.structures:
            for name, structure in question.structures.items():
                self.tied(name, structure, (derived.first or derived).names[name,])
        else:
            is_told = self.is_stacked or derived.form != "kronecker"
            self.say("answer" if is_told else "answer_stacked")

    def tied(self, name: str, structure: str, free: str) -> None:
        """What becomes of the derivative by free entries where they are tied."""
        formula = parse_expression(FORMULAS[structure], names=["G"])
        value = replaced(formula, lambda part: Name(free) if part == Name("G") else None)
        properties = self.question.typed.symbols[name].properties
        word = properties_in_words(properties, self.speaker.messages)
        self.say("tied", variable=Name(name), property=word, value=value)

    def answer(self, derived: Derived) -> None:
        """What is put together, and its formulas."""
        self.speaker.markup.gap()
        self.announced(derived)
        self.formulas(derived)

    def formulas(self, derived: Derived) -> None:
        """The formulas of an answer; a lone one without a name gets one."""
        *definitions, last = derived.program.statements
        alone = None if derived.question.directions else next(iter(derived.names.values()))
        for each in (*definitions, Statement(last.name or alone, last.value)):
            self.speaker.say(self.speaker.field(each), level=1)

    def checked(self, compared: Compared | None) -> None:
        if compared is None:
            self.say("checked_unchecked")
        else:
            level = compared.level.replace(" ", "_")
            self.say(f"checked_{level}", points=compared.points, entries=compared.entries)

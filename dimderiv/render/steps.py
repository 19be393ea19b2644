"""Writes the steps of a derivation in words, in a language of `dimderiv/messages`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from dimderiv.errors import UnknownNameError
from dimderiv.infer import Typed
from dimderiv.language.parser import parse_expression
from dimderiv.language.syntax import Name, Node, Program, replaced
from dimderiv.messages import LANGUAGES, sentences
from dimderiv.render.conventions import layout_in_words
from dimderiv.render.derived import named, tell
from dimderiv.render.markup import UNBROKEN, Latex, Markup, PlainText
from dimderiv.render.sentences import Field, Speaker
from dimderiv.rules import Rulebook
from dimderiv.shapes import SCALAR
from dimderiv.steps import (
    Added,
    Changed,
    Derived,
    Equation,
    Operand,
    Passed,
    Received,
    Several,
    Step,
)
from dimderiv.structure import FORMULAS, binding

MARKUPS = ("text", "latex")
CHECKED = {"exact": "checked_exact", "30 digits": "checked_digits", "numeric": "checked_numeric"}


class Report(Protocol):
    """What the check of an answer reported."""

    @property
    def level(self) -> str:
        """How far it went."""

    @property
    def points(self) -> int:
        """At how many points."""

    @property
    def entries(self) -> int:
        """How many entries were compared."""


class Explained(Protocol):
    """What of a derivation the steps tell."""

    @property
    def wrt(self) -> tuple[str, ...]:
        """The variables."""

    @property
    def typed(self) -> Typed:
        """The expression with its shapes."""

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was inferred."""

    @property
    def rulebook(self) -> Rulebook:
        """The rules."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The record."""

    @property
    def program(self) -> Program:
        """The answer."""

    @property
    def layout(self) -> str:
        """The layout convention."""

    @property
    def directions(self) -> Mapping[str, str]:
        """For a derivative along directions, the direction of each variable."""

    @property
    def structures(self) -> Mapping[str, str]:
        """How the entries of variables are tied."""

    def notes(self, lang: str = "en") -> tuple[str, ...]:
        """Which entries are free although a property ties them."""

    @property
    def form(self) -> str:
        """Whether it is written in matrices, Kronecker products or entries."""

    @property
    def order(self) -> int:
        """How often the expression was differentiated."""

    @property
    def first(self) -> "Explained | None":
        """For second derivatives, the derivation of the gradients."""

    @property
    def verification(self) -> Report | None:
        """What the check reported."""


def explain(derivation: Explained, lang: str = "en", markup: str = "text") -> str:
    """The steps of a derivation, from the value back to the variables, and the answer.

    Args:
        derivation: the derivation.
        lang: `"en"` or `"zh"`.
        markup: `"text"`, lines of at most 80 columns as far as the formulas allow, or `"latex"`,
            one `aligned` environment for math mode.

    Raises:
        UnknownNameError: there is no such language or markup.
    """
    for word, known in ((lang, LANGUAGES), (markup, MARKUPS)):
        if word not in known:
            raise UnknownNameError(f"{word!r} is unknown", hint=f"one of {', '.join(known)}")
    steps = derivation.steps
    page = _Page(Speaker(sentences(lang), _markup(derivation, steps, markup)), lang)
    page.open(derivation, steps)
    page.steps(steps)
    page.close(derivation)
    return page.speaker.markup.document()


def _markup(derivation: Explained, steps: Sequence[Step], markup: str) -> Markup:
    if markup == "text":
        return PlainText()
    plain = Latex({}, {})
    names = {
        operand.name: rf"\mathrm{{d}}{plain.formula(operand.tree)}"
        for operand in _operands(steps)
        if operand.name
    }
    for step in steps:
        if isinstance(step, Changed) and step.operand and isinstance(step.value.sides[0], Name):
            names[step.value.sides[0].name] = rf"\dot{{{plain.formula(step.operand)}}}"
    rules = derivation.rulebook.rules.values()
    return Latex(names, {rule.name: rule.latex for rule in rules if rule.latex})


def _operands(steps: Sequence[Step]) -> Iterator[Operand]:
    for step in steps:
        if isinstance(step, Passed):
            yield from (received.operand for received in step.received)
        elif isinstance(step, Derived):
            yield step.operand


class _Page:
    def __init__(self, speaker: Speaker, lang: str) -> None:
        self.speaker, self.lang = speaker, lang

    def say(self, key: str, *, level: int = 0, head: str = "", **fields: Field) -> None:
        self.speaker.say(self.speaker.sentence(key, fields), level=level, head=head)

    def open(self, derivation: Explained, steps: Sequence[Step]) -> None:
        """The expression, the shapes, and what the names of derivatives mean."""
        *definitions, value = derivation.typed.program.statements
        for each in definitions:
            self.equation(each.name, each.value, level=0)
        variables = Several(tuple(Name(name) for name in derivation.wrt))
        directions = Several(tuple(Name(name) for name in derivation.directions.values()))
        if directions.parts:
            self.say(
                "title_along",
                expression=value.value,
                variables=variables,
                directions=directions,
            )
        else:
            self.say("title", expression=value.value, variables=variables)
        self.speaker.markup.gap()
        assumed = {text.partition(":")[0] for text in derivation.assumptions}
        symbols = derivation.typed.symbols
        self.shapes(
            derivation,
            "declared",
            [name for name in symbols if name not in assumed],
            self.functions(derivation.rulebook),
        )
        self.shapes(derivation, "assumed", [name for name in symbols if name in assumed])
        self.conventions(derivation)
        change = next((step for step in steps if isinstance(step, Changed) and step.operand), None)
        if change is not None and change.operand is not None:
            tangent = change.value.sides[0]
            self.say("notation_along", tangent=tangent, operand=change.operand)
        first = next((operand for operand in _operands(steps) if operand.name), None)
        if first is not None:
            key = "notation" if derivation.typed.value.is_scalar else "notation_array"
            self.say(key, derivative=Name(first.name), operand=first.tree)

    def conventions(self, derivation: Explained) -> None:
        """Which entries are free, and the layout where it is not the usual one."""
        for note in derivation.notes(self.lang):
            if not derivation.structures:
                self.speaker.say(note[0].upper() + note[1:] + self.speaker.messages["stop"])

    def functions(self, rulebook: Rulebook) -> list[str]:
        """The functions that are declared, as they would be written."""
        field = self.speaker.field
        arrow = self.speaker.markup.held(self.speaker.markup.arrow)
        return [
            UNBROKEN.join((f"{field(Name(name))}:", field(shape), arrow, field(SCALAR)))
            for name, shape in rulebook.unknown.items()
        ]

    def shapes(
        self, derivation: Explained, key: str, names: Sequence[str], others: Sequence[str] = ()
    ) -> None:
        speaker, symbols = self.speaker, derivation.typed.symbols
        shapes = [
            UNBROKEN.join(
                (
                    f"{speaker.field(Name(name))}:",
                    speaker.field(symbols[name].shape),
                    *sorted(symbols[name].properties),
                )
            )
            for name in names
        ]
        if shapes or others:
            self.say(key, shapes="; ".join([*shapes, *others]))

    def steps(self, steps: Sequence[Step]) -> None:
        """All steps, with a gap before each that is more than a line."""
        before: Step | None = None
        for number, step in enumerate(steps, 1):
            if not (isinstance(step, Passed) and isinstance(before, Passed)):
                self.speaker.markup.gap()
            self.step(step, f"{number}. ")
            before = step

    def step(self, step: Step, head: str) -> None:
        match step:
            case Passed():
                self.passed(step, head)
            case Added(operand, left, ways, value):
                self.say("added", head=head, operand=operand, ways=ways)
                self.speaker.say(self.speaker.field(Equation((left, *value.sides))), level=2)
            case Derived():
                tell(step, self.speaker, head)
            case Changed(operation, _, value):
                self.say("changes", level=0, head=head, operation=operation, value=value)

    def passed(self, step: Passed, head: str) -> None:
        values = {received.value for received in step.received}
        key, told, fields = f"passed_{step.kind}", step.received, dict[str, Field]()
        if step.kind == "sum" and len(values) == 1:
            key, told = "passed_same", tuple(r for r in step.received if r.left is not None)
            operands = Several(tuple(named(received.operand) for received in step.received))
            fields = {"value": values.pop(), "operands": operands}
        opening = self.speaker.sentence(key, {"operation": step.operation, **fields})
        clauses = self.speaker.messages["clause"].join([opening, *map(self.received, told)])
        told_all = clauses + self.speaker.messages["stop"]
        self.speaker.say(told_all, self.speaker.where(step.where), level=0, head=head)

    def received(self, received: Received) -> str:
        operand, left, value = received
        if left is None:
            return self.speaker.sentence("receives", {"operand": named(operand), "value": value})
        if operand.is_shared:
            return self.speaker.sentence("gets", {"name": left, "value": value})
        return self.speaker.field(Equation((left, value)))

    def equation(self, name: str | None, value: Node, *, level: int) -> None:
        sides = (value,) if name is None else (Name(name), value)
        self.speaker.say(self.speaker.field(Equation(sides)), level=level)

    def close(self, derivation: Explained) -> None:
        """The answer, and what its check reported."""
        self.speaker.markup.gap()
        first = derivation.first or derivation
        if derivation.layout != "mixed":
            self.say("laid_out", layout=layout_in_words(derivation.layout, self.lang))
        self.say("answer_stacked" if first.form == "kronecker" else "answer")
        self.answer(first, None if first.directions else f"d{derivation.wrt[0]}")
        if derivation.order > 1:
            directions = Several(tuple(Name(name) for name in derivation.directions.values()))
            if directions.parts:
                self.say("along", directions=directions)
            else:
                self.say("second")
            self.answer(derivation, None)
        elif derivation.structures:
            for name, structure in derivation.structures.items():
                self.tied(derivation, name, structure)
            self.answer(derivation, f"d{derivation.wrt[0]}")
        self.checked(derivation.verification)

    def tied(self, derivation: Explained, name: str, structure: str) -> None:
        """What becomes of the derivative by free entries where they are tied."""
        formula = parse_expression(FORMULAS[structure], names=["G"])
        free = Name(f"d{name}")
        value = replaced(formula, lambda part: free if part == Name("G") else None)
        properties = binding(derivation.typed.symbols[name].properties)
        word = self.speaker.messages["and"].join(properties)
        self.say("tied", variable=Name(name), property=word, value=value)

    def answer(self, derivation: Explained, alone: str | None) -> None:
        *definitions, last = derivation.program.statements
        for each in definitions:
            self.equation(each.name, each.value, level=1)
        self.equation(last.name or alone, last.value, level=1)

    def checked(self, verification: Report | None) -> None:
        if verification is None or verification.level not in CHECKED:
            self.say("unchecked")
        else:
            key = CHECKED[verification.level]
            self.say(key, points=verification.points, entries=verification.entries)

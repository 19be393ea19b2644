"""Writes the steps of a derivation in words, in a language of `dimderiv/messages`."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dimderiv.answer import Derived, Question
from dimderiv.differentiate import FORMULAS
from dimderiv.errors import UnknownNameError
from dimderiv.explain.messages import sentences
from dimderiv.explain.record import (
    Added,
    Block,
    Changed,
    Equation,
    Operand,
    Passed,
    Pattern,
    Received,
    Several,
    Stacked,
    Step,
    pattern,
    repeated,
)
from dimderiv.explain.record import Derived as Differentiated
from dimderiv.explain.words.conventions import forms, layout_in_words, notes, properties_in_words
from dimderiv.explain.words.derived import named, tell, tell_again
from dimderiv.explain.words.markup import UNBROKEN, Latex, Markup, PlainText
from dimderiv.explain.words.sentences import Field, Place, Speaker
from dimderiv.language import SCALAR, Name, Node, Transpose, parse_expression, replaced
from dimderiv.render import text
from dimderiv.rulebook import Rulebook

MARKS = {"d": r"\mathrm{{d}}{}", "J": "J_{{{}}}"}
SYMMETRIC = frozenset({"symmetric", "spd", "psd", "diagonal"})
# A longer sum is left to the answer.
MOST_WAYS = 6
MARKUPS = ("text", "latex")
CHECKED = {
    "proved": "checked_proved",
    "exact": "checked_exact",
    "60 digits": "checked_long_digits",
    "30 digits": "checked_digits",
    "partial": "checked_in_part",
}


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
        markup: `"text"`, lines of at most 80 columns as far as the formulas allow, or `"latex"`,
            one `aligned` environment for math mode.
        answer: whether the answer follows; without it, the last line announces it.

    Raises:
        UnknownNameError: there is no such language or markup.
    """
    if markup not in MARKUPS:
        raise UnknownNameError(f"{markup!r} is unknown", hint=f"one of {', '.join(MARKUPS)}")
    speaker = Speaker(sentences(lang), _markup(derived.question.rulebook, steps, markup))
    page = _Page(derived.question, speaker, lang)
    first, *blocks = _parts(steps)
    page.open(first)
    page.steps(first)
    if derived.first is not None:
        page.answer(derived.first, first)
    if blocks:
        page.hessian(blocks, len(first) + 1)
    if mixed.program != derived.program:
        page.answer(mixed, steps)
    page.close(
        derived, steps, compared, is_turned=mixed.program != derived.program, is_whole=answer
    )
    return page.speaker.markup.document()


def _parts(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps of the gradient, and those of each block after what it begins with."""
    parts: list[list[Step]] = [[]]
    for step in steps:
        if isinstance(step, Block):
            parts.append([])
        parts[-1].append(step)
    return parts


def _markup(rulebook: Rulebook, steps: Sequence[Step], markup: str) -> Markup:
    if markup == "text":
        return PlainText()
    plain = Latex({}, {})
    names = {
        operand.name: MARKS[operand.name[0]].format(plain.formula(operand.tree))
        for operand in _operands(steps)
        if operand.name[:1] in MARKS
    }
    for step in steps:
        if isinstance(step, Changed) and step.operand and isinstance(step.value.sides[0], Name):
            names[step.value.sides[0].name] = rf"\dot{{{plain.formula(step.operand)}}}"
    rules = rulebook.rules.values()
    return Latex(names, {rule.name: rule.latex for rule in rules if rule.latex})


def _operands(steps: Sequence[Step]) -> Iterator[Operand]:
    for step in steps:
        if isinstance(step, Passed):
            yield from (received.operand for received in step.received)
        elif isinstance(step, Differentiated):
            yield step.operand


class _Page:
    def __init__(self, question: Question, speaker: Speaker, lang: str) -> None:
        self.question, self.speaker, self.lang = question, speaker, lang
        self.told: dict[Pattern, int] = {}

    def say(self, key: str, *, level: int = 0, head: str = "", **fields: Field) -> None:
        self.speaker.say(self.speaker.sentence(key, fields), level=level, head=head)

    def open(self, steps: Sequence[Step]) -> None:
        """The expression, the shapes, and what the names of derivatives mean."""
        typed = self.question.typed
        *definitions, value = typed.program.statements
        for each in definitions:
            self.equation(each.name, each.value, level=0)
        variables = Several(tuple(Name(name) for name in self.question.wrt))
        directions = Several(tuple(map(Name, self.question.directions.values())))
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
        assumed = {text.partition(":")[0] for text in typed.assumptions}
        functions = self.functions(self.question.rulebook)
        self.shapes("declared", [n for n in typed.symbols if n not in assumed], functions)
        self.shapes("assumed", [n for n in typed.symbols if n in assumed])
        if not self.question.structures:
            self.remarks(notes(self.question, self.lang))
        self.known()
        change = next((step for step in steps if isinstance(step, Changed) and step.operand), None)
        if change is not None and change.operand is not None:
            tangent = change.value.sides[0]
            self.say("notation_along", tangent=tangent, operand=change.operand)
        key = "notation" if typed.value.is_scalar else "notation_array"
        self.notation(steps, key)

    def known(self) -> None:
        """What is to be known of symbols before the first step."""
        typed = self.question.typed
        for name, declaration in typed.symbols.items():
            is_symmetric = SYMMETRIC.intersection(declaration.properties)
            if is_symmetric and name not in self.question.wrt:
                self.say("symmetric", operand=Name(name), turned=Transpose(Name(name)))
        if typed.upstream is not None:
            whole = typed.program.statements[-1].value
            self.say("handed_down", upstream=Name(typed.upstream), expression=whole)

    def notation(self, steps: Sequence[Step], key: str, **fields: Field) -> None:
        """What the names of derivatives mean, where there are any."""
        first = next((operand for operand in _operands(steps) if operand.name), None)
        if first is not None:
            told = {"derivative": Name(first.name), "operand": first.tree, **fields}
            self.speaker.say(self.speaker.sentence(key, told), level=0)

    def remarks(self, remarks: Sequence[str]) -> None:
        """What is to be known of the whole: which entries are free, what the answer is."""
        for remark in remarks:
            self.speaker.say(remark[0].upper() + remark[1:] + self.speaker.messages["stop"])

    def functions(self, rulebook: Rulebook) -> list[str]:
        """The functions that are declared, as they would be written."""
        field = self.speaker.field
        arrow = self.speaker.markup.held(self.speaker.markup.arrow)
        return [
            UNBROKEN.join((f"{field(Name(name))}:", field(shape), arrow, field(SCALAR)))
            for name, shape in rulebook.unknown.items()
        ]

    def shapes(self, key: str, names: Sequence[str], others: Sequence[str] = ()) -> None:
        speaker, symbols = self.speaker, self.question.typed.symbols
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

    def steps(self, steps: Sequence[Step], number: int = 1) -> None:
        """Some steps, with a gap before each that is more than a line."""
        before: Step | None = None
        patterns, place = [pattern(step) for step in steps], 0
        while place < len(steps):
            period, count = repeated(patterns, place)
            step = steps[place]
            if count or not (isinstance(step, Passed) and isinstance(before, Passed)):
                self.speaker.markup.gap()
            if count:
                self.left_out(steps[place : place + count], number + place, period)
            else:
                self.step(step, number + place, patterns[place])
            before = step
            place += count or 1

    def left_out(self, steps: Sequence[Step], number: int, period: int) -> None:
        """Steps that say the same again and again of other things."""
        derivatives = [Name(operand.name) for operand in _operands(steps) if operand.name]
        fields: dict[str, Field] = {
            "first": number - period,
            "second": number - 1,
            "last": number + len(steps) - 1,
            "begin": derivatives[0] if derivatives else "",
            "end": derivatives[-1] if derivatives else "",
        }
        told = self.speaker.sentence("left_out", fields)
        self.speaker.say(told, level=0, head=f"{number}. ")

    def block(self, block: Block, steps: Sequence[Step], number: int, axes: int) -> None:
        """One block of a Hessian."""
        fields: dict[str, Field] = {
            "gradient": block.gradient,
            "first": block.first,
            "second": block.second,
            "name": block.left,
            "mirror": block.mirror,
        }
        self.speaker.markup.gap()
        self.speaker.say(self.speaker.sentence(f"block_{block.kind}", fields), level=0)
        if block.kind == "derived":
            key = "notation_block_array" if axes else "notation_block"
            self.notation(steps, key, gradient=block.gradient)
            self.steps(steps, number)

    def step(self, step: Step, number: int, says: Pattern) -> None:
        head = f"{number}. "
        match step:
            case Passed():
                self.passed(step, head)
            case Added(operand, left, ways, value):
                is_short = ways <= MOST_WAYS
                key = "added" if is_short else "added_many"
                self.say(key, head=head, operand=operand, ways=ways)
                if is_short:
                    self.speaker.say(self.speaker.field(Equation((left, *value.sides))), level=2)
            case Stacked():
                self.stacked(step, head)
            case Differentiated():
                earlier = self.told.setdefault(says, number)
                if earlier == number:
                    tell(step, self.speaker, head)
                else:
                    tell_again(step, self.speaker, head, earlier)
            case Changed(operation, _, value):
                self.say("changes", level=0, head=head, operation=operation, value=value)

    def stacked(self, step: Stacked, head: str) -> None:
        """How a derivative with more than two axes becomes a matrix."""
        row, column = Place(step.row), Place(step.column)
        self.say(
            "stacked", head=head, operand=step.operand, entry=step.entry, row=row, column=column
        )
        for term in step.terms:
            shown = {"letters": term.letters, **term.reason.fields}
            self.speaker.say(self.speaker.sentence(term.reason.key, shown))
        if len(step.terms) > 1:
            self.say("together", level=1, value=step.value)

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

    def hessian(self, blocks: Sequence[list[Step]], number: int) -> None:
        """The steps of the second derivatives, block by block."""
        self.speaker.markup.gap()
        self.say("second")
        symbols = self.question.typed.symbols
        for begun, *steps in blocks:
            assert isinstance(begun, Block), "each part begins with its block"
            self.block(begun, steps, number, len(symbols[text(begun.first)].shape.axes))
            number += len(steps)

    def close(
        self,
        derived: Derived,
        steps: Sequence[Step],
        compared: Compared | None,
        *,
        is_turned: bool,
        is_whole: bool,
    ) -> None:
        """The answer, in its layout, and what its check reported."""
        self.speaker.markup.gap()
        if is_whole:
            self.announced(derived, steps, is_turned=is_turned)
            self.formulas(derived, steps)
        self.remarks(forms(derived, self.lang))
        self.checked(compared)
        if not is_whole:
            self.announced(derived, steps, is_turned=is_turned)

    def announced(
        self, derived: Derived, steps: Sequence[Step], *, is_turned: bool = False
    ) -> None:
        """The line before an answer: how it comes from what was told."""
        question = derived.question
        directions = Several(tuple(map(Name, question.directions.values())))
        is_told = derived.form != "kronecker" or any(isinstance(x, Stacked) for x in steps)
        if is_turned:
            self.say("laid_out", layout=layout_in_words(question.layout, self.lang))
        elif directions.parts and question.order > 1:
            self.say("along", directions=directions)
        elif question.structures:
            for name, structure in question.structures.items():
                self.tied(name, structure)
        else:
            self.say("answer" if is_told else "answer_stacked")

    def tied(self, name: str, structure: str) -> None:
        """What becomes of the derivative by free entries where they are tied."""
        formula = parse_expression(FORMULAS[structure], names=["G"])
        free = Name(f"d{name}")
        value = replaced(formula, lambda part: free if part == Name("G") else None)
        properties = self.question.typed.symbols[name].properties
        word = properties_in_words(properties, self.speaker.messages)
        self.say("tied", variable=Name(name), property=word, value=value)

    def answer(self, derived: Derived, steps: Sequence[Step]) -> None:
        """What is put together, and its formulas."""
        self.speaker.markup.gap()
        self.announced(derived, steps)
        self.formulas(derived, steps)

    def formulas(self, derived: Derived, steps: Sequence[Step]) -> None:
        """The formulas of an answer; a lone one without a name gets one."""
        block = next((step for step in steps if isinstance(step, Block)), None)
        alone = f"d{self.question.wrt[0]}" if block is None else text(block.left)
        *definitions, last = derived.program.statements
        for each in definitions:
            self.equation(each.name, each.value, level=1)
        is_along = derived.question.directions
        self.equation(last.name or (None if is_along else alone), last.value, level=1)

    def checked(self, compared: Compared | None) -> None:
        if compared is None or compared.level not in CHECKED:
            self.say("unchecked")
        else:
            key = CHECKED[compared.level]
            self.say(key, points=compared.points, entries=compared.entries)

"""Writes the steps of a derivation in words, in a language of `dimderiv/messages`."""

from collections.abc import Iterable, Iterator, Sequence

from dimderiv.differentiate import FORMULAS
from dimderiv.errors import UnknownNameError
from dimderiv.explain.messages import sentences
from dimderiv.explain.record import Step, recorded
from dimderiv.explain.words.conventions import layout_in_words, properties_in_words
from dimderiv.explain.words.explained import Explained, Report
from dimderiv.explain.words.markup import UNBROKEN, Latex, Markup, PlainText
from dimderiv.explain.words.steps import StepSpeaker, operands_of
from dimderiv.language import SCALAR, Name, Node, Transpose, parse_expression, replaced
from dimderiv.render import text
from dimderiv.rulebook import Rulebook

MARKS = {"d": r"\mathrm{{d}}{}", "J": "J_{{{}}}"}
SYMMETRIC = frozenset({"symmetric", "spd", "psd", "diagonal"})
MARKUPS = ("text", "latex")


def explain(
    derivation: Explained, lang: str = "en", markup: str = "text", *, answer: bool = True
) -> str:
    """The steps of a derivation, from the value back to the variables, and the answer.

    Args:
        derivation: the derivation.
        lang: `"en"` or `"zh"`.
        markup: `"text"`, lines of at most 80 columns as far as the formulas allow, or `"latex"`,
            one `aligned` environment for math mode.
        answer: whether the answer follows; without it, the last line announces it.

    Raises:
        UnknownNameError: there is no such language or markup.
    """
    if markup not in MARKUPS:
        raise UnknownNameError(f"{markup!r} is unknown", hint=f"one of {', '.join(MARKUPS)}")
    steps = derivation.steps
    page = _Page(StepSpeaker(sentences(lang), _markup(derivation, steps, markup)), lang)
    first, *blocks = _parts(steps)
    page.open(derivation, first)
    page.speaker.steps(first)
    if derivation.first is not None:
        page.answer(derivation.first, first)
    if blocks:
        page.hessian(derivation, blocks, len(first) + 1)
    page.close(derivation, steps, is_whole=answer)
    return page.speaker.markup.document()


def _parts(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps of the gradient, and those of each block after what it begins with."""
    parts: list[list[Step]] = [[]]
    for step in steps:
        if isinstance(step, recorded.Block):
            parts.append([])
        parts[-1].append(step)
    return parts


def _markup(derivation: Explained, steps: Sequence[Step], markup: str) -> Markup:
    if markup == "text":
        return PlainText()
    plain = Latex({}, {})
    names = {
        operand.name: MARKS[operand.name[0]].format(plain.formula(operand.tree))
        for operand in operands_of(steps)
        if operand.name[:1] in MARKS
    }
    for operand, tangent in _tangents(steps):
        names[tangent.name] = rf"\dot{{{plain.formula(operand)}}}"
    rules = derivation.rulebook.rules.values()
    return Latex(names, {rule.name: rule.latex for rule in rules if rule.latex})


def _tangents(steps: Sequence[Step]) -> Iterator[tuple[Node, Name]]:
    """What has a name, and the name of its change."""
    for step in steps:
        if isinstance(step, recorded.Changed) and step.operand is not None:
            tangent = step.value.sides[0]
            assert isinstance(tangent, Name), "what has a name has a change with a name"
            yield step.operand, tangent


def _listed(names: Iterable[str]) -> recorded.Several:
    return recorded.Several(tuple(map(Name, names)))


class _Page:
    def __init__(self, speaker: StepSpeaker, lang: str) -> None:
        self.speaker, self.say, self.lang = speaker, speaker.tell, lang

    def open(self, derivation: Explained, steps: Sequence[Step]) -> None:
        """The expression, the shapes, and what the names of derivatives mean."""
        *definitions, value = derivation.typed.program.statements
        for each in definitions:
            self.equation(each.name, each.value, level=0)
        key = "title_along" if derivation.directions else "title"
        variables, directions = map(_listed, (derivation.wrt, derivation.directions.values()))
        self.say(key, expression=value.value, variables=variables, directions=directions)
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
        if not derivation.structures:
            self.remarks(derivation.notes(self.lang))
        self.known(derivation)
        for operand, tangent in list(_tangents(steps))[:1]:
            self.say("notation_along", tangent=tangent, operand=operand)
        key = "notation" if derivation.typed.value.is_scalar else "notation_array"
        self.speaker.notation(steps, key)

    def known(self, derivation: Explained) -> None:
        """What is to be known of symbols before the first step."""
        typed = derivation.typed
        for name, declaration in typed.symbols.items():
            is_symmetric = SYMMETRIC.intersection(declaration.properties)
            if is_symmetric and name not in derivation.wrt:
                self.say("symmetric", operand=Name(name), turned=Transpose(Name(name)))
        if typed.upstream is not None:
            whole = typed.program.statements[-1].value
            self.say("handed_down", upstream=Name(typed.upstream), expression=whole)

    def remarks(self, remarks: Sequence[str]) -> None:
        """What is to be known of the whole: which entries are free, what the answer is."""
        for remark in remarks:
            self.speaker.say(remark[0].upper() + remark[1:] + self.speaker.messages["stop"])

    def functions(self, rulebook: Rulebook) -> list[str]:
        """The functions that are declared, as they would be written."""
        field, markup = self.speaker.field, self.speaker.markup
        arrow = markup.held(markup.arrow)
        return [
            UNBROKEN.join((f"{field(Name(name))}:", field(shape), arrow, field(SCALAR)))
            for name, shape in rulebook.unknown.items()
        ]

    def shapes(
        self, derivation: Explained, key: str, names: Sequence[str], others: Sequence[str] = ()
    ) -> None:
        field, symbols = self.speaker.field, derivation.typed.symbols
        shapes = []
        for name in names:
            shape, properties = field(symbols[name].shape), sorted(symbols[name].properties)
            shapes.append(UNBROKEN.join((f"{field(Name(name))}:", shape, *properties)))
        if shapes or others:
            self.say(key, shapes="; ".join([*shapes, *others]))

    def equation(self, name: str | None, value: Node, *, level: int) -> None:
        sides = (value,) if name is None else (Name(name), value)
        self.speaker.say(self.speaker.field(recorded.Equation(sides)), level=level)

    def hessian(self, derivation: Explained, blocks: Sequence[list[Step]], number: int) -> None:
        """The steps of the second derivatives, block by block."""
        self.speaker.markup.gap()
        self.say("second")
        symbols = derivation.typed.symbols
        for begun, *steps in blocks:
            assert isinstance(begun, recorded.Block), "each part begins with its block"
            has_axes = bool(symbols[text(begun.first)].shape.axes)
            self.speaker.block(begun, steps, number, has_axes=has_axes)
            number += len(steps)

    def close(self, derivation: Explained, steps: Sequence[Step], *, is_whole: bool) -> None:
        """The answer, in its layout, and what its check reported."""
        mixed = derivation.mixed or derivation
        is_turned = mixed.program != derivation.program
        if is_turned:
            self.answer(mixed, steps)
        self.speaker.markup.gap()
        if is_whole:
            self.announced(derivation, steps, is_turned=is_turned)
            self.formulas(derivation, steps)
        self.remarks(derivation.forms(self.lang))
        self.checked(derivation.verification)
        if not is_whole:
            self.announced(derivation, steps, is_turned=is_turned)

    def announced(
        self, derivation: Explained, steps: Sequence[Step], *, is_turned: bool = False
    ) -> None:
        """The line before an answer: how it comes from what was told."""
        is_told = derivation.form != "kronecker" or any(
            isinstance(step, recorded.Stacked) for step in steps
        )
        if is_turned:
            self.say("laid_out", layout=layout_in_words(derivation.layout, self.lang))
        elif derivation.directions and derivation.order > 1:
            self.say("along", directions=_listed(derivation.directions.values()))
        elif derivation.structures:
            for name, structure in derivation.structures.items():
                self.tied(derivation, name, structure)
        else:
            self.say("answer" if is_told else "answer_stacked")

    def tied(self, derivation: Explained, name: str, structure: str) -> None:
        """What becomes of the derivative by free entries where they are tied."""
        formula = parse_expression(FORMULAS[structure], names=["G"])
        free = Name(f"d{name}")
        value = replaced(formula, lambda part: free if part == Name("G") else None)
        properties = derivation.typed.symbols[name].properties
        word = properties_in_words(properties, self.speaker.messages)
        self.say("tied", variable=Name(name), property=word, value=value)

    def answer(self, derivation: Explained, steps: Sequence[Step]) -> None:
        """What is put together, and its formulas."""
        self.speaker.markup.gap()
        self.announced(derivation, steps)
        self.formulas(derivation, steps)

    def formulas(self, derivation: Explained, steps: Sequence[Step]) -> None:
        """The formulas of an answer; a lone one without a name gets one."""
        blocks = [text(step.name) for step in steps if isinstance(step, recorded.Block)]
        alone = blocks[0] if blocks else f"d{derivation.wrt[0]}"
        *definitions, last = derivation.program.statements
        for each in definitions:
            self.equation(each.name, each.value, level=1)
        self.equation(last.name or (None if derivation.directions else alone), last.value, level=1)

    def checked(self, report: Report | None) -> None:
        key = f"checked_{report.level.replace(' ', '_')}" if report is not None else ""
        if report is None or key not in self.speaker.messages:
            self.say("unchecked")
        else:
            self.say(key, points=report.points, entries=report.entries + report.along)

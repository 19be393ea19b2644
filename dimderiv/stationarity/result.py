"""What `stationary` returns: where the gradient vanishes, under which conditions, and how found."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dimderiv import codegen, render
from dimderiv.answer import Answer, Question
from dimderiv.curvature import claim_of_point
from dimderiv.derivation import Derivation, derived
from dimderiv.infer import Typed, infer
from dimderiv.language import Program, Tree, frozen
from dimderiv.render import text
from dimderiv.stationarity.words import Told, said, say_steps, speaker
from dimderiv.stationarity.writing import named_program, program_of

if TYPE_CHECKING:
    from dimderiv.curvature import Curvature
    from dimderiv.verify import Verification


@frozen.record
class Stationary:
    """The stationary point of an expression.

    Attributes:
        derivation: the gradients, with constraints those of the Lagrangian.
        wrt: the variables that were asked for.
        answer: the value of each variable.
        multiplied: the value of the multiplier of each constraint, if there are any.
        told: how it was found, sentence by sentence.
        conditions_told: the conditions, as sentences.
        verification: what the check by substitution reported; nothing if it was not asked for.
        least: that it is the least value, where it was found as that.
    """

    derivation: Derivation
    wrt: tuple[str, ...]
    answer: Answer
    multiplied: Answer | None
    told: tuple[Told, ...]
    conditions_told: tuple[Told, ...]
    verification: "Verification | None" = None
    least: Told | None = None

    @property
    def question(self) -> Question:
        """What the gradients are the answer to."""
        return self.derivation.question

    @property
    def program(self) -> Program:
        """The values of the variables."""
        return program_of(self.answer)

    @property
    def multipliers(self) -> Mapping[str, str]:
        """The value of the multiplier of each constraint, in the language itself."""
        if self.multiplied is None:
            return {}
        values = self.multiplied.derivatives
        return {names[0]: text(self.multiplied.program(names)) for names in values}

    def text(self, *, multiline: bool = False) -> str:
        """The values of the variables in the language itself.

        Args:
            multiline: whether to put each statement on a line of its own.
        """
        return text(self.program, multiline=multiline)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return "\n".join([self.text(multiline=True), *(f"where {c}" for c in self.conditions)])

    @property
    def conditions(self) -> tuple[str, ...]:
        """Where the solution holds, as far as nothing that was declared says so."""
        return self.said_conditions()

    def said_conditions(self, lang: str = "en") -> tuple[str, ...]:
        """The conditions in a language.

        Args:
            lang: `"en"` or `"zh"`.
        """
        return said(self.conditions_told, lang, self.question.rulebook)

    @cached_property
    def curvature(self) -> "Curvature":
        """How the function curves in the variables; with constraints the Lagrangian."""
        return Derivation(derived(replace(self.question, wrt=self.wrt))).curvature()

    def said_extremum(self, lang: str = "en", formula: Callable[[Tree], str] | None = None) -> str:
        """That the point is a minimum or a maximum, and why; nothing where it is not known.

        Where the Lagrangian is convex, whatever the multipliers are, a point where it is stationary
        is a minimum under the constraints (Boyd and Vandenberghe, Convex Optimization (2004),
        section 5.5.3).

        Args:
            lang: `"en"` or `"zh"`.
            formula: writes what stands in the sentence; as plain text by default.
        """
        if self.least is not None:
            return said((self.least,), lang, self.question.rulebook)[0]
        is_constrained = self.multiplied is not None
        return claim_of_point(self.curvature, lang, formula or text, constrained=is_constrained)

    def latex(self) -> str:
        """The values of the variables in LaTeX for math mode, each under its name."""
        typed = self.question.typed
        statements = named_program(self.answer).statements
        functions = render.spellings(self.question.rulebook)
        lines = [
            render.equation(each.name or "", each.value, spellings=functions, sizes=typed.sizes)
            for each in statements
        ]
        return " = ".join(lines[0]) if len(lines) == 1 else render.align(lines)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def explain(self, lang: str = "en", *, markup: str = "text") -> str:
        """The steps, from the gradient to the solution.

        Args:
            lang: `"en"` or `"zh"`.
            markup: `"text"`, `"latex"`, `"markdown"` or `"html"`.
        """
        voice = speaker(lang, markup, self.question.rulebook)
        say_steps(voice, self.told)
        voice.markup.gap()
        voice.tell("answer")
        answers = [self.multiplied, self.answer] if self.multiplied else [self.answer]
        for statement in (each for one in answers for each in named_program(one).statements):
            voice.say(voice.field(statement))
        extremum = self.said_extremum(lang, voice.field)
        if extremum:
            voice.markup.gap()
            voice.say(extremum, level=0)
        return voice.markup.document()

    @cached_property
    def typed(self) -> Typed:
        """The values of the variables as they are printed, read again, with their shapes."""
        question = self.question
        known = {n: each for n, each in question.typed.symbols.items() if n not in self.unknowns}
        shapes = {n: question.typed.symbols[n].shape for n in self.wrt}
        value = next(iter(shapes.values())) if len(shapes) == 1 else None
        program = question.read(text(self.program))
        return infer(
            program, known, rulebook=question.rulebook, value=value, sizes=question.typed.sizes
        )

    @property
    def unknowns(self) -> tuple[str, ...]:
        """The variables, and the multipliers."""
        return self.question.wrt

    def code(self, target: str = "numpy", *, sizes: Mapping[str, int] | None = None) -> str:
        """The source of a function that computes the values; it solves, and inverts nothing.

        Args:
            target: `"numpy"`, `"jax"`, `"torch"` or `"array_api"`.
            sizes: a number for each named size, where the code is to be the best at these sizes.
        """
        names = [variables[0] for variables in self.answer.derivatives]
        symbols = self.question.typed.symbols
        told = [f"Stationary point of {self.question.source.strip()} by {', '.join(names)}."]
        told += ["", ", ".join(f"{n}: {each.shape}" for n, each in self.typed.symbols.items())]
        told += ["", text(self.program, multiline=True), *(f"where {c}" for c in self.conditions)]
        return codegen.source(
            target,
            "stationary_point",
            None,
            [self.typed],
            self.typed.symbols,
            docstring="\n".join(told),
            of=[],
            wrt=[symbols[name].shape for name in names],
            rulebook=self.question.rulebook,
            titles=names,
            results=names if len(names) > 1 else [],
            sizes=sizes,
        )

    def function(
        self, target: str = "numpy", *, sizes: Mapping[str, int] | None = None
    ) -> Callable[..., Any]:
        """A function that computes the values, called with the other symbols by name.

        Args:
            target: `"numpy"`, `"jax"`, `"torch"` or `"array_api"`.
            sizes: as in `code`.
        """
        return codegen.function(self.code(target, sizes=sizes), "stationary_point")

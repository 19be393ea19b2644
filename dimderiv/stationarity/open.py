"""Where there is no closed form: what stands in the way, a Newton step, and code that iterates."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

from dimderiv import codegen
from dimderiv.answer import Question
from dimderiv.derivation import Derivation, derived
from dimderiv.errors import NotDifferentiableError
from dimderiv.infer import unused_directions
from dimderiv.language import Binary, Call, frozen
from dimderiv.render import text
from dimderiv.stationarity.minimum import minimum_source
from dimderiv.stationarity.words import Told, said, say_steps, speaker


@frozen.record
class Open:
    """An expression whose gradient vanishes where no closed form says.

    Attributes:
        derivation: the gradients, with constraints those of the Lagrangian.
        wrt: the variables that were asked for.
        told: what was tried, sentence by sentence; the last says what stands in the way.
    """

    derivation: Derivation
    wrt: tuple[str, ...]
    told: tuple[Told, ...]

    @property
    def question(self) -> Question:
        """What the gradients are the answer to."""
        return self.derivation.question

    @property
    def reason(self) -> str:
        """What stands in the way of a closed form."""
        return self.said_reason()

    def said_reason(self, lang: str = "en") -> str:
        """What stands in the way, in a language.

        Args:
            lang: `"en"` or `"zh"`.
        """
        return said(self.told[-1:], lang, self.question.rulebook)[0]

    def text(self, *, multiline: bool = False) -> str:
        """What stands in the way; there is no value to read back.

        Args:
            multiline: as for a closed form; it is one line in any case.
        """
        return self.reason

    def __str__(self) -> str:
        return self.reason

    __repr__ = __str__

    @cached_property
    def newton(self) -> str:
        """The step of Newton's method from one vector or scalar, as the solution of an equation.

        Raises:
            NotDifferentiableError: the variable is a matrix, or there are several: the code goes
                by products with the Hessian.
        """
        (name, *others), typed = self.question.wrt, self.question.typed
        if others or typed.symbols[name].shape.is_matrix:
            raise NotDifferentiableError(
                "a Newton step is written for one vector or scalar", hint="ask for the code"
            )
        second = derived(replace(self.question, order=2)).answer.inlined()
        first = self.derivation.derived.answer.inlined()
        (hessian,), (gradient,) = second.derivatives.values(), first.derivatives.values()
        if typed.symbols[name].shape.is_scalar:
            return text(Binary("/", gradient, hessian))
        return text(Call("solve", (hessian, gradient)))

    def code(self, target: str = "numpy") -> str:
        """The source of a function that looks for a minimum by scipy.optimize.

        It goes by the gradient and by products with the Hessian, which are in the source too.

        Args:
            target: `"numpy"`.

        Raises:
            NotDifferentiableError: there are constraints, or another target is asked for.
        """
        if target != "numpy":
            raise NotDifferentiableError(
                f"scipy.optimize takes numpy code, not {target}", hint='target "numpy"'
            )
        if self.wrt != self.question.wrt:
            raise NotDifferentiableError(
                "a Lagrangian is no function to be minimised, so there is no code for constraints",
                hint="ask without constraints, or solve them for some of the variables first",
            )
        directions = unused_directions(self.question.typed, self.wrt)
        product = self.derivation.hvp(directions, verify=False)
        sources = [self.derivation.code(value=True), product.code()]
        if self.question.typed.functions:
            raise NotDifferentiableError(
                f"the code would need {', '.join(self.question.typed.functions)}, of which only "
                "the shapes are known",
                hint="give them definitions",
            )
        symbols = {name: each.shape for name, each in self.question.typed.symbols.items()}
        return minimum_source(self.question.source, self.wrt, symbols, *sources)

    def function(self, target: str = "numpy") -> Callable[..., Any]:
        """The function that looks for a minimum.

        Args:
            target: `"numpy"`.
        """
        return codegen.function(self.code(target), "minimum")

    def explain(self, lang: str = "en", *, markup: str = "text") -> str:
        """The steps, up to what stands in the way.

        Args:
            lang: `"en"` or `"zh"`.
            markup: `"text"`, `"latex"`, `"markdown"` or `"html"`.
        """
        voice = speaker(lang, markup, self.question.rulebook)
        say_steps(voice, self.told)
        return voice.markup.document()

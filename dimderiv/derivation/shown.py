"""What is shown of a derivation: the answer, and what it rests on that nobody declared."""

from collections.abc import Mapping

from dimderiv import explain
from dimderiv.answer import AnswerForm, Derived, Layout, Question, latex
from dimderiv.derivation.code import shapes_of
from dimderiv.infer import Typed
from dimderiv.language import frozen
from dimderiv.render import shortened, text
from dimderiv.rulebook import Rulebook


@frozen.record
class Shown:
    """What a derivation says of itself, in a line, in a notebook, on a terminal.

    Attributes:
        derived: the derivatives, and what was asked.
    """

    derived: Derived

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.derived.question

    @property
    def source(self) -> str:
        """The expression as written."""
        return self.question.source

    @property
    def wrt(self) -> tuple[str, ...]:
        """The variables."""
        return self.question.wrt

    @property
    def typed(self) -> Typed:
        """The expression with the shape of each part."""
        return self.question.typed

    @property
    def rulebook(self) -> Rulebook:
        """The rules that were used."""
        return self.question.rulebook

    @property
    def order(self) -> int:
        """How often the expression was differentiated."""
        return self.question.order

    @property
    def layout(self) -> Layout:
        """The layout convention that the answer is written in."""
        return self.question.layout

    @property
    def directions(self) -> Mapping[str, str]:
        """For a derivative along directions, the direction of each variable."""
        return self.question.directions

    @property
    def structures(self) -> Mapping[str, str]:
        """How the entries of variables are tied, where the derivative is by those."""
        return self.question.structures

    def text(self, *, multiline: bool = False) -> str:
        """The answer in the language itself; reading it back gives the same value.

        Args:
            multiline: whether to put each definition on a line of its own.
        """
        return text(self.derived.program, multiline=multiline)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return shortened("\n".join([self.text(multiline=True), *self._said()]))

    def _said(self) -> list[str]:
        assumed = [f"assumed {', '.join(self.assumptions)}"] if self.assumptions else []
        return [*self.forms(), *assumed, *(f"note: {doubt}" for doubt in self.doubts)]

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {latex(self.derived)}$"

    @property
    def form(self) -> AnswerForm:
        """The form that is furthest from matrix notation among those of the derivatives."""
        return self.derived.form

    @property
    def shapes(self) -> Mapping[str, str]:
        """The shape of each symbol, declared or inferred, and of each declared function."""
        return shapes_of(self.question)

    @property
    def read_as(self) -> str:
        """For a text of another language, which one it is, and what was read; else nothing."""
        return self.question.read_as

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was inferred rather than declared."""
        return self.typed.assumptions

    @property
    def doubts(self) -> tuple[str, ...]:
        """What could have been read otherwise, with another answer."""
        return self.typed.doubts

    def forms(self, lang: str = "en") -> tuple[str, ...]:
        """What each derivative is, unless it is a gradient, or a Hessian, in matrix notation.

        >>> from dimderiv import derive
        >>> derive("X", "X", shapes="X: m x n").forms()[0].partition(",")[0]
        "Jacobian d vec(value)/d vec(X)'"
        """
        return explain.forms(self.derived, lang)

    def notes(self, lang: str = "en") -> tuple[str, ...]:
        """Which entries are taken to be free although a property ties them, and what is not used.

        >>> from dimderiv import derive
        >>> derive("x'S x", "x", shapes="S: n x n symmetric").notes()
        ()
        >>> derive("logdet(S)", "S", shapes="S: n x n spd").notes()[0].partition(":")[0]
        'the entries of S are free'
        """
        return explain.notes(self.question, lang)

"""What is shown of a derivation: the answer, and what it rests on that nobody declared."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, get_args

from dimderiv import explain
from dimderiv.answer import Variables
from dimderiv.derivation.result import Form, Result
from dimderiv.infer import Typed
from dimderiv.render import shortened
from dimderiv.rulebook import Rulebook


class Shown:
    """What a derivation says of itself, in a line, in a notebook, on a terminal."""

    wrt: tuple[str, ...]
    typed: Typed
    rulebook: Rulebook
    order: int
    directions: Mapping[str, str]
    structures: Mapping[str, str]

    def text(self, *, multiline: bool = False) -> str:
        """The answer in the language itself."""
        raise NotImplementedError

    def latex(self, steps: bool = False) -> str:
        """The answer in LaTeX."""
        raise NotImplementedError

    @cached_property
    def _results(self) -> Mapping[Variables, Result]:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return shortened("\n".join([self.text(multiline=True), *self._said()]))

    def _said(self) -> list[str]:
        assumed = [f"assumed {', '.join(self.assumptions)}"] if self.assumptions else []
        return [*self.forms(), *assumed, *(f"note: {doubt}" for doubt in self.doubts)]

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """What a notebook shows: the formula, and under it what was assumed and doubted."""
        said = "\n".join(f"- {line}" for line in self._said())
        return {
            "text/plain": repr(self),
            "text/latex": self._repr_latex_(),
            "text/markdown": f"{self._repr_latex_()}\n\n{said}".rstrip(),
        }

    @property
    def form(self) -> Form:
        """The form that is furthest from matrix notation among those of the derivatives."""
        return max((result.form for result in self._results.values()), key=get_args(Form).index)

    @property
    def shapes(self) -> Mapping[str, str]:
        """The shape of each symbol, declared or inferred, and of each declared function."""
        functions = self.rulebook.unknown.items()
        return {name: str(found.shape) for name, found in self.typed.symbols.items()} | {
            name: f"{shape} -> scalar" for name, shape in functions
        }

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
        if self.directions:
            return ()
        value = self.typed.program.statements[-1].name or "value"
        found = (
            explain.form_in_words(result, value, self.typed.names, lang)
            for result in self._results.values()
        )
        return tuple(sentence for sentence in found if sentence is not None)

    def notes(self, lang: str = "en") -> tuple[str, ...]:
        """Which entries are taken to be free although a property ties them, and what is not used.

        >>> from dimderiv import derive
        >>> derive("x'S x", "x", shapes="S: n x n symmetric").notes()
        ()
        >>> derive("logdet(S)", "S", shapes="S: n x n spd").notes()[0].partition(":")[0]
        'the entries of S are free'
        """
        properties = {name: self.typed.symbols[name].properties for name in self.wrt}
        can_tie = self.order == 1 and self.typed.value.is_scalar and not self.directions
        found = explain.notes(properties, self.structures, lang, can_tie=can_tie)
        return (*found, *explain.unused(self.typed.unused, self.typed.definitions, lang))

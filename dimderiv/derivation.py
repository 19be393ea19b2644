"""The result of `derive`: the answer, how it was found, how it was checked, and what it runs as."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from dimderiv.answer import Answer
from dimderiv.differentiate import Gradients
from dimderiv.errors import LimitError, UnknownNameError
from dimderiv.infer import Typed, infer
from dimderiv.language import syntax
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Program
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS
from dimderiv.render.latex import align, latex
from dimderiv.render.text import text
from dimderiv.rules import Rulebook

if TYPE_CHECKING:
    from dimderiv.verify import Verification

Form = Literal["matrix", "index"]
TARGETS = ("numpy",)


@dataclass(frozen=True)
class Result:
    """The derivative by one variable.

    Attributes:
        wrt: the variable.
        program: the derivative, after the definitions that it uses.
        verification: what the check reported; nothing if it was not asked for.
    """

    wrt: str
    program: Program
    verification: "Verification | None" = None

    def text(self) -> str:
        """The derivative in the language itself."""
        return text(self.program)

    __str__ = text

    @property
    def form(self) -> Form:
        """Whether the derivative is in matrix notation or entry by entry."""
        values = [statement.value for statement in self.program.statements]
        return "index" if any(_has_index_form(value) for value in values) else "matrix"


@dataclass(frozen=True)
class Derivation:
    """Derivatives of one expression by one or several variables.

    Attributes:
        source: the expression as written.
        wrt: the variables.
        typed: the expression with the shape of each part.
        rulebook: the rules that were used.
        gradients: the record of the reverse sweep.
        answer: the derivatives, and the definitions that they share.
        checks: what the check of each variable's derivative reported.
    """

    source: str
    wrt: tuple[str, ...]
    typed: Typed
    rulebook: Rulebook
    gradients: Gradients
    answer: Answer
    checks: Mapping[str, "Verification"] | None = None

    @cached_property
    def results(self) -> Mapping[str, Result]:
        """The derivative by each variable."""
        checks = self.checks or {}
        return {
            name: Result(name, self.answer.program(name), checks.get(name)) for name in self.wrt
        }

    @cached_property
    def program(self) -> Program:
        """The answer: one derivative, or several under the names of their variables."""
        if len(self.wrt) == 1:
            return self.results[self.wrt[0]].program
        return self.answer.together(self._derivative_names)

    @cached_property
    def _derivative_names(self) -> dict[str, str]:
        taken = {*self.typed.symbols, *self.answer.definitions}
        names: dict[str, str] = {}
        for variable in self.wrt:
            name = f"d{variable}"
            while name in taken:
                name += "_"
            names[variable] = name
            taken.add(name)
        return names

    def text(self, *, multiline: bool = False) -> str:
        """The answer in the language itself; reading it back gives the same value.

        Args:
            multiline: whether to put each definition on a line of its own.
        """
        return text(self.program, multiline=multiline)

    def __str__(self) -> str:
        return self.text()

    @property
    def form(self) -> Form:
        """`"index"` if some derivative is given entry by entry, else `"matrix"`."""
        forms = {result.form for result in self.results.values()}
        return "index" if "index" in forms else "matrix"

    @property
    def shapes(self) -> Mapping[str, str]:
        """The shape of each symbol, declared or inferred."""
        return {name: str(found.shape) for name, found in self.typed.symbols.items()}

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was inferred rather than declared."""
        return self.typed.assumptions

    @property
    def verification(self) -> "Verification | None":
        """What the checks reported, all variables together; nothing if none was asked for."""
        if not self.checks:
            return None
        # Imported here, since a derivation that nobody checks must not pay for the verifier.
        from dimderiv.verify import together

        return together(list(self.checks.values()))

    def verified(self, *, budget: float = 2.0) -> "Derivation":
        """This derivation, after checking each printed derivative against the expression.

        Args:
            budget: seconds for each variable, beyond which the check becomes numeric.

        Returns:
            A derivation whose `verification` says how far the check went; its level is
            `"unchecked"` where no point could be found, or time did not allow any comparison.

        Raises:
            VerificationError: an entry disagrees; the message names it.
        """
        checks = {
            name: self._check(name, result.text(), budget) for name, result in self.results.items()
        }
        return replace(self, checks=checks)

    def _check(self, variable: str, printed: str, budget: float) -> "Verification":
        from dimderiv.verify import Claim, NotVerifiableError, Verification, verify

        own = self.rulebook.user_definitions()
        claim = Claim(
            expression=self.typed.program,
            answer=self.read_back(printed),
            wrt=variable,
            symbols=self.typed.symbols,
            value=self.typed.value,
            definitions=own,
            elementwise=[name for name in own if self.rulebook[name].kind == "elementwise"],
        )
        try:
            return verify(claim, budget=budget)
        except (NotVerifiableError, LimitError) as error:
            return Verification("unchecked", (), 0, 0.0, 0, error.message)

    def read_back(self, printed: str) -> Program:
        """A printed answer, read by the parser of the language."""
        functions = BUILTIN_FUNCTIONS | self.rulebook.functions
        return parse_program(printed, names=self.typed.symbols, functions=functions)

    def latex(self, steps: bool = False) -> str:
        """The answer in LaTeX, and the steps before it if they are asked for.

        Args:
            steps: whether to write the steps too.
        """
        if steps:
            return self.explain(markup="latex")
        statements = self.program.statements
        names = {name: f"d{name}" for name in self.wrt}
        if len(statements) == 1:
            return self._latex(statements[0].value)
        last = names[self.wrt[0]] if len(self.wrt) == 1 else None
        return align(
            [
                (self._latex(syntax.Name(each.name or last or "")), self._latex(each.value))
                for each in statements
            ]
        )

    def _latex(self, node: syntax.Node) -> str:
        spellings = {rule.name: rule.latex for rule in self.rulebook.rules.values() if rule.latex}
        return latex(node, spellings=spellings)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def explain(self, lang: str = "en", *, markup: str = "text") -> str:
        """The steps, from the value back to the variables.

        Args:
            lang: `"en"` or `"zh"`.
            markup: `"text"` or `"latex"`.
        """
        from dimderiv.render.steps import explain

        return explain(self, lang=lang, markup=markup)

    def code(self, target: str = "numpy", *, value: bool = False) -> str:
        """The source of a function that computes the derivative.

        Args:
            target: `"numpy"`.
            value: whether the function returns the value too, before the derivative.
        """
        from dimderiv.codegen.numpy import numpy_source

        if target not in TARGETS:
            raise UnknownNameError(
                f"there is no code target {target!r}", hint=f"one of {', '.join(TARGETS)}"
            )
        answers = [
            infer(
                self.read_back(result.text()),
                dict(self.typed.symbols),
                rulebook=self.rulebook,
                value=self.typed.symbols[name].shape,
            )
            for name, result in self.results.items()
        ]
        return numpy_source(
            self._function_name,
            self.typed if value else None,
            answers,
            self.typed.symbols,
            docstring=self._docstring(),
            rulebook=self.rulebook,
        )

    @property
    def _function_name(self) -> str:
        taken = set(self.typed.symbols) | set(self.answer.definitions)
        return "gradient" if "gradient" not in taken else "gradient_"

    def _docstring(self) -> str:
        shapes = ", ".join(f"{name}: {shape}" for name, shape in self.shapes.items())
        lines = [f"Gradient of {self.source.strip()} by {', '.join(self.wrt)}.", "", shapes, ""]
        return "\n".join([*lines, self.text(multiline=True)])

    def function(self, target: str = "numpy", *, value: bool = False) -> Callable[..., Any]:
        """A function that computes the derivative, called with the symbols by name.

        Args:
            target: `"numpy"`.
            value: whether it returns `(value, derivative)`.

        Returns:
            A function of arrays: columns are 1-D, scalars 0-D, rows `(1, C)`; a tuple of
            derivatives for several variables.
        """
        from dimderiv.codegen.numpy import function

        return function(self.code(target, value=value), self._function_name)


def _has_index_form(node: syntax.Node) -> bool:
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, syntax.IndexForm):
            return True
        stack.extend(syntax.children(part))
    return False

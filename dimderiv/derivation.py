"""The result of `derive`: the answer, how it was found, how it was checked, and what it runs as."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

from dimderiv.answer import Answer, Variables
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
from dimderiv.shapes import Shape

if TYPE_CHECKING:
    from dimderiv.steps import Step
    from dimderiv.verify import Claim, Verification

Form = Literal["matrix", "kronecker", "index"]
Layout = Literal["mixed", "numerator", "denominator"]
TARGETS = ("numpy",)


@dataclass(frozen=True)
class Result:
    """The derivative by one variable, or by one after another.

    Attributes:
        wrt: the variables, in the order of differentiation.
        program: the derivative, after the definitions that it uses.
        of: the shape of what was differentiated last.
        by: the shape of the variable that it was differentiated by.
        verification: what the check reported; nothing if it was not asked for.
    """

    wrt: Variables
    program: Program
    of: Shape
    by: Shape
    verification: "Verification | None" = None

    def text(self) -> str:
        """The derivative in the language itself."""
        return text(self.program)

    __str__ = text

    @property
    def form(self) -> Form:
        """How the derivative is written.

        `"matrix"` in matrix notation; `"kronecker"` by vectorised matrices, columns stacked;
        `"index"` entry by entry.
        """
        if any(_has_index_form(statement.value) for statement in self.program.statements):
            return "index"
        return "kronecker" if len(self.of.axes) + len(self.by.axes) > 2 else "matrix"

    @property
    def shape(self) -> Shape:
        """The shape that the derivative has as it is printed."""
        if self.of.is_scalar or self.by.is_scalar:
            return self.by if self.of.is_scalar else self.of
        return Shape(self.of.rows * self.of.cols, self.by.rows * self.by.cols)


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
        order: how often the expression was differentiated.
        first: for second derivatives, the derivation of the gradients.
        layout: the layout convention that the answer is written in.
        mixed: for another layout than the mixed one, the derivation in that, which was checked.
        checks: what the check of each derivative reported.
    """

    source: str
    wrt: tuple[str, ...]
    typed: Typed
    rulebook: Rulebook
    gradients: Gradients
    answer: Answer
    order: int = 1
    first: "Derivation | None" = None
    layout: Layout = "mixed"
    mixed: "Derivation | None" = None
    checks: Mapping[Variables, "Verification"] | None = None

    @cached_property
    def _results(self) -> Mapping[Variables, Result]:
        checks = self.checks or {}
        shapes = {name: found.shape for name, found in self.typed.symbols.items()}
        return {
            names: Result(
                wrt=names,
                program=self.answer.program(names),
                of=shapes[names[-2]] if len(names) > 1 else self.typed.value,
                by=shapes[names[-1]],
                verification=checks.get(names),
            )
            for names in self.answer.derivatives
        }

    @property
    def results(self) -> Mapping[str | Variables, Result]:
        """The derivative by each variable; for order 2 by each pair, and by a lone one."""
        found: dict[str | Variables, Result] = {}
        for names, result in self._results.items():
            found[names if len(names) > 1 else names[0]] = result
        if len(self.wrt) == 1:
            found[self.wrt[0]] = next(iter(self._results.values()))
        return found

    @cached_property
    def program(self) -> Program:
        """The answer: one derivative, or several under names of their own."""
        if len(self.answer.derivatives) == 1:
            return self.answer.program(*self.answer.derivatives)
        return self.answer.together(self._derivative_names)

    @cached_property
    def _derivative_names(self) -> dict[Variables, str]:
        taken = {*self.typed.symbols, *self.answer.definitions}
        names: dict[Variables, str] = {}
        for variables in self.answer.derivatives:
            name = f"d{variables[0]}" if len(variables) == 1 else f"H_{''.join(variables)}"
            while name in taken:
                name += "_" if len(variables) == 1 else "1"
            names[variables] = name
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
        """The form that is furthest from matrix notation among those of the derivatives."""
        return max((result.form for result in self._results.values()), key=get_args(Form).index)

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
            Another layout than the mixed one is only another way to write what is checked in that.

        Raises:
            VerificationError: an entry disagrees; the message names it.
        """
        if self.mixed is not None:
            mixed = self.mixed.verified(budget=budget)
            return replace(self, checks=mixed.checks, mixed=mixed)
        checks = {names: self._check(found, budget) for names, found in self._results.items()}
        return replace(self, checks=checks)

    def _check(self, result: Result, budget: float) -> "Verification":
        from dimderiv.verify import Claim, NotVerifiableError, Verification, verify

        own = self.rulebook.user_definitions()
        claim = Claim(
            expression=self.typed.program,
            answer=self.read_back(result.text()),
            wrt=result.wrt[-1],
            symbols=self.typed.symbols,
            value=self.typed.value,
            definitions=own,
            elementwise=[name for name in own if self.rulebook[name].kind == "elementwise"],
            order=self.order,
            inner=self._slid_shapes(),
        )
        if len(set(result.wrt)) > 1:
            claim = self._mixed_claim(claim, result)
        try:
            return verify(claim, budget=budget)
        except (NotVerifiableError, LimitError) as error:
            return Verification("unchecked", (), 0, 0.0, 0, error.message)

    def _slid_shapes(self) -> list[Shape]:
        """The shapes of the convolutions, which no symbol need have."""
        values = [statement.value for statement in self.typed.program.statements]
        parts = [part for value in values for part in syntax.walk(value)]
        return [
            self.typed.shape(part)
            for part in parts
            if isinstance(part, syntax.Call) and part.function == "conv2"
        ]

    def _mixed_claim(self, claim: "Claim", result: Result) -> "Claim":
        """A mixed second derivative is checked as the derivative of a gradient, itself checked."""
        first = self.first
        assert first is not None, "second derivatives come with the gradients"
        gradient = first.verified()._results[result.wrt[:1]]
        expression = self.read_back(gradient.text())
        return replace(claim, expression=expression, value=result.of, order=1)

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
        if len(statements) == 1:
            return self._latex(statements[0].value)
        last = next(iter(self._derivative_names.values()))
        return align(
            [
                (self._latex(syntax.Name(each.name or last)), self._latex(each.value))
                for each in statements
            ]
        )

    def _latex(self, node: syntax.Node) -> str:
        spellings = {rule.name: rule.latex for rule in self.rulebook.rules.values() if rule.latex}
        return latex(node, names=self._latex_names, spellings=spellings)

    @cached_property
    def _latex_names(self) -> Mapping[str, str]:
        """How the derivatives by symbols and intermediates are spelled."""
        return {
            f"d{name}": rf"\mathrm{{d}}{latex(syntax.Name(name))}"
            for name in (*self.typed.symbols, *self.typed.definitions)
            if f"d{name}" not in self.typed.symbols
        }

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    @cached_property
    def steps(self) -> "tuple[Step, ...]":
        """How the derivatives were found, from the value back to the variables."""
        from dimderiv.steps import Sources, record_steps

        first = self.first or self
        own = {adjoint.name for adjoint in self.gradients.adjoints} | set(self.typed.definitions)
        definitions = self.answer.definitions
        dims = {n for found in self.typed.symbols.values() for d in found.shape for n in d.names}
        sources = Sources(
            gradients=self.gradients,
            statements=self.typed.program.statements,
            rulebook=self.rulebook,
            names={names[0]: name for names, name in first._derivative_names.items()},
            given={tree: name for name, tree in definitions.items() if name not in own},
            symbols={*self.typed.symbols, *self.typed.definitions},
            sizes={*definitions, *dims, "I", "pi"},
        )
        return record_steps(sources)

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

        if self.mixed is not None:
            return self.mixed.code(target, value=value)
        if target not in TARGETS:
            raise UnknownNameError(
                f"there is no code target {target!r}", hint=f"one of {', '.join(TARGETS)}"
            )
        answers = [
            infer(
                self.read_back(result.text()),
                dict(self.typed.symbols),
                rulebook=self.rulebook,
                value=result.shape,
                sizes=self.typed.sizes,
            )
            for result in self._results.values()
        ]
        return numpy_source(
            self._function_name,
            self.typed if value else None,
            answers,
            self.typed.symbols,
            docstring=self._docstring(),
            of=[result.of for result in self._results.values()],
            wrt=[result.by for result in self._results.values()],
            rulebook=self.rulebook,
        )

    @property
    def _function_name(self) -> str:
        name = self._kind.lower()
        taken = set(self.typed.symbols) | set(self.answer.definitions)
        return f"{name}_" if name in taken else name

    @property
    def _kind(self) -> str:
        if self.order == 2:
            return "Hessian"
        return "Gradient" if self.typed.value.is_scalar else "Jacobian"

    def _docstring(self) -> str:
        shapes = ", ".join(f"{name}: {shape}" for name, shape in self.shapes.items())
        lines = [f"{self._kind} of {self.source.strip()} by {', '.join(self.wrt)}.", "", shapes, ""]
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

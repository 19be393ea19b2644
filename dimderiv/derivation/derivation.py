"""The result of `derive`: the answer, how it was found, how it was checked, and what it runs as."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dimderiv import answer, codegen, explain, verify
from dimderiv.answer import LAYOUTS, Derivative, Question, Variables
from dimderiv.derivation.claims import checked, judge_named
from dimderiv.derivation.code import (
    code_check,
    function_name,
    later_questions,
    refuse_contradictions,
    source_of,
)
from dimderiv.derivation.curving import curvature_of
from dimderiv.derivation.gradcheck import gradcheck
from dimderiv.derivation.pipeline import derived
from dimderiv.derivation.questions import by_tied_entries, hessian_vector
from dimderiv.derivation.shown import Shown
from dimderiv.errors import DimderivError, NotDifferentiableError
from dimderiv.language import Program, frozen

if TYPE_CHECKING:
    from dimderiv.curvature import Curvature
    from dimderiv.explain import Step
    from dimderiv.verify import CodeCheck, Judge, Verification

# Steps with more signs would make a notebook slow to open.
LONGEST_CELL = 20_000


@frozen.record
class Result(Derivative):
    """One derivative of a derivation.

    Attributes:
        verification: what the check reported; nothing if it was not asked for.
    """

    verification: "Verification | None" = None


@frozen.record
class Derivation(Shown):
    """Derivatives of one expression by one or several variables.

    Attributes:
        checks: what the check of each derivative reported.
        judge: who checked it.
    """

    checks: Mapping[Variables, "Verification"] | None = None
    judge: "Judge" = "points"

    @cached_property
    def results(self) -> Mapping[str | Variables, Result]:
        """The derivative by each variable; for order 2 by each pair, and by a lone one."""
        checks, found = self.checks or {}, dict[str | Variables, Result]()
        for names, each in self.derived.derivatives.items():
            result = Result(**vars(each), verification=checks.get(names))
            found[names if len(names) > 1 else names[0]] = result
        if len(self.wrt) == 1:
            found[self.wrt[0]] = next(iter(found.values()))
        return found

    @property
    def program(self) -> Program:
        """The answer: one derivative, or several under names of their own."""
        return self.derived.program

    @cached_property
    def first(self) -> "Derivation | None":
        """For second derivatives, or by tied entries, the derivation of the gradients."""
        return None if self.derived.first is None else Derivation(self.derived.first)

    @cached_property
    def mixed(self) -> "Derivation":
        """The derivation in the mixed layout, of which the steps and all code are made."""
        if self.layout == "mixed":
            return self
        return Derivation(derived(replace(self.question, layout="mixed")), self.checks)

    @property
    def verification(self) -> "Verification | None":
        """What the checks reported, all variables together; nothing if none was asked for.

        Where numpy code was made, how that was compared with the answer belongs to it.
        """
        if not self.checks:
            return None
        codes = list(self.code_checks.values())
        found = verify.together(list(self.checks.values()))
        return replace(found, code=verify.all_together(codes)) if codes else found

    def verified(self, *, budget: float = 2.0, judge: "Judge" = "points") -> "Derivation":
        """This derivation, after checking each printed derivative against the expression.

        Args:
            budget: seconds of work on a usual machine, beyond which entries are compared along
                random directions, all at once; the clock alone does not decide it.
            judge: `"points"`, which asks sympy where it cannot decide; or `"sympy"`, which proves
                every entry where it can.

        Returns:
            A derivation whose `verification` says how far the check went; its level is
            `"unchecked"` where no point could be found, or the work did not allow any comparison.

        Raises:
            VerificationError: an entry disagrees; the message names it.
        """
        return replace(self, checks=checked(self.derived, budget, judge), judge=judge)

    def read_back(self, printed: str) -> Program:
        """A printed answer, read by the parser of the language.

        Args:
            printed: in the language.
        """
        return self.question.read(printed)

    def hvp(self, names: str | Sequence[str], *, verify: bool | str = True) -> "Derivation":
        """The product of the Hessian of a scalar with a vector, without the Hessian.

        It is the derivative of the gradients along directions of the variables, so it has the shape
        of the variable in every layout (Pearlmutter, Fast exact multiplication by the Hessian,
        Neural Computation 6 (1994)).

        Args:
            names: a new name for the direction of each variable, `"v"` or `"v,V"`, of its shape.
            verify: whether to check it, and how: as in `derive`.

        Returns:
            The derivation, with one result for each variable: the sum over the blocks beside it.

        Raises:
            NotDifferentiableError: the value is no scalar.
            UnknownNameError: a name means something already, or there is not one for each variable.

        >>> from dimderiv import derive
        >>> print(derive("x'A x", "x").hvp("v"))
        (A + A') v
        """
        found = Derivation(derived(hessian_vector(self.question, names)))
        judge = judge_named(verify)
        return found if judge is None else found.verified(judge=judge)

    def tied(self) -> "Derivation | None":
        """The gradient by the entries that the properties of the variables leave free.

        Returns:
            What `derive` gives with `structured=True`, checked where this derivation was; nothing
            where no property ties entries, or the derivative is no gradient.
        """
        question = by_tied_entries(self.question)
        return None if question is None else self._beside(question, self.judge)

    def curvature(self) -> "Curvature":
        """Whether the value is convex, concave or neither in the variables, all together.

        Returns:
            The verdict with its certificate or its counterexample; printed, it is in words.

        Raises:
            VerificationError: exact second derivatives contradict a rule, a mistake in dimderiv.

        >>> from dimderiv import derive
        >>> derive("||X w - y||^2", "w").curvature().verdict
        'convex'
        """
        return curvature_of(self.derived)

    def layouts(self) -> Mapping[str, "Derivation"]:
        """The same derivatives in each layout, checked where this derivation was.

        Returns:
            A derivation for each of `"mixed"`, `"numerator"` and `"denominator"`; one that has no
            such layout, as in index notation, is left out.
        """
        if self.directions:
            raise NotDifferentiableError(
                "a derivative along directions has one layout, the shape of what is differentiated",
                hint="leave out the layouts",
            )
        found: dict[str, Derivation] = {}
        for layout in LAYOUTS:
            try:
                found[layout] = Derivation(derived(replace(self.question, layout=layout)))
            except DimderivError:
                if layout == "mixed":
                    raise
        if not self.checks:
            return found
        return {name: each.verified(judge=self.judge) for name, each in found.items()}

    def latex(self, steps: bool = False, *, left: bool = False) -> str:
        r"""The answer in LaTeX for math mode, or the steps with it as text of a paper.

        Args:
            steps: whether to write the steps too.
            left: whether a formula alone says on its left what it is.

        >>> from dimderiv import derive
        >>> print(derive("||Xw-y||^2", "w").latex(left=True))
        \nabla_{w} f = 2 X^{\top} (X w - y)
        """
        if steps:
            return self.explain(markup="latex")
        return answer.latex(self.derived, left=left)

    @cached_property
    def steps(self) -> "tuple[Step, ...]":
        """How the derivatives were found, from the value back to the variables."""
        return explain.record_steps(self.mixed.derived)

    def explain(self, lang: str = "en", *, markup: str = "text", answer: bool = True) -> str:
        """The steps, from the value back to the variables.

        Args:
            lang: `"en"` or `"zh"`.
            markup: `"text"`, `"latex"`, `"markdown"` or `"html"`.
            answer: whether the answer follows; without it, the last line announces it.
        """
        check = self.verification
        entries = check.entries + check.along if check else 0
        return explain.explain(
            self.derived,
            self.mixed.derived,
            self.steps,
            explain.Compared(check.level, check.points, entries) if check else None,
            lang=lang,
            markup=markup,
            answer=answer,
        )

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """What a notebook shows: the formula, what it rests on, its check, and the steps folded."""
        said = [*self._said(), f"checked: {self.verification}" if self.checks else "not checked"]
        shapes = [f"`{name}: {shape}`" for name, shape in self.shapes.items()]
        steps = self.explain(markup="markdown", answer=False)
        if len(steps) > LONGEST_CELL:
            steps = "They are long: `print(d.explain())` of this derivation `d` writes them."
        folded = f"<details><summary>steps</summary>\n\n{steps}\n\n</details>"
        listed = "\n".join(
            f"- {line}" for line in [*map(explain.in_markdown, said), ", ".join(shapes)]
        )
        return {
            "text/plain": repr(self),
            "text/latex": self._repr_latex_(),
            "text/markdown": f"{self._repr_latex_()}\n\n{listed}\n\n{folded}",
        }

    def code(
        self,
        target: str = "numpy",
        *,
        value: bool = False,
        form: str = "dense",
        layer: bool = False,
        sizes: Mapping[str, int] | None = None,
        test: bool | str = False,
    ) -> str:
        """The source of a function that computes the derivative, or of a test of it.

        Args:
            target: `"numpy"`, `"jax"`, `"torch"` or `"array_api"`.
            value: whether the function returns the value too, before the derivative.
            form: `"dense"`, or `"operator"` for a function that returns the Hessian, or the
                Jacobian, as an operator that is applied and never formed; what its applications
                have in common is computed once.
            layer: whether it is to be a layer: a forward pass that returns the value, and a
                backward pass that takes the derivative by the value.
            sizes: a number for each named size, where the code is to be the best at these sizes;
                it takes arrays of other sizes too.
            test: whether a gradcheck follows the code, which pytest and Python run: it compares
                the derivatives with central differences of the value.  The name of a module gives
                the gradcheck alone, for code that is in that module.

        Raises:
            UnknownNameError: there is no such target or form.
            NotDifferentiableError: the derivative is no operator, or no layer has it; or there is
                no test of it.
        """
        if self.layout != "mixed":
            source = self.mixed.code(
                target, value=value, form=form, layer=layer, sizes=sizes, test=test
            )
            self.code_checks.update(self.mixed.code_checks)
            return source
        refuse_contradictions(self.question, value=value, form=form, layer=layer)
        asked = later_questions(self.question, form=form, layer=layer)
        later = [self._beside(each).derived for each in asked]
        source = source_of(self.derived, later, target, value=value, layer=layer, sizes=sizes)
        if target == "numpy" and self.checks is not None and source not in self.code_checks:
            check = code_check(source, self.derived, later, value=value, layer=layer)
            self.code_checks[source] = check
        if not test:
            return source
        return gradcheck(
            self.derived,
            later,
            target,
            source,
            value=value,
            layer=layer,
            sizes=sizes,
            module=None if test is True else test,
        )

    def _beside(self, question: Question, judge: "Judge" = "points") -> "Derivation":
        """The answer to another question, checked where this derivation was."""
        if question is self.question:
            return self
        found = Derivation(derived(question))
        return found.verified(judge=judge) if self.checks else found

    @cached_property
    def code_checks(self) -> "dict[str, CodeCheck]":
        """What the check of each numpy code that was made reported, by its source."""
        return {}

    def function(
        self,
        target: str = "numpy",
        *,
        value: bool = False,
        form: str = "dense",
        layer: bool = False,
        sizes: Mapping[str, int] | None = None,
    ) -> Callable[..., Any]:
        """A function that computes the derivative, called with the symbols by name.

        Args:
            target: `"numpy"`, `"jax"`, `"torch"` or `"array_api"`.
            value: whether it returns `(value, derivative)`.
            form: `"dense"`, or `"operator"`: the function then returns for numpy an operator of
                scipy, on vectors of all entries of the variables in C order, with methods `apply`
                and `apply_adjoint` on arrays of their own shapes; elsewhere an object with these
                methods, or for a Hessian, whose adjoint it is itself, the function `apply` alone.
            layer: whether it is to be a layer: a class with the methods `forward`, which takes the
                symbols by name, and `backward`; for jax and torch, a function that they
                differentiate by this rule.
            sizes: a number for each named size, where the code is to be the best at these sizes;
                it takes arrays of other sizes too.

        Returns:
            A function of arrays: columns are 1-D, scalars 0-D, rows `(1, C)`; a tuple of
            derivatives for several variables.
        """
        source = self.code(target, value=value, form=form, layer=layer, sizes=sizes)
        return codegen.function(
            source, codegen.writer_of(target).layer_name if layer else function_name(self.derived)
        )

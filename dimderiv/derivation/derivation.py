"""The result of `derive`: the answer, how it was found, how it was checked, and what it runs as."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from dimderiv import codegen, explain, verify
from dimderiv.answer import Answer, Variables
from dimderiv.derivation.checking import Checker, judge_named
from dimderiv.derivation.coding import Coder, Stages
from dimderiv.derivation.names import Spelling
from dimderiv.derivation.recording import NamedAnswer, Recorder
from dimderiv.derivation.result import Extent, Layout, Result
from dimderiv.derivation.shown import Shown
from dimderiv.differentiate import Gradients, Tangents
from dimderiv.graph import Node
from dimderiv.infer import Typed
from dimderiv.language import Program
from dimderiv.render import text
from dimderiv.rulebook import Rulebook

if TYPE_CHECKING:
    from dimderiv.explain import Step
    from dimderiv.verify import CodeCheck, Judge, Verification


class Origin(Protocol):
    """What a derivation was made from, and what else can be made from it."""

    def hessian_vector(self, names: str | Sequence[str]) -> "Derivation":
        """The product of the Hessian with directions of the variables, not checked yet."""

    def by_tied_entries(self) -> "Derivation | None":
        """The derivation by tied entries, not checked yet; nothing where there are none."""

    def all_layouts(self) -> "Mapping[str, Derivation]":
        """The derivation in each layout, not checked yet."""

    def code_in_stages(
        self,
        dense: "Derivation",
        stages: Stages,
        target: str,
        sizes: Mapping[str, int] | None,
    ) -> str:
        """The source of a function in stages."""


@dataclass(frozen=True, repr=False)
class Derivation(Shown):
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
        sweeps: for second derivatives, the record of the sweep over each gradient.
        layout: the layout convention that the answer is written in.
        mixed: for another layout than the mixed one, the derivation in that, which code is made of.
        checks: what the check of each derivative reported.
        extents: what the axes of each derivative are those of.
        nodes: each derivative as it was found, before it was written.
        origin: what the derivation was made from.
        directions: for a derivative along directions, the direction of each variable.
        tangents: the record of the forward sweep along them.
        structures: how the entries of variables are tied, where the derivative is by those.
        judge: who checked it.
    """

    source: str
    wrt: tuple[str, ...]
    typed: Typed
    rulebook: Rulebook
    gradients: Gradients
    answer: Answer
    order: int = 1
    first: "Derivation | None" = None
    sweeps: Mapping[str, Gradients] = field(default_factory=dict)
    layout: Layout = "mixed"
    mixed: "Derivation | None" = None
    checks: Mapping[Variables, "Verification"] | None = None
    extents: Mapping[Variables, Extent] = field(default_factory=dict)
    nodes: Mapping[Variables, Node] = field(default_factory=dict)
    origin: Origin | None = None
    directions: Mapping[str, str] = field(default_factory=dict)
    tangents: Tangents | None = None
    structures: Mapping[str, str] = field(default_factory=dict)
    judge: "Judge" = "points"

    @cached_property
    def _results(self) -> Mapping[Variables, Result]:
        checks = self.checks or {}
        found: dict[Variables, Result] = {}
        for names in self.answer.derivatives:
            of, by, turned = self.extents[names]
            program = self.answer.program(names)
            found[names] = Result(names, program, of, by, checks.get(names), turned)
        return found

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
    def _spelling(self) -> Spelling:
        return Spelling(self.typed, self.order, self.directions)

    @cached_property
    def _derivative_names(self) -> Mapping[Variables, str]:
        return self._spelling.names(self.answer.derivatives, self.answer.definitions)

    def text(self, *, multiline: bool = False) -> str:
        """The answer in the language itself; reading it back gives the same value.

        Args:
            multiline: whether to put each definition on a line of its own.
        """
        return text(self.program, multiline=multiline)

    @property
    def verification(self) -> "Verification | None":
        """What the checks reported, all variables together; nothing if none was asked for.

        Where numpy code was made, how that was compared with the answer belongs to it.
        """
        if not self.checks:
            return None
        # Imported here, since a derivation that nobody checks must not pay for the verifier.
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
        first = self.first if self._is_through_gradients else None
        first = first and first.verified(budget=budget, judge=judge)
        checker = Checker(
            self.typed,
            self.rulebook,
            self.order,
            self.directions,
            self.structures,
            first._results if first else {},
            self.layout,
        )
        checks = checker.check(self._results, self.program, budget, judge)
        return replace(self, checks=checks, judge=judge)

    @property
    def _is_through_gradients(self) -> bool:
        """Whether some derivative is checked as one of a gradient, which is to be checked too."""
        return self.order > 1 and (len(self.wrt) > 1 or bool(self.directions))

    def read_back(self, printed: str) -> Program:
        """A printed answer, read by the parser of the language.

        Args:
            printed: in the language.
        """
        return Checker(self.typed, self.rulebook).read_back(printed)

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
        assert self.origin is not None, "every derivation comes from a task"
        found = self.origin.hessian_vector(names)
        judge = judge_named(verify)
        return found if judge is None else found.verified(judge=judge)

    def tied(self) -> "Derivation | None":
        """The gradient by the entries that the properties of the variables leave free.

        Returns:
            What `derive` gives with `structured=True`, checked where this derivation was; nothing
            where no property ties entries, or the derivative is no gradient.
        """
        assert self.origin is not None, "every derivation comes from a task"
        found = self.origin.by_tied_entries()
        return found.verified(judge=self.judge) if found is not None and self.checks else found

    def layouts(self) -> Mapping[str, "Derivation"]:
        """The same derivatives in each layout, checked where this derivation was.

        Returns:
            A derivation for each of `"mixed"`, `"numerator"` and `"denominator"`; one that has no
            such layout, as in index notation, is left out.
        """
        assert self.origin is not None, "every derivation comes from a task"
        found = self.origin.all_layouts()
        if not self.checks:
            return found
        return {name: d.verified(judge=self.judge) for name, d in found.items()}

    def latex(self, steps: bool = False) -> str:
        """The answer in LaTeX, and the steps before it if they are asked for.

        Args:
            steps: whether to write the steps too.
        """
        if steps:
            return self.explain(markup="latex")
        names = self._derivative_names
        tangents = [node.name for node in self.tangents.named] if self.tangents else []
        return self._spelling.latex(self.program, names, tangents, self.rulebook)

    @cached_property
    def steps(self) -> "tuple[Step, ...]":
        """How the derivatives were found, from the value back to the variables."""
        if self.mixed is not None:
            return self.mixed.steps
        if self.directions and self.tangents is not None and self.order == 1:
            taken = self.typed.names
            return explain.record_changes(
                explain.Directions(self.tangents, self.directions, self.rulebook, taken)
            )
        own = self._with_names
        first = self.first._with_names if self.first is not None else own
        return Recorder(self.typed, self.rulebook, self.gradients, self.sweeps, own, first).steps()

    @property
    def _with_names(self) -> NamedAnswer:
        return NamedAnswer(self.answer, self._derivative_names)

    def explain(self, lang: str = "en", *, markup: str = "text", answer: bool = True) -> str:
        """The steps, from the value back to the variables.

        Args:
            lang: `"en"` or `"zh"`.
            markup: `"text"` or `"latex"`.
            answer: whether the answer follows; without it, the last line announces it.
        """
        return explain.explain(self, lang=lang, markup=markup, answer=answer)

    def code(
        self,
        target: str = "numpy",
        *,
        value: bool = False,
        form: str = "dense",
        layer: bool = False,
        sizes: Mapping[str, int] | None = None,
    ) -> str:
        """The source of a function that computes the derivative.

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

        Raises:
            UnknownNameError: there is no such target or form.
            NotDifferentiableError: the derivative is no operator, or no layer has it.
        """
        if self.mixed is not None:
            mixed = replace(self.mixed, checks=self.checks)
            source = mixed.code(target, value=value, form=form, layer=layer, sizes=sizes)
            self.code_checks.update(mixed.code_checks)
            return source
        if form == "dense" and not layer:
            source = self.coder.source(target, value=value, sizes=sizes)
            if target == "numpy" and self.checks is not None:
                self._check_code(source, value)
            return source
        assert self.origin is not None, "every derivation comes from a task"
        stages = Stages(form, layer, value)
        return self.origin.code_in_stages(self, stages, target, sizes)

    def _check_code(self, source: str, value: bool) -> None:
        """Compare what code returns with the answer, unless that was done."""
        if source in self.code_checks:
            return
        # Imported here, since a derivation that nobody wants code of must not pay for numpy.
        from dimderiv.derivation.code_check import check_code, dense

        made = codegen.function(source, self.coder.name)
        run = dense(made, list(self.typed.symbols), value=value)
        self.code_checks[source] = check_code(self.coder, run, value=value)

    @cached_property
    def code_checks(self) -> "dict[str, CodeCheck]":
        """What the check of each numpy code that was made reported, by its source."""
        return {}

    @property
    def coder(self) -> Coder:
        """What writes code for the derivatives."""
        shapes = ", ".join(f"{name}: {shape}" for name, shape in self.shapes.items())
        by = ", ".join(self.wrt)
        along = f" along {', '.join(self.directions.values())}" if self.directions else ""
        lines = [f"{self.source.strip()} by {by}{along}.", "", shapes, ""]
        return Coder(
            self.typed,
            self.rulebook,
            self.order,
            self.directions,
            list(self.answer.definitions),
            self.program,
            {name: self.extents[names] for names, name in self._derivative_names.items()},
            [self.nodes[names] for names in self._derivative_names],
            "\n".join([*lines, self.text(multiline=True)]),
        )

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
            source, codegen.writer_of(target).layer_name if layer else self.coder.name
        )

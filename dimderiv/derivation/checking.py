"""The check of a derivation: what each printed derivative claims, of which expression."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dimderiv import verify
from dimderiv.answer import Variables
from dimderiv.derivation.result import Layout, Result
from dimderiv.differentiate import binds_entries
from dimderiv.errors import UnknownNameError
from dimderiv.infer import Typed
from dimderiv.language import Program, Shape, Statement, names_in_use, parse_program, syntax
from dimderiv.render import text
from dimderiv.rulebook import Rulebook, meanings

if TYPE_CHECKING:
    from dimderiv.verify import Claim, Judge, Verification


def judge_named(verify: bool | str) -> "Judge | None":
    """Who is to check, by what was asked for; nobody for `False`."""
    if not verify:
        return None
    if verify in (True, "points"):
        return "points"
    if verify == "sympy":
        return "sympy"
    raise UnknownNameError(f"nobody checks by {verify!r}", hint='True, False or "sympy"')


@dataclass(frozen=True)
class Checker:
    """Checks derivatives of one expression.

    Attributes:
        typed: the expression.
        rulebook: the rules that were used.
        order: how often the expression was differentiated.
        directions: for a derivative along directions, the direction of each variable.
        structures: how the entries of variables are tied.
        gradients: for second derivatives, the gradients, which have been checked themselves.
        layout: the layout that was asked for.
    """

    typed: Typed
    rulebook: Rulebook
    order: int = 1
    directions: Mapping[str, str] = field(default_factory=dict)
    structures: Mapping[str, str] = field(default_factory=dict)
    gradients: Mapping[tuple[str, ...], Result] = field(default_factory=dict)
    layout: Layout = "mixed"

    def check(
        self,
        results: Mapping[Variables, Result],
        together: Program,
        budget: float,
        judge: "Judge" = "points",
    ) -> "dict[Variables, Verification]":
        """What the check of each printed derivative reports."""
        # Imported here, since a derivation that nobody checks must not pay for the verifier.
        claims = self.claims(results, together)
        groups: dict[tuple[int, str], list[Variables]] = {}
        for names, claim in claims.items():
            groups.setdefault((id(claim.expression), claim.of), []).append(names)
        found: dict[Variables, Verification] = {}
        for group in groups.values():
            share = budget / len(groups)
            reports = verify.judged([claims[names] for names in group], budget=share, judge=judge)
            found |= dict(zip(group, reports, strict=True))
        return {names: self._with_gradient(results[names], found[names]) for names in results}

    def _with_gradient(self, result: Result, found: "Verification") -> "Verification":
        """The report together with that of the gradient that was taken for granted."""
        through = self._gradient(result)
        before = through.verification if through is not None else None
        return found if before is None else verify.together([before, found])

    def claims(
        self, results: Mapping[Variables, Result], together: Program
    ) -> "dict[Variables, Claim]":
        """What each derivative claims; all of them share one reading of what is printed."""
        read = self.read_back(text(together))
        count = len(read.statements) - len(results)
        shared, last = read.statements[:count], read.statements[count:]
        gradients: dict[Variables, Program] = {}
        claims: dict[Variables, Claim] = {}
        for (names, result), statement in zip(results.items(), last, strict=True):
            answer = Program((*shared, Statement(None, statement.value)), read.source)
            claims[names] = self._claim(result, answer)
            through = self._gradient(result)
            if through is not None and self._is_tied(result):
                # The gradient as it is printed holds where the properties do, and nowhere else.
                claims[names] = replace(claims[names], of=result.wrt[0], value=result.of, order=1)
            elif through is not None:
                # A derivative of a gradient is checked as such; the gradient has its own check.
                if through.wrt not in gradients:
                    gradients[through.wrt] = self.read_back(through.text())
                expression = gradients[through.wrt]
                claims[names] = replace(
                    claims[names], expression=expression, value=result.of, order=1
                )
        return self._with_meanings(claims)

    def _with_meanings(self, claims: "dict[Variables, Claim]") -> "dict[Variables, Claim]":
        """The claims with the meanings of all functions in them that the verifier does not know."""
        programs = {id(p): p for c in claims.values() for p in (c.expression, c.answer)}
        formulas = [each.value for p in programs.values() for each in p.statements]
        found = meanings(self.rulebook, formulas, verify.KNOWN)
        return {
            names: replace(
                claim,
                definitions=found.definitions,
                columns=found.columns,
                elementwise=found.elementwise,
                values=found.values,
                products=found.products,
            )
            for names, claim in claims.items()
        }

    def _gradient(self, result: Result) -> Result | None:
        """The gradient that a second derivative is one of, where it is not checked at one go."""
        if self.order == 1 or (not self.directions and len(set(result.wrt)) == 1):
            return None
        return self.gradients[result.wrt[:1]]

    def _is_tied(self, result: Result) -> bool:
        """Whether a property of some variable may have shortened the gradient."""
        variables = {*result.wrt, *self.directions}
        return any(binds_entries(self.typed.symbols[name].properties) for name in variables)

    def _claim(self, result: Result, answer: Program) -> "Claim":
        return verify.Claim(
            expression=self.typed.program,
            answer=answer,
            wrt=result.wrt[-1],
            symbols=self.typed.symbols,
            value=self.typed.value,
            order=self.order,
            inner=self._slid_shapes(),
            unknown=self.rulebook.unknown,
            sizes=self.typed.sizes,
            along=self.directions,
            structure=self.structures.get(result.wrt[-1], ""),
            turned=self.layout == ("numerator" if result.of.is_scalar else "denominator"),
        )

    def _slid_shapes(self) -> list[Shape]:
        """The shapes of the convolutions, which no symbol need have."""
        values = [statement.value for statement in self.typed.program.statements]
        parts = [part for value in values for part in syntax.walk(value)]
        return [
            self.typed.shape(part)
            for part in parts
            if isinstance(part, syntax.Call) and part.function == "conv2"
        ]

    def read_back(self, printed: str) -> Program:
        """A printed answer, read by the parser of the language."""
        functions = self.rulebook.words
        return parse_program(printed, names=names_in_use(self.typed.symbols), functions=functions)

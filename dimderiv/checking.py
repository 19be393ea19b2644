"""The check of a derivation: what each printed derivative claims, of which expression."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from dimderiv.errors import LimitError, UnknownNameError
from dimderiv.infer import Typed
from dimderiv.language import syntax
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Program
from dimderiv.result import Result
from dimderiv.rules import Rulebook
from dimderiv.shapes import Shape, names_in_use

if TYPE_CHECKING:
    from dimderiv.verify import Claim, Verification


# Who checks: the comparison at points, or sympy by symbols.
Judge: TypeAlias = Literal["points", "sympy"]


def judge_of(verify: bool | Literal["sympy"]) -> Judge:
    """Who checks, where somebody is to.

    Args:
        verify: `True`, or `"sympy"`.

    Raises:
        UnknownNameError: it is neither.
    """
    if verify not in (True, "sympy"):
        raise UnknownNameError(
            f"there is no check called {verify!r}", hint='verify=True, verify="sympy", or False'
        )
    return "sympy" if verify == "sympy" else "points"


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
        judge: who checks.
    """

    typed: Typed
    rulebook: Rulebook
    order: int = 1
    directions: Mapping[str, str] = field(default_factory=dict)
    structures: Mapping[str, str] = field(default_factory=dict)
    gradients: Mapping[tuple[str, ...], Result] = field(default_factory=dict)
    judge: Judge = "points"

    def check(self, result: Result, budget: float) -> "Verification":
        """What the check of one printed derivative reports.

        Args:
            result: the derivative.
            budget: how many seconds the check at points may take.

        Raises:
            VerificationError: an entry disagrees.
        """
        # Imported here, since a derivation that nobody checks must not pay for the verifier.
        from dimderiv.verify import NotVerifiableError, Verification, prove, together, verify

        claim = self._claim(result)
        through = self._gradient(result)
        if through is not None:
            # A derivative of a gradient is checked as such; the gradient has a check of its own.
            claim = replace(
                claim, expression=self.read_back(through.text()), value=result.of, order=1
            )
        try:
            found = prove(claim) if self.judge == "sympy" else verify(claim, budget=budget)
        except (NotVerifiableError, LimitError) as error:
            found = Verification("unchecked", (), 0, 0.0, 0, error.message)
        before = through.verification if through is not None else None
        return found if before is None else together([before, found])

    def _gradient(self, result: Result) -> Result | None:
        """The gradient that a second derivative is one of, where it is not checked at one go."""
        if self.order == 1 or (not self.directions and len(set(result.wrt)) == 1):
            return None
        return self.gradients[result.wrt[:1]]

    def _claim(self, result: Result) -> "Claim":
        from dimderiv.verify import Claim

        own = self.rulebook.user_definitions()
        return Claim(
            expression=self.typed.program,
            answer=self.read_back(result.text()),
            wrt=result.wrt[-1],
            symbols=self.typed.symbols,
            value=self.typed.value,
            definitions=own,
            columns=self.rulebook.user_columns(),
            elementwise=[name for name in own if self.rulebook[name].kind == "elementwise"],
            order=self.order,
            inner=self._slid_shapes(),
            unknown=self.rulebook.unknown,
            along=self.directions,
            structure=self.structures.get(result.wrt[-1], ""),
            turned=result.turned,
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
        """A printed answer, read by the parser of the language.

        Args:
            printed: in the language.
        """
        functions = self.rulebook.words
        return parse_program(printed, names=names_in_use(self.typed.symbols), functions=functions)

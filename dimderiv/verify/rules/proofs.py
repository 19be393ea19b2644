"""Every rule proves itself: what it says is compared with its definition.

The texts of the rule are what is read here, by the evaluator of the language and by sympy, with
nothing of the code that derives.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, permutations, product
from random import Random

import sympy

from dimderiv.errors import DimderivError, ShapeError, VerificationError
from dimderiv.rulebook import Kind, Rule, Rulebook
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate import ELEMENTWISE, OutOfTime, Scalar, Size
from dimderiv.verify.rules.entries import SAYS, prove_letters, prove_product, prove_reduction
from dimderiv.verify.rules.scalars import Formula, scalar_formula
from dimderiv.verify.rules.subject import Subject

DIGITS = 50
POINTS = 12
# No short numbers, where kinks lie; the large ones are for functions without value elsewhere.
CANDIDATES = "5/13 -7/11 17/19 -29/13 41/17 -83/19 7 -5 211/23 -190/17 1061/17 -1061/17"
SAME = (Size(2, 3), Size(3, 2), Size(3, 1), Size(1, 3), Size(1, 1))
ANY = (Size(2, 3), Size(3, 1), Size(3, 3), Size(1, 1), Size(1, 3), Size(2, 1), Size(3, 2))


@dataclass(frozen=True)
class RuleReport:
    """What came out for one rule.

    Attributes:
        name: the rule.
        passed: whether nothing disagreed.
        message: what was compared; or the point and both values of what disagreed.
    """

    name: str
    passed: bool
    message: str


def check_rules(rulebook: Rulebook) -> Iterator[RuleReport]:
    """Prove rules, one after the other.

    Args:
        rulebook: the rules.

    Yields:
        A report for each rule.
    """
    for rule in rulebook.rules.values():
        yield check_rule(rule, rulebook)


def check_rule(rule: Rule, rulebook: Rulebook) -> RuleReport:
    """Prove one rule."""
    try:
        return RuleReport(rule.name, True, _proof(Subject(rule, rulebook)))
    except VerificationError as error:
        message = error.message
    except DimderivError as error:
        message = f"{rule.name}: {error.message}"
    except OutOfTime:
        message = f"the time was too short for {rule.name}"
    except RecursionError:
        message = f"{rule.name} is defined by itself"
    return RuleReport(rule.name, False, message)


def _proof(subject: Subject) -> str:
    kind = subject.rule.kind
    if kind not in ("product", "composite") and not subject.rule.derivative:
        return "no derivative: what depends on the variable through it is refused"
    return _PROOFS[kind](subject)


def _prove_elementwise(subject: Subject) -> str:
    """Both arguments of a scalar function, at points where it has a derivative."""
    function = _ScalarFunction(subject)
    compared = sum(
        function.check(argument, derivative)
        for argument, derivative in subject.rule.derivative.items()
    )
    return f"agrees with sympy's derivative to 30 digits, {compared} times"


@dataclass(frozen=True)
class _ScalarFunction:
    """An elementwise function, and what sympy knows of it."""

    subject: Subject

    @cached_property
    def symbols(self) -> dict[str, Formula]:
        names = self.subject.rule.arguments
        return {name: sympy.Symbol(name, real=True) for name in names}

    @cached_property
    def definition(self) -> Formula:
        return self._formula(self.subject.rule.definition, self.symbols)

    def _formula(self, text: str, values: Mapping[str, Formula]) -> Formula:
        definitions = self.subject.defined(lambda rule: rule.kind == "elementwise")
        return scalar_formula(self.subject.read(text, "y"), values, definitions)

    def check(self, argument: str, derivative: str) -> int:
        """Compare the derivative by one argument, at as many points as are wanted."""
        expected = sympy.diff(self.definition, self.symbols[argument])
        claimed = self._formula(derivative, {**self.symbols, "y": self.definition})
        compared = 0
        for point in islice(self._domain(expected), POINTS):
            where = f"{self.subject.rule.name} at {_shown(point)}"
            self._check_value(where, point)
            slope, said = self._at(expected, point), self._at(claimed, point)
            if said is None:
                raise VerificationError(f"{where}: {SAYS} no real number")
            self.subject.require(f"{where}: the derivative by {argument}", slope, said, SAYS)
            compared += 1
        if not compared:
            raise NotVerifiableError("no point of the domain was found")
        return compared

    def _domain(self, expected: Formula) -> Iterator[dict[str, Fraction]]:
        """Points where the function has a derivative."""
        for point in _points(list(self.symbols)):
            if None not in (self._at(self.definition, point), self._at(expected, point)):
                yield point

    def _check_value(self, where: str, point: Mapping[str, Fraction]) -> None:
        """The definition against the function that checks every answer."""
        name = self.subject.rule.name
        if name in ELEMENTWISE and not self.subject.is_users:
            known = ELEMENTWISE[name](self.subject.arithmetic, *point.values())
            found = self._at(self.definition, point)
            self.subject.require(f"{where}: the value", known, found, "its definition gives")

    def _at(self, formula: Formula, point: Mapping[str, Fraction]) -> Scalar | None:
        """A long float; nothing where there is no real one."""
        values = {self.symbols[n]: sympy.Rational(str(x)) for n, x in point.items()}
        number = formula.evalf(DIGITS, subs=values)
        if not (number.is_real and number.is_finite):
            return None
        return self.subject.arithmetic.context.mpf(str(number))


def _points(names: list[str]) -> Iterator[dict[str, Fraction]]:
    """Rationals for each argument, no two of them equal."""
    numbers = [Fraction(text) for text in CANDIDATES.split()]
    tuples = list(permutations(numbers, len(names)))
    if len(names) > 1:
        Random(0).shuffle(tuples)
    for each in tuples:
        yield dict(zip(names, each, strict=True))


def _shown(point: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{name} = {x}" for name, x in point.items())


def _prove_composite(subject: Subject) -> str:
    """The definition has the value that the verifier knows; a user's function is its definition."""
    if subject.rule.derivative:
        raise ShapeError("its derivative follows from the definition, so none may be given")
    if subject.is_users:
        _find_value(subject)
        return "its derivative follows from the definition, which has a value"
    compared = sum(
        sum(subject.at_points(dict.fromkeys(subject.rule.arguments, size), subject.require_value))
        for size in SAME
    )
    return f"{compared} values agree; the derivative follows from the definition"


def _find_value(subject: Subject) -> None:
    """Shapes of the arguments for which a definition conforms."""
    names = subject.rule.arguments
    reason = "no arguments"
    for sizes in product(ANY, repeat=len(names)):
        try:
            subject.at_points(dict(zip(names, sizes, strict=True)), subject.value)
        except ShapeError as error:
            reason = error.message
        else:
            return
    raise ShapeError(f"the definition suits no shapes of its arguments: {reason}")


_PROOFS: Mapping[Kind, Callable[[Subject], str]] = {
    "elementwise": _prove_elementwise,
    "product": prove_product,
    "matrix": prove_letters,
    "reduction": prove_reduction,
    "rows": prove_letters,
    "composite": _prove_composite,
}

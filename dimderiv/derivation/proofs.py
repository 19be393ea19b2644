"""Rules proved by the check of answers: each is called with small arguments, derived and checked.

The derivation reads what the rule says of the derivative; the check compares that entry by entry
with what perturbed entries of the operation give.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING

from dimderiv import verify
from dimderiv.answer import Answer, Derived, Extent, Question, Record
from dimderiv.derivation.claims import checked
from dimderiv.derivation.fact_proofs import refuse_wrong_facts
from dimderiv.derivation.pipeline import derived
from dimderiv.errors import DimderivError, VerificationError
from dimderiv.infer import Typed, handed_down, infer, unused_upstream
from dimderiv.language import SCALAR, Program, frozen, parse_program, read_shapes
from dimderiv.lazy import pattern
from dimderiv.rulebook import Axis, Rule, Rulebook, read_signature

if TYPE_CHECKING:
    from dimderiv.verify import Verification

# The name of a built-in rule on trial.
PLAIN_NAME = "its_rule"
# The kinds whose derivative follows from what else the rule says.
WITHOUT_DERIVATIVE = frozenset({"product", "composite"})
AXES = ((), ("axis=0",), ("axis=1",))
# Seconds of work for one derivative.
BUDGET = 2.0
# The first of several ways to write an operator.
FIRST = pattern(r"(?:[^(),]|\([^)]*\))+")


@frozen.record
class RuleReport:
    """What came out for one rule.

    Attributes:
        name: the rule.
        passed: whether nothing disagreed.
        message: what was compared, or what disagreed and where.
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
        found = list(_Proof.of(rule, rulebook).reports())
        refuse_wrong_facts(rule, rulebook)
    except DimderivError as error:
        return RuleReport(rule.name, False, _in_words(error))
    except RecursionError:
        return RuleReport(rule.name, False, "it is defined by itself")
    if not found:
        message = "no derivative: what depends on the variable through it is refused"
        return RuleReport(rule.name, True, message)
    report = verify.together(found)
    if report.undefined:
        message = f"the rule gives no value at {report.undefined} points where the function has one"
        return RuleReport(rule.name, False, message)
    return RuleReport(rule.name, report.level != "unchecked", str(report))


def _in_words(error: DimderivError) -> str:
    place = f"at {error.place}: " if isinstance(error, verify.DisagreementError) else ""
    return place + "; ".join((error.message, *error.known))


@frozen.record
class _Proof:
    """A rule on trial.

    Attributes:
        rule: the rule; a built-in one as a function of the user's, which nothing knows by its name.
        rulebook: all rules, and this one.
        meaning: a built-in operation as the check knows it.
    """

    rule: Rule
    rulebook: Rulebook
    meaning: str

    @classmethod
    def of(cls, rule: Rule, rulebook: Rulebook) -> "_Proof":
        """The proof of a rule; one with more ways to call it than one keeps its name."""
        call = _call(rule.name, rule.arguments)
        is_users = rule.is_users and rule.definition and not rule.is_primitive
        if rule.kind == "reduction" or rule.linear or is_users:
            return cls(rule, rulebook, call)
        meaning = next(iter(FIRST.findall(rule.operator)), call)
        definition = rule.definition or meaning
        own = replace(rule, name=PLAIN_NAME, operator="", file="", definition=definition)
        return cls(own, Rulebook({**rulebook.rules, PLAIN_NAME: own}), meaning)

    def reports(self) -> Iterator["Verification"]:
        """What the check says of the derivative and of the value, for each kind of shapes."""
        cases = list(self._cases())
        for value, shapes in cases:
            yield from self._derivatives(shapes)
            if value and value != self.meaning:
                is_scalar = self.rule.kind == "elementwise"
                yield self._equal(value, self._shapes(repeat("scalar")) if is_scalar else shapes)
        if self.rule.linear:
            yield from self._linear_map(cases[0][1])

    def _cases(self) -> Iterator[tuple[str, str]]:
        """Definition and shapes of the arguments: in general, and where another text counts."""
        rule = self.rule
        # What has no letters is what its name says, as in `A -> Y`.
        lettered = read_signature(rule.signature).arguments if "[" in rule.signature else ()
        shapes = (_shape(axes, rule.square) for axes in lettered)
        value = _call(rule.name, rule.arguments) if rule.kind == "product" else rule.definition
        yield value, self._shapes(repeat("n") if rule.kind == "elementwise" else shapes)
        if rule.column:
            yield rule.column, self._shapes(repeat("n"))
        if rule.scalar:
            yield rule.scalar, self._shapes(repeat("scalar"))

    def _shapes(self, shapes: Iterable[str]) -> str:
        """Declarations of the arguments, with the properties that the rule asks for."""
        pairs = zip(self.rule.arguments, shapes, strict=False)
        declared = {n: "integer" if n in self.rule.whole else shape for n, shape in pairs}
        rule = self.rule
        symmetric = [name for name in rule.symmetric if name not in rule.definite]
        properties = {"symmetric": symmetric, "spd": rule.definite}
        properties["probability"] = rule.rows_sum_to_one
        for word, names in properties.items():
            for name in names:
                if declared.get(name, "scalar") != "scalar":
                    declared[name] += f" {word}"
        return "; ".join(f"{name}: {shape}" for name, shape in declared.items())

    def _derivatives(self, shapes: str) -> Iterator["Verification"]:
        """Vector-Jacobian products, by every argument that has a derivative."""
        rule = self.rule
        wrt = rule.arguments if rule.kind in WITHOUT_DERIVATIVE else tuple(rule.derivative)
        axes = AXES if rule.kind == "reduction" or rule.along else AXES[:1]
        # A column has no second axis for what has another definition there.
        for axis in axes[:2] if rule.column and " x " not in shapes else axes:
            if wrt:
                call = _call(rule.name, (*rule.arguments, *axis))
                typed = self._typed(call, shapes, wrt)
                typed = handed_down(typed, unused_upstream(typed), self.rulebook, wrt)
                question = Question(call, wrt, typed, self.rulebook)
                yield from checked(derived(question), BUDGET, "points").values()

    def _typed(self, text: str, shapes: str, wrt: tuple[str, ...]) -> Typed:
        declared = read_shapes(shapes)
        program = self._read(text, {*declared, *self.rule.arguments, *wrt})
        return infer(program, declared, rulebook=self.rulebook, wrt=wrt)

    def _read(self, text: str, names: Collection[str]) -> Program:
        return parse_program(text, names=names, functions=self.rulebook.words)

    def _equal(self, text: str, shapes: str, value: str = "") -> "Verification":
        """What the check says of a text that ought to give the value.

        It ought to be the derivative of a multiple of the value by the factor.
        """
        value = value or self.meaning
        # Longer than every argument, so it is none of them.
        factor = "".join(("t", *self.rule.arguments))
        question_text = f"{factor} ({value})"
        typed = self._typed(question_text, f"{shapes}; {factor}: scalar", (factor,))
        *definitions, last = self._read(text, typed.symbols).statements
        answer = Answer({s.name or "": s.value for s in definitions}, {(factor,): last.value})
        question = Question(question_text, (factor,), typed, self.rulebook)
        claimed = Derived(
            question, answer, {(factor,): Extent.laid_out(typed.value, SCALAR)}, Record()
        )
        try:
            (found,) = checked(claimed, BUDGET, "points").values()
        except VerificationError as error:
            raise VerificationError(f"{value} is not {text}: {_in_words(error)}") from error
        return found

    def _linear_map(self, shapes: str) -> Iterator["Verification"]:
        """The matrix of a function that is linear in an argument: what it does, and its adjoint."""
        name, (*given, last) = self.rule.name, self.rule.arguments
        axes = read_signature(self.rule.signature).arguments
        matrices = [each for each, own in zip(given, axes, strict=False) if own]
        turned = [f"{each}'" if each in matrices else each for each in given]
        applied = f"{_call(name, given)} {_call('vec', [last])}"
        yield self._equal(applied, shapes, _call("vec", [self.meaning]))
        yield self._equal(f"{_call(name, turned)}'", shapes, _call(name, given))
        if len(matrices) > 1:
            back = [f"{each}'" for each in (*reversed(matrices), last)]
            yield self._equal(f"{_call(name, back)}'", shapes, self.meaning)
        first, *others = [*matrices, last]
        same = "".join(f"{other} = {first}; " for other in others)
        whole = _call(name, [first if each in others else each for each in self.rule.arguments])
        yield self._equal(f"{same}{self.rule.commuting}", self._shapes(self._squares()), whole)

    def _squares(self) -> Iterator[str]:
        """Shapes of the arguments, of which all matrices are as large as each other."""
        signature = read_signature(self.rule.signature)
        return (_shape(axes, is_square=True) for axes in signature.arguments)


def _call(name: str, arguments: Iterable[str]) -> str:
    return f"{name}({', '.join(arguments)})"


def _shape(axes: tuple[Axis, ...], is_square: bool) -> str:
    """A shape as it is declared; an axis that slides has a size of its own."""
    return " x ".join("n" if is_square else "".join(axis) for axis in axes) or "scalar"

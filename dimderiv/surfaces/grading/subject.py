"""An answer beside the right one, at two points where all that is tried is evaluated."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from dimderiv import verify
from dimderiv.answer import Derived, Question, Variables
from dimderiv.derivation import claim_of
from dimderiv.errors import VerificationError
from dimderiv.language import Program, Shape, Statement, Tree, frozen, written_out
from dimderiv.surfaces.grading.coefficients import ratio, simple
from dimderiv.verify import (
    Claim,
    DisagreementError,
    Entries,
    NotVerifiableError,
    Sample,
    Verification,
)

# How near two entries must be, measured by the largest one.
NEAR = 1e-9
# The digits that settle whether entries differ, and what may be a rounding error there.
DIGITS, ROUNDING = 60, 1e-30

Standing = Literal["agrees", "differs", "misfit", "unclear"]


@frozen.record
class Subject:
    """An answer and what it is compared with.

    Attributes:
        derived: the right answer, with those for other variables.
        names: the variables of the derivative that is meant.
        program: the answer, with all its sums named.
        met: where the check found that it is wrong, if it did.
        supposed: properties that symbols have at the points, although nobody said so.
    """

    derived: Derived
    names: Variables
    program: Program
    met: DisagreementError | None = None
    supposed: Mapping[str, str] = field(default_factory=dict)

    @property
    def question(self) -> Question:
        """What is differentiated."""
        return self.derived.question

    @property
    def shape(self) -> Shape:
        """The shape of the derivative as it is printed."""
        return self.derived.extents[self.names].shape

    @cached_property
    def right(self) -> Program:
        """The right answer, as it is printed and read again."""
        return self.question.read(self.derived.derivatives[self.names].text())

    @property
    def last(self) -> Tree:
        """What the answer says, after its definitions."""
        return self.program.statements[-1].value

    @property
    def before(self) -> tuple[Statement, ...]:
        """The definitions of the answer."""
        return self.program.statements[:-1]

    def with_last(self, tree: Tree) -> Program:
        """The definitions of the answer, with another value after them.

        Args:
            tree: the value.
        """
        return Program((*self.before, Statement(None, tree)))

    @cached_property
    def right_tree(self) -> Tree:
        """The right answer, in which only what the expression defines has a name."""
        given = {each.name for each in self.definitions}
        anew = {each.name: each.value for each in self.before}
        *before, last = self.right.statements
        same = {**{name: s.value for s in before if (name := s.name) in given}, **anew}
        own = {s.name: s.value for s in before if s.name and s.value != same.get(s.name)}
        (tree,) = written_out(own, [last.value])
        return tree

    @cached_property
    def mended(self) -> Program:
        """The right answer, after the definitions of the answer that it can use."""
        return Program((*self.before, Statement(None, self.right_tree)))

    @cached_property
    def definitions(self) -> tuple[Statement, ...]:
        """What the expression defines, and the answer may use, or define anew."""
        return tuple([each for each in self.question.typed.settled.statements if each.name])

    @cached_property
    def claim(self) -> Claim:
        """What the right answer claims."""
        claim = claim_of(self.derived, self.names, self._whole)
        symbols = dict(claim.symbols)
        for name, word in self.supposed.items():
            symbols[name] = replace(symbols[name], properties=frozenset({word}))
        return replace(claim, symbols=symbols)

    @property
    def _whole(self) -> Program:
        return Program((*self.definitions, *self.program.statements), self.program.source)

    @cached_property
    def samples(self) -> Sequence[Sample]:
        """Two points, and where the answer was found to be wrong, with the right entries."""
        found = verify.sampled(self.claim)
        if self.met and not self.supposed:
            found.append(verify.sample_at(self.claim, self.met))
        for sample in found:
            sample.remember(Program(self.definitions))
            sample.remember(self.program)
        return found

    @cached_property
    def own(self) -> list[tuple[Sample, Entries | None]]:
        """The entries of the answer at all points."""
        return [(sample, sample.entries(self.program)) for sample in self.samples]

    def judged(self) -> Verification:
        """What the check says of the answer.

        Raises:
            VerificationError: it is wrong.
            NotVerifiableError: nothing could be compared.
        """
        (found,) = verify.judged([replace(self.claim, answer=self._whole)])
        return compared(found)

    def confirm(self) -> None:
        """Check the right answer, which wrong ones are measured by.

        Raises:
            NotVerifiableError: it is not right, or nothing could be compared.
        """
        try:
            self._confirm()
        except VerificationError as error:
            message = f"the answer cannot be judged: in its own one, {error.message}"
            raise NotVerifiableError(message, known=error.known) from error

    def _confirm(self) -> None:
        try:
            for seed, sample in enumerate(self.samples):
                sample.confirm(seed)
        except NotVerifiableError:
            (found,) = verify.judged([self.claim])
            compared(found)

    def is_right(self, program: Program) -> bool:
        """Whether an answer has the right entries at all points; this is no verdict.

        Args:
            program: another answer.
        """
        return self.factor(program) == 1

    def is_same(self, program: Program) -> bool:
        """Whether the answer has the entries of another one at all points.

        Args:
            program: the other answer.
        """
        pairs = [(found, sample.entries(program)) for sample, found in self.own]
        return bool(pairs) and all(other is not None and near(own, other) for own, other in pairs)

    def is_confirmed(self, program: Program) -> bool:
        """Whether an answer that is right at these points is right on both sides of every kink.

        Args:
            program: the other answer.
        """
        whole = Program((*self.definitions, *program.statements))
        if not verify.has_branches(whole):
            return True
        try:
            verify.judged([replace(self.claim, answer=whole)])
        except VerificationError:
            return False
        return True

    def factor(self, program: Program) -> Fraction | None:
        """The number by which another answer must be multiplied, at all points, if there is one.

        Args:
            program: the other answer.
        """
        found: Fraction | None = None
        for sample in self.samples:
            entries = sample.entries(program)
            if entries is None:
                return None
            if near(entries, sample.expected):
                here: Fraction | None = Fraction(1)
            else:
                factor = ratio(entries, sample.expected)
                here = None if factor is None else simple(factor)
            if here is None or here != (found or here):
                return None
            found = here
        return found

    @cached_property
    def standing(self) -> Standing:
        """How the answer stands beside the right one, at two points; `"agrees"` is no verdict."""
        found: Standing = "agrees" if self.samples else "unclear"
        for sample, entries in self.own:
            here = self._standing(sample, entries)
            if here in ("misfit", "differs"):
                return here
            found = here if here == "unclear" else found
        return found

    def _standing(self, sample: Sample, found: Entries | None) -> Standing:
        if found is None:
            return "unclear" if sample.conforms(self.program) else "misfit"
        if near(found, sample.expected):
            return "agrees"
        precise = sample.with_digits(DIGITS)
        precise.remember(Program(self.definitions))
        found = precise.entries(self.program)
        if found is None or near(found, precise.expected):
            return "unclear"
        return "differs" if max(_apart(found, precise.expected)) > ROUNDING else "unclear"

    @property
    def entry(self) -> tuple[str, float, float] | None:
        """The entry that differs most at some point: its name, what is right, what is not."""
        for sample, found in self.own:
            if found is not None and not near(found, sample.expected):
                apart = _apart(found, sample.expected)
                index = apart.index(max(apart))
                return sample.label(index), sample.expected[index], found[index]
        return None


def _apart(found: Sequence[float], expected: Sequence[float]) -> list[float]:
    return [abs(a - b) for a, b in zip(found, expected, strict=True)]


def compared(found: Verification) -> Verification:
    """What a check says, if it has compared something.

    Raises:
        NotVerifiableError: it has not.
    """
    if found.level == "unchecked":
        raise NotVerifiableError(
            f"the answer cannot be judged: {found.reason}", hint="ask about a simpler expression"
        )
    return found


def near(found: Sequence[float] | None, expected: Sequence[float]) -> bool:
    """Whether all entries are close."""
    if found is None:
        return False
    bound = NEAR * max(map(abs, (*found, *expected)), default=0.0)
    return all(abs(a - b) <= bound for a, b in zip(found, expected, strict=True))

"""Entries of answers at two points, for whoever tries many of them: a search, no verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeAlias

from dimderiv.errors import DimderivError, ShapeError
from dimderiv.language import Call, IndexForm, Program, Tree, children
from dimderiv.verify.claim import Claim, NotVerifiableError
from dimderiv.verify.evaluate import (
    ANY_SIZE,
    Arithmetic,
    Effort,
    Evaluator,
    Expected,
    OutOfDomain,
    OutOfTime,
)
from dimderiv.verify.layout import Placement, entries, places, size_of
from dimderiv.verify.points.agreement import WORKING_DIGITS
from dimderiv.verify.points.check import POINTS, refuse_too_many_entries
from dimderiv.verify.points.claimed import Claimed
from dimderiv.verify.points.comparison import Comparison, Tally
from dimderiv.verify.points.draw import drawn_points
from dimderiv.verify.points.setting import DisagreementError, Setting, Trial

DIGITS = 20
DRAWS = 12
# What a search may cost in all, in operations: some seconds of work.
MOST_OPERATIONS = 800_000
# What is tried need not conform, and then it may end in any of these.
NO_VALUE = (DimderivError, OutOfTime, ArithmeticError, LookupError, TypeError, ValueError)

# All entries in order; an answer that has no value, or not the size of the derivative, has none.
Entries: TypeAlias = tuple[float, ...]


@dataclass
class Sample:
    """A point at which answers to one question are evaluated.

    Attributes:
        claim: the question, with the answer that is known to be right.
        setting: the question at all points.
        trial: the point.
        expected: the entries of that answer.
    """

    claim: Claim
    setting: Setting
    trial: Trial
    expected: Entries = ()
    _reader: Evaluator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._reader = self.setting.evaluator(self.trial, keep=True)

    @property
    def sizes(self) -> Mapping[str, int]:
        """A number for each named dimension."""
        return self.trial.sizes

    def remember(self, program: Program) -> None:
        """Keep the values of all parts of a program, which the caller keeps for as long.

        Args:
            program: its definitions are known from now on too.
        """
        for statement in program.statements:
            self._remember(statement.value)
            if statement.name is not None and id(statement.value) in self._reader.known:
                self._reader.definitions[statement.name] = statement.value
                self._reader.names[statement.name] = self._reader.known[id(statement.value)]

    def _remember(self, tree: Tree) -> None:
        for child in () if _binds(tree) else children(tree):
            self._remember(child)
        try:
            self._reader.value(tree)
        except NO_VALUE:
            return

    def entries(self, program: Program, *, turned: bool = False) -> Entries | None:
        """The entries of an answer; nothing where it has none.

        Args:
            program: its last statement is the answer.
            turned: whether it is read with rows and columns exchanged.
        """
        claim = replace(self.claim, turned=self.claim.turned != turned)
        try:
            return self._entries(program, Placement(claim, self.sizes))
        except NO_VALUE:
            return None

    def conforms(self, program: Program) -> bool:
        """Whether an answer has the size of the derivative, or may have it.

        Args:
            program: its last statement is the answer.
        """
        try:
            self._entries(program, Placement(self.claim, self.sizes))
        except ShapeError:
            return False
        except NO_VALUE:
            return True
        return True

    def _entries(self, program: Program, placement: Placement) -> Entries:
        reader = self._again()
        reader.define(program)
        entry = placement.answer(
            program.statements[-1].value,
            lambda part, size: reader.array(part, Expected.of(size) if size else ANY_SIZE),
            reader.form,
        )
        by = list(product(places(placement.wrt), repeat=self.claim.order))
        return tuple([float(entry(of, each)) for of in places(placement.value) for each in by])

    def _again(self) -> Evaluator:
        """An evaluator that knows what is kept, and keeps nothing."""
        names, definitions = {**self._reader.names}, {**self._reader.definitions}
        return replace(self._reader, names=names, definitions=definitions, keep=False)

    def array(self, program: Program) -> tuple[tuple[int, ...], Entries] | None:
        """The lengths and entries of the value of any program; nothing where it has none.

        Args:
            program: it need have no size of a derivative.
        """
        reader = self._again()
        try:
            value = reader.result(program)
            return tuple(size_of(value)), tuple([float(entry) for entry in entries(value)])
        except NO_VALUE:
            return None

    def with_digits(self, digits: int) -> "Sample":
        """The same point, with another precision.

        Args:
            digits: of what is not rational.
        """
        trial = replace(self.trial, arithmetic=Arithmetic(digits))
        return _expecting(Sample(self.claim, self.setting, trial))

    def confirm(self, seed: int) -> None:
        """Check the right answer along a random direction, which involves all its entries.

        Args:
            seed: of the direction.

        Raises:
            VerificationError: it disagrees with the expression.
            NotVerifiableError: nothing could be compared.
        """
        trial = replace(self.trial, arithmetic=Arithmetic(WORKING_DIGITS, Effort(MOST_OPERATIONS)))
        claimed = {Claimed(self.claim, self.setting): Tally()}
        try:
            Comparison(self.setting, trial, claimed).along_directions(seed)
        except (OutOfDomain, OutOfTime) as error:
            raise NotVerifiableError(f"nothing could be compared: {error}") from error

    def label(self, index: int) -> str:
        """What an entry is called, such as `dL/dW[1,0]`.

        Args:
            index: its place among all entries.
        """
        placement = Placement(self.claim, self.sizes)
        by = list(product(places(placement.wrt), repeat=self.claim.order))
        of, each = list(product(places(placement.value), by))[index]
        return placement.label(of, each)


def sampled(claim: Claim) -> list[Sample]:
    """Two points, of different sizes where sizes have names; fewer where none was found.

    Args:
        claim: the question, with an answer that is known to be right.
    """
    setting = Setting([claim])
    effort = Effort(MOST_OPERATIONS)
    found: list[Sample] = []
    assignments = setting.dimensions.assignments()
    refuse_too_many_entries(claim, assignments[0])
    for sizes, number in zip((*assignments, *assignments), POINTS[:2], strict=False):
        drawn = drawn_points(claim.symbols, sizes, setting.dimensions.distributions, number)
        for _, point in zip(range(DRAWS), drawn, strict=False):
            trial = Trial(Arithmetic(DIGITS, effort), sizes, point)
            try:
                found.append(_expecting(Sample(claim, setting, trial)))
            except (OutOfDomain, OutOfTime, OverflowError):
                continue
            break
    return found


def sample_at(claim: Claim, found: DisagreementError) -> Sample:
    """The point at which an answer was found to be wrong.

    Args:
        claim: the question, with an answer that is known to be right.
        found: what was raised there.
    """
    trial = Trial(Arithmetic(DIGITS, Effort(MOST_OPERATIONS)), found.sizes, found.point)
    return _expecting(Sample(claim, Setting([claim]), trial))


def _expecting(sample: Sample) -> Sample:
    """The point with the entries of the right answer, where the expression has a value."""
    sample.setting.base(sample.trial)
    sample.expected = sample._entries(sample.claim.answer, Placement(sample.claim, sample.sizes))
    return sample


def _binds(tree: Tree) -> bool:
    """Whether a part binds letters, for which its operands have other values."""
    return isinstance(tree, IndexForm) or (isinstance(tree, Call) and bool(tree.over))

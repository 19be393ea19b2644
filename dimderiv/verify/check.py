"""The check of a claim: which points, in which order, within which time."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import TypeVar

from dimderiv.errors import LimitError, VerificationError
from dimderiv.verify.arithmetic import Arithmetic, OutOfDomain, OutOfTime
from dimderiv.verify.claim import Claim, Level, NotVerifiableError, Verification
from dimderiv.verify.draw import assignments, points
from dimderiv.verify.exact import WORKING_DIGITS, Progress, check_entries
from dimderiv.verify.numeric import FLOAT_DIGITS, check_direction
from dimderiv.verify.problem import AnswerOutOfDomain, Problem, Trial
from dimderiv.verify.tables import SingularMatrix

T = TypeVar("T")

# Scalars take opposite signs at points 0 and 3, and the remaining signs at 1 and 2.
POINTS = (0, 3, 1, 2)
DIRECTIONS = 3

SHARE_OF_FIRST = 0.45
SHARE_OF_ENTRIES = 0.8
SHARE_WHILE_CHEAP = 0.05
SHARE_OF_ALL = 1.9
SINGULAR_DRAWS = 4
MOST_ENTRIES = 100_000


def verify(claim: Claim, *, budget: float = 2.0) -> Verification:
    """Check an answer entry by entry against the expression it is to be the derivative of.

    Args:
        claim: the answer, the expression, and what is known of the symbols.
        budget: how many seconds the check may take; it stops before twice as long.

    Returns:
        What was checked and how.

    Raises:
        VerificationError: an entry differs.
        NotVerifiableError: nothing could be compared.
        LimitError: the time was too short to compare anything.
    """
    check = _Check(claim, budget)
    check.entry_by_entry()
    if check.ran_out:
        check.along_directions()
    return check.report()


@dataclass
class _Check:
    """A check under way."""

    claim: Claim
    budget: float
    start: float = field(default_factory=time.perf_counter)
    compared: int = 0
    rational: bool = True
    points: int = 0
    complete: list[dict[str, int]] = field(default_factory=list)
    numeric: list[dict[str, int]] = field(default_factory=list)
    reasons: dict[str, None] = field(default_factory=dict)
    answer_undefined: bool = False
    ran_out: bool = False

    def __post_init__(self) -> None:
        self.problem = Problem(self.claim)
        self.assignments = assignments(self.problem.dims, self.problem.names)
        shapes = [declaration.shape for declaration in self.claim.symbols.values()]
        count = sum(prod(dim.evaluate(self.assignments[0]) for dim in shape) for shape in shapes)
        if count > MOST_ENTRIES:
            raise LimitError(
                f"the symbols have {count} entries; at most {MOST_ENTRIES} can be checked",
                hint="give the dimensions names instead of numbers",
            )

    def entry_by_entry(self) -> None:
        """Compare every entry at points of two assignments of sizes, as far as time allows."""
        pending = list(self.assignments)
        done: list[dict[str, int]] = []
        while pending and len(done) < 2:
            share = SHARE_OF_ENTRIES if done else SHARE_OF_FIRST
            sizes = pending.pop(0)
            progress = self._point(sizes, POINTS[len(done)], share)
            if progress is None:
                continue
            done.append(sizes)
            if not progress.complete:
                self.ran_out = True
                return
            self.complete.append(sizes)
        for number in POINTS[len(done) :]:
            if done and self._spent() < SHARE_WHILE_CHEAP:
                self._point(done[number % len(done)], number, SHARE_OF_ENTRIES)

    def _point(self, sizes: dict[str, int], number: int, share: float) -> Progress | None:
        arithmetic = Arithmetic(WORKING_DIGITS, self._deadline(share))
        progress = self._search(sizes, number, arithmetic, lambda t: check_entries(self.problem, t))
        if progress is not None and progress.compared:
            self.compared += progress.compared
            self.rational &= progress.rational
            self.points += 1
        return progress

    def _search(
        self,
        sizes: dict[str, int],
        number: int,
        arithmetic: Arithmetic,
        check: Callable[[Trial], T],
    ) -> T | None:
        """The outcome of a check at the first point drawn that lies in the domain."""
        singular = 0
        for trial in self._trials(sizes, number, arithmetic):
            try:
                return check(trial)
            except OutOfDomain as error:
                self.reasons[str(error)] = None
                self.answer_undefined |= isinstance(error, AnswerOutOfDomain)
                singular += isinstance(error.__cause__ or error, SingularMatrix)
            # Some matrices are singular at these sizes, whatever their entries.
            if singular == SINGULAR_DRAWS or time.perf_counter() > arithmetic.deadline:
                break
        return None

    def _trials(
        self, sizes: dict[str, int], number: int, arithmetic: Arithmetic
    ) -> Iterator[Trial]:
        for point in points(self.claim.symbols, sizes, self.problem.distributions, number):
            yield Trial(arithmetic, sizes, point)

    def along_directions(self) -> None:
        """Compare derivatives along random directions, for what did not fit."""
        for number in range(DIRECTIONS):
            for sizes in self.assignments[:2]:
                if sizes in self.complete:
                    continue
                if self.numeric and self._spent() > 1:
                    return
                self._direction(sizes, number)

    def _direction(self, sizes: dict[str, int], number: int) -> None:
        arithmetic = Arithmetic(FLOAT_DIGITS, self._deadline(SHARE_OF_ALL))

        def check(trial: Trial) -> bool:
            check_direction(self.problem, replace(trial, rounded=True), number)
            return True

        try:
            found = self._search(sizes, POINTS[number], arithmetic, check)
        except OutOfTime:
            return
        if found:
            self.points += 1
            if sizes not in self.numeric:
                self.numeric.append(sizes)

    def report(self) -> Verification:
        """What was checked.

        Raises:
            LimitError: nothing, for want of time.
            NotVerifiableError: nothing, for want of a point.
            VerificationError: nothing, because the answer is not defined.
        """
        level: Level = "exact" if self.rational else "30 digits"
        if not self.complete:
            level = "numeric"
            if not self.numeric:
                raise self._nothing_compared()
        sizes = self.complete or self.numeric
        return Verification(level, tuple(sizes), self.compared, self._elapsed(), self.points)

    def _nothing_compared(self) -> VerificationError | NotVerifiableError | LimitError:
        known = [f"it was tried, and failed by {reason}" for reason in self.reasons]
        if self.answer_undefined:
            return VerificationError(
                "the answer has no value where the expression has a derivative", known=known
            )
        if self.ran_out:
            return LimitError(
                f"{self.budget:g} seconds were too short to check the answer",
                hint="allow more time",
            )
        return NotVerifiableError(
            "no point of the domain was found, so nothing could be compared", known=known
        )

    def _elapsed(self) -> float:
        return time.perf_counter() - self.start

    def _spent(self) -> float:
        return self._elapsed() / self.budget if self.budget else 1.0

    def _deadline(self, share: float) -> float:
        return self.start + share * self.budget

"""The check of claims: which points, in which order, for how much work."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import prod
from typing import NamedTuple

from dimderiv.errors import LimitError, VerificationError
from dimderiv.verify.claim import Claim, Level, NotVerifiableError, Verification
from dimderiv.verify.evaluate import (
    ONE,
    Arithmetic,
    Branches,
    Effort,
    OutOfDomain,
    OutOfTime,
    SingularMatrix,
)
from dimderiv.verify.layout import Sized, entries
from dimderiv.verify.points.agreement import WORKING_DIGITS
from dimderiv.verify.points.claimed import AnswerOutOfDomain, Claimed
from dimderiv.verify.points.comparison import Comparison, Tally
from dimderiv.verify.points.coverage import Coverage
from dimderiv.verify.points.draw import drawn_points, mixed, wider_points
from dimderiv.verify.points.setting import Setting, Trial

# Scalars take opposite signs at points 0 and 3, and the remaining signs at 1 and 2.
POINTS = (0, 3, 1, 2)
FEWEST_POINTS = 2
# How many operations take a second on a machine of these years.
OPERATIONS = 400_000
# Seconds, of a machine that is busy: the budget itself is counted in operations.
PATIENCE = 30.0

# Of the budget, where entries are compared one by one: at the first point, in all, while cheap.
SHARE_OF_FIRST = 0.35
SHARE_OF_ENTRIES = 0.7
SHARE_WHILE_CHEAP = 0.05
RESERVE = 3
FEW_ATTEMPTS = 9
# Beside kinks: how many of them, how close, and for how much of the budget.
MOST_KINKS = 6
HALVINGS = 7
SHARE_OF_KINKS = 0.85
HALF = Fraction(1, 2)
SINGULAR_DRAWS = 4
MOST_ENTRIES = 100_000


def verify(claim: Claim, *, budget: float = 2.0) -> Verification:
    """Check an answer entry by entry against the expression it is to be the derivative of."""
    return verify_together([claim], budget=budget)[0]


def verify_together(claims: Sequence[Claim], *, budget: float = 2.0) -> list[Verification]:
    """Check several answers about one expression, which is evaluated once for all of them.

    Args:
        claims: they differ in the answer and its variable alone.
        budget: seconds of work on a usual machine, for all of them.

    Returns:
        What was checked and how, for each claim.

    Raises:
        VerificationError: an entry differs.
        NotVerifiableError: nothing could be compared.
        LimitError: the budget was too small to compare anything.
    """
    check = _Check(claims, budget)
    try:
        check.at_two_sizes()
        check.far_off()
        check.at_more_points()
        check.widely()
        check.beside_kinks()
    except OutOfTime:
        check.ran_out = True
    return check.reports()


def refuse_too_many_entries(claim: Claim, sizes: Mapping[str, int]) -> None:
    """Refuse symbols that are too large to be drawn.

    Args:
        claim: what is to be checked.
        sizes: a number for each named dimension.
    """
    shapes = [declaration.shape for declaration in claim.symbols.values()]
    count = sum(prod(dim.evaluate(sizes) for dim in shape) for shape in shapes)
    if count > MOST_ENTRIES:
        raise LimitError(
            f"the symbols have {count} entries; at most {MOST_ENTRIES} can be checked",
            hint="give the dimensions names instead of numbers",
        )


class _Reached(NamedTuple):
    """A point that was compared."""

    sizes: Mapping[str, int]
    point: Mapping[str, Sized]
    outcomes: Mapping[int, list[int]]


@dataclass
class _Check:
    """A check under way.

    Attributes:
        given: the claims.
        budget: seconds of work.
        complete: the sizes at which all entries were compared.
        reasons: why there was no value or no derivative at points that were tried.
        undefined: at how many points an answer had no value.
        ran_out: whether the budget was used up.
        points: at how many points the claims were compared.
        reached: these points, and the outcomes of comparisons there.
    """

    given: Sequence[Claim]
    budget: float
    start: float = field(default_factory=time.perf_counter)
    complete: list[dict[str, int]] = field(default_factory=list)
    reasons: dict[str, None] = field(default_factory=dict)
    undefined: int = 0
    ran_out: bool = False
    points: int = 0
    reached: list[_Reached] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.operations = self.budget * OPERATIONS
        self.effort = Effort(self.operations, self.start + PATIENCE + self.budget)
        self.setting = Setting(self.given)
        self.claims = {Claimed(claim, self.setting): Tally() for claim in self.given}
        moving = [name for claim in self.claims for name in claim.moving]
        self.coverage = Coverage(self.setting, tuple(dict.fromkeys(moving)))
        self.assignments = self.setting.dimensions.assignments()
        symbols = self.setting.claim.symbols.values()
        # Rows of classes are equal wherever a class occurs twice.
        self.has_classes = any("onehot" in declaration.properties for declaration in symbols)
        refuse_too_many_entries(self.setting.claim, self.assignments[0])

    def at_two_sizes(self) -> None:
        """Compare at points of two assignments of sizes, or at two points where there is one."""
        for sizes in self.assignments:
            share = SHARE_OF_ENTRIES if self.complete else SHARE_OF_FIRST
            number = POINTS[self.points]
            if self._point(self._drawn(sizes, number), share):
                self.complete.append(sizes)
            if self.points == FEWEST_POINTS:
                return

    def far_off(self) -> None:
        """Compare at a point further off, where none was found nearby."""
        sizes = self.assignments[0]
        if not self.points and self._point(self._wider(sizes), SHARE_OF_FIRST):
            self.complete.append(sizes)

    def at_more_points(self) -> None:
        """Compare at more points while that is cheap, and at two in any case."""
        for number in POINTS[self.points :]:
            is_cheap = self.effort.spent < SHARE_WHILE_CHEAP * self.operations
            if self.complete and (is_cheap or self.points < FEWEST_POINTS):
                sizes = self.complete[number % len(self.complete)]
                self._point(self._drawn(sizes, number), SHARE_OF_ENTRIES)

    def widely(self) -> None:
        """Compare at points further off: where something new is reached, or a maximum is tied."""
        for sizes in self.complete[:1]:
            for attempt, trial in enumerate(self._wider(sizes)):
                if not self._is_worth_more(attempt):
                    return
                if self._reaches_more(trial):
                    self._point(iter([self._trial(sizes, trial.point)]), 0.0)

    def _is_worth_more(self, attempt: int) -> bool:
        """Whether another point may tell something, after some attempts."""
        if attempt < FEW_ATTEMPTS and (self.coverage.has_maxima or self.coverage.unmoved()):
            return True
        return bool(self.coverage.one_sided())

    def _reaches_more(self, trial: Trial) -> bool:
        try:
            self.setting.base(trial)
        except OutOfDomain:
            return False
        branches = trial.arithmetic.branches
        return self._is_tied(branches) or self.coverage.would_grow(branches)

    def beside_kinks(self) -> None:
        """Compare closely on both sides of each kink, so that one in the wrong place is found."""
        for site in self.coverage.kinks()[:MOST_KINKS]:
            if self.effort.spent < SHARE_OF_KINKS * self.operations:
                self._straddle(site, self.reached[0])

    def _straddle(self, site: int, first: _Reached) -> None:
        """Compare at two points close to each other, between which an operation changes sides."""
        symbols, distributions = self.setting.claim.symbols, self.setting.dimensions.distributions
        here = first.outcomes.get(site)
        for far in wider_points(symbols, first.sizes, distributions):
            low, high = first.point, mixed(first.point, far, symbols, ONE)
            if self._outcomes(site, first.sizes, high) in (here, None):
                continue
            for _ in range(HALVINGS):
                middle = mixed(low, high, symbols, HALF)
                is_low = self._outcomes(site, first.sizes, middle) == here
                low, high = (middle, high) if is_low else (low, middle)
            for point in (low, high):
                self._point(iter([self._trial(first.sizes, point)]), 0.0)
            return

    def _outcomes(
        self, site: int, sizes: Mapping[str, int], point: Mapping[str, Sized]
    ) -> list[int] | None:
        """The outcomes of an operation at a point; nothing where there is no value."""
        trial = self._trial(sizes, point)
        try:
            self.setting.base(trial)
        except OutOfDomain:
            return None
        return trial.arithmetic.branches.outcomes.get(site)

    def _is_tied(self, branches: Branches) -> bool:
        """Whether a maximum is attained twice, and not for lack of classes."""
        return self.coverage.ties_matter(branches) and not self.has_classes

    def _drawn(self, sizes: dict[str, int], number: int) -> Iterator[Trial]:
        symbols, distributions = self.setting.claim.symbols, self.setting.dimensions.distributions
        for point in drawn_points(symbols, sizes, distributions, number):
            yield self._trial(sizes, point)

    def _wider(self, sizes: Mapping[str, int]) -> Iterator[Trial]:
        symbols, distributions = self.setting.claim.symbols, self.setting.dimensions.distributions
        for point in wider_points(symbols, sizes, distributions):
            yield self._trial(sizes, point)

    def _trial(self, sizes: Mapping[str, int], point: Mapping[str, Sized]) -> Trial:
        return Trial(Arithmetic(WORKING_DIGITS, self.effort), sizes, point)

    def _point(self, trials: Iterator[Trial], share: float) -> bool:
        """Compare at the first point that lies in the domain, if there is one."""
        singular, tied = 0, None
        for trial in trials:
            try:
                if self._compared(trial, share):
                    return True
                tied = tied or trial
            except OutOfDomain as error:
                self.reasons[str(error)] = None
                self.undefined += isinstance(error, AnswerOutOfDomain)
                singular += isinstance(error.__cause__ or error, SingularMatrix)
            # Some matrices are singular at these sizes, whatever their entries.
            if singular == SINGULAR_DRAWS:
                break
        # Where a maximum is attained twice whatever is drawn, the answer is compared all the same.
        return tied is not None and self._compared(tied, share, is_last=True)

    def _compared(self, trial: Trial, share: float, *, is_last: bool = False) -> bool:
        """Compare at a point, unless a maximum is tied there and another point may do."""
        before = self.effort.spent
        tallies = {claim: replace(tally) for claim, tally in self.claims.items()}
        comparison = Comparison(self.setting, trial, tallies)
        branches = trial.arithmetic.branches
        if self.has_classes and self.coverage.ties_matter(branches) and not is_last:
            return False
        outcomes = {site: [*each] for site, each in branches.outcomes.items()}
        met = Branches(outcomes=outcomes, inside={*branches.inside})
        comparison.along_directions(self.points)
        # Another point costs as much before its entries are compared, or more by its sizes.
        reserve = RESERVE * (self.effort.spent - before) if self.points + 1 < FEWEST_POINTS else 0
        most = min(share * self.operations, self.operations - reserve)
        for index, claim in enumerate(self.claims):
            left = max(most - self.effort.spent, 0)
            comparison.entry_by_entry(claim, self.effort.spent + left / (len(self.claims) - index))
        self.claims.update(tallies)
        self.coverage.add(met, comparison.moved, comparison.base.known)
        self.reached.append(_Reached(trial.sizes, trial.point, met.outcomes))
        self.points += 1
        return True

    def reports(self) -> list[Verification]:
        """What was checked of each claim."""
        if not self.points:
            raise self._nothing_compared()
        seconds = (time.perf_counter() - self.start) / len(self.claims)
        one_sided = self.coverage.one_sided_in_words()
        coverage = self.coverage
        unmoved = (
            *coverage.unmoved_in_words(),
            *coverage.outside_in_words(),
            *self._labels_in_words(),
        )
        return [self._report(tally, one_sided, unmoved, seconds) for tally in self.claims.values()]

    def _report(
        self, tally: Tally, one_sided: tuple[str, ...], unmoved: tuple[str, ...], seconds: float
    ) -> Verification:
        remarks = [*unmoved]
        if self.points < FEWEST_POINTS:
            remarks.append("only one point could be compared")
        if tally.is_zero and not tally.nonzero and self.coverage.varies:
            remarks.append("only zeros were compared")
        level: Level = "exact" if tally.is_rational else "30 digits"
        return Verification(
            "partial" if remarks or one_sided else level,
            tuple(self.complete),
            tally.one_by_one,
            seconds,
            self.points,
            along=tally.along,
            nonzero=tally.nonzero,
            one_sided=one_sided,
            remarks=tuple(remarks),
            undefined=self.undefined,
        )

    def _labels_in_words(self) -> list[str]:
        """The labels that were the same at every point, in words."""
        found = []
        for name, declared in self.setting.claim.symbols.items():
            labels = [entries(reached.point[name]) for reached in self.reached]
            if declared.labels is not None and all(len({*each}) == 1 for each in labels):
                found.append(f"all labels {name} were the same at each point")
        return found

    def _nothing_compared(self) -> VerificationError | NotVerifiableError | LimitError:
        known = [f"it was tried, and failed by {reason}" for reason in self.reasons]
        if self.undefined:
            return VerificationError(
                "the answer has no value where the expression has a derivative", known=known
            )
        if self.ran_out:
            return LimitError(
                f"{self.budget:g} seconds of work were too little to check the answer",
                hint="allow more",
            )
        return NotVerifiableError(
            "no point of the domain was found, so nothing could be compared", known=known
        )

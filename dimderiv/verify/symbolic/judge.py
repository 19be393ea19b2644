"""The judgement of a claim: at which sizes and points, by which means, and what it came to."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dimderiv.errors import LimitError
from dimderiv.verify.claim import Claim, Level, NotVerifiableError, Verification
from dimderiv.verify.symbolic.arithmetic import Floats, Outside, TooLarge
from dimderiv.verify.symbolic.comparison import Outcome
from dimderiv.verify.symbolic.exact import SymbolicRound
from dimderiv.verify.symbolic.floats import FloatRound
from dimderiv.verify.symbolic.points import Point, Values, draw
from dimderiv.verify.symbolic.problem import Problem, distributions, sizes_for

DRAWS = 40
MOST_POINTS = 4
# Points at which floats are compared, where nothing is proved.
POINTS_IN_FLOATS = 2
MOST_SIZES = 3
SEARCH_DIGITS = 40


class _TimeUp(Exception):  # noqa: N818
    pass


def judge(claim: Claim, *, seconds: float) -> Verification:
    """Differentiate each entry of the value by each entry of the variable, and compare.

    Args:
        claim: the answer, the expression, and what is known of the symbols.
        seconds: a last guard; how much is done depends on the work.

    Returns:
        `proved`, where every difference vanished by cancellation; `60 digits` elsewhere.

    Raises:
        VerificationError: an entry differs.
        NotVerifiableError: nothing could be compared.
        LimitError: the time was too short.
    """
    judgement = _Judgement(claim, time.perf_counter(), seconds)
    try:
        return judgement.report()
    except _TimeUp:
        raise LimitError(
            f"{seconds:g} seconds were too short to judge the answer by sympy",
            hint="allow more time",
        ) from None


@dataclass
class _Judgement:
    claim: Claim
    start: float
    seconds: float
    reasons: dict[str, None] = field(default_factory=dict)

    def tick(self) -> None:
        if time.perf_counter() - self.start > self.seconds:
            raise _TimeUp

    def report(self) -> Verification:
        for sizes in sizes_for(self.claim)[:MOST_SIZES]:
            problem = Problem(self.claim, sizes)
            outcomes = self._at(problem)
            if outcomes:
                return self._verification(sizes, outcomes)
        known = [f"it was tried, and failed by {reason}" for reason in self.reasons]
        raise NotVerifiableError(
            "no point of the domain was found, so nothing could be compared", known=known
        )

    def _verification(self, sizes: dict[str, int], outcomes: list[Outcome]) -> Verification:
        level: Level = "proved" if all(o.proved for o in outcomes) else "60 digits"
        compared = sum(outcome.compared for outcome in outcomes)
        if not compared:
            raise NotVerifiableError("the expression has no derivative at any entry")
        seconds = time.perf_counter() - self.start
        return Verification(level, (sizes,), compared, seconds, len(outcomes))

    def _at(self, problem: Problem) -> list[Outcome]:
        """What the comparisons at points of the domain came to."""
        outcomes: list[Outcome] = []
        for point, is_new in self._points(problem):
            if outcomes and not is_new and (outcomes[0].proved or len(outcomes) >= POINTS_IN_FLOATS):
                continue
            try:
                outcomes.append(self._round(problem, point))
            except (Outside, ZeroDivisionError) as error:
                self.reasons[str(error)] = None
            if len(outcomes) == MOST_POINTS:
                break
        return outcomes

    def _round(self, problem: Problem, point: Point) -> Outcome:
        try:
            return SymbolicRound(problem, point, self.tick).compare()
        except TooLarge:
            return FloatRound(problem, point, self.tick).compare()

    def _points(self, problem: Problem) -> Iterator[tuple[Point, bool]]:
        """Points of the domain, and whether each is on a side of a kink where none was before."""
        seen: set[tuple[int, int]] = set()
        told = distributions(self.claim)
        for attempt in range(DRAWS):
            self.tick()
            point = draw(self.claim.symbols, problem.sizes, told, attempt)
            try:
                sides = set(enumerate(self._sides(problem, point)))
            except (Outside, ZeroDivisionError) as error:
                self.reasons[str(error)] = None
                continue
            yield point, not sides <= seen
            seen |= sides
            if all((place, -side) in seen for place, side in seen) and attempt >= POINTS_IN_FLOATS:
                return

    def _sides(self, problem: Problem, point: Point) -> list[int]:
        """The sides of the kinks at a point, if the expression has a value there."""
        values, a = Values(point, SEARCH_DIGITS), Floats(SEARCH_DIGITS)
        entries = {
            name: [[a.context.convert(values(entry)) for entry in row] for row in table]
            for name, table in point.tied.items()
        }
        problem.value(a, entries)
        return a.sides

"""The judgement of a claim: at which sizes and points, by which means, and what it came to."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import prod
from typing import TypeAlias

from dimderiv.errors import LimitError, VerificationError
from dimderiv.language import DERIVATIVES, Blocks, Call, declared_part, walk
from dimderiv.verify.claim import Claim, Level, NotVerifiableError, Verification
from dimderiv.verify.layout import Dimensions, size_at
from dimderiv.verify.symbolic.arithmetic import (
    AnswerOutside,
    Floats,
    NoClosedForm,
    Outside,
    TooLarge,
)
from dimderiv.verify.symbolic.comparison import Outcome
from dimderiv.verify.symbolic.exact import SymbolicRound
from dimderiv.verify.symbolic.floats import FloatRound, floats_at
from dimderiv.verify.symbolic.points import Point, draw
from dimderiv.verify.symbolic.problem import Problem

Compare: TypeAlias = Callable[[Problem, Point], Outcome]

# Functions that this judge does not know.
AT_POINTS = DERIVATIVES.union({"onehot", "reshape", "permute", "sort", "rank"})
DRAWS = 40
# Some matrices are singular at some sizes, whatever their entries.
DRAWS_WITHOUT_VALUE = 16
MOST_POINTS = 4
# Points of the domain that are looked for; where nothing is proved, floats are compared at as many.
POINTS = 2
POINTS_AT_KINKS = 8
MOST_SIZES = 8
SEARCH_DIGITS = 40
MOST_ENTRIES = 1500
MOST_DERIVATIVES = 10_000
# A proof that took no more terms than this is done at other sizes too.
LITTLE_WORK = 100_000


class _TimeUp(Exception):  # noqa: N818
    pass


def prove(
    claim: Claim, *, seconds: float = 60.0, sizes: Mapping[str, int] | None = None
) -> Verification:
    """Differentiate each entry of the value by each entry of the variable, and compare.

    Args:
        claim: the answer, the expression, and what is known of the symbols.
        seconds: a last guard; how much is done depends on the work.
        sizes: a number for each named dimension; otherwise small ones that are unequal.

    Returns:
        `proved`, where every difference vanished by cancellation; `60 digits` elsewhere.

    Raises:
        VerificationError: an entry differs.
        NotVerifiableError: nothing could be compared.
        LimitError: the time was too short.
    """
    if claim.of:
        raise NotVerifiableError("a derivative of a derivative is left to the check at points")
    _refuse_many_axes(claim)
    judgement = _Judgement(claim, time.perf_counter(), seconds, sizes)
    try:
        return judgement.report()
    except _TimeUp:
        raise LimitError(
            f"{seconds:g} seconds were too short to judge the answer by sympy",
            hint="allow more time",
        ) from None


def _refuse_many_axes(claim: Claim) -> None:
    """Refuse what this judge has no arithmetic for."""
    shapes = [claim.value, *[declaration.shape for declaration in claim.symbols.values()]]
    programs = (claim.expression, claim.answer)
    parts = [part for each in programs for s in each.statements for part in walk(s.value)]
    for name, signature in claim.declared.items():
        if "spd" in signature.properties:
            raise NotVerifiableError("an unknown function with a positive definite value")
        own = signature.derivatives(name)
        called = [part.function for part in parts if isinstance(part, Call)]
        shapes += [signature.shape_of(each) for each in called if each in own]
    if any(shape.has_more_axes for shape in shapes):
        raise NotVerifiableError("arrays of more than two axes are left to the check at points")
    if any(declaration.labels is not None for declaration in claim.symbols.values()):
        raise NotVerifiableError("labels are left to the check at points")
    for part in parts:
        name = part.function if isinstance(part, Call) else ""
        if isinstance(part, Blocks) or name in AT_POINTS:
            raise NotVerifiableError(f"{name or 'blocks'}: left to the check at points")
        declared = claim.declared.get(declared_part(name)[0])
        if declared is not None and declared.shape_of(name).has_more_axes:
            raise NotVerifiableError(f"{name} is left to the check at points")


def _refuse_large(problem: Problem) -> None:
    """Refuse what would take minutes, before it does."""
    shapes = [declaration.shape for declaration in problem.claim.symbols.values()]
    entries = sum(prod(size_at(shape, problem.sizes)) for shape in shapes)
    count = prod(problem.layout.value) * prod(problem.layout.wrt) ** problem.claim.order
    if entries > MOST_ENTRIES or count > MOST_DERIVATIVES:
        raise LimitError(
            f"{entries} entries of symbols and {count} derivatives are too many for sympy",
            hint="give the dimensions names instead of numbers",
        )


@dataclass
class _Judgement:
    """A judgement under way."""

    claim: Claim
    start: float
    seconds: float
    sizes: Mapping[str, int] | None = None
    reasons: dict[str, None] = field(default_factory=dict)
    one_sided: bool = False
    answer_undefined: bool = False

    def __post_init__(self) -> None:
        self.dimensions = Dimensions([self.claim])

    def tick(self) -> None:
        """Raise where the time is up."""
        if time.perf_counter() - self.start > self.seconds:
            raise _TimeUp

    def report(self) -> Verification:
        """What the comparisons came to: by sympy, and where it has no closed form, in floats."""
        tried = (
            self.dimensions.assignments()[:MOST_SIZES] if self.sizes is None else [dict(self.sizes)]
        )
        problems = [Problem(self.claim, sizes) for sizes in tried]
        _refuse_large(problems[0])
        for compare in (self._by_sympy, self._in_floats):
            for number, problem in enumerate(problems):
                with suppress(NoClosedForm):
                    outcomes = self._at(problem, compare)
                    if outcomes:
                        found = {number: outcomes}
                        found |= self._confirmed(outcomes, problems, number + 1)
                        return self._verification(problems, found)
        known = [f"it was tried, and failed by {reason}" for reason in self.reasons]
        if self.answer_undefined:
            raise VerificationError(
                "the answer has no value where the expression has a derivative", known=known
            )
        raise NotVerifiableError(
            "no point of the domain was found, so nothing could be compared", known=known
        )

    def _confirmed(
        self, outcomes: Sequence[Outcome], problems: Sequence[Problem], start: int
    ) -> dict[int, list[Outcome]]:
        """The comparison at other sizes, where it is little work, or nothing but 0 was compared.

        What is small may be special: a projection on all of the space, say, is constant.
        """
        is_empty = not any(outcome.nonzero for outcome in outcomes)
        if not is_empty and sum(outcome.work for outcome in outcomes) > LITTLE_WORK:
            return {}
        for number, problem in enumerate(problems[start:], start):
            with suppress(NoClosedForm):
                found = self._at(problem, self._by_sympy, most=MOST_POINTS if is_empty else 1)
                if found and (not is_empty or any(outcome.nonzero for outcome in found)):
                    return {number: found} if all(o.proved for o in found) else {}
        return {}

    def _verification(
        self, problems: Sequence[Problem], found: Mapping[int, Sequence[Outcome]]
    ) -> Verification:
        outcomes = [outcome for each in found.values() for outcome in each]
        compared = sum(outcome.compared for outcome in outcomes)
        if not compared:
            raise NotVerifiableError("the expression has no derivative by any entry")
        if self.one_sided and not any(outcome.nonzero for outcome in outcomes):
            raise NotVerifiableError("all derivatives are 0 on the sides of kinks that were met")
        level: Level = "proved" if all(outcome.proved for outcome in outcomes) else "60 digits"
        sizes = tuple(dict(problems[number].sizes) for number in found)
        seconds = time.perf_counter() - self.start
        return Verification(
            level,
            sizes,
            compared,
            seconds,
            len(outcomes),
            nonzero=sum(outcome.nonzero for outcome in outcomes),
        )

    def _at(self, problem: Problem, compare: Compare, *, most: int = MOST_POINTS) -> list[Outcome]:
        """What the comparisons at points of the domain came to."""
        outcomes: list[Outcome] = []
        for point, is_new in self._points(problem):
            enough = all(o.proved for o in outcomes) or len(outcomes) >= POINTS
            if outcomes and not is_new and enough:
                continue
            try:
                outcomes.append(compare(problem, point))
            except (Outside, ZeroDivisionError) as error:
                self.reasons[str(error)] = None
                self.answer_undefined |= isinstance(error, AnswerOutside)
            if len(outcomes) == most:
                break
        return outcomes

    def _by_sympy(self, problem: Problem, point: Point) -> Outcome:
        try:
            return SymbolicRound(problem, point, self.tick).compare()
        except NoClosedForm:
            raise
        except (TooLarge, RecursionError):
            # Floats have no parts, so they are never nested too deep.
            return self._in_floats(problem, point)

    def _in_floats(self, problem: Problem, point: Point) -> Outcome:
        return FloatRound(problem, point, self.tick).compare()

    def _points(self, problem: Problem) -> Iterator[tuple[Point, bool]]:
        """Points of the domain, and whether each is in a region where none was before.

        The sides of all kinks make a region; those that show most new sides come first.
        """
        candidates = self._candidates(problem)
        seen: set[tuple[int, int]] = set()
        regions: set[tuple[int, ...]] = set()
        while candidates:
            news = [
                (len(set(enumerate(sides)) - seen), sides not in regions) for _, sides in candidates
            ]
            best = news.index(max(news))
            point, sides = candidates.pop(best)
            yield point, sides not in regions
            seen.update(enumerate(sides))
            regions.add(sides)

    def _candidates(self, problem: Problem) -> list[tuple[Point, tuple[int, ...]]]:
        """Points where the expression has a value, until each kink was met on both sides."""
        found: list[tuple[Point, tuple[int, ...]]] = []
        seen: set[tuple[int, int]] = set()
        told = self.dimensions.distributions
        for attempt in range(DRAWS):
            self.tick()
            point = draw(self.claim.symbols, problem.sizes, told, attempt)
            try:
                sides = self._sides(problem, point)
            except (Outside, ZeroDivisionError) as error:
                self.reasons[str(error)] = None
                if attempt >= DRAWS_WITHOUT_VALUE and not found:
                    break
                continue
            found.append((point, sides))
            seen.update(enumerate(sides))
            self.one_sided = not all((place, -side) in seen for place, side in seen if side)
            if len(found) >= (POINTS_AT_KINKS if seen else POINTS) and not self.one_sided:
                break
        return found

    def _sides(self, problem: Problem, point: Point) -> tuple[int, ...]:
        """The sides of the kinks at a point, if the expression has a value there."""
        a = Floats(SEARCH_DIGITS)
        problem.value(a, floats_at(point, a))
        return tuple(a.sides)

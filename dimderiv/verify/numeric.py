"""The check in floats along random directions, for what is too large to do one by one.

A directional derivative involves every entry of the variable, so one evaluation tests all entries
of the answer at once; a wrong one passes only for directions of measure zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from random import Random

from dimderiv.errors import VerificationError
from dimderiv.verify.arithmetic import Arithmetic, Scalar, mixed_slope
from dimderiv.verify.exact import WORKING_DIGITS, is_rounding
from dimderiv.verify.motion import Place
from dimderiv.verify.problem import Problem, Trial

# The floats are long ones for their range: derivatives through many layers may be very small.
FLOAT_DIGITS = 20
TOLERANCE = Fraction(1, 10**8)


@dataclass(frozen=True)
class Disagreement:
    """A derivative along a direction that came out twice, and differently."""

    place: Place
    expected: Scalar
    found: Scalar


def check_direction(problem: Problem, trial: Trial, seed: int) -> None:
    """Compare derivatives along a random direction at one point.

    Args:
        problem: the claim.
        trial: the point.
        seed: which direction.

    Raises:
        VerificationError: they differ.
        OutOfDomain: the expression or the answer has no derivative or value here.
        OutOfTime: the deadline is past.
    """
    failed = _first_disagreement(problem, trial, seed)
    if failed is None:
        return
    longer = Arithmetic(WORKING_DIGITS, trial.arithmetic.deadline)
    again = _first_disagreement(problem, replace(trial, arithmetic=longer), seed)
    if again is None or _is_rounding(longer, failed, again):
        return
    raise _error(problem, trial, again)


def _is_rounding(arithmetic: Arithmetic, before: Disagreement, after: Disagreement) -> bool:
    pairs = [(d.expected, d.found) for d in (before, after)]
    return before.place == after.place and is_rounding(arithmetic, *pairs)


def _error(problem: Problem, trial: Trial, failed: Disagreement) -> VerificationError:
    where = problem.label(failed.place, [])
    if not problem.claim.along:
        where += f" along a direction in {problem.claim.wrt}"
    return problem.disagreement(trial, where, failed.expected, failed.found)


def _first_disagreement(problem: Problem, trial: Trial, seed: int) -> Disagreement | None:
    arithmetic, order = trial.arithmetic, problem.claim.order
    places = problem.places(problem.wrt_shape, trial)
    directions = _directions(places, order, seed)
    base = problem.base(trial)
    value = problem.varied(base, trial, problem.moved(trial, directions))
    answer = problem.answer(base, trial)
    for i, j in problem.places(problem.claim.value, trial):
        expected = arithmetic.inexact(mixed_slope(value[i][j], order))
        terms = []
        for wrt_places in product(places, repeat=order):
            arithmetic.tick()
            term = arithmetic.inexact(answer((i, j), wrt_places))
            for direction, place in zip(directions, wrt_places, strict=True):
                term = arithmetic.mul(term, direction[place])
            terms.append(arithmetic.inexact(term))
        found, scale = sum(terms), sum(map(abs, terms)) + abs(expected)
        if abs(found - expected) > arithmetic.inexact(TOLERANCE) * scale:
            return Disagreement((i, j), expected, found)
    return None


def _directions(places: Sequence[Place], order: int, seed: int) -> list[dict[Place, Fraction]]:
    rng = Random(seed)
    return [
        {place: rng.choice((-1, 1)) * Fraction(rng.randint(50, 100), 64) for place in places}
        for _ in range(order)
    ]

"""The check entry by entry: one entry of the variable at a time carries a perturbation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from dimderiv.verify.arithmetic import (
    ONE,
    ZERO,
    Arithmetic,
    Jet,
    OutOfTime,
    Scalar,
    mixed_slope,
)
from dimderiv.verify.evaluate import Evaluator
from dimderiv.verify.motion import Place
from dimderiv.verify.problem import Answer, Problem, Trial
from dimderiv.verify.tables import Table

AGREED_DIGITS = 30
WORKING_DIGITS = 60
DOUBTFUL_DIGITS = 200
SURPLUS_DIGITS = 40


@dataclass
class Progress:
    """How far a point was checked.

    Attributes:
        compared: how many entries of the derivative agreed.
        rational: whether all of them agreed as rationals.
        complete: whether none is left.
    """

    compared: int = 0
    rational: bool = True
    complete: bool = False


def check_entries(problem: Problem, trial: Trial) -> Progress:
    """Compare every entry of the derivative at one point.

    Args:
        problem: the claim.
        trial: the point, with an exact arithmetic.

    Returns:
        How far it got before the deadline.

    Raises:
        VerificationError: an entry differs.
        OutOfDomain: the expression or the answer has no derivative or value here.
    """
    progress = Progress()
    try:
        base = problem.base(trial)
        answer = problem.answer(base, trial)
        places = problem.places(problem.wrt_shape, trial)
        for wrt_places in product(places, repeat=problem.claim.order):
            trial.arithmetic.tick()
            _check_column(problem, trial, base, answer, wrt_places, progress)
    except OutOfTime:
        return progress
    progress.complete = True
    return progress


def _check_column(
    problem: Problem,
    trial: Trial,
    base: Evaluator,
    answer: Answer,
    wrt_places: Sequence[Place],
    progress: Progress,
) -> None:
    value = problem.varied(base, trial, _moved(problem, trial, wrt_places))
    for i, j in problem.places(problem.claim.value, trial):
        expected = mixed_slope(value[i][j], problem.claim.order)
        found = answer((i, j), wrt_places)
        progress.rational &= type(expected) is Fraction and type(found) is Fraction
        if not agree(trial.arithmetic, expected, found):
            _confirm(problem, trial, ((i, j), wrt_places), (expected, found))
        progress.compared += 1


def _moved(problem: Problem, trial: Trial, places: Sequence[Place]) -> dict[str, Table]:
    return problem.moved(trial, [{place: ONE} for place in places])


def perturbed(arithmetic: Arithmetic, table: Table, places: Sequence[Place]) -> Table:
    """A copy of a table in which one entry for each level carries a perturbation.

    Args:
        arithmetic: the arithmetic of the entries.
        table: the entries at the point.
        places: the perturbed entry of level 1, 2, ...
    """
    result = [list(row) for row in table]
    for level, (p, q) in enumerate(places, start=1):
        result[p][q] = arithmetic.add(result[p][q], Jet(level, ZERO, ONE))
    return result


def agree(arithmetic: Arithmetic, expected: Scalar, found: Scalar) -> bool:
    """Whether two numbers are equal, as rationals or to 30 digits.

    Args:
        arithmetic: the arithmetic they come from.
        expected: a number.
        found: a number.
    """
    if type(expected) is Fraction and type(found) is Fraction:
        return expected == found
    a, b = arithmetic.inexact(expected), arithmetic.inexact(found)
    return bool(abs(a - b) <= max(abs(a), abs(b)) / 10**AGREED_DIGITS)


def is_rounding(arithmetic: Arithmetic, before: Sequence[Scalar], after: Sequence[Scalar]) -> bool:
    """Whether numbers all but vanished when they were computed with more digits.

    Args:
        arithmetic: the arithmetic with more digits.
        before: the numbers with few digits.
        after: the same numbers with more.
    """
    few, more = (max(abs(arithmetic.inexact(x)) for x in xs) for xs in (before, after))
    return bool(more <= few / 10**SURPLUS_DIGITS)


def _confirm(
    problem: Problem,
    trial: Trial,
    entry: tuple[Place, Sequence[Place]],
    before: tuple[Scalar, Scalar],
) -> None:
    """Raise the disagreement, unless it was rounding: more digits show that."""
    (i, j), wrt_places = entry
    precise = Arithmetic(DOUBTFUL_DIGITS, trial.arithmetic.deadline)
    again = replace(trial, arithmetic=precise)
    base = problem.base(again)
    varied = problem.varied(base, again, _moved(problem, again, wrt_places))
    expected = mixed_slope(varied[i][j], problem.claim.order)
    found = problem.answer(base, again)((i, j), wrt_places)
    if agree(precise, expected, found) or is_rounding(precise, before, (expected, found)):
        return
    raise problem.disagreement(trial, problem.label((i, j), wrt_places), expected, found)

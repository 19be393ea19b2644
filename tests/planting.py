"""What becomes of an answer, of code or of a check while a mutant is in place."""

import signal
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import numpy as np
from faults import Case, checked, unchecked
from mutants import Mutant, forget, functions, lines_run, mutants
from numeric import Point, results_of
from strategies import SIZES, Problem

import dimderiv
from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import DimderivError, ShapeError, VerificationError

T = TypeVar("T")
Lines = set[tuple[str, int]]

PACKAGE = Path(dimderiv.__file__).parent
SECONDS = 0.5
ASSIGNMENTS: Sequence[Mapping[str, int]] = (
    defaultdict(lambda: 3, SIZES),
    defaultdict(lambda: 3, H=5, L=5),
    defaultdict(lambda: 1),
)


class HangsError(BaseException):
    """A mutant that does not come to an end."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise what nothing catches, once some time is over."""

    def stop(*_: object) -> None:
        raise HangsError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def runs_of(cases: Sequence[T], work: Callable[[T], object]) -> dict[T, Lines]:
    """The lines that run while something is done with each case."""

    def afresh(case: T) -> object:
        forget()
        return work(case)

    return {case: lines_run(lambda case=case: afresh(case)) for case in cases}  # type: ignore[misc]


def shuffled(module: str, runs: Mapping[T, Lines]) -> Iterator[tuple[Mutant, list[T]]]:
    """The mutants of lines that cases run, in an order of their own, with these cases.

    Args:
        module: where the mutants are.
        runs: the lines that each case runs.
    """
    file = str(PACKAGE.joinpath(*module.split(".")).with_suffix(".py"))
    found = [
        (mutant, cases)
        for name, function in functions(module)
        for mutant in mutants(name, function)
        if (cases := [case for case, lines in runs.items() if (file, mutant.line) in lines])
    ]
    Random(module).shuffle(found)
    return (each for each in found if each[0].compiles)


@cache
def right(case: Case) -> Derivation:
    """The derivation without a fault."""
    return checked(case)


def texts(derivation: Derivation) -> list[str]:
    """The derivatives as they are printed."""
    return [result.text() for result in results_of(derivation)]


def answer(mutant: Mutant, case: Case) -> str:
    """What becomes of an answer.

    Returns:
        `caught` by the check; `refused`, `crash`, `hangs` or `unchecked`, which nobody overlooks;
        `same` or `right`, though written otherwise; `wrong` if it passes and is not right.
    """
    expected = texts(right(case))
    with mutant.planted():
        try:
            with limited(SECONDS):
                found = unchecked(case)
                written = texts(found)
                if written == expected:
                    return "same"
                verification = found.verified(budget=60).verification
        except (VerificationError, ShapeError):
            return "caught"
        except DimderivError:
            return "refused"
        except HangsError:
            return "hangs"
        except Exception:
            return "crash"
    if verification is None or verification.level == "unchecked":
        return "unchecked"
    return "right" if _mean_the_same(case, written) else "wrong"


def _problem(case: Case) -> Problem:
    typed = right(case).typed
    shapes = {
        name: " ".join([str(each.shape), *each.properties]) for name, each in typed.symbols.items()
    }
    return Problem(case.expression, shapes, right(case).wrt)


def _mean_the_same(case: Case, written: Sequence[str]) -> bool:
    """Whether answers have the values of the right ones."""
    derivation = right(case)
    for seed in range(2):
        point = Point.of(_problem(case), derivation.typed, seed)
        for result, text in zip(results_of(derivation), written, strict=True):
            wanted = point.written(result.text(), derivation, result)
            if not _close(wanted, point.written(text, derivation, result)):
                return False
    return True


def code(mutant: Mutant, case: Case) -> str:
    """What becomes of numpy code, as `answer` says it.

    Whether code that passes is right is seen where sizes are different, equal and 1.
    """
    expected = right(case).code(value=True)
    with mutant.planted():
        try:
            with limited(SECONDS):
                fresh = replace(right(case))
                written, function = fresh.code(value=True), fresh.function(value=True)
        except VerificationError:
            return "caught"
        except DimderivError:
            return "refused"
        except HangsError:
            return "hangs"
        except Exception:
            return "crash"
    if written == expected:
        return "same"
    return "right" if _return_the_same(case, function) else "wrong"


def _return_the_same(case: Case, function: Callable[..., Any]) -> bool:
    """Whether code returns what the right code returns."""
    derivation = right(case)
    expected = derivation.function(value=True)
    for seed, sizes in enumerate(ASSIGNMENTS):
        point = Point.of(_problem(case), derivation.typed, seed, sizes)
        with np.errstate(all="ignore"):
            wanted = _flat(expected(**point.arguments(derivation)))
            try:
                with limited(SECONDS):
                    found = _flat(function(**point.arguments(derivation)))
            except (Exception, HangsError):
                return False
        if [each.shape for each in wanted] != [each.shape for each in found]:
            return False
        if not all(map(_close, wanted, found)):
            return False
    return True


def _close(one: Any, other: Any) -> bool:
    return bool(np.allclose(one, other, 1e-6, 1e-9, equal_nan=True))


def _flat(returned: Any) -> list[Any]:
    if not isinstance(returned, tuple):
        return [np.asarray(returned)]
    return [array for each in returned for array in _flat(each)]


def check(mutant: Mutant, passes: Callable[[], str], expected: str) -> str:
    """What becomes of a check: `caught` where its outcome is another one.

    Args:
        mutant: in the verifier.
        passes: the check of one claim; says its outcome.
        expected: its outcome without a fault.
    """
    with mutant.planted():
        try:
            with limited(SECONDS):
                return "same" if passes() == expected else "caught"
        except (Exception, HangsError):
            return "caught"

"""One race: all contenders on one case and size, checked before they are timed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks import (
    chains,
    curvatures,
    gaussians,
    layers,
    losses,
    matrices,
    nets,
    recurrent,
    regressions,
    second,
    tensors,
    transformers,
)  # fmt: skip
from benchmarks.case import Array, Case
from benchmarks.contenders import Field, Work, as_arrays, forms_by_hand
from benchmarks.timing import Effort, Times, interleaved

CASES: tuple[Case, ...] = (
    *regressions.CASES, *nets.CASES, *matrices.CASES, *layers.CASES, *second.CASES,
    *tensors.CASES, *losses.CASES, *gaussians.CASES, *transformers.CASES, *recurrent.CASES,
    *chains.CASES, *curvatures.CASES,
)  # fmt: skip
SIZES = ("small", "medium", "large")
TOLERANCE = 1e-8
LIMIT = "BLAS alone"


@dataclass(frozen=True)
class Row:
    """What was measured of a case at one size.

    Attributes:
        case: the case.
        size: the name of the size.
        best: the closed form that was the fastest.
        times: the times of all.
        contenders: those that took part.
    """

    case: Case
    size: str
    best: str
    times: Times
    contenders: Sequence[str]

    def ratio(self, name: str) -> float | None:
        """The time of a contender over that of the best closed form; nothing if it is absent."""
        if name not in self.times.samples:
            return None
        return self.times.ratio(name, self.best)


def races(field: Field, only: str, sizes: Sequence[str], effort: Effort) -> Iterator[Row]:
    """Race after race.

    Args:
        field: who takes part.
        only: a part of the names of the cases that are wanted.
        sizes: the sizes that are wanted.
        effort: how long to measure.

    Raises:
        AssertionError: a contender computes something else than the closed forms.
    """
    for case in CASES:
        if only in f"{case.name} {case.kind}":
            for size in sizes:
                yield race(field, case, size, effort)


def race(field: Field, case: Case, size: str, effort: Effort) -> Row:
    """Check and time all contenders.

    Args:
        field: who takes part.
        case: the case.
        size: the name of the size.
        effort: how long to measure.

    Raises:
        AssertionError: a contender computes something else than the first closed form.
    """
    arrays = case.drawn(size)
    works: dict[str, Work] = {}
    for name, form in forms_by_hand(case).items():
        works[f"by hand: {name}"] = partial(form, **arrays)
    by_hand = tuple(works)
    for name, maker in field.makers.items():
        work = None if name in case.without else maker(case, arrays)
        if work is not None:
            works[name] = work
    wanted = as_arrays(works[by_hand[0]]())
    for name, work in works.items():
        assert_equal(f"{name}, {case.name} {case.kind}, {size}", work(), wanted)
    if case.limit is not None:
        works[LIMIT] = case.limit(**arrays)
    times = interleaved(works, effort)
    contenders = [name for name in field.makers if name in works]
    return Row(case, size, min(by_hand, key=times.median), times, contenders)


def assert_equal(name: str, result: Any, wanted: tuple[Array, ...]) -> None:
    """Refuse to time what computes something else.

    Args:
        name: who computed it, and what.
        result: what was returned.
        wanted: what the first closed form returned.

    Raises:
        AssertionError: they differ in number, shape or entries.
    """
    found = as_arrays(result)
    assert len(found) == len(wanted), f"{name}: {len(found)} arrays, not {len(wanted)}"
    for one, other in zip(found, wanted, strict=True):
        assert one.shape == other.shape, f"{name}: shape {one.shape}, not {other.shape}"
        scale = max(float(np.abs(other).max()), 1e-300)
        error = float(np.abs(one - other).max()) / scale
        assert error <= TOLERANCE, f"{name}: differs by {error:.1e} of the largest entry"

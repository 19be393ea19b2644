"""Times that can be compared on a machine that does other things too: interleaved, and medians."""

import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Work = Callable[[], Any]

# So many calls say how long one takes: the very first one may wake up threads of a library.
FIRST = 3


@dataclass(frozen=True)
class Effort:
    """How long is measured.

    Attributes:
        sample: seconds that one sample lasts at least; quick work is repeated.
        budget: seconds for all rounds together.
        rounds: how many rounds there are at least, and at most.
        slow: seconds of one call beyond which a contender takes part in fewer rounds.
    """

    sample: float = 1e-3
    budget: float = 2.5
    rounds: tuple[int, int] = (5, 200)
    slow: float = 0.1

    def rounds_of(self, call: float) -> int:
        """How many rounds a contender takes part in, by the seconds of one call."""
        least, most = self.rounds
        return most if call < self.slow else max(1, min(least, int(self.budget / call)))


QUICK = Effort(sample=1e-4, budget=0.02, rounds=(1, 2))


@dataclass(frozen=True)
class Times:
    """The seconds that each piece of work took, round by round."""

    samples: Mapping[str, list[float]] = field(default_factory=dict)

    def median(self, name: str) -> float:
        """The median time of one call."""
        return statistics.median(self.samples[name])

    def ratio(self, name: str, reference: str) -> float:
        """The median of the ratios within the rounds: what else the machine did cancels."""
        pairs = zip(self.samples[name], self.samples[reference], strict=False)
        return statistics.median(one / other for one, other in pairs)


def seconds(work: Work, calls: int = 1) -> float:
    """The time of one call, on average of some."""
    start = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - start) / calls


def interleaved(works: Mapping[str, Work], effort: Effort) -> Times:
    """Measure all in turn, round by round, in an order that changes: none has a fixed neighbour.

    Args:
        works: the work of each contender; each has been called before, so that it is compiled.
        effort: how long to measure.
    """
    once = {name: min(seconds(work) for _ in range(FIRST)) for name, work in works.items()}
    calls = {name: max(1, round(effort.sample / max(once[name], 1e-7))) for name in works}
    samples: dict[str, list[float]] = {name: [] for name in works}
    least, most = effort.rounds
    turns = {name: effort.rounds_of(call) for name, call in once.items()}
    names, order, start = list(works), random.Random(0), time.perf_counter()
    gc.collect()
    gc.disable()
    try:
        for turn in range(most):
            for name in order.sample(names, len(names)):
                if turn < turns[name]:
                    samples[name].append(seconds(works[name], calls[name]))
            if turn + 1 >= least and time.perf_counter() - start > effort.budget:
                break
    finally:
        gc.enable()
    return Times(samples)


def median(work: Work, rounds: int = 5) -> float:
    """The median time of some work by itself."""
    return statistics.median(seconds(work) for _ in range(rounds))

"""Search for what is wrong: `python -m tests.search --count 1000 --seed 1`."""

import argparse
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NoReturn

from .judge import Finding, Judge, place
from .problems import Problem, random_problems, systematic
from .shrink import shrunk

# Seconds of the processor's time for one problem: derived, written, run and checked.
LONG, LONGEST = 10, 60
UNSHRUNK = ("slow", "hangs")


class TooSlowError(BaseException):
    """The time for a problem is over; nothing inside may catch it."""


def mixed(seed: int) -> Iterator[Problem]:
    """Two systematic problems, then a random one, and so on."""
    ordered, random = systematic(seed), random_problems(seed)
    while True:
        yield from islice(ordered, 2)
        yield next(random)


def judged(problem: Problem, judge: Judge) -> list[Finding]:
    """What is found of a problem; that it takes long is a finding too."""
    started = time.process_time()
    try:
        with limited(LONGEST):
            found = judge.findings(problem)
    except TooSlowError as error:
        return [Finding(problem, "hangs", place(error), f"over {LONGEST} s")]
    if (seconds := time.process_time() - started) > LONG:
        found.append(Finding(problem, "slow", problem.mode, f"{seconds:.0f} s"))
    return found


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Interrupt what takes more of the processor's time."""

    def stop(*_: object) -> NoReturn:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def main() -> int:
    """Run the search; the exit status is 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0, help="the number of the first problem")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--targets", default="numpy", help="such as numpy,torch,jax,array_api")
    parser.add_argument("--no-check", action="store_true", help="do not judge the check")
    parser.add_argument("--no-prose", action="store_true", help="write no LaTeX and no steps")
    parser.add_argument("--no-shrink", action="store_true", help="leave findings as they are")
    given = parser.parse_args()
    judge = Judge(
        given.targets.split(","),
        check=not given.no_check,
        prose=not given.no_prose,
        seed=given.seed,
    )
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    begin, count = time.monotonic(), 0
    for problem in islice(mixed(given.seed), given.start, given.start + given.count):
        if time.monotonic() - begin > given.seconds:
            break
        count += 1
        for finding in judged(problem, judge):
            group = groups[finding.kind, finding.cause]
            if len(group) < 3 and finding.kind not in UNSHRUNK and not given.no_shrink:
                finding = shrunk(finding, judge)
            group.append(finding)
            print(finding, flush=True)
    summary(groups, judge, count, time.monotonic() - begin)
    return 1 if groups else 0


def summary(
    groups: dict[tuple[str, str], list[Finding]], judge: Judge, count: int, seconds: float
) -> None:
    """Print how many findings of each kind there are, and the shortest of each."""
    print(
        f"\n{count} problems in {seconds:.0f} s: {judge.compared} comparisons, "
        f"{judge.skipped} points skipped, {sum(map(len, groups.values()))} findings"
    )
    kinds = Counter({key: len(group) for key, group in groups.items()})
    for key, number in kinds.most_common():
        shortest = min(groups[key], key=lambda finding: len(finding.problem.source))
        print(f"{number:5} {shortest}")


if __name__ == "__main__":
    sys.exit(main())

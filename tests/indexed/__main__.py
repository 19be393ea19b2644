"""Search for what is wrong: `python -m tests.indexed --count 20000 --seed 1`."""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from .judge import Finding, findings  # noqa: E402  numeric is found only on this path
from .problems import Problem, problems  # noqa: E402
from .sheets import sheet_problems  # noqa: E402


def mixed(seed: int) -> Iterator[Problem]:
    """Three index statements, then a matrix that is cut and put together, and so on."""
    statements, sheets = problems(seed), sheet_problems(seed)
    while True:
        yield from islice(statements, 3)
        yield next(sheets)


def main() -> int:
    """Run the search; the exit status is 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0, help="the number of the first problem")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--check", action="store_true", help="run the check of dimderiv too")
    parser.add_argument("--prose", action="store_true", help="write LaTeX and steps too")
    given = parser.parse_args()
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    begin, count = time.monotonic(), 0
    for problem in islice(mixed(given.seed), given.start, given.start + given.count):
        if time.monotonic() - begin > given.seconds:
            break
        count += 1
        for finding in findings(problem, given.check, given.prose):
            groups[finding.kind, finding.cause].append(finding)
    for group in sorted(groups.values(), key=len, reverse=True):
        print(f"{len(group):5} {min(group, key=lambda each: len(each.problem.source))}")
    found = sum(map(len, groups.values()))
    print(f"{count} problems in {time.monotonic() - begin:.0f} s, {found} findings")
    return 1 if groups else 0


if __name__ == "__main__":
    sys.exit(main())

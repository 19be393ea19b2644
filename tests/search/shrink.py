"""A finding made smaller: parts are dropped as long as the same is found."""

import time
from collections.abc import Iterator
from dataclasses import replace

from .judge import Finding, Judge
from .problems import BY_SHAPE, Part, Problem

SECONDS = 15.0


def shrunk(finding: Finding, judge: Judge) -> Finding:
    """The smallest finding of the same kind that is met within some seconds."""
    quiet = replace(judge, check=judge.check and finding.kind in NEEDS_CHECK)
    quiet.targets = [t for t in judge.targets if f"code {t}" in finding.kind]
    quiet.prose = finding.kind.startswith(("latex", "steps"))
    end = time.monotonic() + SECONDS
    smaller = True
    while smaller and time.monotonic() < end:
        smaller = False
        for problem in candidates(finding.problem):
            if time.monotonic() > end:
                break
            same = [f for f in quiet.findings(problem) if matches(f, finding)]
            if same:
                finding, smaller = same[0], True
                break
    return finding


NEEDS_CHECK = ("withheld", "unchecked", "passes", "check crash")


def matches(one: Finding, other: Finding) -> bool:
    """Whether two findings are of one kind; a wrong text stays one whatever its numbers."""
    return one.kind == other.kind and one.cause == other.cause


def candidates(problem: Problem) -> Iterator[Problem]:
    """Smaller problems, those that lose most first."""
    if problem.names:
        yield replace(problem, names=())
    if len(problem.wrt) > 1:
        for name in problem.wrt:
            yield replace(problem, wrt=(name,))
    for part in smaller(problem.part):
        left = {each.text for each in part.parts()}
        wrt = tuple(name for name in problem.wrt if name in left)
        if wrt:
            yield replace(problem, part=part, wrt=wrt)


def smaller(part: Part) -> Iterator[Part]:
    """A part with something in it replaced by less."""
    if part.named:
        yield replace(part, named=False)
    if part.operands and part.shape[0] != "?":
        for inner in part.parts():
            if inner is not part and inner.shape == part.shape:
                yield inner
        if not (len(part.operands) == 1 and not part.operands[0].operands and part.text == "{}'"):
            yield from (Part(name, part.shape) for name in BY_SHAPE.get(part.shape, ())[:2])
    for place, operand in enumerate(part.operands):
        for less in smaller(operand):
            operands = (*part.operands[:place], less, *part.operands[place + 1 :])
            yield replace(part, operands=operands)

"""When two steps say the same of other things: a net has many layers, and one is explained."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

from dimderiv.explain.record import Step
from dimderiv.language import Dim, Name

StepPattern: TypeAlias = tuple[object, ...]

# Layers of so many steps are recognised, and so many steps must be left to leave them out.
MOST_REPEATED = 40
FEWEST = 6


def pattern(step: Step) -> StepPattern:
    """What a step says, with a number for each name in place of it.

    What is told only where a name or a rule occurs for the first time does not count.
    """
    return tuple(_flat(step, {}))


def repeated(patterns: Sequence[StepPattern], start: int) -> tuple[int, int]:
    """How many steps from a place on repeat those just before it, which repeat others already.

    Args:
        patterns: what the steps say.
        start: the place.

    Returns:
        After how many steps they repeat, and how many there are; none where it is only a few.
    """
    for period in range(1, start // 2 + 1):
        again = patterns[start - period : start]
        if period > MOST_REPEATED:
            break
        if patterns[start - 2 * period : start - period] != again:
            continue
        end = start
        while patterns[end : end + period] == again:
            end += period
        if end - start >= max(FEWEST, 2 * period):
            return period, end - start
    return 0, 0


def _flat(part: Any, numbers: dict[str, int]) -> Iterator[object]:
    """The leaves of a record, names numbered as they occur, each group with its length."""
    match part:
        case Name(name):
            yield "name", numbers.setdefault(name, len(numbers))
        case Dim(monomials):
            for monomial, coefficient in monomials:
                found = tuple(numbers.setdefault(f"size {name}", len(numbers)) for name in monomial)
                yield "size", found, coefficient
        case Mapping():
            yield from _flat(tuple(part.items()), numbers)
        case tuple():
            yield len(part)
            for each in part:
                yield from _flat(each, numbers)
        case _ if is_dataclass(part):
            yield type(part).__name__
            for field in fields(part):
                if field.compare:
                    yield from _flat(getattr(part, field.name), numbers)
        case _:
            yield str(part)

"""What a computation costs, and which of its branches it takes."""

import time
from dataclasses import dataclass, field
from math import inf


class OutOfTime(Exception):  # noqa: N818
    """The budget is used up: of operations, or in the last resort of time."""


@dataclass
class Effort:
    """What a computation has cost, and what it may cost.

    Operations are counted, so that the same computation comes as far on a slow machine.

    Attributes:
        most: how many operations there may be.
        deadline: the time, by `time.perf_counter`, at which it ends in any case.
        spent: how many operations there were.
    """

    most: float = inf
    deadline: float = inf
    spent: int = 0

    def check(self) -> None:
        """Raise `OutOfTime` where the budget is used up."""
        if self.spent > self.most or time.perf_counter() > self.deadline:
            raise OutOfTime


@dataclass
class Branches:
    """On which sides the operations that branch have been.

    Attributes:
        site: the operation that is being evaluated, by the identity of its node.
        outcomes: those of the comparisons of each operation, in order.
        ties: the operations whose largest or least operand was attained more than once.
        inside: the parts of arrays of which some entry was in its array.
    """

    site: int = 0
    outcomes: dict[int, list[int]] = field(default_factory=dict)
    ties: set[int] = field(default_factory=set)
    inside: set[int] = field(default_factory=set)

    def note(self, side: int) -> None:
        """Note an outcome of the operation that is being evaluated."""
        self.outcomes.setdefault(self.site, []).append(side)

    @property
    def sides(self) -> dict[int, set[int]]:
        """The outcomes of each operation, each once."""
        return {site: {*outcomes} for site, outcomes in self.outcomes.items()}

"""What a check of generated code reports."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CodeCheck:
    """What was compared of generated code with the answer; there is one only if nothing disagreed.

    Attributes:
        points: at how many points.
        entries: how many entries.
        sizes: the sizes of the named dimensions at these points.
    """

    points: int
    entries: int
    sizes: tuple[dict[str, int], ...]

    def __str__(self) -> str:
        if not self.points:
            return "the code was not compared with the answer: no point was found for it"
        entries = "1 entry" if self.entries == 1 else f"{self.entries} entries"
        points = "1 point" if self.points == 1 else f"{self.points} points"
        return f"the code agrees with the answer in {entries} at {points}"


def all_together(checks: Sequence[CodeCheck]) -> CodeCheck:
    """One report of several checks, with the sizes of the one that saw the fewest points.

    Args:
        checks: at least one.
    """
    least = min(checks, key=lambda check: check.points)
    return CodeCheck(least.points, sum(check.entries for check in checks), least.sizes)

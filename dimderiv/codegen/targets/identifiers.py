"""The names in generated code: of symbols, sizes, definitions and parts that repeat."""

import keyword
from collections.abc import Collection, Iterable
from itertools import count


class Identifiers:
    """Names of Python that are taken.

    Args:
        taken: names that the code itself needs.

    >>> names = Identifiers(["np"])
    >>> names.new("lambda"), names.new("X"), names.new("X")
    ('lambda_', 'X', 'X_')
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = {*keyword.kwlist, *taken}
        self._numbers = count(1)

    def new(self, name: str) -> str:
        """The name, with as many underscores after it as are needed to set it apart."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def copy(self) -> "Identifiers":
        """The same names, to which others are added apart."""
        return Identifiers(self.taken)

    def temporary(self, reserved: Collection[str] = ()) -> str:
        """A name for a part that has none: `t1`, `t2`, and so on.

        Args:
            reserved: names that will be taken later.
        """
        names = (f"t{number}" for number in self._numbers)
        free = (name for name in names if name not in self.taken and name not in reserved)
        return self.new(next(free))

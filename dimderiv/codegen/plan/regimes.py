"""Numbers that depend on sizes: entries and costs, by which a plan is chosen.

A plan is made for several sizes at once.  Where it is chosen between two ways, the first sizes
decide; those at which the decision would be another one are left out.  What remains at the end are
the sizes at which the same plan would have been made.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from typing import TypeVar

from dimderiv.language import Dim

SMALL, MEDIUM, LARGE = 8, 100, 1500
LEVELS = (SMALL, 30, MEDIUM, 400, LARGE)
# How many names get sizes of their own.
MOST_APART = 7
# Multiples of the roots of primes, less their whole parts, are spread evenly together.
PRIMES = (2, 3, 5, 7, 11, 13, 17)
MOST_SCATTERED = 128

T = TypeVar("T")


class Sizes:
    """Sizes of axes as numbers.

    Args:
        named: a number for each name.
    """

    def __init__(self, named: Mapping[str, int]) -> None:
        self.named = named
        self._known: dict[Dim, int] = {}

    def __getitem__(self, dim: Dim) -> int:
        found = self._known.get(dim)
        if found is None:
            names = {name: self.named.get(name, MEDIUM) for name in dim.names}
            found = self._known[dim] = max(1, dim.evaluate(names))
        return found

    def entries(self, dims: Iterable[Dim]) -> int:
        """The number of entries of an array with these axes."""
        total = 1
        for dim in dims:
            total *= self[dim]
        return total


def regimes(names: Iterable[str]) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    """Sizes at which plans are compared: all medium, then each name small or large by itself.

    Then come small and large ones together, such that of any three names all eight ways occur: the
    rows of a Hadamard matrix and of its negative.  Of very many names some are always alike.

    Args:
        names: the named sizes.
    """
    group = {name: k % MOST_APART for k, name in enumerate(sorted(names))}
    if len(group) < 2:
        return [dict.fromkeys(group, MEDIUM)], []
    every = range(min(len(group), MOST_APART))
    alone = [{each: size} for each in every for size in (SMALL, LARGE)]
    together = [
        {each: sizes[(row & (each + 1)).bit_count() % 2] for each in every}
        for sizes in ((SMALL, LARGE), (LARGE, SMALL))
        for row in range(1 << len(every).bit_length())
    ]
    first, more = (
        [{name: sizes.get(group[name], MEDIUM) for name in group} for sizes in varied]
        for varied in ([{}, *alone], together)
    )
    return first, more


def scattered(names: Iterable[str]) -> list[dict[str, int]]:
    """Sizes at which plans are compared that are there: many, each name at each level.

    Args:
        names: the named sizes.
    """
    roots = {name: sqrt(PRIMES[k % MOST_APART]) for k, name in enumerate(sorted(names))}
    return [
        {name: LEVELS[int(len(LEVELS) * (count * root % 1))] for name, root in roots.items()}
        for count in range(1, MOST_SCATTERED + 1)
    ]


class Regimes:
    """The sizes that a plan is made for.

    Args:
        every: a number for each named size, several times; the first ones decide.

    Attributes:
        others: those of the other sizes at which everything was decided alike.
    """

    def __init__(self, every: Iterable[Mapping[str, int]]) -> None:
        self.every = list(map(Sizes, every))
        self.first, *self.others = self.every

    def decided(self, test: Callable[[Sizes], T]) -> T:
        """What is decided at the first sizes."""
        found = test(self.first)
        if self.others:
            self.others = [sizes for sizes in self.others if test(sizes) == found]
        return found

    def least(self, amounts: Sequence["Amount"]) -> int:
        """The place of the smallest of some numbers."""

        def place(sizes: Sizes) -> int:
            numbers = [amount.at(sizes) for amount in amounts]
            return numbers.index(min(numbers))

        return self.decided(place) if len(amounts) > 1 else 0

    @property
    def left_out(self) -> list[Mapping[str, int]]:
        """The sizes at which something was decided in another way."""
        return [sizes.named for sizes in self.every[1:] if sizes not in self.others]

    def __getitem__(self, dim: Dim) -> "Amount":
        return Amount(self, lambda sizes: sizes[dim])

    def entries(self, dims: Iterable[Dim]) -> "Amount":
        """The number of entries of an array with these axes."""
        axes = tuple(dims)
        return Amount(self, lambda sizes: sizes.entries(axes))


class Amount:
    """A number at each of several sizes, which is compared at the first of them.

    Args:
        regimes: the sizes.
        at: gives the number at certain sizes.

    >>> both = Regimes([{"m": 2, "n": 3}, {"m": 9, "n": 3}])
    >>> both[Dim.of("m")] < both[Dim.of("n")]
    True
    >>> both.others
    []
    """

    __slots__ = ("at", "regimes")

    def __init__(self, regimes: Regimes, at: Callable[[Sizes], float]) -> None:
        self.regimes = regimes
        self.at = at

    def __add__(self, other: "Amount | float") -> "Amount":
        at = other.at if isinstance(other, Amount) else lambda _: other
        return Amount(self.regimes, lambda sizes: self.at(sizes) + at(sizes))

    def __mul__(self, factor: float) -> "Amount":
        return Amount(self.regimes, lambda sizes: self.at(sizes) * factor)

    __rmul__ = __mul__

    def __lt__(self, other: "Amount") -> bool:
        return self.regimes.decided(lambda sizes: self.at(sizes) < other.at(sizes))

    def __le__(self, other: "Amount") -> bool:
        return self.regimes.decided(lambda sizes: self.at(sizes) <= other.at(sizes))

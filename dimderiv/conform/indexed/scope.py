"""The letters of one statement: those that are wished for, and others that mean nothing yet."""

from collections.abc import Collection, Iterable, Iterator
from copy import copy
from itertools import count

from dimderiv.conform.indexed.places import Place
from dimderiv.language import Dim, Tree

LETTERS = "ijklpqrstuvabcdefgh"


class Scope:
    """The letters of one statement, each with how many values it has.

    Args:
        taken: names that are no letters, unless the user made them letters.
        sizes: names that are never letters.
        avoided: letters of the user, which stand for nothing else where they need not.
    """

    def __init__(
        self, taken: Collection[str], sizes: Collection[str] = (), avoided: Collection[str] = ()
    ) -> None:
        self.taken, self.sizes, self.avoided = taken, sizes, avoided
        self.ranges: dict[str, Dim] = {}
        self.used: set[str] = set()
        self.alone: set[str] = set()
        self.equal: list[tuple[str, str]] = []
        self.bounded: tuple[tuple[Place, Dim], ...] = ()
        self.names_sums = False

    def term(self) -> "Scope":
        """The letters of one of several terms: what it sums over means nothing in the others."""
        inner = Scope(self.taken, self.sizes, self.avoided)
        inner.ranges, inner.used, inner.equal = self.ranges, set(self.used), self.equal
        inner.bounded, inner.names_sums = self.bounded, self.names_sums
        return inner

    def copy(self) -> "Scope":
        """The same letters, in which more may be named without a trace here."""
        inner = copy(self)
        inner.ranges, inner.equal = dict(self.ranges), [*self.equal]
        inner.used, inner.alone = {*self.used}, {*self.alone}
        return inner

    def take(self, inner: "Scope") -> None:
        """Take what has been named in a copy of this."""
        self.ranges.update(inner.ranges)
        self.equal[:] = inner.equal
        self.used, self.alone = inner.used, inner.alone

    def bounded_by(self, pairs: Iterable[tuple[Place, Dim]]) -> "Scope":
        """The same letters where some positions, with the size of their axes, leave no axis."""
        inner = copy(self)
        inner.bounded = (*self.bounded, *pairs)
        return inner

    def is_within(self, place: Place, dim: Dim) -> bool:
        """Whether a position is known not to leave an axis.

        Args:
            place: the position.
            dim: the size of the axis.
        """
        return place.is_within(dim, self.ranges) or (place, dim) in self.bounded

    def fresh(self, dim: Dim, wishes: Iterable[str] = ()) -> str:
        """A letter that has not been used, one that is wished for where that is possible."""
        name = self.wished(dim, wishes) or next(
            name for name in self._others() if self._is_free(name, dim)
        )
        self.used.add(name)
        self.ranges[name] = dim
        return name

    def wished(self, dim: Dim, wishes: Iterable[str]) -> str | None:
        """The first of some letters that has not been used."""
        return next((w for w in wishes if w not in self.sizes and self._is_free(w, dim)), None)

    def _is_free(self, name: str, dim: Dim) -> bool:
        return name not in self.used and self.ranges.get(name, dim) == dim

    def _others(self) -> Iterator[str]:
        numbered = (f"{letter}{number or ''}" for number in count() for letter in LETTERS)
        gone = {*self.taken, *self.sizes, *self.avoided}
        return (name for name in numbered if name not in gone)

    def is_known(self, letter: str) -> bool:
        """Whether the text says how far a letter runs: it is an index by itself somewhere."""
        known, before = set(self.alone), -1
        while len(known) > before:
            before = len(known)
            for pair in self.equal:
                if known & {*pair}:
                    known.update(pair)
        return letter in known

    def sized(self, letters: Iterable[str]) -> tuple[tuple[str, Tree | None], ...]:
        """Letters, with the size of each that the text says nowhere else."""
        written: list[tuple[str, Tree | None]] = []
        for letter in letters:
            is_known = self.is_known(letter)
            written.append((letter, None if is_known else self.ranges[letter].syntax()))
            self.alone.add(letter)
        return tuple(written)

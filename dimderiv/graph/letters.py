"""Letters of a product: which turn out to be the same, and which hang together."""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeGuard

from dimderiv.graph.nodes import Factor, Index, Merged, Shifted, letters_of
from dimderiv.language import Dim


class Letters:
    """The letters of a product, some of which stand for the same index.

    Args:
        dims: the size of each letter.
    """

    def __init__(self, dims: Iterable[Dim]) -> None:
        self.dims = list(dims)
        self.same: dict[int, Index] = {}
        self.inside: dict[type, set[int]] = {Merged: set(), Shifted: set()}

    def note(self, indices: Iterable[Index]) -> None:
        """Remember which letters stand inside of merged and of shifted indices."""
        for index in indices:
            if not isinstance(index, int):
                self.inside[type(index)].update(letters_of((self.resolved(index),)))

    def resolved(self, index: Index) -> Index:
        """The index in the letters that stand for themselves."""
        if not self.same:
            return index
        while isinstance(index, int) and index in self.same:
            index = self.same[index]
        if isinstance(index, int):
            return index
        letters: list[int] = []
        for letter in index.letters:
            inner = self.resolved(letter)
            letters.extend((inner,) if isinstance(inner, int) else inner.letters)
        return type(index)(tuple(letters))

    def all_resolved(self, indices: tuple[Index, ...]) -> tuple[Index, ...]:
        """Each index in the letters that stand for themselves."""
        return tuple([self.resolved(index) for index in indices]) if self.same else indices

    def unify(self, first: Index, second: Index) -> bool:
        """Make two indices one; false where their letters are not of the same sizes in turn.

        No letter inside of a merged index is a shifted one, and none of a shifted one is merged.
        """
        first, second = self.resolved(first), self.resolved(second)
        if first == second:
            return True
        if isinstance(first, int):
            return self._stands_for(first, second)
        if isinstance(second, int):
            return self._stands_for(second, first)
        sizes = [[self.dims[letter] for letter in index.letters] for index in (first, second)]
        if sizes[0] != sizes[1] or Shifted in (type(first), type(second)):
            return False
        agreed = [self.unify(a, b) for a, b in zip(first.letters, second.letters, strict=True)]
        return all(agreed)

    def _stands_for(self, letter: int, index: Index) -> bool:
        """Let a letter be an index, if that may stand where the letter does."""
        for kind, inside in self.inside.items():
            if letter in inside:
                if not isinstance(index, int) and type(index) is not kind:
                    return False
                inside.update(letters_of((index,)))
        self.same[letter] = index
        return True

    def can_unify(
        self,
        pairs: Sequence[tuple[Index, Index]],
        dims: Sequence[Dim] = (),
        places: Iterable[Index] = (),
    ) -> bool:
        """Whether indices could be made one, each pair in turn."""
        resolved = [(self.resolved(first), self.resolved(second)) for first, second in pairs]
        if are_letters(index for pair in resolved for index in pair):
            return True
        trial = Letters([*self.dims, *dims])
        trial.inside = {kind: set(letters) for kind, letters in self.inside.items()}
        trial.note(places)
        return all(trial.unify(first, second) for first, second in resolved)


def are_letters(indices: Iterable[Index]) -> TypeGuard[tuple[int, ...]]:
    """Whether every index is a single letter.

    Args:
        indices: of an array.
    """
    return {*map(type, indices)} <= {int}


def moved(indices: tuple[Index, ...], first: int) -> tuple[Index, ...]:
    """The indices with letters that are counted from another one.

    Args:
        indices: of an array.
        first: what takes the place of the letter 0.
    """
    if not first:
        return indices
    return tuple([_moved(index, first) for index in indices])


def _moved(index: Index, first: int) -> Index:
    if isinstance(index, int):
        return index + first
    return type(index)(tuple([letter + first for letter in index.letters]))


def components(groups: Iterable[Iterable[int]]) -> list[set[int]]:
    """The letters of groups in sets, of which no group joins two; an empty group is by itself.

    Args:
        groups: letters that hang together, such as those of a factor.
    """
    found: list[set[int]] = []
    for group in groups:
        joined = set(group)
        apart = [other for other in found if other.isdisjoint(joined)]
        if len(apart) < len(found):
            joined.update(*(other for other in found if not other.isdisjoint(joined)))
        found = [*apart, joined]
    return found


def reached(start: Iterable[int], factors: Iterable[Factor]) -> set[int]:
    """The letters that factors join with some letters, directly or through others.

    Args:
        start: the letters.
        factors: of a product.
    """
    reach = set(start)
    joined = components(letters_of(factor.indices) for factor in factors)
    return reach.union(*(letters for letters in joined if letters & reach))


def touching(letters: Collection[int], factors: Iterable[Factor]) -> list[Factor]:
    """The factors that have one of some letters.

    Args:
        letters: the letters.
        factors: of a product.
    """
    wanted = set(letters)
    return [f for f in factors if not wanted.isdisjoint(letters_of(f.indices))]

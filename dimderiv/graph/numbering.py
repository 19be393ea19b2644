"""Numbers for the letters of a product, by where they occur alone: equal products, equal keys.

The letters of the result come first, in its order; the letters that are summed follow in an order
that depends on the factors they occur in, not on how they were numbered before.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from dimderiv.graph.letters import components
from dimderiv.graph.nodes import ONCE, Factor, Index, Key, digest, is_skew, letters_of
from dimderiv.language import Dim

# What stands at a letter, and the colours of the letters beside it.
Surroundings: TypeAlias = tuple[tuple[Key, str, tuple[int, ...]], ...]


def all_indices(factors: Iterable[Factor]) -> tuple[Index, ...]:
    """The indices of factors, one after the other."""
    indices: tuple[Index, ...] = ()
    # There are few factors; joined like this they take a third of the time of a list.
    for factor in factors:
        indices += factor.indices
    return indices


class LetterPattern(NamedTuple):
    """How the letters of a product lie, whatever its factors are.

    Attributes:
        letters: each letter once, those of the result first.
        shown: how many of them the result has.
        is_counted: whether they are numbered in this order.
        is_covered: whether each is the index of an axis of some factor.
        comes_apart: whether some factors share no letter with the rest, and so are a scalar.
    """

    letters: tuple[int, ...]
    shown: int
    is_counted: bool
    is_covered: bool
    comes_apart: bool


def pattern_of(factors: Iterable[Factor], result: tuple[Index, ...]) -> LetterPattern:
    """How the letters of a product lie."""
    return _pattern(tuple([factor.indices for factor in factors]), result)


# Products are laid out in few ways; the factors themselves are no part of this.  That a shifted
# index is taken for a merged one with the same letters makes no difference.
@lru_cache(maxsize=4096)
def _pattern(places: tuple[tuple[Index, ...], ...], result: tuple[Index, ...]) -> LetterPattern:
    groups = [letters_of(indices) for indices in places]
    letters = tuple(dict.fromkeys((*letters_of(result), *chain.from_iterable(groups))))
    shown = set(letters_of(result))
    joined = components(groups)
    inner = [group for group in joined if group and not group & shown]
    return LetterPattern(
        letters,
        len(shown),
        letters == tuple(range(len(letters))),
        set(chain.from_iterable(places)).issuperset(letters),
        bool(inner) and (bool(result) or len(joined) > 1),
    )


def numbered(
    factors: tuple[Factor, ...], result: tuple[Index, ...], pattern: LetterPattern
) -> tuple[tuple[Factor, ...], tuple[Index, ...], Sequence[int]]:
    """The factors and the result with numbered letters, and the letters in their order."""
    letters, outer = pattern.letters, pattern.shown
    if pattern.is_counted and len(letters) < outer + 2:
        return factors, result, letters
    order, inner = [*letters[:outer]], [*letters[outer:]]
    order += inner if len(inner) < 2 else _Classes(factors, order, inner).in_order()
    place = {letter: k for k, letter in enumerate(order)}
    moved = []
    for node, indices, power in factors:
        places = [renamed(index, place) for index in indices]
        if len(places) == 2 and node.symmetric:
            places.sort(key=reading_order)
        moved.append(Factor(node, tuple(places), power))
    return tuple(moved), tuple([renamed(index, place) for index in result]), order


def product_key(
    coefficient: Fraction,
    factors: tuple[Factor, ...],
    result: tuple[Index, ...],
    dims: Sequence[Dim],
    *,
    is_covered: bool = False,
) -> Key:
    """The key of a product with numbered letters, whatever the order of its factors."""
    parts = [
        (node.key, repr(indices), *((1, 1) if power is ONCE else power.as_integer_ratio()))
        for node, indices, power in factors
    ]
    parts.sort()
    # The axis of a merged index fixes only what the sizes of its letters make together.
    seen = () if is_covered else all_indices(factors)
    bare = () if is_covered else enumerate(dims)
    sizes = [dim.monomials for letter, dim in bare if letter not in seen]
    ratio = (1, 1) if coefficient is ONCE else coefficient.as_integer_ratio()
    return digest("product", ratio, parts, result, sizes)


def renamed(index: Index, place: Mapping[int, int]) -> Index:
    """An index with other numbers for its letters."""
    if isinstance(index, int):
        return place[index]
    return type(index)(tuple([place[letter] for letter in index.letters]))


class LetterPlace(NamedTuple):
    """A factor at a letter: key, power, all its letters, and whether its transpose is the same."""

    key: Key
    power: str
    letters: tuple[int, ...]
    either_way: bool


class _Classes:
    """Inner letters in classes, which are told apart by what stands at their letters.

    The colour of a class is the place of its first letter in the order.  Once a class comes apart,
    only the letters beside all of its parts but one can be told apart by that: so a long chain
    takes time in proportion.
    """

    def __init__(self, factors: Iterable[Factor], order: list[int], inner: list[int]) -> None:
        self.inner = inner
        self.members = {len(order): inner}
        self.colour = {letter: k for k, letter in enumerate(order)} | dict.fromkeys(
            inner, len(order)
        )
        self.at: dict[int, list[LetterPlace]] = {letter: [] for letter in inner}
        self.beside: dict[int, set[int]] = {letter: set() for letter in inner}
        for node, indices, power in factors:
            either_way = len(indices) == 2 and (node.symmetric or is_skew(node))
            letters, shown = letters_of(indices), "1" if power is ONCE else str(power)
            near = self.at.keys() & letters
            for letter in near:
                self.at[letter].append(LetterPlace(node.key, shown, letters, either_way))
                self.beside[letter] |= near

    def in_order(self) -> list[int]:
        """The letters, once each is in a class of its own."""
        touched = set(self.inner)
        while len(self.members) < len(self.inner):
            tied = [c for c in {self.colour[i] for i in touched} if len(self.members[c]) > 1]
            parts = {colour: self._parts(self.members[colour], touched) for colour in tied}
            splits = {colour: each for colour, each in parts.items() if len(each) > 1}
            touched = set()
            for colour, each in (splits or self._first_tied()).items():
                touched |= self._split(colour, each)
        return sorted(self.inner, key=self.colour.__getitem__)

    def _parts(self, members: list[int], touched: set[int]) -> list[list[int]]:
        """A class by what stands at its letters, where those that nothing touched are alike."""
        parts: dict[Surroundings, list[int]] = {}
        for letter in members:
            if letter in touched:
                parts.setdefault(self._surroundings(letter), []).append(letter)
        rest = [letter for letter in members if letter not in touched]
        if rest:
            parts.setdefault(self._surroundings(rest[0]), []).extend(rest)
        return [parts[mark] for mark in sorted(parts)]

    def _surroundings(self, letter: int) -> Surroundings:
        found = []
        for key, power, letters, either_way in self.at[letter]:
            around = [-1 if other == letter else self.colour[other] for other in letters]
            if either_way:
                around.sort()
            found.append((key, power, tuple(around)))
        found.sort()
        return tuple(found)

    def _first_tied(self) -> dict[int, list[list[int]]]:
        """The first class that symmetry leaves tied, one of its letters before the others."""
        colour = min(colour for colour, members in self.members.items() if len(members) > 1)
        first, *others = sorted(self.members[colour], key=self.inner.index)
        return {colour: [[first], others]}

    def _split(self, colour: int, parts: list[list[int]]) -> set[int]:
        """Put parts in place of a class; the letters beside all of them but the largest."""
        for part in parts:
            self.members[colour] = part
            self.colour.update(dict.fromkeys(part, colour))
            colour += len(part)
        largest = max(parts, key=len)
        return {
            other
            for part in parts
            if part is not largest
            for letter in part
            for other in self.beside[letter]
        }


def reading_order(index: Index) -> tuple[int, ...]:
    """The letters of an index, to sort by."""
    return (index,) if isinstance(index, int) else index.letters

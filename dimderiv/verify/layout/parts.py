"""Parts of arrays, such as `X[n,c,2i+r-1,:]`: which places an index stands for, without values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import isqrt
from typing import Any, NamedTuple, TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.language import Add, Binary, Entry, Group, Name, Negative, Number, Slice, Tree, walk
from dimderiv.verify.layout.lengths import Size, number_of
from dimderiv.verify.layout.tables import Array, Sized, entries, offset, shaped

# A rule writes an entry of the matrix of a linear map with two letters for each axis.
OF_A_MAP = 4

# A node by identity, with the numbers that the names in it stand for where some are letters.
Key: TypeAlias = int | tuple[int | None, ...]


class Affine(NamedTuple):
    """A sum of letters and a number: `2i + r - 1`."""

    constant: int
    steps: tuple[tuple[str, int], ...]

    def at(self, bound: Mapping[str, int]) -> int:
        """The number that it is.

        Args:
            bound: the number that each letter stands for.
        """
        total = self.constant
        for letter, step in self.steps:
            total += step * bound[letter]
        return total


@dataclass
class Letters:
    """What letters stand for.

    Attributes:
        sizes: a number for each named dimension.
        bound: the number that each letter stands for.
        extents: how far each letter runs.
        values: gives an index that is not made of letters, such as labels, as whole numbers.
        affine: the indices that are sums of letters, by identity; nothing for any other.
        sums: of each entry the indices that are sums of letters, by identity.
        names: the names in each node, by identity.
    """

    sizes: Mapping[str, int]
    bound: dict[str, int]
    extents: dict[str, int]
    values: Callable[[Tree], Array]
    affine: dict[int, Affine | None] = field(default_factory=dict)
    sums: dict[int, list[Affine]] = field(default_factory=dict)
    names: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def key(self, node: Tree) -> Key:
        """What a value depends on: its node, and what the letters in it stand for.

        Args:
            node: the node.
        """
        names = self.names.get(id(node))
        if names is None:
            found = {part.name for part in walk(node) if isinstance(part, Name)}
            names = self.names[id(node)] = tuple(sorted(found))
        if self.bound.keys().isdisjoint(names):
            return id(node)
        return (id(node), *[self.bound.get(name) for name in names])

    def sum_of(self, index: Tree) -> Affine | None:
        """An index as a sum of letters; nothing for another one.

        Args:
            index: the index.
        """
        if id(index) not in self.affine:
            self.affine[id(index)] = self._affine(index)
        return self.affine[id(index)]

    def offset(self, entry: Entry, lengths: Sequence[int]) -> int | None:
        """Where an entry stands among all of its operand; -1 where that has none there.

        Nothing, unless there is a sum of letters for each axis.

        Args:
            entry: the entry.
            lengths: those of the axes of its operand.
        """
        sums = self.sums.get(id(entry))
        if sums is None:
            found = [self.sum_of(index) for index in entry.indices]
            sums = self.sums[id(entry)] = [each for each in found if each is not None]
        if len(sums) != len(lengths) or len(sums) != len(entry.indices):
            return None
        bound, offset = self.bound, 0
        for (place, steps), length in zip(sums, lengths, strict=True):
            for letter, step in steps:
                place += step * bound[letter]
            if place < 0 and not steps:
                place += length
            if not 0 <= place < length:
                return -1
            offset = offset * length + place
        return offset

    def _affine(self, index: Tree) -> Affine | None:
        """An index as a sum of letters, where no letter multiplies another."""
        match index:
            case Name(name) if name in self.bound:
                return Affine(0, ((name, 1),))
            case Number() | Name() if self._is_size(index):
                return Affine(number_of(index, self.sizes), ())
            case Group(operand):
                return self._affine(operand)
            case Negative(operand):
                inner = self._affine(operand)
                return None if inner is None else _scaled(inner, -1)
            case Add(terms):
                found = [self._affine(term) for term in terms]
                known = [each for each in found if each is not None]
                if len(known) < len(found):
                    return None
                constant = sum([each.constant for each in known])
                return Affine(constant, tuple([step for each in known for step in each.steps]))
            case Binary("*", left, right):
                a, b = self._affine(left), self._affine(right)
                if a is None or b is None or (a.steps and b.steps):
                    return None
                return _scaled(a, b.constant) if a.steps else _scaled(b, a.constant)
        return None

    def _is_size(self, index: Tree) -> bool:
        return not isinstance(index, Name) or index.name in self.sizes

    def along(self, index: Tree, length: int) -> Array:
        """The places that an index stands for along an axis, with the axes that they have instead.

        Args:
            index: the index.
            length: that of the axis.
        """
        match index:
            case Slice(start, stop):
                first = 0 if start is None else self._end(start, length)
                last = length if stop is None else self._end(stop, length)
                return _several([*range(first, last)])
            case Group(operand):
                return self.along(operand, length)
        affine = self.sum_of(index)
        if affine is None:
            return self._composed(index)
        return _one(_from_start(affine, affine.at(self.bound), length))

    def _end(self, node: Tree, length: int) -> int:
        found = self.along(node, length)
        if found.lengths or not 0 <= found.entries[0] <= length:
            raise ShapeError(f"a slice that ends outside an axis of {length}", span=node.span)
        return int(found.entries[0])

    def _number(self, index: Tree) -> int:
        affine = self.sum_of(index)
        if affine is not None:
            return affine.at(self.bound)
        found = self._composed(index)
        if found.lengths:
            raise ShapeError("several places where there is one", span=index.span)
        return int(found.entries[0])

    def _composed(self, index: Tree) -> Array:
        """An index that is not a sum of letters: several letters of one axis, a floor, labels."""
        match index:
            case Add(terms):
                return _one(sum([self._number(term) for term in terms]))
            case Negative(operand):
                return _one(-self._number(operand))
            case Binary("//", left, right):
                return _one(self._number(left) // self._number(right))
            case Binary("*"):
                return _one(self._merged(index))
        return labels_of(index, self.values(index))

    def _merged(self, index: Tree) -> int:
        """The place along an axis of several letters, the first one slowest."""
        place, factor = 0, 1
        for part in _factors(index):
            if isinstance(part, Name) and part.name in self.bound:
                place = place * self.extents[part.name] + self.bound[part.name]
            else:
                factor *= self._number(part)
        return factor * place

    def picked(self, entry: Entry, size: Size) -> tuple[Sequence[int], list[Array]]:
        """The axes of the operand of an entry, and which places of each are taken.

        Args:
            entry: the entry.
            size: that of its operand.

        Raises:
            ShapeError: there are more indices than axes.
        """
        lengths = _axes(size, len(entry.indices))
        if len(entry.indices) > len(lengths):
            raise ShapeError(f"{len(entry.indices)} indices for {size}", span=entry.span)
        found = [self.along(*pair) for pair in zip(entry.indices, lengths, strict=False)]
        if len(size) < len(found) == OF_A_MAP:
            # Columns are stacked: the first index of each pair is the fast one.
            found = [found[axis] for axis in (1, 0, 3, 2)]
        return lengths, found + [_several([*range(n)]) for n in lengths[len(found) :]]


def labels_of(node: Tree, found: Array) -> Array:
    """Labels with the axes that they have: none of a single label, but that of a slice of one.

    Args:
        node: the labels as they are written.
        found: them, with two axes or more.
    """
    is_slice = any(isinstance(part, Slice) for part in walk(node))
    if len(found.entries) == 1 and not is_slice:
        return _one(found.entries[0])
    return _several(found.entries) if found.lengths[1:] == (1,) else found


def part(value: Sized, lengths: Sequence[int], picked: Sequence[Array], outside: Any) -> Sized:
    """The part of an array at some places of each of its axes.

    Args:
        value: the array.
        lengths: those of its axes.
        picked: the places along each, with the axes that they have in its place.
        outside: what stands at a place where the array has no entry.
    """
    given = entries(value)
    kept = [length for along in picked for length in along.lengths]
    if 0 in kept:
        raise ShapeError("a part of an array that has no entries")
    found = []
    for place in product(*[along.entries for along in picked]):
        is_inside = all(0 <= i < length for i, length in zip(place, lengths, strict=True))
        found.append(given[offset(place, lengths)] if is_inside else outside)
    return shaped(kept, found)


def _axes(size: Size, count: int) -> Sequence[int]:
    """The lengths of the axes that some indices belong to."""
    if len(size) == 2 and count == OF_A_MAP:
        return [isqrt(size.rows)] * OF_A_MAP
    if count == 1 and len(size) == 2 and min(size) == 1:
        return [max(size)]
    # An axis of length 1 may have been left out behind.
    return [*size, *[1] * (count - len(size))]


def _one(place: int) -> Array:
    """One place along an axis, which is left out."""
    return Array((), [place])


def _several(places: list[int]) -> Array:
    return Array((len(places),), places)


def _from_start(affine: Affine, number: int, length: int) -> int:
    """A place counted from the start; one without letters that is negative is from the end."""
    return number + length if number < 0 and not affine.steps else number


def _scaled(affine: Affine, factor: int) -> Affine:
    return Affine(factor * affine.constant, tuple([(n, factor * s) for n, s in affine.steps]))


def _factors(node: Tree) -> Iterator[Tree]:
    match node:
        case Group(operand):
            yield from _factors(operand)
        case Binary("*", left, right):
            yield from _factors(left)
            yield from _factors(right)
        case _:
            yield node

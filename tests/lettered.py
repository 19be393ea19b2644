"""Values with letters: an axis for each letter in front, and the axes of the value behind.

Where a statement such as `Y[i,j] = A[i,k] B[k,j]` is evaluated, each letter is an axis of every
value inside, of size 1 where the value is the same for all of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from dimderiv.infer.typed import Typed
from dimderiv.language.syntax import (
    Add,
    Binary,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Slice,
    Tree,
)

Array = np.ndarray


class Lettered:
    """The letters that are bound, and what indices and statements mean.

    Args:
        typed: the program.
        values: an array for each symbol, with as many axes as its shape.
        sizes: a number for each dimension.
    """

    def __init__(self, typed: Typed, values: Mapping[str, Array], sizes: Mapping[str, int]) -> None:
        self.typed, self.values, self.sizes = typed, dict(values), sizes
        self.letters: dict[str, tuple[int, int]] = {}
        self.depth = 0

    def value(self, node: Tree) -> Array:
        """The value of a node: an axis for each letter, then its own axes, two or more."""
        raise NotImplementedError

    @contextmanager
    def bound(self, extents: Mapping[str, int]) -> Iterator[tuple[int, ...]]:
        """Give letters axes; the places of these axes."""
        before = self.letters, self.depth
        axes = tuple(range(self.depth, self.depth + len(extents)))
        self.letters = {
            **self.letters,
            **{n: (axis, e) for axis, (n, e) in zip(axes, extents.items(), strict=True)},
        }
        self.depth += len(extents)
        yield axes
        self.letters, self.depth = before

    def lifted(self, array: Any) -> Array:
        """A value that is the same for all letters."""
        whole = np.asarray(array)
        return whole.reshape((1,) * self.depth + whole.shape)

    def aligned(self, arrays: Sequence[Array]) -> list[Array]:
        """Values with the same number of axes: the missing ones come before their own."""
        most = max(array.ndim for array in arrays)
        lead = self.depth
        return [
            array.reshape(*array.shape[:lead], *(1,) * (most - array.ndim), *array.shape[lead:])
            for array in arrays
        ]

    def spread(self, array: Array, extents: Mapping[str, int]) -> Array:
        """A value with as many entries along some letters as they have."""
        shape = list(array.shape)
        for name, extent in extents.items():
            shape[self.letters[name][0]] = extent
        return np.broadcast_to(array, shape)

    def extents(self, node: Tree, names: Sequence[str]) -> dict[str, int]:
        """The numbers that letters run over."""
        found = self.typed.extents(node)
        return {name: found[name].evaluate(self.sizes) for name in names}

    def index_form(self, form: IndexForm) -> Array:
        """The array whose entries are given."""
        names = [letter for letter, _ in form.letters]
        extents = self.extents(form, names)
        with self.bound(extents):
            body = self.spread(self.value(form.body), extents)
        before, own = self.depth, self.depth + len(names)
        inner = [] if self.typed.shape(form.body).is_scalar else list(body.shape[own:])
        axes = [prod(extents[letter] for letter, _ in axis) for axis in form.axes] + inner
        axes += [1] * (2 - len(axes))
        return body.reshape(*body.shape[:before], *axes)

    def entry(self, entry: Entry) -> Array:
        """A part of an array: zero where an index lies outside."""
        array = self.value(entry.operand)
        own = array.shape[self.depth :]
        if len(own) == 2 and 1 in own and len(entry.indices) == 1:
            # The one axis of a column or of a row.
            own = (prod(own),)
            array = array.reshape(*array.shape[: self.depth], *own)
        indices = [*entry.indices, *[Slice()] * (len(own) - len(entry.indices))]
        places = [self.places(i, size) for i, size in zip(indices, own, strict=True)]
        kept = [place.ndim - self.depth for place in places]
        count = sum(kept)
        for position, place in enumerate(places):
            behind, first = [1] * count, sum(kept[:position])
            behind[first : first + kept[position]] = place.shape[self.depth :]
            places[position] = np.reshape(place, (*place.shape[: self.depth], *behind))
        found = self.taken(array, places, own)
        return np.reshape(found, (*found.shape, *[1] * (2 - count)))

    def taken(self, array: Array, places: Sequence[Array], own: Sequence[int]) -> Array:
        """The entries at places, by their integers."""
        behind = max(place.ndim for place in places) - self.depth
        lead = [
            np.arange(size).reshape(*(1,) * k, size, *(1,) * (self.depth - k - 1 + behind))
            for k, size in enumerate(array.shape[: self.depth])
        ]
        lead = [axis if axis.size > 1 else np.zeros((1,) * axis.ndim, int) for axis in lead]
        inside = [np.clip(place, 0, size - 1) for place, size in zip(places, own, strict=True)]
        found: Array = array[(*lead, *inside)]
        for place, size in zip(places, own, strict=True):
            found = np.where((place >= 0) & (place < size), found, 0)
        return found

    def places(self, index: Tree, size: int) -> Array:
        """The integers of an index for each letter, and along axes that it has instead."""
        if isinstance(index, Slice):
            return self.lifted(np.arange(size)[slice(*map(self.end, (index.start, index.stop)))])
        if isinstance(index, Name) and self.is_label(index):
            return self.labels(self.lifted(self.values[index.name]), index)
        if isinstance(index, Entry) and not self.typed.shape(index).is_scalar:
            return self.labels(self.entry(index), index)
        found = self.integer(index)
        is_constant = found.size == 1 and not any(name in self.letters for name in _names(index))
        return np.asarray(found + size if is_constant and found.item() < 0 else found)

    def labels(self, array: Array, index: Tree) -> Array:
        """Labels without the axis that makes one of them a column."""
        axes = self.typed.shape(index).axes
        return array.reshape(
            *array.shape[: self.depth], *(d.evaluate(self.sizes) for d in axes)
        ).astype(int)

    def is_label(self, name: Name) -> bool:
        """Whether a name in brackets is that of labels."""
        symbol = self.typed.symbols.get(name.name)
        return name.name not in self.letters and symbol is not None and symbol.labels is not None

    def end(self, end: Tree | None) -> int | None:
        """The number of an end of a slice."""
        return None if end is None else int(self.integer(end).item())

    def integer(self, index: Tree) -> Array:
        """The integers of an index, for each letter."""
        match index:
            case Number(value):
                return self.lifted(int(value))
            case Name(name) if name in self.letters:
                axis, extent = self.letters[name]
                shape = [extent if k == axis else 1 for k in range(self.depth)]
                return np.arange(extent).reshape(shape)
            case Name(name):
                return self.lifted(self.sizes[name])
            case Negative(operand):
                return np.asarray(-self.integer(operand))
            case Add(terms):
                return np.asarray(reduce(np.add, [*map(self.integer, terms)]))
            case Binary("*", left, Name(name)) if name in self.letters and self.has_letters(left):
                # One axis of several letters, the last one fastest.
                slow = self.integer(left) * self.letters[name][1]
                return np.asarray(slow + self.integer(Name(name)))
            case Binary("*", left, right):
                return np.asarray(self.integer(left) * self.integer(right))
            case Binary("//", left, right):
                return np.asarray(self.integer(left) // self.integer(right))
            case Entry():
                return self.entry(index).astype(int)[..., 0, 0]
        raise AssertionError(index)

    def has_letters(self, index: Tree) -> bool:
        """Whether an index depends on a letter."""
        return any(name in self.letters for name in _names(index))


def _names(index: Tree) -> set[str]:
    match index:
        case Name(name):
            return {name}
        case Negative(operand):
            return _names(operand)
        case Add(terms):
            return {name for term in terms for name in _names(term)}
        case Binary(_, left, right):
            return _names(left) | _names(right)
        case Entry(_, indices):
            return {name for each in indices for name in _names(each)}
    return set()

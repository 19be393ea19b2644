"""Entries with names for their letters, and what a derivative is by."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import NamedTuple, cast

from dimderiv.explain.record.scalar_order import is_seed
from dimderiv.graph import Index, LabelledProduct, Shifted, letters_of
from dimderiv.language import (
    Add,
    Binary,
    Dim,
    Entry,
    IndexForm,
    Name,
    Shape,
    Tree,
    names_in,
    replaced,
)
from dimderiv.render import letters_in


class Target(NamedTuple):
    """What a derivative is by.

    Attributes:
        operand: how it is written.
        name: the name of the derivative; empty if it has none.
        shape: the shape of the derivative, if it has at most two axes.
        seed: how many axes of the value the derivative has before those of the operand.
        whole: the name of the operation; empty for the value, nothing where it has none.
    """

    operand: Tree
    name: str
    shape: Shape | None
    seed: int
    whole: str | None = None

    def known(self, term: LabelledProduct) -> Iterator[tuple[str, Sequence[Index]]]:
        """The names of the operand and of the operation, with the indices of their axes."""
        if isinstance(self.operand, Name):
            yield self.operand.name, term.result[self.seed :]
        if self.whole is not None:
            yield self.whole, term.factors[0].indices[self.seed :]


class EntryLetters(NamedTuple):
    """Names of letters, and their sizes; a letter for a place may be written in others."""

    names: Mapping[int, str]
    dims: Sequence[Dim]
    spelled: Mapping[int, Tree] = {}

    def indices(self, indices: Sequence[Index]) -> tuple[Tree, ...]:
        """Indices as they are written between brackets."""
        return tuple(self._index(index) for index in indices)

    def _index(self, index: Index) -> Tree:
        if isinstance(index, int):
            return self.spelled.get(index) or Name(self.names[index])
        letters = [Name(self.names[letter]) for letter in index.letters]
        if isinstance(index, Shifted):
            return Add(tuple(letters))
        if self.spelled:
            return reduce(partial(Binary, "*"), letters[1:], cast(Tree, letters[0]))
        place: Tree = letters[0]
        for letter, name in zip(index.letters[1:], letters[1:], strict=True):
            place = Add((Binary("*", place, self.dims[letter].syntax()), name))
        return place


def told_apart(
    places: Sequence[Tree], value: Tree, letters: Sequence[str]
) -> tuple[tuple[Tree, ...], Tree]:
    """A letter for each axis, and an identity where two axes had the same one."""
    own: list[Tree] = []
    used = {name for tree in (*places, value) for name in names_in(tree)}
    free = iter([letter for letter in letters if letter not in used])
    for place in places:
        if place in own:
            other = Name(next(free))
            own.append(other)
            value = Binary("*", value, Entry(Name("I"), (place, other)))
        else:
            own.append(place)
    return tuple(own), value


def same_letters(term: LabelledProduct, names: EntryLetters) -> EntryLetters:
    """The letters that an operation has where the derivative of the value by itself arrives."""
    arriving = term.factors[0]
    if not is_seed(arriving):
        return names
    seeds, shown = len(arriving.indices) // 2, set(letters_of(term.result))
    pairs = zip(arriving.indices[:seeds], arriving.indices[seeds:], strict=True)
    same = {
        own: names.names[seed]
        for seed, own in pairs
        if isinstance(own, int) and isinstance(seed, int) and own not in shown
    }
    return EntryLetters({**names.names, **same}, names.dims)


def entry(tree: Tree, indices: tuple[Tree, ...]) -> Tree:
    """An entry of an array; of one that is given entry by entry, that with other indices.

    Args:
        tree: the array.
        indices: one for each axis, or none for a scalar.
    """
    if not indices:
        return tree
    if not isinstance(tree, IndexForm) or tree.groups:
        return Entry(tree, indices)
    own = [letter for letter, _ in tree.letters]
    summed = set(letters_in(tree.body)).difference(own)
    if summed & {name for index in indices for name in names_in(index)}:
        return Entry(tree, indices)
    places: dict[Tree, Tree] = {Name(a): b for a, b in zip(own, indices, strict=True)}

    def moved(part: Tree) -> Tree | None:
        if not isinstance(part, Entry):
            return None
        inside = tuple(replaced(index, places.get) for index in part.indices)
        return Entry(replaced(part.operand, moved), inside)

    return replaced(tree.body, moved)

"""Index forms, such as `[i:m, j:n] A[i,k] B[k,j]`, without values: letters, and where they lead."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isqrt, prod
from typing import Any, NamedTuple, TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.language import (
    Add,
    Binary,
    Entry,
    Group,
    IndexForm,
    Name,
    Negative,
    Number,
    Tree,
    children,
    implicit,
    walk,
)
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.layout.perturbations import Place
from dimderiv.verify.layout.sizes import Size, number_of

Bound: TypeAlias = Mapping[str, int]
# The lengths of the axes of the operand of an entry, where they are known.
Lengths: TypeAlias = Callable[[Entry], tuple[int | None, int | None]]

# A rule writes an entry of the matrix of a linear map with two letters for each axis.
OF_A_MAP = 4


class FormEntries(NamedTuple):
    """The entries of an index form of any number of axes, the last axis fastest."""

    lengths: tuple[int, ...]
    entries: list[Any]

    def table(self) -> list[list[Any]]:
        """Rows and columns; one axis makes a column.

        Raises:
            NotVerifiableError: there are more axes.
        """
        if len(self.lengths) > 2:
            raise NotVerifiableError("an index form of more than two axes inside an expression")
        cols = [*self.lengths, 1, 1][1]
        return [self.entries[i : i + cols] for i in range(0, len(self.entries), cols)]


class Form:
    """An index form at some sizes.

    Args:
        form: the form.
        sizes: a number for each named dimension.

    Attributes:
        sizes: these.
        extents: how far each letter of the form runs.
        lengths: those of its axes.
        terms: the terms that its body is the sum of.
        letters: the names in indices that are no dimensions, or stand there alone.
    """

    def __init__(self, form: IndexForm, sizes: Mapping[str, int]) -> None:
        # Its sums are found once more here, with the extents of their letters.
        written = implicit(form)
        form = written if isinstance(written, IndexForm) else form
        self.sizes = sizes
        self.extents = {letter: number_of(size, sizes) for letter, size in form.letters if size}
        self.lengths = tuple(prod(self.extents[letter] for letter, _ in axis) for axis in form.axes)
        self.terms = list(_terms(form.body))
        indices = [index for entry in indexed(form.body) for index in entry.indices]
        named = {name for index in indices for name in _names(index)} - sizes.keys()
        alone = {index.name for index in indices if isinstance(index, Name)}
        self.letters = named | alone | self.extents.keys()

    def letters_of(self, term: Tree) -> set[str]:
        """The letters that occur in a term.

        Args:
            term: a part of the body.
        """
        indices = (index for entry in indexed(term) for index in entry.indices)
        return {name for index in indices for name in _names(index)} & self.letters

    def summed(self, term: Tree, lengths_of: Lengths) -> dict[str, int]:
        """The letters that a term is summed over, and how far.

        A letter that has no axis of its own runs as far as any entry can be: beyond they are 0.

        Args:
            term: one of the terms.
            lengths_of: gives rows and columns of the operand of an entry.
        """
        exact: dict[str, int] = {}
        reach, found = sum(self.extents.values()) + 1, dict[str, None]()
        for entry in indexed(term):
            for index, length in zip(entry.indices, _axes(entry, lengths_of(entry)), strict=False):
                reach += length or 0
                found |= dict.fromkeys(name for name in _names(index) if name in self.letters)
                if isinstance(index, Name) and length is not None:
                    exact[index.name] = max(length, exact.get(index.name, 0))
        return {letter: exact.get(letter, reach) for letter in found if letter not in self.extents}

    def indices(self, entry: Entry, bound: Bound) -> list[int]:
        """The indices of an entry as numbers.

        Args:
            entry: the entry.
            bound: the number that each letter stands for.
        """
        return [self._index(index, bound) for index in entry.indices]

    def _index(self, node: Tree, bound: Bound) -> int:
        match node:
            case Name(name) if name in bound:
                return bound[name]
            case Add(terms):
                return sum(self._index(term, bound) for term in terms)
            case Group(operand):
                return self._index(operand, bound)
            case Negative(operand):
                return -self._index(operand, bound)
            case Binary("*", left, right):
                return self._index(left, bound) * self._index(right, bound)
            case Number() | Name():
                return number_of(node, self.sizes)
        raise NotVerifiableError("an index that is not made of letters and sizes", span=node.span)

    def place(self, entry: Entry, bound: Bound, size: Size) -> Place | None:
        """Row and column of an entry; nothing where its operand has none there.

        Args:
            entry: the entry.
            bound: the number that each letter stands for.
            size: that of its operand.

        Raises:
            ShapeError: the operand is a matrix and there is one index.
        """
        indices = self.indices(entry, bound)
        if len(indices) == 1:
            if min(size) > 1:
                raise ShapeError("one index for a matrix", span=entry.span)
            indices = [indices[0], 0] if size.cols == 1 else [0, indices[0]]
        if len(indices) == OF_A_MAP:
            # Columns are stacked: the first two are those of the value.
            side = isqrt(size.rows)
            indices = [side * slow + fast for fast, slow in (indices[:2], indices[2:])]
        row, col = indices
        return (row, col) if 0 <= row < size.rows and 0 <= col < size.cols else None


def indexed(node: Tree) -> Iterator[Entry]:
    """The entries that occur in a part of an index form.

    Args:
        node: the part.
    """
    if isinstance(node, Entry):
        yield node
        return
    for child in children(node):
        yield from indexed(child)


def _names(index: Tree) -> list[str]:
    """The names in an index, from left to right."""
    return [part.name for part in reversed([*walk(index)]) if isinstance(part, Name)]


def _axes(entry: Entry, lengths: tuple[int | None, int | None]) -> Sequence[int | None]:
    """The length of the axis of each index of an entry."""
    rows, cols = lengths
    if rows is None or cols is None or len(entry.indices) == 2:
        return lengths
    return [isqrt(rows)] * OF_A_MAP if len(entry.indices) == OF_A_MAP else [max(rows, cols)]


def _terms(node: Tree) -> Iterator[Tree]:
    match node:
        case Add(terms):
            for term in terms:
                yield from _terms(term)
        case Group(operand):
            yield from _terms(operand)
        case Negative(operand):
            for term in _terms(operand):
                yield Negative(term)
        case _:
            yield node

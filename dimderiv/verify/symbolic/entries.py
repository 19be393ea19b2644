"""Index forms, such as `[i:m, j:n] A[i,k] B[k,j]`, written out entry by entry."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import product
from math import isqrt, prod
from typing import NamedTuple

from dimderiv.errors import ShapeError
from dimderiv.language import (
    Add,
    Binary,
    Call,
    Group,
    IndexForm,
    Name,
    Negative,
    Number,
    Tree,
    walk,
)
from dimderiv.language import Entry as Indexed
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.symbolic.arithmetic import ELEMENTWISE, Arithmetic
from dimderiv.verify.symbolic.tables import Entry, Open, Table, Value, closed, size_of

Places = Mapping[str, int]

# A rule writes an entry of the matrix of a linear map with two letters for each axis.
OF_A_MAP = 4


class SymbolicForm(NamedTuple):
    """The entries of an index form, the last axis fastest."""

    lengths: tuple[int, ...]
    entries: list[Entry]

    def table(self) -> Table:
        """Rows and columns; one axis makes a column."""
        if len(self.lengths) > 2:
            raise NotVerifiableError("an index form of more than two axes inside an expression")
        cols = [*self.lengths, 1, 1][1]
        return [self.entries[i : i + cols] for i in range(0, len(self.entries), cols)]


def read_form(
    form: IndexForm,
    a: Arithmetic,
    value: Callable[[Tree], Value],
    dimension: Callable[[Tree], int],
    dimensions: frozenset[str],
) -> SymbolicForm:
    """All entries of an index form."""
    extents = {letter: dimension(size) for letter, size in form.letters}
    reader = _FormReader(form, a, value, dimension, dimensions)
    terms = list(_terms(form.body, 1))
    ranges = [reader.summed(term, extents) for _, term in terms]
    entries = []
    for place in product(*map(range, extents.values())):
        bound = dict(zip(extents, place, strict=True))
        entries.append(
            a.total(
                [
                    sign * reader.entry(term, {**bound, **dict(zip(summed, at, strict=True))})
                    for (sign, term), summed in zip(terms, ranges, strict=True)
                    for at in product(*map(range, summed.values()))
                ]
            )
        )
    lengths = [prod(extents[letter] for letter, _ in letters) for letters in form.axes]
    return SymbolicForm(tuple(lengths), entries)


def _terms(node: Tree, sign: int) -> Iterator[tuple[int, Tree]]:
    match node:
        case Add(terms):
            for term in terms:
                yield from _terms(term, sign)
        case Group(operand):
            yield from _terms(operand, sign)
        case Negative(operand):
            yield from _terms(operand, -sign)
        case _:
            yield sign, node


def _indexed(node: Tree) -> Iterator[Indexed]:
    return (part for part in walk(node) if isinstance(part, Indexed))


class _FormReader:
    """Reads one form; each operand is evaluated once."""

    def __init__(
        self,
        form: IndexForm,
        a: Arithmetic,
        value: Callable[[Tree], Value],
        dimension: Callable[[Tree], int],
        dimensions: frozenset[str],
    ) -> None:
        self.form, self.a, self.value, self.dimension = form, a, value, dimension
        self.dimensions = dimensions
        self.known: dict[int, Value] = {}

    @cached_property
    def letters(self) -> frozenset[str]:
        """The letters: the names in indices that are no dimensions, or stand there alone."""
        found = {letter for letter, _ in self.form.letters}
        for each in _indexed(self.form.body):
            for index in each.indices:
                named = {part.name for part in walk(index) if isinstance(part, Name)}
                alone = {index.name} if isinstance(index, Name) else set()
                found |= alone | (named - self.dimensions)
        return frozenset(found)

    def operand(self, node: Tree) -> Value:
        """The value of an operand."""
        if id(node) not in self.known:
            self.known[id(node)] = self.value(node)
        return self.known[id(node)]

    def summed(self, term: Tree, extents: Places) -> dict[str, int]:
        """The letters that a term is summed over, and how far.

        A letter that has no axis of its own runs as far as any entry can be: beyond they are 0.
        """
        exact: dict[str, int] = {}
        reach, found = sum(extents.values()) + 1, dict[str, None]()
        for each in _indexed(term):
            for index, length in zip(each.indices, self._lengths(each), strict=False):
                reach += length or 0
                named = [part.name for part in walk(index) if isinstance(part, Name)]
                found |= dict.fromkeys(name for name in named if name in self.letters)
                if isinstance(index, Name) and length is not None:
                    exact[index.name] = max(length, exact.get(index.name, 0))
        return {letter: exact.get(letter, reach) for letter in found if letter not in extents}

    def _lengths(self, each: Indexed) -> tuple[int | None, ...]:
        value = self.operand(each.operand)
        if isinstance(value, Open):
            return value.rows, value.cols
        rows, cols = size_of(value)
        if len(each.indices) == OF_A_MAP:
            return (isqrt(rows),) * OF_A_MAP
        return (rows, cols) if len(each.indices) == 2 else (max(rows, cols),)

    def entry(self, node: Tree, at: Places) -> Entry:
        """The value of a part of the body where the letters have values."""
        match node:
            case Indexed():
                return self._looked_up(node, at)
            case Group(operand):
                return self.entry(operand, at)
            case Negative(operand):
                return -self.entry(operand, at)
            case Add(terms):
                return self.a.total([self.entry(term, at) for term in terms])
            case Binary(operator, left, right) if next(_indexed(node), None) is not None:
                return self._operation(operator, self.entry(left, at), self.entry(right, at), node)
            case Call(name, (argument,), None) if name in ELEMENTWISE:
                return ELEMENTWISE[name](self.a, self.entry(argument, at))
        table = closed(self.operand(node), 1, 1)
        if size_of(table) != (1, 1):
            raise ShapeError("an index form is made of scalars and entries", span=node.span)
        return table[0][0]

    def _operation(self, operator: str, left: Entry, right: Entry, node: Tree) -> Entry:
        match operator:
            case "*" | ".*":
                return left * right
            case "/" | "./":
                return left / right
            case "^" | ".^":
                return self.a.power(left, right)
        raise NotVerifiableError("a comparison inside an index form", span=node.span)

    def _looked_up(self, node: Indexed, at: Places) -> Entry:
        value = self.operand(node.operand)
        places = [self._place(index, at) for index in node.indices]
        if isinstance(value, Open):
            size = max(0, *places) + 1
            value = closed(value, size, size)
        rows, cols = size_of(value)
        if len(places) == 1:
            if min(rows, cols) > 1:
                raise ShapeError("one index for a matrix", span=node.span)
            places = [places[0], 0] if cols == 1 else [0, places[0]]
        if len(places) == OF_A_MAP:
            # Columns are stacked: the first two are those of the value.
            size = isqrt(rows)
            places = [size * slow + fast for fast, slow in (places[:2], places[2:])]
        row, col = places
        return value[row][col] if 0 <= row < rows and 0 <= col < cols else self.a.number(0)

    def _place(self, node: Tree, at: Places) -> int:
        match node:
            case Name(name) if name in at:
                return at[name]
            case Add(terms):
                return sum(self._place(term, at) for term in terms)
            case Group(operand):
                return self._place(operand, at)
            case Negative(operand):
                return -self._place(operand, at)
            case Binary("*", left, right):
                return self._place(left, at) * self._place(right, at)
            case Number() | Name():
                return self.dimension(node)
        raise NotVerifiableError("an index that is not made of letters and sizes", span=node.span)

"""Arrays given entry by entry: `[i:m, j:n] A[i,k] B[k,j]`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import isqrt, prod
from typing import NamedTuple

from dimderiv.errors import ShapeError
from dimderiv.language import (
    Add,
    Binary,
    Call,
    Entry,
    Group,
    IndexForm,
    Name,
    Negative,
    Number,
    Tree,
    children,
)
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate.arithmetic import ONE, ZERO, Arithmetic, Scalar
from dimderiv.verify.evaluate.functions import ELEMENTWISE, power
from dimderiv.verify.evaluate.tables import Table
from dimderiv.verify.evaluate.unsized import ANY_SIZE, Expected, Unsized, Value

Places = Mapping[str, int]

# A rule writes an entry of the matrix of a linear map with two letters for each axis.
MAP_INDICES = 4


class _Stage(NamedTuple):
    """A letter to sum over, and the factors that are known once it has a value.

    The sum is the same for the same places of the letters that it and what follows need.
    """

    letter: str
    length: int
    factors: list[Tree]
    needed: tuple[str, ...]
    sums: dict[tuple[int, ...], Scalar]


class IndexedArray(NamedTuple):
    """Entries of any number of axes, the last axis fastest."""

    lengths: tuple[int, ...]
    entries: list[Scalar]


@dataclass
class IndexReader:
    """Reads index forms.

    Attributes:
        arithmetic: the arithmetic of the entries.
        value: gives the value of an operand, for what is known of its size.
        size: gives the number that a dimension stands for.
        names: the names of dimensions, which are no letters.
        operands: values of operands that were needed already, by identity.
        extents: how far each letter of the form runs.
    """

    arithmetic: Arithmetic
    value: Callable[[Tree, Expected], Value]
    size: Callable[[Tree], int]
    names: frozenset[str]
    operands: dict[int, Value] = field(default_factory=dict)
    extents: Mapping[str, int] = field(default_factory=dict)

    def array(self, form: IndexForm) -> IndexedArray:
        """All entries of an index form."""
        extents = {letter: self.size(size) for letter, size in form.letters}
        self.extents = extents
        # A bare index is a letter, even one that a dimension is called as well.
        bare = {i.name for e in _entries(form.body) for i in e.indices if isinstance(i, Name)}
        self.names -= bare
        terms = [self._prepared(term, extents) for term in _terms(form.body)]
        entries = []
        for place in product(*map(range, extents.values())):
            self.arithmetic.tick()
            bound = dict(zip(extents, place, strict=True))
            entries.append(self.arithmetic.total([self._term(term, bound) for term in terms]))
        lengths = [prod(extents[letter] for letter, _ in letters) for letters in form.axes]
        return IndexedArray(tuple(lengths), entries)

    def table(self, form: IndexForm) -> Table:
        """An index form of at most two axes as a table; one axis makes a column."""
        if len(form.axes) > 2:
            raise NotVerifiableError("an index form of more than two axes inside an expression")
        lengths, entries = self.array(form)
        cols = lengths[1] if len(lengths) > 1 else 1
        return [entries[start : start + cols] for start in range(0, len(entries), cols)]

    def _prepared(self, term: Tree, extents: Mapping[str, int]) -> list[_Stage]:
        """The order in which letters are summed over: those of a factor that is mostly 0 first."""
        ranges = self._summed(term, extents)
        factors = list(_factors(term))
        letters_of = {id(factor): {*self._letters_of(factor)} for factor in factors}
        waiting = [(factor, letters_of[id(factor)] & {*ranges}) for factor in factors]
        order = [("", [factor for factor, letters in waiting if not letters])]
        while waiting := [(factor, letters) for factor, letters in waiting if letters]:
            _, (letter, *_) = min(waiting, key=lambda one: (not _is_sparse(one[0]), len(one[1])))
            known = [factor for factor, letters in waiting if letters == {letter}]
            order.append((letter, sorted(known, key=_is_sparse, reverse=True)))
            for _, letters in waiting:
                letters.discard(letter)
        stages: list[_Stage] = []
        needed, bound = set[str](), {*extents, *(letter for letter, _ in order)}
        for letter, known in reversed(order):
            needed = needed.union(*(letters_of[id(f)] & bound for f in known)) - {letter}
            length = ranges.get(letter, 1)
            stages.insert(0, _Stage(letter, length, known, tuple(sorted(needed)), {}))
        return stages

    def _term(self, stages: Sequence[_Stage], bound: dict[str, int]) -> Scalar:
        """The sum of the products of all factors, without those in which one is 0."""
        stage, *later = stages
        key = tuple(bound[letter] for letter in stage.needed)
        if key not in stage.sums:
            values = []
            for place in range(stage.length):
                self.arithmetic.effort.spent += 1
                bound[stage.letter] = place
                value = self._product(stage.factors, bound)
                if later and not _is_zero(value):
                    value = self.arithmetic.mul(value, self._term(later, bound))
                values.append(value)
            stage.sums[key] = self.arithmetic.total(values)
        return stage.sums[key]

    def _product(self, factors: Sequence[Tree], places: Places) -> Scalar:
        result: Scalar = ONE
        for factor in factors:
            result = self.arithmetic.mul(result, self._entry_value(factor, places))
            if _is_zero(result):
                break
        return result

    def _letters_of(self, term: Tree) -> Iterator[str]:
        for entry in _entries(term):
            for index in entry.indices:
                yield from self._letters(index)

    def _summed(self, term: Tree, bound: Places) -> dict[str, int]:
        """The letters that a term is summed over, and how far."""
        exact: dict[str, int] = {}
        reach = sum(bound.values()) + 1
        found: dict[str, None] = {}
        for entry in _entries(term):
            for index, length in zip(entry.indices, self._lengths(entry), strict=False):
                reach += length or 0
                found |= dict.fromkeys(self._letters(index))
                if isinstance(index, Name) and length is not None:
                    exact[index.name] = max(length, exact.get(index.name, 0))
        # A letter with no axis of its own runs as far as any entry can be: outside they are zero.
        return {letter: exact.get(letter, reach) for letter in found if letter not in bound}

    def _letters(self, index: Tree) -> Iterator[str]:
        if isinstance(index, Name):
            if index.name not in self.names:
                yield index.name
            return
        for child in children(index):
            yield from self._letters(child)

    def _lengths(self, entry: Entry) -> list[int | None]:
        value = self._entries_of(entry)
        if isinstance(value, Unsized):
            return [value.rows, value.cols]
        rows, cols = len(value), len(value[0])
        if len(entry.indices) == MAP_INDICES:
            return [isqrt(rows)] * MAP_INDICES
        return [rows, cols] if len(entry.indices) == 2 else [max(rows, cols)]

    def _entries_of(self, entry: Entry) -> Value:
        """The operand of an entry, whose letters may say how large it is."""
        letters = [index.name if isinstance(index, Name) else "" for index in entry.indices]
        known = [self.extents.get(letter) for letter in letters]
        return self._operand(entry.operand, Expected(*known) if len(known) <= 2 else ANY_SIZE)

    def _operand(self, node: Tree, expected: Expected = ANY_SIZE) -> Value:
        if id(node) not in self.operands:
            self.operands[id(node)] = self.value(node, expected)
        return self.operands[id(node)]

    def _entry_value(self, node: Tree, places: Places) -> Scalar:
        match node:
            case Entry():
                return self._entry(node, places)
            case Group(operand):
                return self._entry_value(operand, places)
            case Negative(operand):
                return self.arithmetic.negative(self._entry_value(operand, places))
            case Add(terms):
                return self.arithmetic.total([self._entry_value(term, places) for term in terms])
            case Binary() if next(_entries(node), None) is not None:
                return self._binary(node, places)
            case Call(name, (argument,), None) if name in ELEMENTWISE:
                return ELEMENTWISE[name](self.arithmetic, self._entry_value(argument, places))
        value = self._operand(node)
        if isinstance(value, Unsized) or len(value) * len(value[0]) != 1:
            raise ShapeError("an index form is made of scalars and entries", span=node.span)
        return value[0][0]

    def _binary(self, node: Binary, places: Places) -> Scalar:
        left = self._entry_value(node.left, places)
        match node.operator:
            case "*" | ".*":
                if left is ZERO:
                    return ZERO
                return self.arithmetic.mul(left, self._entry_value(node.right, places))
            case "/" | "./":
                return self.arithmetic.div(left, self._entry_value(node.right, places))
            case "^" | ".^":
                return power(self.arithmetic, left, self._entry_value(node.right, places))
        raise NotVerifiableError("a comparison inside an index form", span=node.span)

    def _entry(self, entry: Entry, places: Places) -> Scalar:
        value = self._entries_of(entry)
        indices = [self._index(index, places) for index in entry.indices]
        if isinstance(value, Unsized):
            return value.on if len(set(indices)) == 1 else value.off
        if len(indices) == 1:
            indices = [indices[0], 0] if len(value[0]) == 1 else [0, indices[0]]
            if min(len(value), len(value[0])) > 1:
                raise ShapeError("one index for a matrix", span=entry.span)
        if len(indices) == MAP_INDICES:
            # Columns are stacked: i, j are those of the value, p, q those of the argument.
            size = isqrt(len(value))
            indices = [size * slow + fast for fast, slow in (indices[:2], indices[2:])]
        row, col = indices
        inside = 0 <= row < len(value) and 0 <= col < len(value[0])
        return value[row][col] if inside else ZERO

    def _index(self, node: Tree, places: Places) -> int:
        match node:
            case Name(name) if name in places:
                return places[name]
            case Add(terms):
                return sum(self._index(term, places) for term in terms)
            case Group(operand):
                return self._index(operand, places)
            case Negative(operand):
                return -self._index(operand, places)
            case Binary("*", left, right):
                return self._index(left, places) * self._index(right, places)
            case Number() | Name():
                return self.size(node)
        raise NotVerifiableError("an index that is not made of letters and sizes", span=node.span)


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


def _entries(node: Tree) -> Iterator[Entry]:
    if isinstance(node, Entry):
        yield node
        return
    for child in children(node):
        yield from _entries(child)


def _factors(term: Tree) -> Iterator[Tree]:
    """The factors of a product; one without entries is a scalar as a whole."""
    if next(_entries(term), None) is None:
        yield term
        return
    match term:
        case Group(operand) if not isinstance(operand, Add):
            yield from _factors(operand)
        case Negative(operand):
            yield Negative(Number(ONE))
            yield from _factors(operand)
        case Binary("*" | ".*", left, right):
            yield from _factors(left)
            yield from _factors(right)
        case _:
            yield term


def _is_zero(x: Scalar) -> bool:
    return type(x) is Fraction and not x


def _is_sparse(factor: Tree) -> bool:
    """Whether most entries of a factor are 0."""
    if not isinstance(factor, Entry):
        return False
    operand = factor.operand
    return operand == Name("I") or (isinstance(operand, Call) and operand.function == "eye")

"""What has letters: arrays given entry by entry, parts of arrays, and reductions over letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import prod
from typing import TypeVar

from dimderiv.language import (
    Add,
    Binary,
    Call,
    Entry,
    Group,
    IndexForm,
    Letter,
    Name,
    Negative,
    Number,
    Tree,
)
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate.arithmetic import ZERO, Arithmetic, Scalar
from dimderiv.verify.evaluate.calls import REDUCTIONS
from dimderiv.verify.evaluate.functions import power
from dimderiv.verify.evaluate.sums import Sums
from dimderiv.verify.evaluate.unsized import ANY_SIZE, Expected, Unsized, Value, entrywise, sized
from dimderiv.verify.layout import (
    Array,
    Letters,
    Sized,
    SizeUnknownError,
    at_each_place,
    entries,
    is_single,
    part,
    ranges_of,
    shaped,
    size_of,
)

Found = TypeVar("Found")

ONE_ENTRY = Expected(1, 1)


class NotSingle(Exception):  # noqa: N818 - the cue for a reading in arrays
    """What stands in a place of an index form has axes of its own."""


@dataclass
class IndexReader:
    """Reads what has letters.

    Attributes:
        arithmetic: the arithmetic of the entries.
        letters: what they stand for.
        value: gives the value of a node, where letters stand for what they do.
        sums: sums of products.
        operands: the operands of parts, as far as they are the same at every place, by identity.
    """

    arithmetic: Arithmetic
    letters: Letters
    value: Callable[[Tree, Expected], Value]
    sums: Sums = field(init=False)
    operands: dict[int, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sums = Sums(self.arithmetic, self.letters, self.scalar)

    def form(self, form: IndexForm) -> Array:
        """The entries of an index form; the axes of what stands in each place come last.

        Args:
            form: the form.
        """
        ranges = self._ranges(form.letters, form.body)
        lengths = [prod(ranges[letter] for letter, _ in axis) for axis in form.axes]
        body = form.body
        try:
            return Array(tuple(lengths), self._at_each_place(ranges, lambda: self.scalar(body)))
        except NotSingle:
            found = self._at_each_place(ranges, lambda: self._array(body))
        inner = [length for length in size_of(found[0]) if length > 1]
        return Array((*lengths, *inner), [entry for value in found for entry in entries(value)])

    def _lengths(self, entry: Entry) -> Sequence[int | None]:
        value = self._operand(entry)
        return (value.rows, value.cols) if isinstance(value, Unsized) else size_of(value)

    def _ranges(self, letters: Sequence[Letter], body: Tree) -> dict[str, int]:
        return ranges_of(letters, body, self.letters, self._lengths)

    def _at_each_place(self, ranges: dict[str, int], found: Callable[[], Found]) -> list[Found]:
        def counted() -> Found:
            self.arithmetic.tick()
            return found()

        return at_each_place(ranges, self.letters, counted)

    def over(self, node: Call, expected: Expected = ANY_SIZE) -> Value:
        """The value of a reduction over letters.

        Args:
            node: the reduction.
            expected: what is known of the size of its value.
        """
        if node.function not in REDUCTIONS or len(node.arguments) != 1:
            raise NotVerifiableError(f"{node.function} over letters", span=node.span)
        (body,) = node.arguments
        ranges = self._ranges(node.over, body)
        try:
            return [[self._scalar_over(node, ranges)]]
        except NotSingle:
            values = self._at_each_place(ranges, lambda: self.value(body, expected))
        if node.function == "sum":
            return reduce(lambda a, b: entrywise(a, b, self.arithmetic.add, expected), values)
        found = [sized(value, expected) for value in values]
        columns = zip(*map(entries, found), strict=True)
        self.arithmetic.branches.site = id(node)
        function = REDUCTIONS[node.function]
        return shaped(
            size_of(found[0]), [function(self.arithmetic, [*column]) for column in columns]
        )

    def _scalar_over(self, node: Call, ranges: dict[str, int]) -> Scalar:
        (body,) = node.arguments
        if node.function == "sum":
            extents = self.letters.extents
            self.letters.extents = {**extents, **ranges}
            try:
                return self.sums.total(node, ranges)
            finally:
                self.letters.extents = extents
        values = self._at_each_place(ranges, lambda: self.scalar(body))
        self.arithmetic.branches.site = id(node)
        return REDUCTIONS[node.function](self.arithmetic, values)

    def _array(self, node: Tree) -> Sized:
        return sized(self.value(node, ANY_SIZE), ANY_SIZE)

    def scalar(self, node: Tree) -> Scalar:
        """The value of a node that is a scalar where letters stand for what they do.

        Args:
            node: what to evaluate.

        Raises:
            NotSingle: it has axes of its own.
        """
        a = self.arithmetic
        match node:
            case Entry():
                return self._entry(node)
            case Number(value):
                return value if type(value) is Fraction else Fraction(value)
            case Group(operand):
                return self.scalar(operand)
            case Negative(operand):
                return a.negative(self.scalar(operand))
            case Add(terms):
                return a.total([self.scalar(term) for term in terms])
            case Binary("*" | ".*", left, right):
                first = self.scalar(left)
                return ZERO if first is ZERO else a.mul(first, self.scalar(right))
            case Binary("/" | "./", left, right):
                return a.div(self.scalar(left), self.scalar(right))
            case Binary("^" | ".^", left, right) if not isinstance(left, Call):
                return power(a, self.scalar(left), self.scalar(right))
        return _single(self.value(node, ONE_ENTRY))

    def _entry(self, entry: Entry) -> Scalar:
        """The value of a part that is a scalar: quickly, where each index is a sum of letters."""
        known = self.operands.get(id(entry))
        if known is None:
            value = self._operand(entry)
            if isinstance(value, Unsized):
                return _single(self.part(entry))
            known = Array(size_of(value), entries(value))
            if isinstance(self.letters.key(entry.operand), int):
                self.operands[id(entry)] = known
        self.arithmetic.effort.spent += 1
        lengths = known.lengths
        if len(entry.indices) == 1 and len(lengths) == 2 and min(lengths) == 1:
            lengths = (max(lengths),)
        offset = self.letters.offset(entry, lengths)
        if offset is None:
            return _single(self.part(entry))
        if offset < 0:
            return ZERO
        self.arithmetic.branches.inside.add(id(entry))
        return known.entries[offset]

    def part(self, entry: Entry) -> Sized:
        """The value of a part of an array.

        Args:
            entry: the part.
        """
        value = self._operand(entry)
        if isinstance(value, Unsized):
            return [[self._of_constant(entry, value)]]
        lengths, picked = self.letters.picked(entry, size_of(value))
        if all(map(_reaches, picked, lengths)):
            self.arithmetic.branches.inside.add(id(entry))
        return part(value, lengths, picked, ZERO)

    def _of_constant(self, entry: Entry, value: Unsized) -> Scalar:
        """An entry of a constant, which is as large as its indices say."""
        sums = [self.letters.sum_of(index) for index in entry.indices]
        if None in sums:
            raise SizeUnknownError
        places = [each.at(self.letters.bound) for each in sums if each is not None]
        if min(places) < 0:
            return ZERO
        self.arithmetic.branches.inside.add(id(entry))
        return value.on if len({*places}) == 1 else value.off

    def _operand(self, entry: Entry) -> Value:
        """The operand of an entry, whose letters may say how large it is."""
        operand, extents = entry.operand, self.letters.extents
        if isinstance(operand, Name) or len(entry.indices) != 2:
            return self.value(operand, ANY_SIZE)
        named = [index.name if isinstance(index, Name) else "" for index in entry.indices]
        return self.value(operand, Expected(*[extents.get(letter) for letter in named]))


def _single(value: Value) -> Scalar:
    if isinstance(value, Unsized) or not is_single(value):
        raise NotSingle
    return entries(value)[0]


def _reaches(along: Array, length: int) -> bool:
    """Whether some of the places along an axis lie in the array."""
    return any(0 <= place < length for place in along.entries)

"""What has letters, written out entry by entry: index forms, parts, reductions over letters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from dimderiv.language import Call, IndexForm, Letter, Tree
from dimderiv.language import Entry as Indexed
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.layout import (
    Array,
    Letters,
    Sized,
    Table,
    at_each_place,
    entries,
    part,
    ranges_of,
    shaped,
    size_of,
    two_axes,
)
from dimderiv.verify.symbolic.arithmetic import Arithmetic
from dimderiv.verify.symbolic.functions import REDUCTIONS
from dimderiv.verify.symbolic.tables import Open, Value, closed


@dataclass
class LetterReader:
    """Reads what has letters.

    Attributes:
        a: the arithmetic of the entries.
        letters: what they stand for.
        value: gives the value of a node, where letters stand for what they do.
    """

    a: Arithmetic
    letters: Letters
    value: Callable[[Tree], Value]

    def form(self, form: IndexForm) -> Array:
        """All entries of a form; the axes of what stands in each place come last."""
        ranges = self._ranges(form.letters, form.body)
        lengths = [prod(ranges[letter] for letter, _ in axis) for axis in form.axes]
        found = self._at_each_place(ranges, form.body)
        inner = [length for length in size_of(found[0]) if length > 1]
        return Array((*lengths, *inner), [entry for value in found for entry in entries(value)])

    def _lengths(self, each: Indexed) -> Sequence[int | None]:
        value = self.value(each.operand)
        return (value.rows, value.cols) if isinstance(value, Open) else size_of(value)

    def _ranges(self, letters: Sequence[Letter], body: Tree) -> dict[str, int]:
        return ranges_of(letters, body, self.letters, self._lengths)

    def _at_each_place(self, ranges: Mapping[str, int], node: Tree) -> list[Sized]:
        return at_each_place(ranges, self.letters, lambda: closed(self.value(node), 1, 1))

    def over(self, node: Call) -> Table:
        """A reduction over letters, which keeps the axes of its argument."""
        if node.function not in REDUCTIONS:
            raise NotVerifiableError(f"{node.function} over letters", span=node.span)
        (body,) = node.arguments
        values = self._at_each_place(self._ranges(node.over, body), body)
        columns = zip(*map(entries, values), strict=True)
        found = [REDUCTIONS[node.function](self.a, [*column]) for column in columns]
        return two_axes(shaped(size_of(values[0]), found))

    def part(self, node: Indexed) -> Table:
        """A part of an array."""
        value = self.value(node.operand)
        if isinstance(value, Open):
            sums = [self.letters.sum_of(index) for index in node.indices]
            places = [each.at(self.letters.bound) for each in sums if each is not None]
            value = closed(value, *[max([0, *places]) + 1] * 2)
        lengths, picked = self.letters.picked(node, size_of(value))
        return two_axes(part(value, lengths, picked, self.a.number(0)))

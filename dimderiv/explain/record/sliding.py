"""The size arithmetic of an affine index: what slides over what, and where zeros are put in.

The index `2i+r-1` of an axis of `X` says that what has `i` stands in steps of 2, and what has `r`
in steps of 1.  By what has one of them, the other slides over `X` and stays inside: a valid
product.  By `X`, each slides across the other and hangs over its ends: a full product.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple, TypeAlias, cast

from dimderiv.explain.record.places import Folded, Place
from dimderiv.explain.record.reasons import WrittenFactor
from dimderiv.explain.record.recorded import (
    Equation,
    Field,
    IndexOf,
    Sentence,
    Several,
    Sizes,
)
from dimderiv.explain.record.scalar_order import NUMBER_ONE
from dimderiv.graph import Selection
from dimderiv.language import (
    NOTHING,
    ONE,
    Add,
    Binary,
    Dim,
    Name,
    Negative,
    Number,
    Tree,
    replaced,
    walk,
)

# Sentences, and the indices that they are said of.
Told: TypeAlias = "tuple[Sequence[Sentence], Sequence[_Window]]"


class Arrays(NamedTuple):
    """What is multiplied by letters, and what the derivative is by.

    Attributes:
        factors: the arrays.
        still: which of them lies still where another one slides across it.
        operand: what the derivative is by.
        spelled: how each letter is written.
        result: the letters of the derivative.
    """

    factors: Sequence[WrittenFactor]
    still: Tree | None
    operand: Tree
    spelled: Mapping[int, Tree]
    result: Sequence[int]

    def of_axis(self, letter: int) -> Tree | None:
        """The factor that has an axis with a letter of its own."""
        found = (f.tree for f in self.factors if letter in f.factor.indices)
        return next(found, None)

    def holder(self, letter: int) -> Tree | None:
        """What has a letter: what the derivative is by, or a factor."""
        if letter in self.result:
            return self.operand
        return next((f.tree for f in reversed(self.factors) if letter in f.letters), None)


def sliding(found: Folded, arrays: Arrays) -> tuple[Sizes, ...]:
    """What the sizes say of each place that depends on letters; of equal ones, once."""
    told: list[tuple[list[Sentence], list[_Window]]] = []
    for place in (*found.inside.values(), *found.shown):
        if not place.others:
            # A place that is a number has no sizes to tell of.
            continue
        if isinstance(place, Place) and isinstance(place.factor.node, Selection):
            window = _Window(place, arrays, is_shown=place in found.shown)
            sentences = list(window.sentences())
            if not sentences:
                continue
            same = next((windows for other, windows in told if other == sentences), None)
            if same is None:
                told.append((sentences, [window]))
            else:
                same.append(window)
    return tuple(_together(*each, told[:k]) for k, each in enumerate(told))


def _together(
    sentences: Sequence[Sentence], windows: Sequence["_Window"], before: Iterable[Told]
) -> Sizes:
    """The same sentences of several indices; where others are alike, in which names they differ."""
    axes = Several(tuple(window.along for window in windows))
    names = next(filter(None, (_renamed(each, sentences) for each, _ in before)), None)
    if names is not None:
        old, new = (Several(tuple(map(Name, each))) for each in zip(*names.items(), strict=True))
        return (Sentence("likewise", {"axes": axes, "old": old, "new": new}),)
    index = Several(tuple(IndexOf(window.index) for window in windows))
    letters = Several(tuple(tree for window in windows for tree in window.nameless))
    filled = [Sentence(s.key, {**s.fields, "index": index, "letters": letters}) for s in sentences]
    return (Sentence("sizes", {"axes": axes}), *filled)


def _renamed(first: Sequence[Sentence], second: Sequence[Sentence]) -> Mapping[str, str] | None:
    """The names of some sentences and those of others alike; nothing where more differs."""
    if [each.key for each in first] != [each.key for each in second]:
        return None
    before, after = ([*map(_formulas, each)] for each in (first, second))
    names: dict[str, str] = {}
    for old, new in zip(before, after, strict=True):
        for name, other in zip(_names(old), _names(new), strict=False):
            if names.setdefault(name, other) != other:
                return None
    if len({*names.values()}) < len(names):
        return None
    table: dict[Tree, Tree] = {Name(old): Name(new) for old, new in names.items()}
    moved = [[replaced(tree, table.get) for tree in each] for each in before]
    return {old: new for old, new in names.items() if old != new} if moved == after else None


def _formulas(sentence: Sentence) -> list[Tree]:
    """The formulas of a sentence, in the order of its fields, and its numbers."""
    found: list[Tree] = []
    for _, value in sorted(sentence.fields.items()):
        sides = value.sides if isinstance(value, Equation) else (value,)
        found.extend(Number(Fraction(s)) if isinstance(s, int) else cast(Tree, s) for s in sides)
    return found


def _names(trees: Iterable[Tree]) -> list[str]:
    return [part.name for tree in trees for part in walk(tree) if isinstance(part, Name)]


class _Window:
    """An axis whose places depend on letters."""

    def __init__(self, place: Place, arrays: Arrays, *, is_shown: bool) -> None:
        node = place.factor.node
        assert isinstance(node, Selection)
        self.place, self.arrays, self.is_shown = place, arrays, is_shown
        self.size, *counts = node.axes
        self.sides = [
            _Side(letter, arrays.holder(letter), step, count)
            for letter, step, count in zip(place.others, node.steps, counts, strict=True)
        ]
        before = [side.span - ONE for side in self.sides if side.step < 0]
        self.lowest = reduce(Dim.__sub__, before, node.offset)
        self.total = reduce(Dim.__add__, [side.span - ONE for side in self.sides], ONE)
        self.index = place.tree(arrays.spelled)

    @property
    def array(self) -> Tree | None:
        """What has the axis."""
        return self.arrays.operand if self.is_shown else self.arrays.of_axis(self.place.letter)

    @property
    def along(self) -> Tree:
        """The letter of the derivative that its sizes are told for."""
        own = [letter for letter in self.place.others if letter in self.arrays.result]
        found = self.place.letter if self.is_shown else (own or self.place.others)[0]
        return self.arrays.spelled[found]

    @property
    def nameless(self) -> list[Tree]:
        """The letters that no array has, such as those of a mean."""
        return [self.arrays.spelled[side.letter] for side in self.sides if side.holder is None]

    def sentences(self) -> Iterator[Sentence]:
        """Where the places lie, and what slides over what."""
        sides, own = self.sides, [i for i in self.place.others if i in self.arrays.result]
        is_pair = len({side.holder for side in sides} - {None}) == len(sides) == 2
        for last in dict.fromkeys(side.extent for side in sides if side.holder is None):
            yield Sentence("range", {"last": (last - ONE).syntax()})
        if self.is_shown:
            if is_pair:
                yield from (side.apart() for side in sides if side.has_gaps)
                yield self._full(*sides)
            yield from self._reached("dropped")
            return
        reached = list(self._reached("reach"))
        if len(sides) > 1 or any(each.key != "reach_inside" for each in reached):
            yield from reached
        if is_pair and len(own) == 1:
            kept, other = sides if sides[0].letter in own else sides[::-1]
            if other.holder == self.arrays.still:
                yield self._fits(kept, other)
            yield from (other.apart() for _ in range(other.has_gaps))
            yield self._valid(kept, other)

    def _reached(self, kind: str) -> Iterator[Sentence]:
        """Which places there are, and which of them the array has."""
        if self.array is None:
            return
        highest, last = self.lowest + self.total - ONE, self.size - ONE
        before, after = NOTHING - self.lowest, highest - last
        fields: dict[str, Field] = {
            "array": self.array,
            "lowest": self.lowest.syntax(),
            "highest": highest.syntax(),
            "last": last.syntax(),
        }
        if before == after == NOTHING:
            yield Sentence("reach_all", fields)
        elif _is_never_positive(before) and _is_never_positive(after):
            yield Sentence(f"{kind}_inside", fields)
        elif before.number is None or after.number is None:
            yield Sentence(f"{kind}_unknown", fields)
        else:
            zeros: dict[str, Field] = {
                "before": max(before.number, 0),
                "after": max(after.number, 0),
            }
            yield Sentence(f"{kind}_over", fields | zeros)

    def _full(self, first: "_Side", second: "_Side") -> Sentence:
        """Both slide across each other; what arrives lies still."""
        if first.holder != self.arrays.still:
            first, second = second, first
        count = Add((first.span.syntax(), second.span.syntax(), Negative(NUMBER_ONE)))
        sides = Equation((count, self.total.syntax()))
        is_turned = (first.step > 0) == (second.step > 0)
        key = "full_turned" if is_turned else "full"
        return Sentence(key, {**first.named("other"), **second.named("window"), "count": sides})

    def _fits(self, window: "_Side", whole: "_Side") -> Sentence:
        """How often a window fits into the array, as the operation has it."""
        count: Tree = Add((self.total.syntax(), Negative(window.span.syntax())))
        step = Number(Fraction(abs(whole.step)))
        count = Binary("/", count, step) if whole.has_gaps else count
        fields: dict[str, Field] = {
            "span": window.span.syntax(),
            "step": step,
            "count": Equation((Add((count, NUMBER_ONE)), whole.extent.syntax())),
        }
        return Sentence("fits", fields | window.named("window") | whole.named("whole"))

    def _valid(self, kept: "_Side", other: "_Side") -> Sentence:
        """What has the other letter slides over the array and stays inside."""
        count = Add((self.total.syntax(), Negative(other.span.syntax()), NUMBER_ONE))
        fields: dict[str, Field] = {
            "operand": self.arrays.operand,
            "count": Equation((count, kept.span.syntax())),
            "step": abs(kept.step),
            "size": kept.extent.syntax(),
        }
        return Sentence("valid_apart" if kept.has_gaps else "valid", fields | other.named("window"))


class _Side(NamedTuple):
    """One of the letters that a place depends on: what has it, in which steps, how often."""

    letter: int
    holder: Tree | None
    step: int
    extent: Dim

    @property
    def span(self) -> Dim:
        """How many places there are from the first to the last."""
        return Dim.of(abs(self.step)) * (self.extent - ONE) + ONE

    @property
    def has_gaps(self) -> bool:
        """Whether there are places between neighbours."""
        return abs(self.step) > 1

    def named(self, key: str) -> dict[str, Field]:
        """What has the letter, as a field of a sentence."""
        return {} if self.holder is None else {key: self.holder}

    def apart(self) -> Sentence:
        """What stands in larger steps, with zeros between."""
        step = Number(Fraction(abs(self.step)))
        steps = Binary("*", step, Add((self.extent.syntax(), Negative(NUMBER_ONE))))
        span = Equation((Add((steps, NUMBER_ONE)), self.span.syntax()))
        return Sentence("apart", {**self.named("factor"), "step": step, "span": span})


def _is_never_positive(dim: Dim) -> bool:
    """Whether a number made of sizes, each of which is 1 or more, is known to be 0 or less."""
    named = [coefficient for monomial, coefficient in dim.monomials if monomial]
    return max(named, default=0) <= 0 and sum(each for _, each in dim.monomials) <= 0

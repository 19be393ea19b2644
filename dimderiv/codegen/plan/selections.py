"""Affine indices of letters as parts of arrays: slices, windows, and zeros around them.

`X[a] S[a,i,k]` with `a = 2i + k - 1` is `X` between zeros, seen through windows: an array with the
axes `i` and `k` in the place of `a`.  Where `a` is an axis of the result, entries are added up.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from dimderiv.codegen.plan.details import Selected, Window
from dimderiv.codegen.plan.operations import is_of_numbers
from dimderiv.codegen.plan.parts import Range, added, flipped, padded, part, strided
from dimderiv.codegen.plan.plan import Plan, Tensor, distinct
from dimderiv.graph import Factor, Selection
from dimderiv.language import ONE, Dim

Letters = tuple[int, ...]


class Chosen(NamedTuple):
    """Places on an axis, as an affine index of letters.

    Attributes:
        root: the letter of the axis.
        letters: the letters of the index.
        steps: how far one step of each goes.
        offset: the place where all are 0.
    """

    root: int
    letters: Letters
    steps: tuple[int, ...]
    offset: Dim

    @property
    def every(self) -> Letters:
        """All its letters."""
        return (self.root, *self.letters)

    @property
    def roots(self) -> list["Chosen"]:
        """The ways to read it, each with another letter as the axis."""
        unit = [i for i, step in zip(self.letters, self.steps, strict=True) if abs(step) == 1]
        return [self, *map(self.at, unit)]

    def at(self, letter: int) -> "Chosen":
        """The same ones and zeros, as places on the axis of a letter that has the step 1 or -1."""
        place = self.letters.index(letter)
        sign = self.steps[place]
        others = [k for k in range(len(self.letters)) if k != place]
        letters = (self.root, *(self.letters[k] for k in others))
        steps = (sign, *(-sign * self.steps[k] for k in others))
        return Chosen(letter, letters, steps, self.offset * Dim.of(-sign))

    def range(self, dims: Sequence[Dim]) -> Range:
        """What is taken of the axis."""
        first = last = self.offset
        for letter, step in zip(self.letters, self.steps, strict=True):
            reach = (dims[letter] - ONE) * Dim.of(step)
            first, last = (first, last + reach) if step > 0 else (first + reach, last)
        if len(self.letters) == 1:
            return Range(first, last, abs(self.steps[0]), dims[self.letters[0]])
        return Range(first, last, 1, last - first + ONE if self.letters else None)

    def window(self, axis: int, dims: Sequence[Dim]) -> Window:
        """The axes that come in the place of one."""
        return Window(axis, tuple(dims[i] for i in self.letters), tuple(map(abs, self.steps)))


def chosen_by(factor: Factor) -> Chosen | None:
    """What a factor selects; nothing where it is no selection, or its letters repeat.

    Args:
        factor: a factor of a product.
    """
    node, indices = factor.node, factor.indices
    letters = tuple(i for i in indices if isinstance(i, int))
    if not isinstance(node, Selection) or len(set(letters)) < len(indices):
        return None
    return Chosen(letters[0], letters[1:], node.steps, node.offset)


def rooted(
    plan: Plan,
    chosen: Chosen,
    needed: Collection[int],
    held: Collection[int],
    dims: Sequence[Dim],
) -> Chosen | None:
    """The reading whose axis is summed, so that no entries are added up: that of the longest axis.

    Where they can be added up on an axis of the result, no axis that is shorter is read along.

    Args:
        plan: knows sizes.
        chosen: the places.
        needed: the letters that are not summed.
        held: the letters of arrays.
        dims: the size of each letter.
    """
    free = [each for each in chosen.roots if each.root not in needed]
    free = [each for each in free if each.root in held] or free
    sizes = plan.sizes.first
    best = max(free, key=lambda each: sizes[dims[each.root]], default=None)
    if best is not None and best is not chosen and chosen.letters and is_open(chosen, needed):
        longest = max(sizes[dims[letter]] for letter in chosen.letters)
        return best if sizes[dims[best.root]] >= longest else None
    return best


def is_open(chosen: Chosen, needed: Collection[int]) -> bool:
    """Whether entries can be added up on the axis of places.

    Args:
        chosen: the places.
        needed: the letters that are not summed.
    """
    return chosen.root in needed and not set(chosen.letters) & set(needed)


def applied(
    plan: Plan,
    chosen: Sequence[Chosen],
    tensors: Sequence[Tensor],
    kept: Collection[int],
    dims: Sequence[Dim],
) -> list[Tensor]:
    """Arrays with the axes of the letters that select places, where those of the places were.

    Args:
        plan: the plan that the operations become part of.
        chosen: the places.
        tensors: the arrays.
        kept: the letters that are not summed here.
        dims: the size of each letter.
    """
    left, found = list(chosen), list(tensors)
    while left:
        held = {letter for tensor in found for letter in tensor.letters}
        ready = list(_ready(plan, left, kept, held, dims))
        if not ready:
            found.append(dense(plan, left.pop(), dims))
            continue
        left = [each for each in left if all(each is not place for place, _ in ready)]
        readings = {reading.root: reading for _, reading in ready}
        found += [_ones(plan, root, dims) for root in readings if root not in held]
        found = [selected(plan, tensor, readings, dims) for tensor in found]
    return found


def _ready(
    plan: Plan,
    left: Sequence[Chosen],
    kept: Collection[int],
    held: Collection[int],
    dims: Sequence[Dim],
) -> Iterable[tuple[Chosen, Chosen]]:
    """The places that can be selected together, each with how it is read."""
    pairs = []
    for each in left:
        others = {i for other in left if other is not each for i in other.every}
        reading = rooted(plan, each, {*kept, *others}, held, dims)
        if reading is not None:
            pairs.append((each, reading))
    inside = [pair for pair in pairs if pair[1].root in held] or pairs[:1]
    inside.sort(key=lambda pair: -plan.sizes.first[dims[pair[1].root]])
    taken = set[int]()
    for each, reading in inside:
        if taken.isdisjoint(each.every):
            taken.update(each.every)
            yield each, reading


def _ones(plan: Plan, letter: int, dims: Sequence[Dim]) -> Tensor:
    """Ones along an axis that no array has."""
    return Tensor(plan.make("fill", (plan.number(1),), (dims[letter],)), (letter,))


def dense(plan: Plan, chosen: Chosen, dims: Sequence[Dim]) -> Tensor:
    """The ones and zeros themselves, as an array.

    Args:
        plan: the plan that the operations become part of.
        chosen: the places.
        dims: the size of each letter.
    """
    detail, sizes = Selected(chosen.steps, chosen.offset), tuple(dims[i] for i in chosen.every)
    return Tensor(plan.make("selection", (), sizes, detail), chosen.every)


def selected(
    plan: Plan, tensor: Tensor, chosen: Mapping[int, Chosen], dims: Sequence[Dim]
) -> Tensor:
    """An array with the axes of letters in the place of each axis of which they select places.

    Args:
        plan: the plan that the operations become part of.
        tensor: the array.
        chosen: the places, by the letter of the axis; the array need not have it.
        dims: the size of each letter.
    """
    if chosen.keys().isdisjoint(tensor.letters):
        return tensor
    upright = plan.written_out(plan.upright(tensor))
    ranges, windows = dict[int, Range](), dict[int, Window]()
    letters, turned, axes = list[int](), list[int](), 0
    for axis, letter in enumerate(upright.letters):
        each = chosen.get(letter)
        if each is None:
            letters.append(letter)
            axes += 1
            continue
        ranges[axis] = each.range(dims)
        turned += [len(letters) + k for k, step in enumerate(each.steps) if step < 0]
        if len(each.letters) > 1:
            windows[axes] = each.window(axes, dims)
        letters += each.letters
        axes += bool(each.letters)
    op = strided(plan, part(plan, plan.as_number(upright.op), ranges), windows)
    return distinct(plan, Tensor(flipped(plan, op, turned), tuple(letters)), dims)


def placed(
    plan: Plan, tensor: Tensor, chosen: Mapping[int, Chosen], result: Letters, dims: Sequence[Dim]
) -> Tensor:
    """An array in which entries are added up at the places that letters select.

    Args:
        plan: the plan that the operations become part of.
        tensor: an array with the letters of the result and those that select.
        chosen: the places, by the letter of the axis.
        result: the letters of the result.
        dims: the size of each letter.
    """
    letters, turned = list[int](), list[int]()
    windows, edges = dict[int, Window](), dict[int, tuple[Dim, Dim]]()
    # An axis of which one place is chosen is not there until all is added up.
    there = 0
    for axis, letter in enumerate(result):
        each = chosen.get(letter)
        if each is None:
            letters.append(letter)
            there += 1
            continue
        first, last, *_ = each.range(dims)
        turned += [len(letters) + k for k, step in enumerate(each.steps) if step < 0]
        windows[axis] = each.window(there, dims)
        there += bool(each.letters)
        edges[axis] = (first, dims[letter] - ONE - last)
        letters += each.letters
    axes = tuple(letters.index(i) for i in tensor.letters)
    op = plan.full(tensor._replace(letters=axes), tuple(dims[i] for i in letters))
    op = added(plan, flipped(plan, op, turned), windows, len(result))
    if len(op.dims) < len(result):
        single = (axis for axis, each in windows.items() if not each.counts)
        # A number has no shape that it could get another in the place of.
        kind = "fill" if is_of_numbers(op) else "reshape"
        op = plan.make(kind, (op,), _with_ones(op.dims, single))
    return Tensor(padded(plan, op, edges), result)


def _with_ones(dims: tuple[Dim, ...], axes: Iterable[int]) -> tuple[Dim, ...]:
    """Sizes with those of axes that have one entry."""
    found = list(dims)
    for axis in axes:
        found.insert(axis, ONE)
    return tuple(found)

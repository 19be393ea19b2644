"""Parts of arrays: an index for each axis makes a labelled product with constants of 0 and 1.

A letter stands for itself.  Of an affine index, a slice or a number the places are selected, and of
labels the one-hot matrix: `S[i, y[i]]` is `S[i,c] H[i,c]`.  What lies outside of the array is zero.
"""

from collections.abc import Callable, Mapping, Sequence

from dimderiv import graph
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Merged,
    Shifted,
    apply_function,
    index_dim,
    opened,
    selection,
)
from dimderiv.language import NOTHING, Dim, Shape, names_in, syntax
from dimderiv.lower.arrays import Array
from dimderiv.lower.indexed.affine import Affine, affine


def entries_of(
    operand: Array,
    node: syntax.Entry,
    letters: Mapping[str, Dim],
    value: Callable[[syntax.Tree], Array],
    names: Mapping[str, Array],
) -> Array:
    """A part of an array.

    Args:
        operand: the array.
        node: the part, as it is written.
        letters: the letters that an index may have, with their sizes.
        value: an index that is none of letters as an array of labels.
        names: what a name in an index means that is no letter, and no size.
    """
    reader = _Reader(operand, letters, value, names)
    sizes = _axes(operand.shape, len(node.indices))
    rest = [syntax.Slice()] * (len(sizes) - len(node.indices))
    for dim, index in zip(sizes, (*node.indices, *rest), strict=True):
        reader.read(index, dim)
    return reader.found()


def _axes(shape: Shape, indices: int) -> Sequence[Dim]:
    """The axes that indices are of: a vector may have a single one."""
    if indices == 1 and (shape.is_column or shape.is_row):
        return shape.axes
    return shape


class _Reader:
    """The factors of a part, and the letters and the axes that it has.

    Args:
        operand: the array.
        letters: the letters that an index may have, with their sizes.
        value: an index that is none of letters as an array of labels.
        names: what a name in an index means that is no letter, and no size.
    """

    def __init__(
        self,
        operand: Array,
        letters: Mapping[str, Dim],
        value: Callable[[syntax.Tree], Array],
        names: Mapping[str, Array],
    ) -> None:
        self.operand, self.sizes, self.value = operand, letters, value
        self.arrays = {*names} - {*letters}
        self.dims: list[Dim] = []
        self.place: dict[str, int] = {}
        self.indices: list[Index] = [self._numbered(*each) for each in operand.lettered.items()]
        self.factors: list[Factor] = []
        self.kept: list[tuple[Dim, int | None]] = []

    def found(self) -> Array:
        """The part."""
        whole = Factor(self.operand.node, tuple(self.indices))
        axes = [number for _, number in self.kept if number is not None]
        node = opened(ONCE, [whole, *self.factors], (*self.place.values(), *axes), self.dims)
        return Array(node, Shape.of([dim for dim, _ in self.kept]), tuple(self.place))

    def read(self, tree: syntax.Tree, dim: Dim) -> None:
        """Take the index of one axis."""
        index = self._index(tree, dim)
        if index is not None:
            self.indices.append(index)

    def _index(self, tree: syntax.Tree, dim: Dim) -> Index | None:
        match tree:
            case syntax.Slice(start, stop):
                return self._sliced(start, stop, dim)
            case syntax.Binary("*") if letters := _merged(tree, self.sizes):
                return self._several(letters)
            case syntax.Binary("//", above, syntax.Number(step)) if self._moves(above):
                return self._divided(above, int(step), dim)
        index = self._affine(tree)
        if index is None:
            return self._labelled(tree, dim)
        return self._at(index, dim, tree)

    def _affine(self, tree: syntax.Tree) -> Affine | None:
        return affine(tree, self.sizes) if self.arrays.isdisjoint(names_in(tree)) else None

    def _moves(self, tree: syntax.Tree) -> bool:
        index = self._affine(tree)
        return index is not None and bool(index.steps)

    def _sliced(
        self, start: syntax.Tree | None, stop: syntax.Tree | None, dim: Dim
    ) -> Index | None:
        first, last = self._end(start, NOTHING, dim), self._end(stop, dim, dim)
        size = last.plus(-first)
        if size.steps:
            raise NotDifferentiableError(
                "the length of a slice depends on a letter", hint="a slice such as x[i:i+3]"
            )
        number = None if size.offset.is_one else self._fresh(size.offset)
        self.kept.append((size.offset, number))
        return self._selected(first, dim, () if number is None else ((number, 1),))

    def _end(self, tree: syntax.Tree | None, default: Dim, dim: Dim) -> Affine:
        """The end of a slice; a number below 0 counts from the end of the axis."""
        if tree is None:
            return Affine({}, default)
        found = self._affine(tree)
        if found is None:
            raise NotDifferentiableError("this is no end of a slice", span=tree.span)
        return _from_end(found, dim)

    def _several(self, letters: Sequence[str]) -> Index | None:
        numbers = [self._letter(letter) for letter in letters]
        shown = tuple([number for number in numbers if number is not None])
        return Merged(shown) if len(shown) > 1 else next(iter(shown), None)

    def _at(self, index: Affine, dim: Dim, tree: syntax.Tree) -> Index | None:
        try:
            return self._selected(_from_end(index, dim), dim, ())
        except NotDifferentiableError as error:
            error.span = error.span or tree.span
            raise

    def _selected(self, index: Affine, dim: Dim, more: tuple[tuple[int, int], ...]) -> Index | None:
        """The index of an axis whose places are selected by letters."""
        found = [(self._letter(letter), step) for letter, step in index.steps.items()]
        steps = [(number, step) for number, step in found if number is not None]
        return self._placed([*steps, *more], index.offset, dim)

    def _placed(self, steps: Sequence[tuple[int, int]], offset: Dim, dim: Dim) -> Index | None:
        numbers = tuple(number for number, _ in steps)
        if dim.is_one:
            self._at_the_only_place(steps, offset)
            return None
        if offset == NOTHING and steps and all(step == 1 for _, step in steps):
            index: Index = numbers[0] if len(numbers) == 1 else Shifted(numbers)
            if index_dim(index, self.dims) == dim:
                return index
        place = self._fresh(dim)
        axes = (dim, *[self.dims[number] for number in numbers])
        chosen = selection(axes, tuple(step for _, step in steps), offset)
        self.factors.append(Factor(chosen, (place, *numbers)))
        return place

    def _at_the_only_place(self, steps: Sequence[tuple[int, int]], offset: Dim) -> None:
        """What selects the place 0 of an axis that has no other: `i + k - 1` where `i = 1 - k`."""
        if not steps:
            outside = offset != NOTHING
            self.factors += [Factor(graph.number(0), ())] * outside
            return
        place, step = next(((n, s) for n, s in steps if abs(s) == 1), (None, 1))
        if place is None:
            raise NotDifferentiableError(
                "an axis of size 1 is indexed by steps longer than 1", hint="the index 0"
            )
        rest = [(n, -s * step) for n, s in steps if n != place]
        axes = tuple([self.dims[number] for number in (place, *[n for n, _ in rest])])
        chosen = selection(axes, tuple(s for _, s in rest), offset * Dim.of(-step))
        self.factors.append(Factor(chosen, (place, *[n for n, _ in rest])))

    def _divided(self, above: syntax.Tree, step: int, dim: Dim) -> Index | None:
        """The place `i // k`: the one of which `i = k place + r` with some `r` below `k`."""
        index = self._affine(above)
        assert index is not None
        if len(index.steps) != 1 or {*index.steps.values()} != {1} or step < 1:
            raise NotDifferentiableError(
                "only a letter is divided by a whole number in an index", span=above.span
            )
        (letter,) = index.steps
        number = self._letter(letter)
        if number is None or dim.is_one:
            raise NotDifferentiableError("an axis of size 1 is not divided", span=above.span)
        place, rest = self._fresh(dim), self._fresh(Dim.of(step))
        axes = (self.dims[number], dim, Dim.of(step))
        chosen = selection(axes, (step, 1), NOTHING - index.offset)
        self.factors.append(Factor(chosen, (number, place, rest)))
        return place

    def _labelled(self, tree: syntax.Tree, dim: Dim) -> Index | None:
        """An index that is an array of labels, by its one-hot matrix."""
        if not isinstance(tree, (syntax.Name, syntax.Entry, syntax.Call)):
            raise NotDifferentiableError(
                "this is no index: neither a sum of letters and numbers, nor labels",
                span=tree.span,
                hint="an index such as 2i+k-1, i//2, (h d), 1:n or y[i]",
            )
        labels = self.value(tree)
        indices = [self._numbered(*each) for each in labels.lettered.items()]
        is_vector = labels.shape.is_column or labels.shape.is_scalar
        for size in labels.shape.axes if is_vector else labels.shape:
            number = None if size.is_one else self._fresh(size)
            self.kept.append((size, number))
            indices += [] if number is None else [number]
        if dim.is_one:
            return None
        place = self._fresh(dim)
        chosen = apply_function("onehot", (labels.node,), (*labels.node.axes, dim))
        self.factors.append(Factor(chosen, (*indices, place)))
        return place

    def _letter(self, name: str) -> int | None:
        """The number of a letter; one of size 1 has none."""
        dim = self.sizes[name]
        return None if dim.is_one else self._numbered(name, dim)

    def _numbered(self, name: str, dim: Dim) -> int:
        if name not in self.place:
            self.place[name] = self._fresh(dim)
        return self.place[name]

    def _fresh(self, dim: Dim) -> int:
        self.dims.append(dim)
        return len(self.dims) - 1


def _from_end(index: Affine, dim: Dim) -> Affine:
    """An index, or one that counts from the end of an axis, being a number below 0."""
    number = index.offset.number
    is_from_end = not index.steps and number is not None and number < 0
    return Affine({}, dim + index.offset) if is_from_end else index


def _merged(tree: syntax.Tree, letters: Mapping[str, Dim]) -> list[str]:
    """The letters of a product of letters, first one slowest; none, where it is something else."""
    match tree:
        case syntax.Name(name) if name in letters:
            return [name]
        case syntax.Binary("*", left, right):
            before, after = _merged(left, letters), _merged(right, letters)
            return [*before, *after] if before and after else []
    return []

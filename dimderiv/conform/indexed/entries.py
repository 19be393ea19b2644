"""One entry of a node at given positions, as an expression in entries of symbols.

What has at most two axes may stay in matrix notation, `(X w)[i]`; the rest is taken apart into
products, sums and functions of entries.  A part that is not zero outside of its axes, and that is
asked for there, is an entry of the whole array.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

from dimderiv.conform.defined_axes import along_entry
from dimderiv.conform.functions import called, written_name
from dimderiv.conform.indexed.batches import batch_axes, batch_letters
from dimderiv.conform.indexed.binding import Binding, ones_along
from dimderiv.conform.indexed.entry_products import (
    Entries,
    applied,
    are_quotients_alone,
    raised,
    with_sums,
)
from dimderiv.conform.indexed.finite import is_finite
from dimderiv.conform.indexed.places import Place, end_of
from dimderiv.conform.indexed.reading_order import factors_in_order
from dimderiv.conform.indexed.scope import Scope
from dimderiv.conform.lettering import UserLetters
from dimderiv.conform.notation import Form
from dimderiv.graph import (
    ONCE,
    Constant,
    Factor,
    Function,
    Index,
    LabelledProduct,
    Map,
    Named,
    Node,
    Product,
    Selection,
    Size,
    Sum,
    Symbol,
    are_letters,
    is_onehot,
    is_zero,
    labelled,
    product,
)
from dimderiv.language import ONE, ZERO, Add, Call, Dim, Entry, Name, Negative, Slice, Tree, walk


class Whole(Protocol):
    """What writes arrays as a whole."""

    def is_of_matrices(self, node: Node) -> bool:
        """Whether a node has matrix notation all through."""

    def whole(self, node: Node) -> Form:
        """An array with any number of axes, by itself."""

    def is_whole(self, node: Node) -> bool:
        """Whether an array needs no letters."""

    def operand(self, node: Symbol | Named) -> Tree:
        """What entries of a node with a name are taken of."""

    def one_of_batch(self, part: LabelledProduct, at: Mapping[Index, Place]) -> Form | None:
        """A product of matrices, some letters of which are positions."""


class EntryWriter:
    """Writes entries of nodes.

    Args:
        arrays: what writes arrays as a whole.
        user: the letters of the program.
    """

    def __init__(self, arrays: Whole, user: UserLetters) -> None:
        self.arrays, self.user = arrays, user

    def term(
        self,
        part: LabelledProduct,
        places: Sequence[Place],
        scope: Scope,
        kept: Collection[tuple[Place, Dim]] = (),
    ) -> Entries:
        """A product of entries, those of products that cannot be opened among them.

        Args:
            part: the product.
            places: the position along each of its axes.
            scope: the letters of the statement.
            kept: positions, with the size of their axes, outside of which another factor is 0.
        """
        batched = self._batched(part, places, scope)
        if batched is not None:
            return batched
        inner = scope.copy()
        found, in_windows = self._bound(part, places, inner, kept, in_windows=True)
        if in_windows and not are_quotients_alone(found):
            inner = scope.copy()
            found, _ = self._bound(part, places, inner, kept, in_windows=False)
        scope.take(inner)
        return found

    def _bound(
        self,
        part: LabelledProduct,
        places: Sequence[Place],
        scope: Scope,
        kept: Collection[tuple[Place, Dim]],
        *,
        in_windows: bool,
    ) -> tuple[Entries, bool]:
        """A product of entries, and whether windows in it are counted by quotients."""
        binding = Binding(part, places, scope, self.user, kept, in_windows=in_windows)
        found = Entries(part.coefficient, [], [], binding.summed)
        closed = [f for f in binding.factors if self._is_closed(f)]
        for factor in binding.factors:
            if factor not in closed:
                own = [binding.place(index) for index in factor.indices]
                self._put(found, factor, own, scope, kept)
                kept = [*kept, *zip(own, factor.node.axes, strict=True)]
        for factor in closed:
            own = [binding.place(index) for index in factor.indices]
            inner = self.term(labelled(factor.node), own, scope, kept)
            found.above.extend(inner.above)
            found.below.extend(inner.below)
            found.summed.extend(inner.summed)
            found = found._replace(number=found.number * inner.number)
        found.above.extend(binding.identities)
        above = factors_in_order(found.above, self.user, len(places))
        return found._replace(above=above), bool(binding.windows)

    def _batched(
        self, part: LabelledProduct, places: Sequence[Place], scope: Scope
    ) -> Entries | None:
        """A product of matrices for each array of a batch: `(inv(A[b]) G[b])[i,j]`."""
        letters = batch_letters(part)
        if not letters or not are_letters(part.result) or len({*part.result}) < len(part.result):
            return None
        at = dict(zip(part.result, places, strict=True))
        if not _are_within(places, [part.dims[i] for i in part.result], scope):
            return None
        new = {
            i: scope.fresh(part.dims[i], self.user.of_index(part.factors, i))
            for i in letters
            if i not in at
        }
        at |= {i: Place.at(Name(name)) for i, name in new.items()}
        sign = -ONCE if part.coefficient < 0 else ONCE
        form = self.arrays.one_of_batch(
            part._replace(coefficient=sign), {i: at[i] for i in letters}
        )
        if form is None:
            scope.used.difference_update(new.values())
            return None
        self._note_alone([at[i] for i in letters], scope)
        rest = [i for i in part.result if i not in letters]
        indices = self._indices([part.dims[i] for i in rest], [at[i] for i in rest], scope)
        # A difference may have taken the sign in.
        inner = form.tree.operand if isinstance(form.tree, Negative) else form.tree
        coefficient = part.coefficient if inner is not form.tree else part.coefficient * sign
        tree = Entry(inner, indices) if indices else inner
        return Entries(coefficient, [tree], [], [*new.values()])

    def _is_closed(self, factor: Factor) -> bool:
        """Whether a factor is a product that reads better as more factors of the same product."""
        if factor.power != 1 or not isinstance(factor.node, Product) or not factor.indices:
            return False
        return len(factor.indices) > 2 or not self.arrays.is_of_matrices(factor.node)

    def _put(
        self,
        found: Entries,
        factor: Factor,
        places: list[Place],
        scope: Scope,
        kept: Collection[tuple[Place, Dim]],
    ) -> None:
        """Add an entry of a factor above the line, or below it where it cannot be 0 / 0."""
        node, _, power = factor
        if _is_outside(places, node.axes, scope):
            found.above.append(ZERO)
            return
        if power < 0 and not _are_within(places, node.axes, scope):
            axes = tuple(range(len(node.axes)))
            whole = product(ONCE, [Factor(node, axes, power)], axes, node.axes)
            found.above.append(self._of_whole(whole, places, scope))
            return
        if self._is_bounded(node, places, scope):
            # What is finite outside of its axes counts 0 there.
            outside = [
                pair for pair in zip(places, node.axes, strict=True) if not scope.is_within(*pair)
            ]
            entry = self.entry(node, places, scope.bounded_by(outside))
            found.above.append(raised(entry, power))
            # The places behind the last window are outside of what is handed down as well.
            told = [pair for pair in outside if pair in kept and pair[0].windows]
            found.above.extend(ones_along(*pair) for pair in outside if pair not in told)
            return
        entry = raised(self.entry(node, places, scope), abs(power))
        (found.below if power < 0 else found.above).append(entry)

    def _is_bounded(self, node: Node, places: Sequence[Place], scope: Scope) -> bool:
        """Whether a function of entries is asked for outside, and is not an array as a whole."""
        if not isinstance(node, Map) or _are_within(places, node.axes, scope):
            return False
        return is_finite(node) and not self.arrays.is_whole(node)

    def entry(self, node: Node, places: Sequence[Place], scope: Scope) -> Tree:
        """An entry of a node, in which what is summed says so itself.

        Args:
            node: the node.
            places: the position along each of its axes.
            scope: the letters of the statement.
        """
        if _is_outside(places, node.axes, scope):
            return ZERO
        if isinstance(node, Symbol | Named):
            return self._of_name(node, places, scope)
        if isinstance(node, Size | Constant) or (not places and self.arrays.is_of_matrices(node)):
            return self.arrays.whole(node).tree
        if is_zero(node):
            return ZERO
        if self.arrays.is_of_matrices(node):
            return self._of_matrix(node, places, scope)
        if isinstance(node, Product | Selection) or _are_within(places, node.axes, scope):
            opened = self._opened(node, places, scope)
            if opened is not None:
                return opened
        return self._of_whole(node, places, scope)

    def _of_matrix(self, node: Node, places: Sequence[Place], scope: Scope) -> Tree:
        """An entry of a matrix, in matrix notation unless its parts read better."""
        if isinstance(node, Map | Sum | Product) and _are_within(places, node.axes, scope):
            inner = scope.term()
            opened = self._opened(node, places, inner)
            if opened is not None and inner.used == scope.used and _is_of_names(opened):
                scope.alone |= inner.alone
                return opened
        return self._of_whole(node, places, scope)

    def _of_whole(self, node: Node, places: Sequence[Place], scope: Scope) -> Tree:
        form = self.arrays.whole(node)
        entry = self._entry(form.tree, node.axes, places, scope)
        match node, entry.operand:
            case Function(arguments=(inner,)), Call() as call if len(inner.axes) == len(places) > 2:
                return replace(entry, operand=replace(call, axis=along_entry(entry, node.over)))
        return entry

    def _opened(self, node: Node, places: Sequence[Place], scope: Scope) -> Tree | None:
        """An entry of a node in terms of entries of its parts; nothing where it has none."""
        match node:
            case Sum(terms):
                parts = [(c, labelled(part)) for c, part in terms]
                signed = [self.closed(part, places, scope, c) for c, part in parts]
                return Add(tuple(signed))
            case Product() | Selection():
                return self.closed(labelled(node), places, scope)
            case Map(_, arguments):
                return applied(node, [self.entry(each, places, scope) for each in arguments])
            case Function() if node.over and len(node.axes) < len(node.arguments[0].axes):
                return self._reduced(node, places, scope)
            case Function() if not node.over and not is_onehot(node):
                return self._of_function(node, places, scope)
        return None

    def closed(
        self,
        part: LabelledProduct,
        places: Sequence[Place],
        scope: Scope,
        coefficient: Fraction = ONCE,
    ) -> Tree:
        """A product of entries that may stand inside of anything: what it sums it says."""
        inner = scope.term()
        found = self.term(part, places, inner)
        scope.used = inner.used
        scope.alone |= inner.alone - {*found.summed}
        return with_sums(found, inner, coefficient, is_inside=True)

    def _reduced(self, node: Function, places: Sequence[Place], scope: Scope) -> Tree:
        """A reduction over letters: `max[r,s] X[i,j,r,s]`."""
        argument, inner = node.arguments[0], scope.term()
        letters, rest = [], iter(places)
        whole: list[Place] = []
        for axis, dim in enumerate(argument.axes):
            if axis in node.over:
                letters.append(inner.fresh(dim, self.user.wishes(argument, axis)))
                whole.append(Place.at(Name(letters[-1])))
            else:
                whole.append(next(rest))
        tree = self.entry(argument, whole, inner)
        scope.used = inner.used
        scope.alone |= inner.alone - {*letters}
        return Call(written_name(node), (tree,), over=inner.sized(letters))

    def _of_function(self, node: Function, places: Sequence[Place], scope: Scope) -> Tree | None:
        """An entry of a matrix function of one array of a batch, or of one without axes."""
        batch = batch_axes(node)
        if not batch:
            return None
        form = self.arrays.one_of_batch(labelled(node), dict(enumerate(places[:batch])))
        if form is None:
            at = self._indices(node.axes[:batch], places[:batch], scope)
            wholes = [(each, self.arrays.whole(each).tree) for each in node.arguments]
            given = [Entry(whole, at) if each.axes else whole for each, whole in wholes]
            tree = called(node, given)
        else:
            self._note_alone(places[:batch], scope)
            tree = form.tree
        rest = self._indices(node.axes[batch:], places[batch:], scope)
        return Entry(tree, rest) if rest else tree

    def _note_alone(self, places: Sequence[Place], scope: Scope) -> None:
        scope.alone |= {place.letter for place in places if place.letter}

    def _of_name(self, node: Symbol | Named, places: Sequence[Place], scope: Scope) -> Tree:
        """An entry of an array with a name; one place for each axis that it is declared with."""
        if not places:
            return self.arrays.operand(node)
        shape = self.user.shapes.get(node.name)
        if shape is not None and len(shape.axes) < len(shape) > 2:
            given = iter(self._indices(node.axes, places, scope))
            indices = tuple([ZERO if dim == ONE else next(given) for dim in shape])
            return Entry(self.arrays.operand(node), indices)
        return self._entry(self.arrays.operand(node), node.axes, places, scope)

    def _entry(
        self, operand: Tree, axes: Sequence[Dim], places: Sequence[Place], scope: Scope
    ) -> Entry:
        """An entry, of a slice where a letter runs along a part of an axis: `x[:-1][i]`."""
        pairs = list(zip(places, axes, strict=True))
        shorter = [_runs_shorter(place, dim, scope) for place, dim in pairs]
        if not any(shorter):
            return Entry(operand, self._indices(axes, places, scope))
        ranges = [
            scope.ranges[str(place.letter)] if s else dim
            for (place, dim), s in zip(pairs, shorter, strict=True)
        ]
        slices = [
            Slice(None, end_of(size, dim)) if is_shorter else Slice()
            for size, dim, is_shorter in zip(ranges, axes, shorter, strict=True)
        ]
        return Entry(Entry(operand, tuple(slices)), self._indices(ranges, places, scope))

    def _indices(
        self, axes: Sequence[Dim], places: Sequence[Place], scope: Scope
    ) -> tuple[Tree, ...]:
        """The positions along axes; a letter that does not run along all of one is not alone."""
        indices: list[Tree] = []
        for place, dim in zip(places, axes, strict=True):
            tree, letter = place.tree(), place.letter
            if letter and scope.ranges[letter] == dim:
                scope.alone.add(letter)
            elif letter:
                tree = Add((tree, ZERO))
            indices.append(tree)
        return tuple(indices)


def _is_outside(places: Sequence[Place], axes: Sequence[Dim], scope: Scope) -> bool:
    """Whether an entry is asked for that no array has, so that it is zero."""
    pairs = zip(places, axes, strict=True)
    return any(place.is_outside(dim, scope.ranges) for place, dim in pairs)


def _are_within(places: Sequence[Place], axes: Sequence[Dim], scope: Scope) -> bool:
    """Whether no position leaves its axis."""
    return all(map(scope.is_within, places, axes))


def _runs_shorter(place: Place, dim: Dim, scope: Scope) -> bool:
    """Whether a position is a letter alone that does not reach the end of an axis."""
    if not place.letter or scope.ranges[place.letter] == dim:
        return False
    return place.is_within(dim, scope.ranges)


def _is_of_names(tree: Tree) -> bool:
    """Whether no product or sum of arrays is asked for entries."""
    entries = [part for part in walk(tree) if isinstance(part, Entry)]
    return all(isinstance(entry.operand, Name | Call) for entry in entries)

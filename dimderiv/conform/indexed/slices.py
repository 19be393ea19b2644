"""Places of an axis in matrix notation: slices `x[1:]`, single entries `x[0]`, blocks `[0; s]`.

A selection of one letter in steps of 1 takes neighbouring places of an axis.  Where that axis is
summed an array has it, and the product is one with a part of that array.  Where it is an axis of
the product, what is selected stands among zeros.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.conform import notation
from dimderiv.conform.indexed.binding import is_of_labels
from dimderiv.conform.indexed.places import end_of
from dimderiv.conform.notation import Form, TwoWay, has_letters, symbols
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    Key,
    Named,
    Node,
    Product,
    Selection,
    Symbol,
    all_indices,
    are_letters,
    is_never_negative,
    labelled,
    letters_of,
    part,
    symbol,
    terms,
    total,
)
from dimderiv.language import (
    NOTHING,
    ONE,
    ZERO,
    Binary,
    Blocks,
    Call,
    Dim,
    Entry,
    Slice,
    Tree,
    free_letters,
)

MOST_LISTED = 8


class Span(NamedTuple):
    """Neighbouring places of an axis, as a selection takes them.

    Attributes:
        factor: the selection.
        whole: the letter of the axis.
        inside: the letter of the places; none where there is but one place.
        size: that of the axis.
        start: the first place.
        stop: the place behind the last one.
    """

    factor: Factor
    whole: int
    inside: int | None
    size: Dim
    start: Dim
    stop: Dim


class Slices:
    """Takes selections out of products of matrices.

    Args:
        known: how nodes are written, where parts of arrays are put down.
        piece_of: what writes nodes of at most two axes.
    """

    def __init__(self, known: dict[Key, TwoWay], piece_of: Callable[[Node], TwoWay]) -> None:
        self.known, self.piece_of = known, piece_of

    def sliced(self, node: Product) -> Node | None:
        """A product of parts of arrays; nothing where it selects none, or other ones."""
        found: Node = node
        while isinstance(found, Product):
            seen = letters_of(found.result)
            span = next((s for s in spans_of(found) if s.whole not in seen), None)
            if span is None:
                break
            shorter = self._without(found, span)
            if shorter is None:
                return None
            found = shorter
        found = self._looked_up(found)
        return None if found is node else found

    def _looked_up(self, node: Node) -> Node:
        """A product with rows that labels choose: `E[y,:]` for `onehot(y) E`."""
        for factor in node.factors if isinstance(node, Product) else ():
            if not _has_rows(factor) or not isinstance(node, Product):
                continue
            row, label = factor.indices
            met = [f for f in node.factors if f is not factor and label in f.indices]
            is_free = label not in letters_of(node.result)
            is_lone = is_free and len(met) == 1 and row not in met[0].indices
            assert isinstance(label, int) and isinstance(factor.node, Function)
            labels = self.piece_of(factor.node.arguments[0]).upright.tree
            size = factor.node.axes[0]
            if is_lone:
                shorter = self._exchanged(node, factor, met, label, (labels, row, size))
                return node if shorter is None else self._looked_up(shorter)
        return node

    def _without(self, node: Product, span: Span) -> Node | None:
        """A product without one selection, parts of arrays in place of what it selects from."""
        met = [f for f in node.factors if f is not span.factor and span.whole in f.indices]
        new = (_index(span), span.inside, span.stop - span.start)
        return self._exchanged(node, span.factor, met, span.whole, new) if met else None

    def _exchanged(
        self,
        node: Product,
        gone: Factor,
        met: Sequence[Factor],
        letter: int,
        new: tuple[Tree, Index | None, Dim],
    ) -> Node | None:
        """A product with parts of arrays in place of the arrays and of what selects from them.

        The new index comes with the letter of its axis, if it has one, and the size of that.
        """
        factors = []
        for factor in node.factors:
            if factor is not gone:
                cut = self._cut(factor, letter, new) if factor in met else factor
                if cut is None:
                    return None
                factors.append(cut)
        return part(node.coefficient, factors, node.result, node.dims)

    def _cut(self, met: Factor, letter: int, new: tuple[Tree, Index | None, Dim]) -> Factor | None:
        """A part of an array, with the new index in place of a letter."""
        index, inside, size = new
        if met.indices.count(letter) > 1 or met.power != 1:
            return None
        part_of = self._part(
            met, met.indices.index(letter), index, size if inside is not None else None
        )
        if part_of is None:
            return None
        indices = [inside if i == letter else i for i in met.indices]
        return Factor(part_of, tuple([i for i in indices if i is not None]))

    def _part(self, factor: Factor, axis: int, index: Tree, size: Dim | None) -> Node | None:
        """What stands for a part of an array of at most two axes, with the new size of an axis."""
        node = factor.node
        if len(node.axes) > 2 or isinstance(node, Selection):
            return None
        if isinstance(node, Symbol) and node.row:
            return None
        indices = tuple([index if k == axis else Slice() for k in range(len(node.axes))])
        is_labels = size is not None and not isinstance(index, Slice)
        operand, before = _cut_before(self.piece_of(node).upright.tree, indices, is_labels)
        tree = Entry(operand, before)
        sizes = [size if k == axis else dim for k, dim in enumerate(node.axes)]
        kept = tuple([dim for dim in sizes if dim is not None])
        standing = symbol(repr(tree), kept)
        form = Form(tree, symbols(tree))
        self.known[standing.key] = notation.column(form) if kept else notation.symmetric(form)
        return standing

    def placed(self, node: Product) -> TwoWay | None:
        """An array among zeros, without its coefficient and its scalar factors."""
        span = next((span for span in spans_of(node) if span.whole in node.result), None)
        if span is None or not are_letters(node.result) or span.inside in node.result:
            return None
        others = self._within(node, span)
        axis, used = node.result.index(span.whole), set(all_indices(others))
        if span.whole in used or (span.inside is not None and span.inside not in used):
            return None
        result = [span.inside if i == span.whole else i for i in node.result]
        inner = part(ONCE, others, [i for i in result if i is not None], node.dims)
        if len(inner.axes) > 2:
            return None
        piece = self.piece_of(inner)
        is_row = axis == 0 and len(node.result) == 2 and len(inner.axes) == 1
        form = piece.transposed if is_row else piece.upright
        if has_letters(form):
            return None
        whole = _among_zeros(form, span, node.axes, axis)
        if len(node.axes) > 1:
            return notation.column(whole)
        row = _among_zeros(piece.transposed, span, (ONE, *node.axes), 1)
        return TwoWay(whole, notation.shorter(notation.primed(whole), row))

    def _within(self, node: Product, span: Span) -> list[Factor]:
        """The other arrays of a product, only those places of them that are selected."""
        found = []
        for factor in node.factors:
            if factor is span.factor or not factor.indices:
                continue
            if factor.indices.count(span.whole) == 1:
                axis = factor.indices.index(span.whole)
                size = None if span.inside is None else span.stop - span.start
                part_of = self._part(factor, axis, _index(span), size)
                if part_of is not None:
                    indices = [span.inside if i == span.whole else i for i in factor.indices]
                    kept = tuple([i for i in indices if i is not None])
                    factor = Factor(part_of, kept, factor.power)
            found.append(factor)
        return found

    def listed(self, node: Node) -> TwoWay | None:
        """A short vector whose entries are given one by one: `[x[1]; 2 x[0]]`."""
        count = node.axes[0].number if len(node.axes) == 1 else None
        if count is None or not 1 < count <= MOST_LISTED:
            return None
        rows: list[list[tuple[Fraction, Node]]] = [[] for _ in range(count)]
        for coefficient, term in terms(node):
            found = _unit(term)
            if found is None or found[0] not in range(count):
                return None
            rows[found[0]].append((coefficient, found[1]))
        forms = [self.piece_of(total(row, ())).upright for row in rows]
        # What is summed over letters would have to say so between the signs of blocks.
        if any(free_letters(form.tree) for form in forms):
            return None
        tree = Blocks(tuple([(form.tree,) for form in forms]))
        return notation.column(Form(tree, symbols(tree)))


def _has_rows(factor: Factor) -> bool:
    """Whether a factor is the one-hot matrix of labels with a name."""
    node = factor.node
    if not is_of_labels(factor) or len(factor.indices) != 2 or not isinstance(node, Function):
        return False
    return isinstance(node.arguments[0], (Symbol, Named))


def _unit(term: Node) -> tuple[int, Node] | None:
    """The place of the one entry that a vector has, and that entry."""
    node = labelled(term)
    (letter,) = node.result
    units = [f for f in node.factors if letter in f.indices]
    if len(units) != 1 or not isinstance(units[0].node, Selection) or len(units[0].indices) > 1:
        return None
    rest = [f for f in node.factors if f is not units[0]]
    place = units[0].node.offset.number
    return None if place is None else (place, part(node.coefficient, rest, (), node.dims))


def spans_of(node: Product) -> list[Span]:
    """The places that the selections of a product take, where they are neighbours.

    Args:
        node: the product.
    """
    found = []
    for factor in node.factors:
        inner = factor.node
        if not isinstance(inner, Selection) or not are_letters(factor.indices):
            continue
        if len(inner.axes) > 2 or any(step != 1 for step in inner.steps):
            continue
        whole, *letters = factor.indices
        size = inner.axes[0]
        stop = inner.offset + (inner.axes[1] if letters else ONE)
        # One place, some from the start on, or the last ones, are there if they are asked for.
        is_asked_for = not letters or inner.offset == NOTHING
        is_within = is_asked_for or is_never_negative(size - stop)
        is_last = bool(letters) and stop == size and _is_large(inner.offset)
        is_begun = is_never_negative(inner.offset) or is_last
        if is_begun and is_within and not _is_negative(size - stop):
            inside = letters[0] if letters else None
            found.append(Span(factor, whole, inside, size, inner.offset, stop))
    return found


def _is_large(dim: Dim) -> bool:
    """Whether a number is positive where sizes are large: `n - 2` is, `n - m` need not be."""
    named = [coefficient for monomial, coefficient in dim.monomials if monomial]
    return bool(named) and min(named) > 0


def _is_negative(dim: Dim) -> bool:
    return dim != NOTHING and is_never_negative(NOTHING - dim)


def _index(span: Span) -> Tree:
    """One place, or `1:`, `:-1`, `-2:` or `k:m`."""
    if span.inside is None:
        return span.start.syntax()
    start = None if span.start == NOTHING else end_of(span.start, span.size)
    return Slice(start, None if span.stop == span.size else end_of(span.stop, span.size))


def _cut_before(
    tree: Tree, indices: tuple[Tree, ...], is_labels: bool
) -> tuple[Tree, tuple[Tree, ...]]:
    """Two slices of one array at once: `X[1:, :k]`; labels of both axes might be pairs."""
    if not isinstance(tree, Entry):
        return tree, indices
    before = tree.indices
    if is_labels and not all(isinstance(index, Slice) for index in before):
        return tree, indices
    is_kept = [len(before) == len(indices) or isinstance(index, Slice) for index in before]
    if sum(is_kept) != len(indices):
        return tree, indices
    given = iter(indices)
    pairs = [
        (old, next(given) if kept else Slice()) for old, kept in zip(before, is_kept, strict=True)
    ]
    if any(Slice() not in pair for pair in pairs):
        return tree, indices
    return tree.operand, tuple([new if old == Slice() else old for old, new in pairs])


def _among_zeros(form: Form, span: Span, axes: Sequence[Dim], axis: int) -> Form:
    """Blocks: zeros, an array, zeros, along one axis."""
    other = next((dim for k, dim in enumerate(axes) if k != axis), ONE)
    before, after = [
        [zeros((size, other) if axis == 0 else (other, size))] if size != NOTHING else []
        for size in (span.start, span.size - span.stop)
    ]
    # Blocks that are stacked in blocks are those of the whole.
    inner = form.tree.rows if isinstance(form.tree, Blocks) else ((form.tree,),)
    if axis == 0:
        rows = [*((zero,) for zero in before), *inner, *((zero,) for zero in after)]
    else:
        row = inner[0] if len(inner) == 1 else (form.tree,)
        rows = [(*before, *row, *after)]
    tree = Blocks(tuple(rows))
    return Form(tree, symbols(tree))


def zeros(sizes: Sequence[Dim]) -> Tree:
    """An array of zeros; a number where it has one entry.

    Args:
        sizes: its rows and columns.
    """
    if all(size == ONE for size in sizes):
        return ZERO
    return Binary("*", ZERO, Call("ones", tuple([size.syntax() for size in sizes])))

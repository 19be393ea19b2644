"""What writes arrays of any number of axes: as a whole, entry by entry, or one of a batch."""

from collections.abc import Callable, Collection, Mapping, Sequence

from dimderiv.conform.defined_axes import DefinedAxes
from dimderiv.conform.indexed.batches import MATRIX_AXES, Batches, summed_slices
from dimderiv.conform.indexed.entries import EntryWriter
from dimderiv.conform.indexed.index_form import index_form, scalar_form, size_names
from dimderiv.conform.indexed.places import Place
from dimderiv.conform.indexed.scope import Scope
from dimderiv.conform.indexed.whole_arrays import WholeArrays
from dimderiv.conform.lettering import Heads, UserLetters
from dimderiv.conform.notation import Form, TwoWay, has_letters, symbols
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import (
    ONCE,
    Function,
    Index,
    Key,
    LabelledProduct,
    Named,
    Node,
    Product,
    Selection,
    Symbol,
    labelled,
    nodes_of,
)
from dimderiv.language import Call, Dim, Entry, Name, Tree


class Statements:
    """Writes what no matrix notation reaches.

    Args:
        piece_of: what writes nodes of at most two axes.
        known: how nodes are written.
        taken: names that no letter has, unless the user made it one.
        sizes: names that no letter has at all.
        user: the letters of the program.
        axes: what the axes of definitions are called.
    """

    def __init__(
        self,
        piece_of: Callable[[Node], TwoWay],
        known: dict[Key, TwoWay],
        taken: Collection[str],
        sizes: Collection[str],
        user: UserLetters,
        axes: DefinedAxes,
    ) -> None:
        self.piece_of, self.taken, self.sizes, self.user = piece_of, taken, sizes, user
        self.axes = axes
        self.arrays = WholeArrays(piece_of, user, self.axes)
        self.batches = Batches(known, user, piece_of)
        self.known = known
        self.pending: set[Key] = set()
        self.writer = EntryWriter(self, user)
        self.are_used = False

    def entries(self, node: Node, heads: Heads = (), axes: Sequence[Dim] = ()) -> TwoWay:
        """A node entry by entry; one without axes as sums over letters.

        Args:
            node: the node.
            heads: letters for the axes that are better than those of what the node is made of.
            axes: all axes, where some have size 1 and the node lacks those.
        """
        self.are_used = True
        if node.axes or axes or not self.user.are_used:
            return index_form(node, self.writer, self.taken, self.sizes, heads, axes)
        total = self.arrays.total(node) if isinstance(node, Product) else None
        if total is not None:
            return TwoWay(total, total)
        return scalar_form(node, self.writer, self.taken, self.sizes)

    def over_slices(self, node: Product) -> TwoWay | None:
        """A sum of matrices for each entry of a declared function: `sum[i] r(x)[i] ∇²r(x)[i]`.

        Args:
            node: the product, whose number and scalars are left out.

        Returns:
            Nothing where no letter of such a function is summed, or more than matrices is left.
        """
        part = labelled(node)
        part = part._replace(coefficient=ONCE, factors=tuple(f for f in part.factors if f.indices))
        letters = summed_slices(part)
        if not letters:
            return None
        scope = Scope({*self.taken}, {*self.sizes, *size_names(node)}, self.user.names)
        names = {letter: scope.fresh(part.dims[letter]) for letter in letters}
        at: dict[Index, Place] = {i: Place.at(Name(name)) for i, name in names.items()}
        inner = self.batches.product(part, at)
        if inner is None or any(len(each.axes) > MATRIX_AXES for each in nodes_of([inner])):
            return None
        piece = self.piece_of(inner)
        if has_letters(piece.upright):
            return None
        over = tuple((name, None) for name in names.values())
        forms = [Form(Call("sum", (tree,), over=over), cost + 2) for tree, cost in piece]
        return TwoWay(*forms)

    def operand(self, node: Symbol | Named) -> Tree:
        """What entries of a node with a name are taken of: the name, or the part it stands for."""
        known = self.known.get(node.key)
        tree = Name(node.name) if known is None else known.upright.tree
        return tree if isinstance(tree, Entry) else Name(node.name)

    def is_of_matrices(self, node: Node) -> bool:
        """Whether a node has matrix notation all through."""
        parts = nodes_of([node], through_names=False)
        if any(len(part.axes) > 2 or isinstance(part, Selection) for part in parts):
            return False
        return not has_letters(self.piece_of(node).upright)

    def whole(self, node: Node) -> Form:
        """An array with any number of axes, by itself."""
        if len(node.axes) <= 2:
            return self.piece_of(node).upright
        return self.arrays.form(node) or self._along(node) or self._by_entries(node)

    def _by_entries(self, node: Node) -> Form:
        """An array as a statement; one whose entries are only those of itself has none."""
        if node.key in self.pending:
            raise NotDifferentiableError(
                "the derivative has a part with more than two axes, which cannot be written",
                hint="derive a scalar, or hand a derivative down with upstream",
            )
        self.pending.add(node.key)
        try:
            return self.entries(node).upright
        finally:
            self.pending.discard(node.key)

    def _along(self, node: Node) -> Form | None:
        """A function along axes of an array that needs letters."""
        if not isinstance(node, Function) or not node.over:
            return None
        # What is reduced would keep its axes with size 1.
        if len(node.axes) < len(node.arguments[0].axes):
            return None
        tree = self.arrays.along(node, self.whole(node.arguments[0]).tree)
        return Form(tree, symbols(tree))

    def is_whole(self, node: Node) -> bool:
        """Whether an array needs no letters."""
        if len(node.axes) <= 2:
            return not has_letters(self.piece_of(node).upright)
        return self.arrays.form(node) is not None

    def one_of_batch(self, part: LabelledProduct, at: Mapping[Index, Place]) -> Form | None:
        """A product of matrices, some letters of which are positions."""
        node = self.batches.product(part, at)
        if node is None:
            return None
        form = self.piece_of(node).upright
        return None if has_letters(form) else form

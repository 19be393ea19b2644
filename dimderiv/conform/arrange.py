"""What is printed of a node: matrix notation where it has one, else letters."""

from collections.abc import Sequence

from dimderiv.conform import indexed, notation
from dimderiv.conform.identities import IDENTITY, with_bare_identities
from dimderiv.conform.lettering import Heads
from dimderiv.conform.notation import Form, TwoWay, has_letters
from dimderiv.conform.pieces import NoMatrixFormError, Pieces
from dimderiv.conform.skew import without_transposes
from dimderiv.graph import Named, Node, Product, Selection, Sum
from dimderiv.language import Call, Dim, IndexForm, Tree

# How many symbols longer a statement may be than matrix notation with a statement inside.
MIXED = 10

__all__ = ["Arranger", "NoMatrixFormError"]


def _weighs_places(node: Node) -> bool:
    """Whether single places of an axis of any size are weighed between two arrays."""
    if isinstance(node, Sum):
        return any(_weighs_places(term) for _, term in node.terms)
    if not isinstance(node, Product):
        return False
    for factor in node.factors:
        if isinstance(factor.node, Sum) and len(factor.indices) == 1:
            met = [other for other in node.factors if factor.indices[0] in other.indices]
            are_places = all(_is_place(term) for _, term in factor.node.terms)
            if are_places and len(met) > 2 and factor.node.axes[0].number is None:
                return True
    return False


def _is_place(term: Node) -> bool:
    """Whether a vector is 0 but for one place."""
    factors = [f.node for f in term.factors] if isinstance(term, Product) else [term]
    return any(isinstance(each, Selection) and len(each.axes) == 1 for each in factors)


class Arranger(Pieces):
    """Writes nodes in matrix notation, or by letters."""

    def tree(self, node: Node, *, row: bool = False, heads: Heads = ()) -> Tree:
        """The notation of a node; one with a single axis as a column, or as a row.

        Args:
            node: a node of at most two axes.
            row: whether it is a row.
            heads: letters for its axes, the best first, where it is written entry by entry.
        """
        if self.user.are_used or _weighs_places(node):
            node = indexed.with_places_apart(node)
        piece = self.slices.listed(node) if self.user.are_used else None
        piece = piece or self.piece(node)
        if self.user.are_used and has_letters(piece.upright):
            entries = self.entries(node, heads)
            is_whole = isinstance(piece.upright.tree, IndexForm)
            is_shorter = entries.upright.cost < piece.upright.cost + MIXED
            piece = entries if is_whole or is_shorter else piece
        return self.shown(piece, transposed=row)

    def definition(self, named: Named) -> Tree:
        """The value of an intermediate, with all the axes that it is to have."""
        tree = self._definition(named)
        self.axes.note(named.name, tree, len(named.axes))
        return tree

    def _definition(self, named: Named) -> Tree:
        user = self.user
        shape = user.shapes.get(named.name)
        heads = [[letter] if letter else [] for letter in user.letters.get(named.name, ())]
        if shape is not None and shape.has_more_axes:
            return self.statement(named.value, shape, heads)
        if len(named.axes) > 2:
            return self.statement(named.value, named.axes, heads)
        return self.tree(named.value, row=named.row, heads=heads)

    def statement(self, node: Node, axes: Sequence[Dim], heads: Heads) -> Tree:
        """The notation of an array of any number of axes, of which the node lacks those of size 1.

        Args:
            node: the node.
            axes: the axes of the array.
            heads: letters for them, the best first.
        """
        node = indexed.with_places_apart(node)
        whole = self.statements.arrays.form(node) if len(axes) == len(node.axes) > 2 else None
        if whole is None and len(axes) == len(node.axes):
            whole = self._reshaped(node)
        if whole is not None:
            return self.shown(notation.symmetric(whole))
        return self.shown(self.entries(node, heads, axes))

    def _reshaped(self, node: Node) -> Form | None:
        """A matrix whose axes come apart into those of the node."""
        matrix = indexed.as_matrix(node)
        form = None if matrix is None else self.piece(matrix).upright
        if form is None or has_letters(form):
            return None
        sizes = [dim.syntax() for dim in node.axes]
        return Form(Call("reshape", (form.tree, *sizes)), form.cost + len(sizes) + 1)

    def shown(self, piece: TwoWay, *, transposed: bool = False) -> Tree:
        """What is printed of a piece, or of its transpose."""
        tree = (piece.transposed if transposed else piece.upright).tree
        if IDENTITY.name not in self.taken:
            tree = with_bare_identities(tree)
        return without_transposes(tree, self.skew) if self.skew else tree

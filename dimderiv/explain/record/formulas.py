"""Writes nodes as formulas, in matrix notation or entry by entry."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from dimderiv.conform import Arranger, Form, Heads, NoMatrixFormError, notation
from dimderiv.explain.record.entry_letters import Target, entry
from dimderiv.explain.record.letters import StatementLetters
from dimderiv.explain.record.recorded import Equation, defined
from dimderiv.explain.record.scalar_order import (
    MOST_AXES,
    NUMBER_ONE,
    as_scalar,
    is_constant,
    multiplied,
    unspread,
)
from dimderiv.graph import Factor, Named, Node, Symbol, selects
from dimderiv.language import (
    ONE,
    ZERO,
    Binary,
    Dim,
    Entry,
    IndexForm,
    Name,
    Shape,
    Tree,
    walk,
)

INDEX_LETTERS = "ijklpqrstuvabcdefgh"
# A product has at most a hundred factors, so at most four hundred letters.
ROUNDS = 25
NO_LETTERS = StatementLetters(())


class FormulaWriter:
    """Writes nodes as formulas with shapes.

    Args:
        symbols: the names of symbols and intermediates.
        sizes: other names that no index letter may have.
        shorten: how a linear map is applied to what it meets.
        own: the letters that the user has for axes.
    """

    def __init__(
        self,
        symbols: Collection[str],
        sizes: Collection[str],
        shorten: Callable[[Node], Node],
        own: StatementLetters = NO_LETTERS,
    ) -> None:
        self.symbols, self.sizes, self.shorten, self.own = symbols, sizes, shorten, own
        self.arranger = Arranger(symbols, sizes=sizes, user=own.user)
        numbered = (f"{letter}{n or ''}" for n in range(ROUNDS) for letter in INDEX_LETTERS)
        self.letters = [letter for letter in numbered if letter not in {*symbols, *sizes}]

    def is_row(self, node: Node) -> bool:
        """Whether a node with a single axis is better read as a row."""
        if isinstance(node, (Symbol, Named)):
            return node.row
        if len(node.axes) != 1:
            return False
        piece = self.arranger.piece(node)
        return piece.transposed.cost < piece.upright.cost

    def tree(self, node: Node) -> Tree:
        """A node, without the axes that it is only repeated along."""
        if isinstance(node, Named):
            return Name(node.name)
        if len(node.axes) > MOST_AXES:
            varied = unspread(node)
            return self.array(node) if varied is node else self.tree(varied)
        try:
            shown = self.arranger.unfilled(node).signed
        except NoMatrixFormError:
            return self.array(node)
        return self.arranger.shown(shown, transposed=self.is_row(node))

    def array(self, node: Node, *, row: bool = False, heads: Heads = ()) -> Tree:
        """A node with all of its axes; one with a single axis as a column, or as a row."""
        if isinstance(node, (Named, Symbol)) and len(node.axes) > MOST_AXES:
            return Name(node.name)
        if len(node.axes) > MOST_AXES:
            return self.arranger.statement(node, node.axes, heads)
        tree = self.arranger.tree(node, row=row, heads=heads)
        if node.axes and any(self.is_thin(part) for part in walk(tree)):
            return self.arranger.entries(node, heads, node.axes).upright.tree
        return tree

    def is_thin(self, tree: Tree) -> bool:
        """Whether this is the name of an array with axes of size 1 that its node lacks."""
        shape = self.own.user.shapes.get(tree.name) if isinstance(tree, Name) else None
        return shape is not None and shape.has_more_axes and ONE in shape

    def unfolded(self, node: Node, name: str = "") -> Tree:
        """What a node is made of, even if it has a short name."""
        short = self.arranger.known.pop(node.key, None)
        tree = self.tree(node)
        if isinstance(tree, IndexForm):
            tree = self.array(node, row=self.is_row(node), heads=self.own.named(Name(name)))
        if short is not None:
            self.arranger.known[node.key] = short
        return tree

    def entry(self, node: Node, indices: tuple[Tree, ...]) -> Tree:
        """An entry of a node; one index for each axis that the node has."""
        tree = self.array(node) if len(node.axes) > MOST_AXES else self.tree(node)
        return entry(tree, self.filled(tree, indices))

    def defined(self, name: Name, tree: Tree) -> Equation:
        """What a name stands for; entry by entry where that is given so."""
        equation = defined(name, tree)
        left, right = equation.sides
        if isinstance(left, Entry):
            left = Entry(name, self.filled(name, left.indices))
        return replace(equation, sides=(left, right))

    def filled(self, tree: Tree, indices: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """The indices of an array, with those of its axes of size 1."""
        shape = self.own.user.shapes.get(tree.name) if isinstance(tree, Name) else None
        if not indices or not self.is_thin(tree) or shape is None:
            return indices
        given = iter(indices)
        return tuple(ZERO if dim.is_one else next(given) for dim in shape)

    def is_lettered(self, node: Node) -> bool:
        """Whether a node without a name has more axes than a matrix, or is written in letters."""
        tree = self.tree(node)
        return has_letters(tree) or (len(node.axes) > MOST_AXES and not isinstance(tree, Name))

    def whole(self, node: Node, target: Target) -> Tree | None:
        """A node without letters; nothing where it has them."""
        row = target.shape is not None and target.shape.is_row
        tree = self.array(node, row=row)
        return None if has_letters(tree) or self.is_thin(target.operand) else tree

    def scalars(self, coefficient: Fraction, factors: Sequence[Factor]) -> Tree:
        """A product as if every factor were a scalar."""
        written = []
        for node, _, power in factors:
            if is_constant(node):
                coefficient *= node.coefficient
            elif not selects(node):
                tree = self.tree(node)
                written.append((as_scalar(tree) if node.axes else tree, power))
        return multiplied(coefficient, written)


def has_letters(tree: Tree) -> bool:
    """Whether some part of a formula is given entry by entry."""
    return any(isinstance(part, IndexForm) for part in walk(tree))


def raised(tree: Tree, power: Fraction) -> Tree:
    """A power of an array, entry by entry."""
    tree = notation.power(Form(tree, 1), abs(power), entrywise=True).tree
    return tree if power > 0 else Binary("./", NUMBER_ONE, tree)


def shape_of(axes: tuple[Dim, ...], *, row: bool) -> Shape:
    """The shape in which an array is read: a single axis as a column, or as a row."""
    return Shape(ONE, *axes) if row and len(axes) == 1 else Shape.of(axes)

"""One labelled product as a reader meets it: in scalar order, arranged, and with the reasons."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from dimderiv import notation
from dimderiv.arrange import Arranger
from dimderiv.graph import (
    Factor,
    Index,
    Merged,
    Named,
    Node,
    Product,
    Shifted,
    Symbol,
    index_dim,
    is_symmetric,
    letters_of,
    rows_sum_to_one,
)
from dimderiv.language import syntax
from dimderiv.language.syntax import Add, Binary, Entry, IndexForm, Name
from dimderiv.notation import Face
from dimderiv.partials import Labelled
from dimderiv.shapes import ONE, SCALAR, Shape
from dimderiv.steps.arrangements import Link, Order, as_chain
from dimderiv.steps.reasons import Bag, Equation, Placed, Reason, reasons, slid
from dimderiv.steps.scalars import NUMBER_ONE, multiplied

Tree = syntax.Node

INDEX_LETTERS = "ijklpqrstuvabcdefgh"
MOST_AXES = 2


class Shown(NamedTuple):
    """A formula and its shape."""

    tree: Tree
    shape: Shape


class Target(NamedTuple):
    """What a derivative is by.

    Attributes:
        operand: how it is written.
        name: the name of the derivative.
        shape: the shape of the derivative.
        has_seed: whether the derivative has the axes of the value before those of the operand.
    """

    operand: Tree
    name: str
    shape: Shape
    has_seed: bool


@dataclass(frozen=True)
class Term:
    """A product of the factors that the scalar rule gives, and how it is arranged.

    Attributes:
        prefix: the number and the scalars before the arrays, where they are not 1.
        factors: the arrays in scalar order.
        order: what their shapes say about that order; nothing where matrices are not multiplied.
        value: the arrangement; nothing where matrix notation does not reach it.
        letters: the product entry by entry.
        is_ambiguous: whether two axes have the same size, so that the shapes say less.
        reasons: why it is arranged so.
    """

    prefix: Tree | None
    factors: tuple[Shown, ...]
    order: Order | None
    value: Tree | None
    letters: Equation | None
    is_ambiguous: bool
    reasons: tuple[Reason, ...]


class Writer:
    """Writes nodes as formulas with shapes.

    Args:
        arranger: writes nodes, under the short names that it knows.
        taken: names that no index letter may have.
    """

    def __init__(self, arranger: Arranger, taken: Collection[str]) -> None:
        self.arranger = arranger
        self.letters = [letter for letter in INDEX_LETTERS if letter not in taken]

    def is_row(self, node: Node) -> bool:
        """Whether a node with a single axis is better read as a row."""
        if isinstance(node, (Symbol, Named)):
            return node.row
        if len(node.axes) != 1:
            return False
        piece = self.arranger.piece(node)
        return piece.flipped.cost < piece.straight.cost

    def shown(self, node: Node) -> Shown:
        """A node, without the axes that it is only repeated along, and its shape."""
        row = self.is_row(node)
        loose = self.arranger.loose(node)
        piece = notation.negative(loose.piece) if loose.negative else loose.piece
        return Shown((piece.flipped if row else piece.straight).tree, shape_of(node, row=row))

    def unfolded(self, node: Node) -> Tree:
        """What a node is made of, even if it has a short name."""
        short = self.arranger.known.pop(node.key, None)
        tree = self.shown(node).tree
        if short is not None:
            self.arranger.known[node.key] = short
        return tree

    def term(self, labelled: Labelled, target: Target) -> Term:
        """A labelled product as a reader meets it.

        Args:
            labelled: the product, what arrives from above first.
            target: what it is the derivative by.
        """
        lettered = _in_scalar_order(labelled, arriving_first=target.has_seed)
        bare = _without_ones(lettered)
        letters = self._entries(lettered, target)
        if max(len(node.axes) for node in (labelled.node, *_nodes(lettered))) > MOST_AXES:
            return Term(None, (), None, None, letters, True, ())
        arrays = [factor for factor in bare.factors if factor.indices]
        shown = tuple(self._raised(factor) for factor in arrays)
        value = self.arranger.tree(labelled.node, row=target.shape.is_row)
        if _is_convolution(bare):
            letters, why = _of_index_form(value, target) or letters, (_slid(bare, arrays, shown, target),)
            return Term(self._prefix(bare), shown, None, value, letters, False, why)
        order = self._order(bare, arrays, shown, value, target) if arrays else None
        placed = [
            Placed(formula.tree, factor.indices, factor.power == 1 and rows_sum_to_one(factor.node))
            for formula, factor in zip(shown, arrays, strict=True)
        ]
        bag = Bag(tuple(placed), bare.result, self._axes(bare), target.operand)
        return Term(
            prefix=self._prefix(bare),
            factors=shown,
            order=order,
            value=value,
            letters=letters,
            is_ambiguous=_is_ambiguous(bare),
            reasons=(*_renamed(lettered), *reasons(bag, order.right if order else None)),
        )

    def _order(
        self,
        term: Labelled,
        arrays: Sequence[Factor],
        shown: Sequence[Shown],
        value: Tree,
        target: Target,
    ) -> Order:
        links = [
            Link(formula.tree, formula.shape, is_symmetric(factor.node))
            for formula, factor in zip(shown, arrays, strict=True)
        ]
        scalars = {self.arranger.tree(f.node) for f in term.factors if not f.indices}
        return Order.of(links, target.shape, as_chain(value, links, scalars))

    def _raised(self, factor: Factor) -> Shown:
        shown = self.shown(factor.node)
        face = notation.power(Face(shown.tree, 1), abs(factor.power), entrywise=True)
        tree = face.tree if factor.power > 0 else Binary("./", NUMBER_ONE, face.tree)
        return Shown(tree, shown.shape)

    def _prefix(self, term: Labelled) -> Tree | None:
        scalars = [(self.arranger.tree(f.node), f.power) for f in term.factors if not f.indices]
        tree = multiplied(term.coefficient, scalars)
        return None if tree == NUMBER_ONE else tree

    def _entries(self, term: Labelled, target: Target) -> Equation | None:
        """The product with an index on each factor."""
        if any(isinstance(index, Merged) for index in _indices(term)):
            return None
        names, coefficient = self._names(term), term.coefficient
        written: list[tuple[Tree, Fraction]] = []
        for node, indices, power in sorted(term.factors, key=lambda factor: bool(factor.indices)):
            if isinstance(node, Product) and not node.factors and not _is_identity(node):
                coefficient *= node.coefficient
                continue
            tree = self.shown(node).tree
            if indices:
                tree = Entry(tree, tuple(_index(index, names) for index in indices))
            written.append((tree, power))
        name = Name(target.name)
        left = Entry(name, tuple(_index(i, names) for i in term.result)) if term.result else name
        return Equation((left, multiplied(coefficient, written)))

    def _names(self, term: Labelled) -> dict[int, str]:
        used = dict.fromkeys(letters_of(_indices(term)))
        return dict(zip(used, self.letters, strict=False))

    def _axes(self, term: Labelled) -> dict[int, Tree]:
        """How each letter is written: as its size, where no other letter has the same."""
        if not _is_ambiguous(term):
            return {letter: dim.syntax() for letter, dim in enumerate(term.dims)}
        return {letter: Name(name) for letter, name in self._names(term).items()}


def shape_of(node: Node, *, row: bool) -> Shape:
    """The shape in which a node with at most two axes is read."""
    if len(node.axes) == 1:
        return Shape(ONE, node.axes[0]) if row else Shape(node.axes[0], ONE)
    return Shape(node.axes[0], node.axes[1]) if node.axes else SCALAR


def _nodes(term: Labelled) -> tuple[Node, ...]:
    return tuple(factor.node for factor in term.factors)


def _indices(term: Labelled) -> tuple[Index, ...]:
    """Every index, those of the result first."""
    return (*term.result, *(index for factor in term.factors for index in factor.indices))


def _index(index: Index, names: Mapping[int, str]) -> Tree:
    if isinstance(index, int):
        return Name(names[index])
    return Add(tuple(Name(names[letter]) for letter in index.letters))


def _is_convolution(term: Labelled) -> bool:
    return any(isinstance(index, Shifted) for index in _indices(term))


def _slid(
    term: Labelled, arrays: Sequence[Factor], shown: Sequence[Shown], target: Target
) -> Reason:
    sizes = [
        (formula.tree, index_dim(factor.indices[0], term.dims), isinstance(factor.indices[0], Shifted))
        for formula, factor in zip(shown, arrays, strict=True)
    ]
    return slid(sizes, target.operand, index_dim(term.result[0], term.dims))


def _of_index_form(value: Tree, target: Target) -> Equation | None:
    """An index form as an equation of entries."""
    if not isinstance(value, IndexForm):
        return None
    letters = tuple(Name(letter) for letter, _ in value.letters)
    return Equation((Entry(Name(target.name), letters), value.body))


def _renamed(term: Labelled) -> Iterator[Reason]:
    """What the entries of an identity do: they make two letters one."""
    if any(isinstance(node, Product) and _is_identity(node) for node in _nodes(term)):
        yield Reason("identity", {})


def _is_ambiguous(term: Labelled) -> bool:
    """Whether the sizes of the letters that occur do not tell them apart, or are mere numbers."""
    dims = [term.dims[letter] for letter in dict.fromkeys(letters_of(_indices(term)))]
    return len(set(dims)) < len(dims) or any(dim.number is not None for dim in dims)


def _in_scalar_order(term: Labelled, *, arriving_first: bool) -> Labelled:
    """The factors as the chain rule has them; what arrives is opened, if it is a plain product."""
    arriving, *rest = term.factors
    node, coefficient, inner = arriving.node, term.coefficient, [arriving]
    if isinstance(node, Product) and node.factors and _is_transparent(node):
        place = dict(zip(node.result, arriving.indices, strict=True))
        inner = [f._replace(indices=tuple(place[i] for i in f.indices)) for f in node.factors]
        coefficient *= node.coefficient
    factors = (*inner, *rest) if arriving_first else (*rest, *inner)
    return Labelled(coefficient, factors, term.result, term.dims)


def _is_transparent(node: Product) -> bool:
    """Whether nothing is summed in a product, and no index is more than a letter."""
    indices = {index for factor in node.factors for index in factor.indices}
    plain = all(isinstance(index, int) for index in node.result)
    return plain and len(set(node.result)) == len(node.result) and indices <= set(node.result)


def _without_ones(term: Labelled) -> Labelled:
    """The product without numbers and arrays of ones, and with one letter for each identity's two."""
    coefficient, kept = term.coefficient, []
    same: dict[Index, Index] = {}
    for factor in term.factors:
        if not isinstance(factor.node, Product) or factor.node.factors or factor.power != 1:
            kept.append(factor)
            continue
        coefficient *= factor.node.coefficient
        if _is_identity(factor.node):
            first, second = (_resolved(index, same) for index in factor.indices)
            if first != second:
                same |= {first: second} if second in term.result else {second: first}
    factors = [f._replace(indices=tuple(_resolved(i, same) for i in f.indices)) for f in kept]
    result = tuple(_resolved(index, same) for index in term.result)
    return Labelled(coefficient, tuple(factors), result, term.dims)


def _is_identity(node: Product) -> bool:
    return not node.factors and node.result == (0, 0)


def _resolved(index: Index, same: Mapping[Index, Index]) -> Index:
    while index in same:
        index = same[index]
    return index

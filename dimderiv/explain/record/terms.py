"""One labelled product as a reader meets it: in scalar order, arranged, and with the reasons."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from dimderiv.conform import Arranger, Form, notation
from dimderiv.explain.record.orders import Link, Order, as_chain
from dimderiv.explain.record.reasons import Bag, Equation, Placed, Reason, reasons, slid
from dimderiv.explain.record.scalar_order import (
    MOST_AXES,
    in_scalar_order,
    indices,
    is_ambiguous,
    is_constant,
    is_convolution,
    is_identity,
    is_linear_map,
    is_seed,
    without_constants,
)
from dimderiv.explain.record.scalars import NUMBER_ONE, multiplied
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    LabelledProduct,
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
from dimderiv.language import (
    ONE,
    SCALAR,
    Add,
    Binary,
    Dim,
    Entry,
    IndexForm,
    Name,
    Shape,
    syntax,
    walk,
)

Tree = syntax.Node

INDEX_LETTERS = "ijklpqrstuvabcdefgh"
# A product has at most a hundred factors, so at most four hundred letters.
ROUNDS = 25


class Shown(NamedTuple):
    """A formula and its shape."""

    tree: Tree
    shape: Shape


class Target(NamedTuple):
    """What a derivative is by.

    Attributes:
        operand: how it is written.
        name: the name of the derivative; empty if it has none.
        shape: the shape of the derivative, if it has at most two axes.
        seed: how many axes of the value the derivative has before those of the operand.
    """

    operand: Tree
    name: str
    shape: Shape | None
    seed: int

    @property
    def has_seed(self) -> bool:
        """Whether the value has axes."""
        return self.seed > 0


class EntrySlope(NamedTuple):
    """The derivative of one entry by another: the indices of both, and what it is."""

    over: tuple[Tree, ...]
    under: tuple[Tree, ...]
    value: Tree


class Letters(NamedTuple):
    """Names of letters, and their sizes."""

    names: Mapping[int, str]
    dims: Sequence[Dim]

    def indices(self, indices: Sequence[Index]) -> tuple[Tree, ...]:
        """Indices as they are written between brackets."""
        return tuple(self._index(index) for index in indices)

    def _index(self, index: Index) -> Tree:
        if isinstance(index, int):
            return Name(self.names[index])
        letters = [Name(self.names[letter]) for letter in index.letters]
        if isinstance(index, Shifted):
            return Add(tuple(letters))
        place: Tree = letters[0]
        for letter, name in zip(index.letters[1:], letters[1:], strict=True):
            place = Add((Binary("*", place, self.dims[letter].syntax()), name))
        return place


@dataclass(frozen=True)
class Term:
    """A product of the factors that the scalar rule gives, and how it is arranged.

    Attributes:
        prefix: the number and the scalars before the arrays, where they are not 1.
        factors: the arrays in scalar order.
        order: what their shapes say about that order; nothing where matrices are not multiplied.
        value: the arrangement; nothing where matrix notation does not reach it.
        letters: the product entry by entry.
        slope: the derivative of one entry of the operation by one of the operand, as it is written
            with these letters.
        reasons: why it is arranged so.
    """

    prefix: Tree | None
    factors: tuple[Shown, ...]
    order: Order | None
    value: Tree | None
    letters: Equation
    slope: EntrySlope
    reasons: tuple[Reason, ...]


class Writer:
    """Writes nodes as formulas with shapes.

    Args:
        arranger: writes nodes, under the short names that it knows.
        taken: names that no index letter may have.
        shorten: how a linear map is applied to what it meets.
    """

    def __init__(
        self, arranger: Arranger, taken: Collection[str], shorten: Callable[[Node], Node]
    ) -> None:
        self.arranger, self.taken, self.shorten = arranger, taken, shorten
        numbered = (f"{letter}{n or ''}" for n in range(ROUNDS) for letter in INDEX_LETTERS)
        self.letters = [letter for letter in numbered if letter not in taken]

    def is_row(self, node: Node) -> bool:
        """Whether a node with a single axis is better read as a row."""
        if isinstance(node, (Symbol, Named)):
            return node.row
        if len(node.axes) != 1:
            return False
        piece = self.arranger.piece(node)
        return piece.transposed.cost < piece.upright.cost

    def shown(self, node: Node) -> Shown:
        """A node, without the axes that it is only repeated along, and its shape."""
        row = self.is_row(node)
        if isinstance(node, Named):
            return Shown(Name(node.name), shape_of(node.axes[:MOST_AXES], row=row))
        loose = self.arranger.unfilled(node)
        return Shown(
            self.arranger.shown(loose.signed, transposed=row),
            shape_of(node.axes[:MOST_AXES], row=row),
        )

    def unfolded(self, node: Node) -> Tree:
        """What a node is made of, even if it has a short name."""
        short = self.arranger.known.pop(node.key, None)
        tree = self.shown(node).tree
        if short is not None:
            self.arranger.known[node.key] = short
        return tree

    def term(self, labelled: LabelledProduct, target: Target) -> Term:
        """A labelled product as a reader meets it."""
        ordered = in_scalar_order(labelled, arriving_first=target.has_seed)
        bare, names = without_constants(ordered), self._names(labelled)
        letters, slope = (
            self._entries(ordered, target, names),
            self._entry_slope(labelled, target, names),
        )
        most = max((len(factor.node.axes) for factor in ordered.factors), default=0)
        if target.shape is None or most > MOST_AXES:
            return Term(None, (), None, None, letters, slope, ())
        arrays = [factor for factor in bare.factors if factor.indices]
        shown = tuple(self._raised(factor) for factor in arrays)
        value = self.arranger.tree(labelled.node, row=target.shape.is_row)
        prefix = self._prefix(bare)
        directions = [f.node for f in arrays if is_linear_map(f)]
        if directions:
            value = self.arranger.tree(self.shorten(labelled.node), row=target.shape.is_row)
            reason = self._linear_map(directions[0], target)
            return Term(prefix, shown, None, value, letters, slope, (reason,))
        if is_convolution(bare) and bare.result:
            letters = _of_index_form(value, target) or letters
            why = _slid(bare, arrays, shown, target)
            return Term(prefix, shown, None, value, letters, slope, why)
        order = self._order(bare, arrays, shown, value, target.shape) if arrays else None
        axes = _axes(bare, names)
        bag = Bag(_placed(arrays, shown), bare.result, axes, target.operand, target.has_seed)
        why_so = reasons(bag, order.right if order else None)
        if any(is_identity(factor.node) for factor in ordered.factors):
            why_so = (Reason("identity", {}), *why_so)
        return Term(prefix, shown, order, value, letters, slope, why_so)

    def entries(self, factors: Sequence[Factor], term: LabelledProduct) -> Tree:
        """Other factors that have the letters of a labelled product, entry by entry."""
        names = self._names(term)
        return self._product_of_entries(ONCE, factors, _same_letters(term, names))

    def placed(self, part: Product, coefficient: Fraction, places: Sequence[Name]) -> Tree:
        """A product entry by entry, with a letter of its own for each axis."""
        factors, names = list(part.factors), dict[int, str]()
        for letter, place in zip(letters_of(part.result), places, strict=True):
            names[letter] = place.name
        rest = [name for name in self.letters if Name(name) not in places]
        inner = dict.fromkeys(i for f in factors for i in letters_of(f.indices) if i not in names)
        names |= dict(zip(inner, rest, strict=False))
        tree = self._product_of_entries(
            coefficient * part.coefficient, factors, Letters(names, part.dims)
        )
        for letter, place in zip(letters_of(part.result), places, strict=True):
            if names[letter] != place.name:
                same = Entry(Name("I"), (place, Name(names[letter])))
                tree = same if tree == NUMBER_ONE else Binary("*", tree, same)
        return tree

    def _linear_map(self, node: Node, target: Target) -> Reason:
        assert isinstance(node, Function)
        argument = self.shown(node.arguments[0]).tree
        call = syntax.Call(node.function, (argument, Name("E")))
        return Reason("linear_map", {"map": call, "operand": target.operand})

    def _order(
        self,
        term: LabelledProduct,
        arrays: Sequence[Factor],
        shown: Sequence[Shown],
        value: Tree,
        target: Shape,
    ) -> Order:
        links = [
            Link(formula.tree, formula.shape, is_symmetric(factor.node))
            for formula, factor in zip(shown, arrays, strict=True)
        ]
        scalars = {self.arranger.tree(f.node) for f in term.factors if not f.indices}
        return Order.of(links, target, as_chain(value, links, scalars))

    def _raised(self, factor: Factor) -> Shown:
        shown = self.shown(factor.node)
        face = notation.power(Form(shown.tree, 1), abs(factor.power), entrywise=True)
        tree = face.tree if factor.power > 0 else Binary("./", NUMBER_ONE, face.tree)
        return Shown(tree, shown.shape)

    def _prefix(self, term: LabelledProduct) -> Tree | None:
        scalars = [(self.arranger.tree(f.node), f.power) for f in term.factors if not f.indices]
        tree = multiplied(term.coefficient, scalars)
        return None if tree == NUMBER_ONE else tree

    def _entries(self, term: LabelledProduct, target: Target, names: Letters) -> Equation:
        """The product with an index on each factor."""
        name = Name(target.name)
        value = self._product_of_entries(term.coefficient, term.factors, names)
        places = names.indices(term.result)
        if target.shape is None:
            places, value = _told_apart(places, value, self.letters)
        left = Entry(name, places) if term.result else name
        return Equation((left, value))

    def _entry_slope(self, term: LabelledProduct, target: Target, names: Letters) -> EntrySlope:
        arriving, *rest = term.factors
        value = self._product_of_entries(term.coefficient, rest, names)
        own = [indices[target.seed :] for indices in (arriving.indices, term.result)]
        return EntrySlope(names.indices(own[0]), names.indices(own[1]), value)

    def _product_of_entries(
        self, coefficient: Fraction, factors: Sequence[Factor], names: Letters
    ) -> Tree:
        written: list[tuple[Tree, Fraction]] = []
        for node, places, power in sorted(factors, key=lambda factor: bool(factor.indices)):
            if is_constant(node) and not is_identity(node):
                coefficient *= node.coefficient
                continue
            tree = self.shown(node).tree
            if places:
                tree = Entry(tree, names.indices(places))
            written.append((tree, power))
        return multiplied(coefficient, written)

    def _names(self, term: LabelledProduct) -> Letters:
        """A name for each letter: those of the result first, then those of what arrives."""
        used = dict.fromkeys(letters_of(indices(term)))
        return Letters(dict(zip(used, self.letters, strict=False)), term.dims)


def _told_apart(
    places: Sequence[Tree], value: Tree, letters: Sequence[str]
) -> tuple[tuple[Tree, ...], Tree]:
    """A letter for each axis, and an identity where two axes had the same one."""
    own: list[Tree] = []
    used = {part.name for tree in (*places, value) for part in walk(tree) if isinstance(part, Name)}
    for place in places:
        if place not in own:
            own.append(place)
            continue
        other = Name(next(letter for letter in letters if letter not in used))
        used.add(other.name)
        own.append(other)
        value = Binary("*", value, Entry(Name("I"), (place, other)))
    return tuple(own), value


def _same_letters(term: LabelledProduct, names: Letters) -> Letters:
    """The letters that an operation has where the derivative of the value by itself arrives."""
    arriving = term.factors[0]
    if not is_seed(arriving):
        return names
    seeds, shown = len(arriving.indices) // 2, set(letters_of(term.result))
    pairs = zip(arriving.indices[:seeds], arriving.indices[seeds:], strict=True)
    same = {
        own: names.names[seed]
        for seed, own in pairs
        if isinstance(own, int) and isinstance(seed, int) and own not in shown
    }
    return Letters({**names.names, **same}, names.dims)


def _axes(term: LabelledProduct, names: Letters) -> dict[int, Tree]:
    """How each letter is written: as its size, where no other letter has the same."""
    if not is_ambiguous(term):
        return {letter: dim.syntax() for letter, dim in enumerate(term.dims)}
    return {letter: Name(name) for letter, name in names.names.items()}


def shape_of(axes: tuple[Dim, ...], *, row: bool) -> Shape:
    """The shape in which an array with at most two axes is read."""
    if len(axes) == 1:
        return Shape(ONE, axes[0]) if row else Shape(axes[0], ONE)
    return Shape(axes[0], axes[1]) if axes else SCALAR


def _placed(arrays: Sequence[Factor], shown: Sequence[Shown]) -> tuple[Placed, ...]:
    return tuple(
        Placed(
            formula.tree,
            factor.indices,
            factor.power == 1 and rows_sum_to_one(factor.node),
            is_symmetric(factor.node),
        )
        for formula, factor in zip(shown, arrays, strict=True)
    )


def _slid(
    term: LabelledProduct, arrays: Sequence[Factor], shown: Sequence[Shown], target: Target
) -> tuple[Reason, ...]:
    """Why one array slides over another; nothing where one is alone, and only its sums count."""
    firsts = [factor.indices[0] for factor in arrays]
    sizes = [
        (formula.tree, index_dim(first, term.dims), isinstance(first, Shifted))
        for formula, first in zip(shown, firsts, strict=True)
    ]
    plain = sum(not isinstance(first, Shifted) for first in firsts)
    if len(firsts) < 2 or not plain:
        return ()
    return (slid(sizes, target.operand, index_dim(term.result[0], term.dims)),)


def _of_index_form(value: Tree, target: Target) -> Equation | None:
    """An index form as an equation of entries."""
    if not isinstance(value, IndexForm):
        return None
    letters = tuple(Name(letter) for letter, _ in value.letters)
    return Equation((Entry(Name(target.name), letters), value.body))

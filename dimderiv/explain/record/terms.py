"""One labelled product as a reader meets it: in scalar order, arranged, and with the reasons."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.conform import Arranger, Form, notation
from dimderiv.explain.record.letters import UserLetters
from dimderiv.explain.record.orders import Link, Order, as_chain
from dimderiv.explain.record.places import folded, places, selects
from dimderiv.explain.record.reasons import (
    LetteredFactors,
    Placed,
    WrittenFactor,
    letter_reasons,
    reasons,
    slid,
)
from dimderiv.explain.record.recorded import Equation, LetteredArray, Sentence, Slope, StepTerm
from dimderiv.explain.record.scalar_order import (
    MOST_AXES,
    NUMBER_ONE,
    as_scalar,
    in_scalar_order,
    is_ambiguous,
    is_constant,
    is_convolution,
    is_identity,
    is_linear_map,
    is_seed,
    multiplied,
    without_constants,
)
from dimderiv.explain.record.sliding import Arrays, sliding
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
    letters_of,
)
from dimderiv.language import (
    ONE,
    Add,
    Binary,
    Call,
    Dim,
    Entry,
    IndexForm,
    Name,
    Shape,
    Tree,
    names_in,
)

INDEX_LETTERS = "ijklpqrstuvabcdefgh"
# A product has at most a hundred factors, so at most four hundred letters.
ROUNDS = 25
NO_LETTERS = UserLetters(())


class Target(NamedTuple):
    """What a derivative is by.

    Attributes:
        operand: how it is written.
        name: the name of the derivative; empty if it has none.
        shape: the shape of the derivative, if it has at most two axes.
        seed: how many axes of the value the derivative has before those of the operand.
        whole: the name of the operation; empty for the value, nothing where it has none.
    """

    operand: Tree
    name: str
    shape: Shape | None
    seed: int
    whole: str | None = None

    def known(self, term: LabelledProduct) -> Iterator[tuple[str, Sequence[Index]]]:
        """The names of the operand and of the operation, with the indices of their axes."""
        if isinstance(self.operand, Name):
            yield self.operand.name, term.result[self.seed :]
        if self.whole is not None:
            yield self.whole, term.factors[0].indices[self.seed :]


class EntryLetters(NamedTuple):
    """Names of letters, and their sizes; a letter for a place may be written in others."""

    names: Mapping[int, str]
    dims: Sequence[Dim]
    spelled: Mapping[int, Tree] = {}

    def indices(self, indices: Sequence[Index]) -> tuple[Tree, ...]:
        """Indices as they are written between brackets."""
        return tuple(self._index(index) for index in indices)

    def _index(self, index: Index) -> Tree:
        if isinstance(index, int):
            return self.spelled.get(index) or Name(self.names[index])
        letters = [Name(self.names[letter]) for letter in index.letters]
        if isinstance(index, Shifted):
            return Add(tuple(letters))
        place: Tree = letters[0]
        for letter, name in zip(index.letters[1:], letters[1:], strict=True):
            place = Add((Binary("*", place, self.dims[letter].syntax()), name))
        return place


class TermWriter:
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
        own: UserLetters = NO_LETTERS,
    ) -> None:
        self.symbols, self.sizes, self.shorten, self.own = symbols, sizes, shorten, own
        self.arranger = Arranger(symbols, sizes=sizes)
        numbered = (f"{letter}{n or ''}" for n in range(ROUNDS) for letter in INDEX_LETTERS)
        self.letters = [letter for letter in numbered if letter not in {*symbols, *sizes}]

    def plain(self) -> "TermWriter":
        """A writer that knows no short names."""
        return TermWriter(self.symbols, self.sizes, self.shorten, self.own)

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
        if isinstance(node, Named) or (isinstance(node, Symbol) and len(node.axes) > MOST_AXES):
            return Name(node.name)
        shown = self.arranger.unfilled(node).signed
        return self.arranger.shown(shown, transposed=self.is_row(node))

    def unfolded(self, node: Node) -> Tree:
        """What a node is made of, even if it has a short name."""
        short = self.arranger.known.pop(node.key, None)
        tree = self.tree(node)
        if short is not None:
            self.arranger.known[node.key] = short
        return tree

    def term(self, labelled: LabelledProduct, target: Target) -> StepTerm:
        """A labelled product as a reader meets it."""
        ordered = in_scalar_order(labelled, arriving_first=target.seed > 0)
        names = self._names(labelled, target)
        if _is_lettered(ordered, target):
            return self._by_letters(ordered, target, names)
        letters = self._entries(ordered, target, names)
        most = max((len(factor.node.axes) for factor in ordered.factors), default=0)
        if target.shape is None or most > MOST_AXES:
            return StepTerm(letters)
        bare = without_constants(ordered)
        arrays = [self._written(factor) for factor in bare.factors if factor.indices]
        maps = [array.factor.node for array in arrays if is_linear_map(array.factor)]
        node = self.shorten(labelled.node) if maps else labelled.node
        value = self.arranger.tree(node, row=target.shape.is_row)
        order, why = None, tuple[Sentence, ...]()
        if maps:
            why = (self._linear_map(maps[0]),)
        elif is_convolution(bare) and bare.result:
            letters, why = _of_index_form(value, target) or letters, slid(bare, arrays)
        else:
            order = self._order(bare, arrays, value, target.shape) if arrays else None
            lettered = LetteredFactors(
                arrays, bare.result, _axes(bare, names), target.operand, target.seed > 0
            )
            why = reasons(lettered, order.right if order else None)
            if any(is_identity(factor.node) for factor in ordered.factors):
                why = (Sentence("identity", {}), *why)
        shown = tuple((array.tree, array.shape) for array in arrays)
        return StepTerm(letters, self._prefix(bare), shown, order, value, why)

    def _by_letters(self, term: LabelledProduct, target: Target, names: EntryLetters) -> StepTerm:
        """A product of arrays with any number of axes, or with indices that depend on letters."""
        bare = without_constants(term)
        found = folded(bare if len(set(bare.result)) == len(bare.result) else term)
        spelled = found.spelled(names.names)
        names = names._replace(spelled=spelled)
        arrays = [self._written(f) for f in found.arrays]
        opened = [
            a._replace(factor=a.factor._replace(indices=found.opened(a.indices))) for a in arrays
        ]
        product = LetteredFactors(opened, term.result, spelled, target.operand, target.seed > 0)
        placed = [
            Placed(p.letter, p.others, Equation((spelled[p.letter], p.tree(spelled))))
            for p in found.shown
        ]
        return StepTerm(
            self._entries(found.term, target, names),
            prefix=self._prefix(found.term),
            reasons=tuple(letter_reasons(product, placed)),
            lettered=tuple(LetteredArray(a.tree, names.indices(a.indices)) for a in arrays),
            sizes=sliding(found, Arrays(arrays, target.operand, spelled, letters_of(term.result))),
        )

    def entries(self, factors: Sequence[Factor], term: LabelledProduct, target: Target) -> Tree:
        """Other factors that have the letters of a labelled product, entry by entry."""
        names = self._names(term, target)
        whole = term.factors[0].indices
        found = folded(term._replace(factors=tuple(factors), result=whole))
        names = names._replace(spelled=found.spelled(names.names))
        return self._product_of_entries(ONCE, found.term.factors, _same_letters(term, names))

    def slope(self, term: LabelledProduct, target: Target, whole: Tree) -> Slope:
        """The derivative of an entry of an operation by one of its operand, by one of its terms."""
        arriving, *rest = term.factors
        names = self._names(term, target)
        over, under = (names.indices(i[target.seed :]) for i in (arriving.indices, term.result))
        return Slope(
            Entry(whole, over) if over else whole,
            Entry(target.operand, under),
            self._product_of_entries(term.coefficient, rest, names),
        )

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

    def placed(self, part: Product, coefficient: Fraction, places: Sequence[Name]) -> Tree:
        """A product entry by entry, with a letter of its own for each axis."""
        axes = list(zip(letters_of(part.result), places, strict=True))
        names = {letter: place.name for letter, place in axes}
        rest = [name for name in self.letters if Name(name) not in places]
        used = dict.fromkeys(letter for f in part.factors for letter in letters_of(f.indices))
        names |= dict(zip([letter for letter in used if letter not in names], rest, strict=False))
        letters = EntryLetters(names, part.dims)
        tree = self._product_of_entries(coefficient * part.coefficient, part.factors, letters)
        for letter, place in axes:
            if names[letter] != place.name:
                same = Entry(Name("I"), (place, Name(names[letter])))
                tree = same if tree == NUMBER_ONE else Binary("*", tree, same)
        return tree

    def _linear_map(self, node: Node) -> Sentence:
        assert isinstance(node, Function)
        argument = self.tree(node.arguments[0])
        return Sentence("linear_map", {"map": Call(node.function, (argument, Name("E")))})

    def _order(
        self, term: LabelledProduct, arrays: Sequence[WrittenFactor], value: Tree, target: Shape
    ) -> Order:
        links = [Link(array.tree, array.shape, array.is_symmetric) for array in arrays]
        scalars = {self.arranger.tree(f.node) for f in term.factors if not f.indices}
        return Order.of(links, target, as_chain(value, links, scalars))

    def _written(self, factor: Factor) -> WrittenFactor:
        node, _, power = factor
        tree = notation.power(Form(self.tree(node), 1), abs(power), entrywise=True).tree
        tree = tree if power > 0 else Binary("./", NUMBER_ONE, tree)
        return WrittenFactor(factor, tree, shape_of(node.axes, row=self.is_row(node)))

    def _prefix(self, term: LabelledProduct) -> Tree | None:
        scalars = [(self.arranger.tree(f.node), f.power) for f in term.factors if not f.indices]
        tree = multiplied(term.coefficient, scalars)
        return None if tree == NUMBER_ONE else tree

    def _entries(self, term: LabelledProduct, target: Target, names: EntryLetters) -> Equation:
        """The product with an index on each factor."""
        name = Name(target.name)
        value = self._product_of_entries(term.coefficient, term.factors, names)
        places = names.indices(term.result)
        if target.shape is None:
            places, value = _told_apart(places, value, self.letters)
        return Equation((Entry(name, places) if term.result else name, value))

    def _product_of_entries(
        self, coefficient: Fraction, factors: Sequence[Factor], names: EntryLetters
    ) -> Tree:
        written: list[tuple[Tree, Fraction]] = []
        for node, own, power in sorted(factors, key=_rank):
            if is_constant(node) and not is_identity(node):
                coefficient *= node.coefficient
                continue
            if selects(node):
                written.append((self._same(node, own, names), ONCE))
                continue
            tree = self.tree(node)
            written.append((Entry(tree, names.indices(own)) if own else tree, power))
        return multiplied(coefficient, written)

    def _same(self, node: Node, indices: Sequence[Index], names: EntryLetters) -> Tree:
        """What selects a place, as an identity of that and of the letters it depends on."""
        (place,) = places([Factor(node, tuple(indices))])
        spelled = {letter: names.indices((letter,))[0] for letter in letters_of(indices)}
        return Entry(Name("I"), (spelled[place.letter], place.tree(spelled)))

    def _names(self, term: LabelledProduct, target: Target) -> EntryLetters:
        """A name for each letter: those of the result first, then those of what arrives."""
        return EntryLetters(self.own.names(term, target.known(term), self.letters), term.dims)


def _rank(factor: Factor) -> int:
    """Scalars go first, and what only says that letters agree goes last."""
    return 2 * selects(factor.node) + bool(factor.indices)


def _is_lettered(term: LabelledProduct, target: Target) -> bool:
    """Whether a product is told by letters: some array has more axes than a matrix."""
    if any(selects(factor.node) for factor in term.factors):
        return True
    seed = term.result[: target.seed]
    ranks = [sum(index not in seed for index in factor.indices) for factor in term.factors]
    return max((*ranks, len(term.result) - len(seed))) > MOST_AXES


def _told_apart(
    places: Sequence[Tree], value: Tree, letters: Sequence[str]
) -> tuple[tuple[Tree, ...], Tree]:
    """A letter for each axis, and an identity where two axes had the same one."""
    own: list[Tree] = []
    used = {name for tree in (*places, value) for name in names_in(tree)}
    free = iter([letter for letter in letters if letter not in used])
    for place in places:
        if place in own:
            other = Name(next(free))
            own.append(other)
            value = Binary("*", value, Entry(Name("I"), (place, other)))
        else:
            own.append(place)
    return tuple(own), value


def _same_letters(term: LabelledProduct, names: EntryLetters) -> EntryLetters:
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
    return EntryLetters({**names.names, **same}, names.dims)


def _axes(term: LabelledProduct, names: EntryLetters) -> dict[int, Tree]:
    """How each letter is written: as its size, where no other letter has the same."""
    if not is_ambiguous(term):
        return {letter: dim.syntax() for letter, dim in enumerate(term.dims)}
    return {letter: Name(name) for letter, name in names.names.items()}


def shape_of(axes: tuple[Dim, ...], *, row: bool) -> Shape:
    """The shape in which an array is read: a single axis as a column, or as a row."""
    return Shape(ONE, *axes) if row and len(axes) == 1 else Shape.of(axes)


def _of_index_form(value: Tree, target: Target) -> Equation | None:
    """An index form as an equation of entries."""
    if not isinstance(value, IndexForm):
        return None
    letters = tuple(Name(letter) for letter, _ in value.letters)
    return Equation((Entry(Name(target.name), letters), value.body))

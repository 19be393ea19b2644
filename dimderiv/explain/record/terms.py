"""One labelled product as a reader meets it: in scalar order, arranged, and with the reasons."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from dimderiv.conform import Arranger, Form, Heads, NoMatrixFormError, notation
from dimderiv.explain.record.entry_letters import (
    EntryLetters,
    Target,
    entry,
    same_letters,
    told_apart,
)
from dimderiv.explain.record.lettered import by_letters, is_lettered
from dimderiv.explain.record.letters import StatementLetters
from dimderiv.explain.record.orders import Link, Order, as_chain
from dimderiv.explain.record.places import folded, places, selects, with_places
from dimderiv.explain.record.reasons import (
    LetteredFactors,
    WrittenFactor,
    reasons,
    slid,
)
from dimderiv.explain.record.recorded import (
    Equation,
    LetteredArray,
    Sentence,
    Slope,
    StepTerm,
    defined,
)
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
    multiplied,
    unspread,
    without_constants,
)
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    LabelledProduct,
    Named,
    Node,
    Product,
    Symbol,
    letters_of,
)
from dimderiv.language import (
    ONE,
    Binary,
    Call,
    Dim,
    Entry,
    IndexForm,
    Name,
    Number,
    Shape,
    Tree,
    walk,
)

INDEX_LETTERS = "ijklpqrstuvabcdefgh"
ZERO = Number(Fraction(0))
# A product has at most a hundred factors, so at most four hundred letters.
ROUNDS = 25
NO_LETTERS = StatementLetters(())


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
        own: StatementLetters = NO_LETTERS,
    ) -> None:
        self.symbols, self.sizes, self.shorten, self.own = symbols, sizes, shorten, own
        self.arranger = Arranger(symbols, sizes=sizes, user=own.user)
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
        if node.axes and any(self._is_thin(part) for part in walk(tree)):
            return self.arranger.entries(node, heads, node.axes).upright.tree
        return tree

    def _is_thin(self, tree: Tree) -> bool:
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

    def term(self, labelled: LabelledProduct, target: Target) -> StepTerm:
        """A labelled product as a reader meets it."""
        ordered = in_scalar_order(labelled, arriving_first=target.seed > 0)
        if is_lettered(ordered, target) or self._is_thin(target.operand):
            return self._by_letters(with_places(labelled), target)
        names = self._names(labelled, target)
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

    def _by_letters(self, labelled: LabelledProduct, target: Target) -> StepTerm:
        """A product of arrays with any number of axes, or with indices that depend on letters."""
        term = in_scalar_order(labelled, arriving_first=target.seed > 0)
        bare = without_constants(term)
        found = folded(bare if len(set(bare.result)) == len(bare.result) else term)
        names = self._names(labelled, target)
        names = names._replace(spelled=found.spelled(names.names))
        pairs = [self._lettered(factor, names) for factor in found.arrays]
        arrays, shown = [array for array, _ in pairs], tuple(each for _, each in pairs)
        solved = found.solved()
        entries = names._replace(spelled=solved.spelled(names.names))
        told = StepTerm(
            letters=self._entries(solved.term, target, entries),
            prefix=self._prefix(found.term),
            is_lettered=True,
            lettered=shown,
            value=self.whole(labelled.node, target),
        )
        return by_letters(told, found, arrays, names, target, labelled.factors[0].node)

    def _lettered(self, factor: Factor, names: EntryLetters) -> tuple[WrittenFactor, LetteredArray]:
        """An array as it stands beside its letters: `inv(A[b])` beside `j,i`."""
        indices = names.indices(factor.indices)
        at = self.entry(factor.node, indices)
        tree, indices = (at.operand, at.indices) if isinstance(at, Entry) else (at, indices)
        tree = _raised(tree, factor.power)
        shape = shape_of(factor.node.axes, row=False)
        return WrittenFactor(factor, tree, shape), LetteredArray(tree, indices)

    def entry(self, node: Node, indices: tuple[Tree, ...]) -> Tree:
        """An entry of a node; one index for each axis that the node has."""
        tree = self.array(node) if len(node.axes) > MOST_AXES else self.tree(node)
        return entry(tree, self._filled(tree, indices))

    def defined(self, name: Name, tree: Tree) -> Equation:
        """What a name stands for; entry by entry where that is given so."""
        equation = defined(name, tree)
        left, right = equation.sides
        if isinstance(left, Entry):
            left = Entry(name, self._filled(name, left.indices))
        return replace(equation, sides=(left, right))

    def _filled(self, tree: Tree, indices: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """The indices of an array, with those of its axes of size 1."""
        shape = self.own.user.shapes.get(tree.name) if isinstance(tree, Name) else None
        if not indices or not self._is_thin(tree) or shape is None:
            return indices
        given = iter(indices)
        return tuple(ZERO if dim.is_one else next(given) for dim in shape)

    def entries_of(self, node: Node, target: Target) -> tuple[Tree, Tree]:
        """What a derivative is called, and what it is: entry by entry, if it must be."""
        row = target.shape is not None and target.shape.is_row
        heads = [*([()] * target.seed), *self.own.named(target.operand)]
        left, right = self.defined(Name(target.name), self.array(node, row=row, heads=heads)).sides
        return left, right

    def is_lettered(self, node: Node) -> bool:
        """Whether a node without a name has more axes than a matrix, or is written in letters."""
        tree = self.tree(node)
        return has_letters(tree) or (len(node.axes) > MOST_AXES and not isinstance(tree, Name))

    def whole(self, node: Node, target: Target) -> Tree | None:
        """A node without letters; nothing where it has them."""
        row = target.shape is not None and target.shape.is_row
        tree = self.array(node, row=row)
        return None if has_letters(tree) or self._is_thin(target.operand) else tree

    def entries(self, factors: Sequence[Factor], term: LabelledProduct, target: Target) -> Tree:
        """Other factors that have the letters of a labelled product, entry by entry."""
        if is_lettered(term, target):
            term = with_places(term._replace(factors=(term.factors[0], *factors)))
            factors = term.factors[1:]
        names = self._names(term, target)
        whole = term.factors[0].indices
        found = folded(term._replace(factors=tuple(factors), result=whole))
        names = names._replace(spelled=found.spelled(names.names))
        return self._product_of_entries(ONCE, found.term.factors, same_letters(term, names))

    def slope(self, term: LabelledProduct, target: Target, whole: Tree) -> Slope:
        """The derivative of an entry of an operation by one of its operand, by one of its terms."""
        arriving, *rest = term.factors
        names = self._names(term, target)
        over, under = (names.indices(i[target.seed :]) for i in (arriving.indices, term.result))
        return Slope(
            Entry(whole, over) if over else whole,
            Entry(target.operand, self._filled(target.operand, under)),
            self._product_of_entries(term.coefficient, rest, names),
        )

    def letters_along(
        self, axes: Sequence[int], term: LabelledProduct, target: Target
    ) -> tuple[Tree, ...]:
        """How the letters of some axes of an operand are written."""
        own = term.result[target.seed :]
        return self._names(term, target).indices([own[axis] for axis in axes])

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
        tree = _raised(self.tree(node), power)
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
            places, value = told_apart(places, value, self.letters)
        places = self._filled(target.operand, places)
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
            written.append((self.entry(node, names.indices(own)), power))
        return multiplied(coefficient, written)

    def _same(self, node: Node, indices: Sequence[Index], names: EntryLetters) -> Tree:
        """What selects a place, as an identity of that and of the letters it depends on."""
        (place,) = places([Factor(node, tuple(indices))])
        spelled = {letter: names.indices((letter,))[0] for letter in letters_of(indices)}
        return Entry(Name("I"), (spelled[place.letter], place.tree(spelled)))

    def _names(self, term: LabelledProduct, target: Target) -> EntryLetters:
        """A name for each letter: those of the result first, then those of what arrives."""
        return EntryLetters(self.own.names(term, target.known(term), self.letters), term.dims)


def has_letters(tree: Tree) -> bool:
    """Whether some part of a formula is given entry by entry."""
    return any(isinstance(part, IndexForm) for part in walk(tree))


def _raised(tree: Tree, power: Fraction) -> Tree:
    """A power of an array, entry by entry."""
    tree = notation.power(Form(tree, 1), abs(power), entrywise=True).tree
    return tree if power > 0 else Binary("./", NUMBER_ONE, tree)


def _rank(factor: Factor) -> int:
    """Scalars go first, and what only says that letters agree goes last."""
    return 2 * selects(factor.node) + bool(factor.indices)


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

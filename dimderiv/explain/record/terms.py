"""One labelled product as a reader meets it: in scalar order, arranged, and with the reasons."""

from collections.abc import Sequence
from fractions import Fraction

from dimderiv.explain.record.entry_letters import (
    EntryLetters,
    Target,
    same_letters,
    told_apart,
)
from dimderiv.explain.record.formulas import FormulaWriter, raised, shape_of
from dimderiv.explain.record.lettered import by_letters, is_lettered
from dimderiv.explain.record.orders import Link, Order, as_chain
from dimderiv.explain.record.places import folded, places, with_places
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
)
from dimderiv.explain.record.scalar_order import (
    MOST_AXES,
    NUMBER_ONE,
    in_scalar_order,
    is_ambiguous,
    is_constant,
    is_convolution,
    is_identity,
    is_linear_map,
    multiplied,
    without_constants,
)
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    LabelledProduct,
    Node,
    Product,
    Shifted,
    letters_of,
    selects,
)
from dimderiv.language import (
    Binary,
    Call,
    Entry,
    IndexForm,
    Name,
    Shape,
    Tree,
)


class TermWriter(FormulaWriter):
    """Writes products as a reader meets them, and their factors as formulas with shapes."""

    def plain(self) -> "TermWriter":
        """A writer that knows no short names."""
        return TermWriter(self.symbols, self.sizes, self.shorten, self.own)

    def term(self, labelled: LabelledProduct, target: Target) -> StepTerm:
        """A labelled product as a reader meets it."""
        ordered = in_scalar_order(labelled, arriving_first=target.seed > 0)
        if is_lettered(ordered, target) or self.is_thin(target.operand):
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
            if any(isinstance(index, Shifted) for index in bare.result):
                letters = self._solved(labelled, target)
            letters = _of_index_form(value, target) or letters
            why = slid(bare, arrays)
        else:
            order = self._order(bare, arrays, value, target.shape) if arrays else None
            axes = _sizes(bare) if order and order.is_told_by_shapes else _axes(bare, names)
            lettered = LetteredFactors(arrays, bare.result, axes, target.operand, target.seed > 0)
            why = reasons(lettered, order.right if order else None)
            if any(is_identity(factor.node) for factor in ordered.factors):
                why = (Sentence("identity", {}), *why)
        shown = tuple((array.tree, array.shape) for array in arrays)
        return StepTerm(letters, self._prefix(bare), shown, order, value, why)

    def _solved(self, labelled: LabelledProduct, target: Target) -> Equation:
        """A convolution entry by entry, with a single letter for each place of the result."""
        placed = with_places(labelled)
        found = folded(in_scalar_order(placed, arriving_first=False)).solved()
        names = self._names(placed, target)
        spelled = names._replace(spelled=found.spelled(names.names))
        return self._entries(found.term, target, spelled)

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
        tree = raised(tree, factor.power)
        shape = shape_of(factor.node.axes, row=False)
        return WrittenFactor(factor, tree, shape), LetteredArray(tree, indices)

    def entries_of(self, node: Node, target: Target) -> tuple[Tree, Tree]:
        """What a derivative is called, and what it is: entry by entry, if it must be."""
        row = target.shape is not None and target.shape.is_row
        heads = [*([()] * target.seed), *self.own.named(target.operand)]
        left, right = self.defined(Name(target.name), self.array(node, row=row, heads=heads)).sides
        return left, right

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
            Entry(target.operand, self.filled(target.operand, under)),
            self._product_of_entries(term.coefficient, rest, names),
        )

    def letters_along(
        self, axes: Sequence[int], term: LabelledProduct, target: Target
    ) -> tuple[Tree, ...]:
        """How the letters of some axes of an operand are written."""
        own = term.result[target.seed :]
        return self._names(term, target).indices([own[axis] for axis in axes])

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
        given = [self.tree(argument) for argument in node.arguments]
        return Sentence("linear_map", {"map": Call(node.function, (*given, Name("E")))})

    def _order(
        self, term: LabelledProduct, arrays: Sequence[WrittenFactor], value: Tree, target: Shape
    ) -> Order:
        links = [Link(array.tree, array.shape, array.is_symmetric) for array in arrays]
        scalars = {self.arranger.tree(f.node) for f in term.factors if not f.indices}
        return Order.of(links, target, as_chain(value, links, scalars))

    def _written(self, factor: Factor) -> WrittenFactor:
        node, _, power = factor
        tree = raised(self.tree(node), power)
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
        places = self.filled(target.operand, places)
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


def _rank(factor: Factor) -> int:
    """Scalars go first, and what only says that letters agree goes last."""
    return 2 * selects(factor.node) + bool(factor.indices)


def _sizes(term: LabelledProduct) -> dict[int, Tree]:
    """Each letter as its size."""
    return {letter: dim.syntax() for letter, dim in enumerate(term.dims)}


def _axes(term: LabelledProduct, names: EntryLetters) -> dict[int, Tree]:
    """How each letter is written: as its size, where no other letter has the same."""
    if not is_ambiguous(term):
        return _sizes(term)
    return {letter: Name(name) for letter, name in names.names.items()}


def _of_index_form(value: Tree, target: Target) -> Equation | None:
    """An index form as an equation of entries."""
    if not isinstance(value, IndexForm):
        return None
    letters = tuple(Name(letter) for letter, _ in value.letters)
    return Equation((Entry(Name(target.name), letters), value.body))

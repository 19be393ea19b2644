"""Index forms as nodes of the graph, so that they are planned like any other product.

`[i:m, j:n] A[i,k] B[k,j]` is a labelled product as it stands.  In an entry such as `V[o + k]` the
index slides, in `A[i n + k]` it is merged of two letters, and in `G[i - k]` the letter `i` of the
result is the sum of `k` and of a letter that runs along the axis of G.  An entry at any other
index is gathered: a symbol of its own stands for the array that has an axis for each letter.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from dimderiv import graph
from dimderiv.codegen.read.index_ranges import ranges
from dimderiv.errors import ShapeError
from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Merged,
    Node,
    Shifted,
    elementwise,
    product,
    scaled,
    terms,
    total,
)
from dimderiv.language import (
    ONE,
    Add,
    Binary,
    Dim,
    Entry,
    IndexForm,
    Name,
    Negative,
    Shape,
    children,
    names_in,
    size_of,
)
from dimderiv.language import Node as Tree
from dimderiv.lower import Array, constant_value

Letters = tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """A product in an index form: a sign, factors above and below the line."""

    negative: bool
    above: tuple[Tree, ...]
    below: tuple[Tree, ...] = ()

    def times(self, other: "Term") -> "Term":
        """The product of two terms."""
        return Term(
            self.negative != other.negative, self.above + other.above, self.below + other.below
        )


def terms_of(body: Tree) -> list[Term]:
    """The terms of a body, with products of sums multiplied out."""
    if not entries_in(body):
        # A scalar, which may be a product of a row and a column, stays in one piece.
        return [Term(False, (body,))]
    match body:
        case Add(parts):
            return [term for part in parts for term in terms_of(part)]
        case Negative(operand):
            return [replace(term, negative=not term.negative) for term in terms_of(operand)]
        case Binary("*" | ".*", left, right):
            return [a.times(b) for a in terms_of(left) for b in terms_of(right)]
        case Binary("/" | "./", left, right):
            return [replace(term, below=(*term.below, right)) for term in terms_of(left)]
    return [Term(False, (body,))]


def entries_in(node: Tree) -> list[Entry]:
    """The entries that occur in a body."""
    if isinstance(node, Entry):
        return [node]
    return [entry for child in children(node) for entry in entries_in(child)]


@dataclass
class Labelled:
    """A node with a letter for each of its axes."""

    node: Node
    letters: Letters


@dataclass
class IndexReader:
    """Reads one index form.

    Args:
        form: the index form.
        array: the array of a part that has no letters: an operand of an entry, or a scalar.
        meaning: says what a name stands for that is no letter.
        dimensions: the names of sizes.
        gather: makes the symbol of an array that is read at computed indices: given the array, or
            nothing for the identity, the indices, their letters and the axes.
    """

    form: IndexForm
    array: Callable[[Tree], Array]
    meaning: Callable[[str], str]
    dimensions: Collection[str]
    gather: Callable[[Node | None, tuple[Tree, ...], Letters, tuple[Dim, ...]], Node]
    sizes: dict[str, Dim] = field(init=False)
    slides: dict[str, Letters] = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = {letter: size_of(size) for letter, size in self.form.letters}
        self.slides = {}

    def read(self) -> Array:
        """The whole form, with the axes of its head."""
        free = tuple(self.sizes)
        parts = [self._term(term, free) for term in terms_of(self.form.body)]
        dims = [self.sizes[letter] for letter in free]
        node = total([(Fraction(sign), part) for sign, part in parts], tuple(dims))
        groups = [tuple(letter for letter, _ in letters) for letters in self.form.axes]
        numbers = {letter: k for k, letter in enumerate(free)}
        result: list[Index] = []
        for group in groups:
            places = tuple(numbers[letter] for letter in group)
            result.append(places[0] if len(places) == 1 else Merged(places))
        plain = tuple(range(len(free)))
        if tuple(result) != plain:
            node = total(
                [
                    (c, product(ONCE, [Factor(part, plain)], result, dims))
                    for c, part in terms(node)
                ],
                tuple(graph.index_dim(index, dims) for index in result),
            )
        return Array(node, Shape(*(*node.axes, ONE, ONE)[:2]))

    def _term(self, term: Term, free: Letters) -> tuple[int, Node]:
        self.sizes = {letter: self.sizes[letter] for letter in free}
        self.slides = {}
        entries = [e for tree in term.above + term.below for e in entries_in(tree)]
        for entry in entries:
            self._note_sizes(entry)
        above = [entry for tree in term.above for entry in entries_in(tree)]
        sized = [entry for entry in above if not self._is_identity(entry.operand)]
        places = [place for entry in sized for place in self._places(entry)]
        self.sizes = ranges(places, self.sizes, self.dimensions)
        parts = [self._labelled(tree) for tree in term.above]
        below = [self._labelled(tree) for tree in term.below]
        letters = dict.fromkeys(i for part in (*parts, *below) for i in part.letters)
        spread = [letter for letter in free if letter not in self.slides]
        order = list(
            dict.fromkeys([*spread, *(i for s in self.slides.values() for i in s), *letters])
        )
        place = {letter: k for k, letter in enumerate(order)}
        factors = [
            Factor(part.node, tuple(place[i] for i in part.letters), Fraction(power))
            for power, group in ((1, parts), (-1, below))
            for part in group
        ]
        result: list[Index] = [
            Shifted(tuple(place[i] for i in self.slides[letter]))
            if letter in self.slides
            else place[letter]
            for letter in free
        ]
        sizes = [self._size(letter) for letter in order]
        return -1 if term.negative else 1, product(ONCE, factors, result, sizes)

    def _note_sizes(self, entry: Entry) -> None:
        if self._is_identity(entry.operand):
            return
        for index, dim in self._places(entry):
            if isinstance(index, Name):
                self.sizes.setdefault(index.name, dim)

    def _places(self, entry: Entry) -> list[tuple[Tree, Dim]]:
        shape = self.array(entry.operand).shape
        dims = tuple(shape) if len(entry.indices) == 2 else (*shape.axes, ONE)[:1]
        return list(zip(entry.indices, dims, strict=True))

    def _is_identity(self, node: Tree) -> bool:
        return isinstance(node, Name) and self.meaning(node.name) == "identity"

    def _labelled(self, tree: Tree) -> Labelled:
        if not entries_in(tree):
            return Labelled(self.array(tree).node, ())
        match tree:
            case Entry():
                return self._entry(tree)
            case Negative(operand):
                part = self._labelled(operand)
                return Labelled(scaled(-1, part.node), part.letters)
            case Binary("^" | ".^", base, exponent):
                part, number = self._labelled(base), constant_value(self.array(exponent).node)
                if number is None:
                    raise ShapeError("this power cannot stand in an index form", span=tree.span)
                return Labelled(elementwise(1, (part.node, number)), part.letters)
            case Binary("*" | ".*" | "/" | "./" as operator, left, right):
                power = 1 if operator.endswith("*") else -1
                sides = [(self._labelled(left), 1), (self._labelled(right), power)]
                return self._together(sides)
            case Add(terms):
                parts = [self._labelled(term) for term in terms]
                letters = tuple(dict.fromkeys(i for part in parts for i in part.letters))
                axes = tuple(self._size(letter) for letter in letters)
                spread = [(ONCE, self._spread([(part, 1)], letters)) for part in parts]
                return Labelled(total(spread, axes), letters)
        raise ShapeError("this cannot stand in an index form", span=tree.span)

    def _together(self, parts: Sequence[tuple[Labelled, int]]) -> Labelled:
        letters = tuple(dict.fromkeys(i for part, _ in parts for i in part.letters))
        return Labelled(self._spread(parts, letters), letters)

    def _spread(self, parts: Sequence[tuple[Labelled, int]], letters: Letters) -> Node:
        place = {letter: k for k, letter in enumerate(letters)}
        factors = [
            Factor(part.node, tuple(place[i] for i in part.letters), Fraction(power))
            for part, power in parts
        ]
        dims = [self._size(letter) for letter in letters]
        return product(ONCE, factors, tuple(range(len(letters))), dims)

    def _entry(self, entry: Entry) -> Labelled:
        if self._is_identity(entry.operand):
            return self._delta(entry)
        operand = self.array(entry.operand).node
        places = [place for place in self._places(entry) if not place[1].is_one]
        sizes, slides = dict(self.sizes), dict(self.slides)
        simple = [self._simple(index, dim) for index, dim in places]
        if all(index is not None for index in simple):
            order = tuple(dict.fromkeys(i for each in simple if each for i in each.letters))
            number = {letter: k for k, letter in enumerate(order)}
            indices = tuple(each.index(number) for each in simple if each)
            dims = [self._size(letter) for letter in order]
            node = product(ONCE, [Factor(operand, indices)], tuple(range(len(order))), dims)
            return Labelled(node, order)
        # What is gathered slides along none of its axes.
        self.sizes, self.slides = sizes, slides
        letters = self._letters(entry.indices)
        axes = tuple(self._size(letter) for letter in letters)
        kept = tuple(index for index, _ in places)
        return Labelled(self.gather(operand, kept, letters, axes), letters)

    def _simple(self, index: Tree, dim: Dim) -> "Place | None":
        """An index that is a letter, a sum of letters, or merged of two."""
        match index:
            case Name(name) if self._is_letter(name) and self._size(name) == dim:
                return Place((name,))
            case Add((Name(one), Negative(Name(other)))) if self._slides(one, other, dim):
                return Place((self.slides[one][0],))
            case Add((Name(one), Name(other))) if self._is_letter(one) and self._is_letter(other):
                sizes = self._size(one), self._size(other)
                return Place((one, other), Shifted) if sizes[0] + sizes[1] - ONE == dim else None
            case Add((Binary("*", Name(one), size), Name(other))) if self._is_letter(one):
                return self._merged(one, size, other, dim)
        return None

    def _merged(self, one: str, size: Tree, other: str, dim: Dim) -> "Place | None":
        if not self._is_letter(other) or any(map(self._is_letter, names_in(size))):
            return None
        sizes = self._size(one), self._size(other)
        fits = size_of(size) == sizes[1] and sizes[0] * sizes[1] == dim
        return Place((one, other), Merged) if fits else None

    def _slides(self, one: str, other: str, dim: Dim) -> bool:
        """Whether `one - other` runs along an axis, so that `one` is the sum of both."""
        heads = [letter for letter, _ in self.form.letters]
        if one not in heads or other in heads or one in self.slides or other not in self.sizes:
            return False
        if self.sizes[one] - self.sizes[other] + ONE != dim or self._is_used_elsewhere(one):
            return False
        along = f"{one}'"
        self.sizes[along] = dim
        self.slides[one] = (along, other)
        return True

    def _is_used_elsewhere(self, letter: str) -> bool:
        uses = [name for e in entries_in(self.form.body) for i in e.indices for name in names_in(i)]
        return len(terms_of(self.form.body)) > 1 or uses.count(letter) != 1

    def _delta(self, entry: Entry) -> Labelled:
        letters = self._letters(entry.indices)
        axes = tuple(self._size(letter) for letter in letters)
        if all(isinstance(index, Name) for index in entry.indices) and len(set(axes)) == 1:
            return Labelled(product(ONCE, (), (0, 0), axes[:1]), letters)
        return Labelled(self.gather(None, entry.indices, letters, axes), letters)

    def _size(self, letter: str) -> Dim:
        if letter not in self.sizes:
            raise ShapeError(
                f"the range of the letter {letter} is not known",
                span=self.form.span,
                hint="use the letter alone as an index somewhere in the term",
            )
        return self.sizes[letter]

    def _is_letter(self, name: str) -> bool:
        return name in self.sizes or name not in self.dimensions

    def _letters(self, indices: Sequence[Tree]) -> Letters:
        plain = [index.name for index in indices if isinstance(index, Name)]
        if len(plain) == len(indices):
            return tuple(plain)
        names = [name for index in indices for name in names_in(index) if self._is_letter(name)]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class Place:
    """The letters of an index, and how they make it."""

    letters: Letters
    kind: type[Merged] | type[Shifted] | None = None

    def index(self, number: Mapping[str, int]) -> Index:
        """The index with numbers for letters."""
        places = tuple(number[letter] for letter in self.letters)
        return self.kind(places) if self.kind else places[0]

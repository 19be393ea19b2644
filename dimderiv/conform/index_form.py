"""Arrays that no matrix notation reaches, entry by entry: `[i:m, j:n] G[i-k, j-l] K[k,l]`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import count
from typing import NamedTuple

from dimderiv.conform import notation
from dimderiv.conform.notation import Form, TwoWay, primed, symbols
from dimderiv.graph import (
    Factor,
    Index,
    LabelledProduct,
    Merged,
    Node,
    Product,
    Shifted,
    expanded,
    index_dim,
    labelled,
    letters_of,
    nodes_of,
)
from dimderiv.language import Add, Binary, Call, Dim, Entry, IndexForm, Name, Negative, Number, Tree

LETTERS = "ijklpqrstuvabcdefgh"
LONG = 20


class LetterAxis(NamedTuple):
    """An axis of an index form: one letter, or several with the first one slowest."""

    names: tuple[str, ...]
    dims: tuple[Dim, ...]

    @property
    def place(self) -> Tree:
        """The position along the axis in terms of its letters."""
        return _position([Name(name) for name in self.names], self.dims)


def index_form(
    node: Node, piece_of: Callable[[Node], TwoWay], taken: Collection[str] = ()
) -> TwoWay:
    """A node entry by entry, with a letter for each of its axes, or several for a merged one."""
    terms = expanded(node)
    parts = [(coefficient, labelled(part)) for coefficient, part in terms]
    known = _size_names([part for _, part in terms]).union(taken)
    unused = _letters(known)
    axes = [_axis([part for _, part in parts], k, unused) for k in range(len(node.axes))]
    known.update(*(axis.names for axis in axes))
    spots = [Spot(axis.place, axis.names, axis.dims, is_inside=True) for axis in axes]
    body = [
        _Term(part, spots, _letters(known), piece_of).entries().tree(coefficient)
        for coefficient, part in parts
    ]
    letters = [
        (name, dim.syntax())
        for axis in axes
        for name, dim in zip(axis.names, axis.dims, strict=True)
    ]
    merged = len(letters) > len(axes)
    tree = IndexForm(
        tuple(letters),
        body[0] if len(body) == 1 else Add(tuple(body)),
        tuple(len(axis.names) for axis in axes) if merged else (),
    )
    form = Form(tree, LONG + symbols(tree))
    return TwoWay(form, primed(form))


def _size_names(nodes: Sequence[Node]) -> set[str]:
    """The names of the sizes of nodes and of what they are made of, which no letter may have."""
    names = set[str]()
    for node in nodes_of(nodes, through_names=False):
        dims = node.dims if isinstance(node, Product) else node.axes
        names.update(name for dim in dims for name in dim.names)
    return names


def _letters(taken: Collection[str]) -> Iterator[str]:
    """Index letters, with numbers when there are no more of them."""
    names = (f"{letter}{number or ''}" for number in count() for letter in LETTERS)
    return (name for name in names if name not in taken)


def _axis(parts: Iterable[LabelledProduct], k: int, unused: Iterator[str]) -> LetterAxis:
    """The letters of an axis: as many as the first product has that merges several there."""
    dims: tuple[Dim, ...] = ()
    for part in parts:
        index = part.result[k]
        dims = dims or (index_dim(index, part.dims),)
        if isinstance(index, Merged):
            dims = tuple(part.dims[letter] for letter in index.letters)
            break
    return LetterAxis(tuple(next(unused) for _ in dims), dims)


def _position(letters: Sequence[Tree], dims: Sequence[Dim]) -> Tree:
    """The position along an axis of several letters, the first one slowest."""
    place, *faster = letters
    for letter, dim in zip(faster, dims[1:], strict=True):
        place = Add((Binary("*", place, dim.syntax()), letter))
    return place


class Spot(NamedTuple):
    """A position along an axis.

    Attributes:
        place: the position.
        names: the letters that it is made of, where it is that of an axis of the form.
        dims: their sizes.
        is_inside: whether the position is known not to leave the axis.
    """

    place: Tree
    names: tuple[str, ...]
    dims: tuple[Dim, ...]
    is_inside: bool


class Entries(NamedTuple):
    """A product of entries: its number, and what stands above and below the line."""

    number: Fraction
    above: list[Tree]
    below: list[Tree]

    def tree(self, coefficient: Fraction) -> Tree:
        """The product, with what it is multiplied by."""
        value = coefficient * self.number
        parts = [*self.above]
        if abs(value) != 1 or not parts:
            parts.insert(0, Number(abs(value)))
        tree = _multiplied(parts)
        if self.below:
            tree = Binary("/", tree, _multiplied(self.below))
        return Negative(tree) if value < 0 else tree


class _Term:
    """One product, with a name for each of its letters."""

    def __init__(
        self,
        node: LabelledProduct,
        spots: Sequence[Spot],
        unused: Iterator[str],
        piece_of: Callable[[Node], TwoWay],
    ) -> None:
        self.node = node
        self.piece_of = piece_of
        self.unused = unused
        self.spelled: dict[int, Tree] = {}
        self.inside: set[int] = set()
        self.identities: list[Tree] = []
        # A letter by itself is known before one that is found by taking it off a position.
        for index, spot in sorted(
            zip(node.result, spots, strict=True), key=lambda pair: isinstance(pair[0], Shifted)
        ):
            self._bind(index, spot)
        for factor in node.factors:
            self._name(letters_of(factor.indices))

    def _name(self, letters: Iterable[int]) -> None:
        for letter in letters:
            if letter not in self.spelled:
                self.spelled[letter] = Name(next(self.unused))

    def _bind(self, index: Index, spot: Spot) -> None:
        """Say what the letters of an index of the result are, in terms of a position."""
        if isinstance(index, int):
            self._spell(index, spot.place)
            if spot.is_inside:
                self.inside.add(index)
        elif isinstance(index, Shifted):
            first, *others = sorted(index.letters, key=lambda letter: letter in self.spelled)
            self._name(others)
            away = [_negative(self.spelled[letter]) for letter in others]
            self._spell(first, _added([spot.place, *away]))
        elif [self.node.dims[letter] for letter in index.letters] == list(spot.dims):
            for letter, name in zip(index.letters, spot.names, strict=True):
                self._spell(letter, Name(name))
                self.inside.add(letter)
        else:
            self._name(index.letters)
            self._equate(self._index(index), spot.place, reduce(Dim.__mul__, spot.dims))

    def _spell(self, letter: int, place: Tree) -> None:
        if letter in self.spelled:
            self._equate(self.spelled[letter], place, self.node.dims[letter])
            self.inside.add(letter)
        else:
            self.spelled[letter] = place

    def _equate(self, first: Tree, second: Tree, dim: Dim) -> None:
        self.identities.append(Entry(Call("eye", (dim.syntax(),)), (first, second)))

    def entries(self) -> Entries:
        """The entries of the factors; a product with more axes than a matrix is written out."""
        closed = [f for f in self.node.factors if len(f.indices) > 2 and f.power == 1]
        found = Entries(self.node.coefficient, [], [])
        for factor in self.node.factors:
            if factor not in closed:
                self.inside.update(index for index in factor.indices if isinstance(index, int))
                (found.below if self._is_below(factor) else found.above).append(self._entry(factor))
        for factor in closed:
            inner = self._opened(factor)
            found.above.extend(inner.above)
            found.below.extend(inner.below)
            found = found._replace(number=found.number * inner.number)
        found.above.extend([*self.identities, *self._bounds()])
        return found

    def _opened(self, factor: Factor) -> Entries:
        """A factor as the product that it is, which keeps its letters inside of their axes."""
        spots = [
            Spot(self._index(index), (), (dim,), is_inside=index in self.inside)
            for index, dim in zip(factor.indices, factor.node.axes, strict=True)
        ]
        self.inside.update(index for index in factor.indices if isinstance(index, int))
        return _Term(labelled(factor.node), spots, self.unused, self.piece_of).entries()

    def _bounds(self) -> list[Tree]:
        """Ones along each axis that no entry keeps its letter inside of."""
        return [
            Entry(Call("ones", (self.node.dims[letter].syntax(), Number(Fraction(1)))), (place,))
            for letter, place in self.spelled.items()
            if letter not in self.inside
        ]

    def _is_below(self, factor: Factor) -> bool:
        """Whether to divide by a factor: only where its indices cannot leave the array."""
        places = [self._index(index) for index in factor.indices]
        return factor.power < 0 and all(isinstance(place, Name) for place in places)

    def _entry(self, factor: Factor) -> Tree:
        form, power = self.piece_of(factor.node).upright, factor.power
        indices = tuple(self._index(index) for index in factor.indices)
        if power < 0 and not self._is_below(factor):
            return Entry(notation.power(form, power, entrywise=True).tree, indices)
        tree = Entry(form.tree, indices) if indices else form.tree
        return tree if abs(power) == 1 else Binary("^", tree, Number(abs(power)))

    def _index(self, index: Index) -> Tree:
        if isinstance(index, int):
            return self.spelled[index]
        if isinstance(index, Shifted):
            return _added([self.spelled[letter] for letter in index.letters])
        letters = [self.spelled[letter] for letter in index.letters]
        return _position(letters, [self.node.dims[letter] for letter in index.letters])


def _negative(place: Tree) -> Tree:
    """A position with the other sign, term by term."""
    if isinstance(place, Add):
        return Add(tuple(_negative(term) for term in place.terms))
    return place.operand if isinstance(place, Negative) else Negative(place)


def _added(parts: Sequence[Tree]) -> Tree:
    terms = [term for part in parts for term in (part.terms if isinstance(part, Add) else (part,))]
    return Add(tuple(terms))


def _multiplied(parts: Sequence[Tree]) -> Tree:
    return reduce(lambda before, part: Binary("*", before, part), parts)

"""Products that no matrix notation reaches, entry by entry: `[i:m, j:n] G[i-k, j-l] K[k,l]`."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from dimderiv.graph import Index, Merged, Product, Shifted, letters_of
from dimderiv.language import syntax
from dimderiv.language.syntax import Add, Binary, Entry, IndexForm, Name, Negative, Number
from dimderiv.notation import Face, Piece, transposed

LETTERS = "ijklpqrstuvabcdefgh"
LONG = 20


def index_form(product: Product, pieces: Sequence[Piece]) -> Piece:
    """A product of entries, as a piece; its coefficient and scalar factors are left to the caller.

    Args:
        product: the product, whose result has plain or shifted indices.
        pieces: the notation of each factor.
    """
    names = _Letters(product)
    body: syntax.Node = Number(Fraction(1))
    first = True
    for factor, piece in zip(product.factors, pieces, strict=True):
        if not factor.indices:
            continue
        entry: syntax.Node = Entry(
            piece.straight.tree, tuple(names.index(index) for index in factor.indices)
        )
        if factor.power != 1:
            entry = Binary("^", entry, _number(factor.power))
        body = entry if first else Binary("*", body, entry)
        first = False
    form = IndexForm(names.result, body)
    face = Face(form, LONG + sum(piece.straight.cost for piece in pieces))
    return Piece(face, transposed(face))


def _number(value: Fraction) -> syntax.Node:
    return Number(value) if value >= 0 else Negative(Number(-value))


class _Letters:
    """A name for each letter, and an expression for each index."""

    def __init__(self, product: Product) -> None:
        unused = iter(LETTERS)
        self.dims = product.dims
        self.spelled: dict[int, syntax.Node] = {}
        result = []
        for index, axis in zip(product.result, product.axes, strict=True):
            name = next(unused)
            result.append((name, axis.syntax()))
            self._bind(index, Name(name), unused)
        for factor in product.factors:
            self._name(letters_of(factor.indices), unused)
        self.result = tuple(result)

    def _name(self, letters: Iterable[int], unused: Iterator[str]) -> None:
        for letter in letters:
            if letter not in self.spelled:
                self.spelled[letter] = Name(next(unused))

    def _bind(self, index: Index, name: syntax.Node, unused: Iterator[str]) -> None:
        """Say what the letters of an index of the result are, in terms of the name of its axis."""
        if isinstance(index, int):
            self.spelled[index] = name
            return
        assert isinstance(index, Shifted), "a merged axis is opened before"
        first, *others = index.letters
        self._name(others, unused)
        self.spelled[first] = Add((name, *(Negative(self.spelled[letter]) for letter in others)))

    def index(self, index: Index) -> syntax.Node:
        if isinstance(index, int):
            return self.spelled[index]
        if isinstance(index, Shifted):
            return Add(tuple(self.spelled[letter] for letter in index.letters))
        return self._merged(index)

    def _merged(self, index: Merged) -> syntax.Node:
        place = self.spelled[index.letters[0]]
        for letter in index.letters[1:]:
            place = Add((Binary("*", place, self.dims[letter].syntax()), self.spelled[letter]))
        return place


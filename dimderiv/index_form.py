"""Arrays that no matrix notation reaches, entry by entry: `[i:m, j:n] G[i-k, j-l] K[k,l]`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from fractions import Fraction

from dimderiv.graph import Factor, Index, Merged, Node, Product, Shifted, letters_of
from dimderiv.language.syntax import Add, Binary, Entry, IndexForm, Name, Negative, Number
from dimderiv.language.syntax import Node as Tree
from dimderiv.notation import Face, Piece, symbols, transposed
from dimderiv.shapes import Dim
from dimderiv.sums import expanded

LETTERS = "ijklpqrstuvabcdefgh"
LONG = 20


def index_form(node: Node, piece_of: Callable[[Node], Piece]) -> Piece:
    """A node entry by entry, with one letter for each of its axes.

    Args:
        node: a product or a sum of products, whose axes are plain or sums of letters.
        piece_of: the notation of the factors.

    Returns:
        A piece; its flipped face means something only for two axes.
    """
    parts = expanded(node)
    sizes = {name for _, part in parts for dim in _dims(part) for name in dim.names}
    unused = [letter for letter in LETTERS if letter not in sizes]
    shown, free = unused[: len(node.axes)], unused[len(node.axes) :]
    body = [_Term(part, shown, free, piece_of).tree(coefficient) for coefficient, part in parts]
    letters = tuple((name, dim.syntax()) for name, dim in zip(shown, node.axes, strict=True))
    form = IndexForm(letters, body[0] if len(body) == 1 else Add(tuple(body)))
    face = Face(form, LONG + symbols(form))
    return Piece(face, transposed(face))


def _dims(term: Node) -> Sequence[Dim]:
    return term.dims if isinstance(term, Product) else term.axes


class _Term:
    """One product of entries, with a name for each of its letters."""

    def __init__(
        self,
        node: Node,
        shown: Sequence[str],
        free: Collection[str],
        piece_of: Callable[[Node], Piece],
    ) -> None:
        plain = tuple(range(len(node.axes)))
        if isinstance(node, Product):
            self.coefficient, self.factors = node.coefficient, node.factors
            self.result, self.dims = node.result, node.dims
        else:
            self.coefficient, self.factors = Fraction(1), (Factor(node, plain),)
            self.result, self.dims = plain, node.axes
        self.piece_of = piece_of
        self.unused: Iterator[str] = iter(free)
        self.spelled: dict[int, Tree] = {}
        self.identities: list[Tree] = []
        for index, name in zip(self.result, shown, strict=True):
            self._bind(index, Name(name))
        for factor in self.factors:
            self._name(letters_of(factor.indices))

    def _name(self, letters: Iterable[int]) -> None:
        for letter in letters:
            if letter not in self.spelled:
                self.spelled[letter] = Name(next(self.unused))

    def _bind(self, index: Index, name: Tree) -> None:
        """Say what the letters of an index of the result are, in terms of the name of its axis."""
        if isinstance(index, int):
            if index in self.spelled:
                self.identities.append(Entry(Name("I"), (self.spelled[index], name)))
            else:
                self.spelled[index] = name
            return
        assert isinstance(index, Shifted), "a merged axis is opened before"
        first, *others = index.letters
        self._name(others)
        self.spelled[first] = Add((name, *(Negative(self.spelled[letter]) for letter in others)))

    def tree(self, coefficient: Fraction) -> Tree:
        """The term, with what it is multiplied by."""
        value = coefficient * self.coefficient
        parts = [*self._factors(lambda power: power > 0), *self.identities]
        if abs(value) != 1 or not parts:
            parts.insert(0, Number(abs(value)))
        tree = _multiplied(parts)
        under = self._factors(lambda power: power < 0)
        if under:
            tree = Binary("/", tree, _multiplied(under))
        return Negative(tree) if value < 0 else tree

    def _factors(self, wanted: Callable[[Fraction], bool]) -> list[Tree]:
        return [self._entry(factor) for factor in self.factors if wanted(factor.power)]

    def _entry(self, factor: Factor) -> Tree:
        tree = self.piece_of(factor.node).straight.tree
        if factor.indices:
            tree = Entry(tree, tuple(self._index(index) for index in factor.indices))
        power = abs(factor.power)
        return tree if power == 1 else Binary("^", tree, Number(power))

    def _index(self, index: Index) -> Tree:
        if isinstance(index, int):
            return self.spelled[index]
        if isinstance(index, Shifted):
            return Add(tuple(self.spelled[letter] for letter in index.letters))
        return self._merged(index)

    def _merged(self, index: Merged) -> Tree:
        place = self.spelled[index.letters[0]]
        for letter in index.letters[1:]:
            place = Add((Binary("*", place, self.dims[letter].syntax()), self.spelled[letter]))
        return place


def _multiplied(parts: Sequence[Tree]) -> Tree:
    tree = parts[0]
    for part in parts[1:]:
        tree = Binary("*", tree, part)
    return tree

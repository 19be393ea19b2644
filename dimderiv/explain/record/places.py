"""Factors that only say where an index stands: an affine index of letters, or a label.

`X[a] S[a,i,r] W[r]` is `X[2i+r] W[r]`: the letter `a` of a place is written in the letters that it
depends on, and the factor that selects is gone.  Where the result has the place, the factor stays:
as an identity, `I[a,2i+r]`.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeGuard

from dimderiv.graph import (
    Factor,
    Function,
    Index,
    LabelledProduct,
    Node,
    Selection,
    Shifted,
    are_letters,
    index_dim,
    letters_of,
    selection,
)
from dimderiv.language import Add, Binary, Dim, Entry, Name, Negative, Number, Tree

NOTHING = Dim.of(0)


class Place(NamedTuple):
    """A letter for the place on an axis, which depends on others.

    Attributes:
        letter: that of the place.
        factor: what selects it.
        others: the letters that it depends on.
    """

    letter: int
    factor: Factor
    others: tuple[int, ...]

    def tree(self, spelled: Mapping[int, Tree]) -> Tree:
        """The place in its letters, as it is written between brackets."""
        node, others = self.factor.node, [spelled[letter] for letter in self.others]
        if isinstance(node, Selection):
            return affine(node, others)
        assert isinstance(node, Function)
        (labels,) = node.arguments
        name = Name(getattr(labels, "name", node.function))
        return Entry(name, tuple(others)) if others else name


def selects(node: Node) -> bool:
    """Whether an array only says which place of an axis belongs to which letters."""
    return isinstance(node, Selection) or is_onehot(node)


def is_onehot(node: Node) -> TypeGuard[Function]:
    """Whether an array is that of integer labels, one row for each."""
    return isinstance(node, Function) and node.function == "onehot"


def places(factors: Sequence[Factor]) -> Iterator[Place]:
    """The places that factors select."""
    for factor in factors:
        if selects(factor.node) and are_letters(factor.indices):
            first, *rest = factor.indices
            if is_onehot(factor.node):
                *rest, first = factor.indices
            yield Place(first, factor, tuple(rest))


class Folded(NamedTuple):
    """A labelled product in which places are written in letters.

    Attributes:
        term: the product without the factors that are not needed any more.
        inside: the place that each letter for one stands for.
        shown: the places that the result has.
    """

    term: LabelledProduct
    inside: Mapping[int, Place]
    shown: tuple[Place, ...]

    @property
    def arrays(self) -> tuple[Factor, ...]:
        """The factors with axes that say more than where an index stands."""
        factors = self.term.factors
        return tuple(f for f in factors if f.indices and not selects(f.node))

    def spelled(self, names: Mapping[int, str]) -> dict[int, Tree]:
        """How each letter is written."""
        trees: dict[int, Tree] = {letter: Name(name) for letter, name in names.items()}
        left = dict(self.inside)
        while left:
            ready = [k for k, place in left.items() if left.keys().isdisjoint(place.others)]
            for letter in ready:
                trees[letter] = left.pop(letter).tree(trees)
        return trees

    def opened(self, indices: Sequence[Index]) -> tuple[Index, ...]:
        """Indices with the letters that places depend on in place of those of the places."""
        return tuple(self._opened(index) for index in indices)

    def _opened(self, index: Index) -> Index:
        if not isinstance(index, int) or index not in self.inside:
            return index
        inner = letters_of(self.opened(self.inside[index].others))
        return inner[0] if len(inner) == 1 else Shifted(inner)


def with_places(term: LabelledProduct) -> LabelledProduct:
    """A product with a letter for the place that is a sum of letters, and what selects it."""
    dims, found = list(term.dims), dict[Index, Factor]()

    def placed(index: Index) -> Index:
        if not isinstance(index, Shifted):
            return index
        if index not in found:
            axes = (index_dim(index, term.dims), *(term.dims[i] for i in index.letters))
            node = selection(axes, (1,) * len(index.letters))
            found[index] = Factor(node, (len(dims), *index.letters))
            dims.append(axes[0])
        return found[index].indices[0]

    factors = [f._replace(indices=tuple(map(placed, f.indices))) for f in term.factors]
    result = tuple(map(placed, term.result))
    return LabelledProduct(term.coefficient, (*factors, *found.values()), result, tuple(dims))


def folded(term: LabelledProduct) -> Folded:
    """A product with the places of its factors written in letters, where the result lacks them."""
    shown, inside = set(letters_of(term.result)), dict[int, Place]()
    kept = list[Place]()
    for place in places(term.factors):
        if place.letter in shown or place.letter in inside or _returns(place, inside):
            kept.append(place)
        else:
            inside[place.letter] = place
    gone = [place.factor for place in inside.values()]
    factors = tuple(factor for factor in term.factors if factor not in gone)
    return Folded(term._replace(factors=factors), inside, tuple(kept))


def _returns(place: Place, inside: Mapping[int, Place]) -> bool:
    """Whether a place depends on itself through those that are written in letters already."""
    reached = set(place.others)
    while more := {i for k in reached & inside.keys() for i in inside[k].others} - reached:
        reached |= more
    return place.letter in reached


def affine(node: Selection, letters: Sequence[Tree]) -> Tree:
    """A sum of multiples of letters, and what is added to it: `2 i + r - 1`."""
    terms = [_multiple(step, letter) for step, letter in zip(node.steps, letters, strict=True)]
    if node.offset != NOTHING:
        offset = node.offset.syntax()
        terms.extend(offset.terms if isinstance(offset, Add) else (offset,))
    terms.sort(key=lambda term: isinstance(term, Negative))
    return Add(tuple(terms)) if len(terms) > 1 else terms[0]


def _multiple(step: int, letter: Tree) -> Tree:
    tree = letter if abs(step) == 1 else Binary("*", Number(Fraction(abs(step))), letter)
    return Negative(tree) if step < 0 else tree

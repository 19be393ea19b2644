"""Factors that only say where an index stands: an affine index of letters, or a label.

`X[a] S[a,i,r] W[r]` is `X[2i+r] W[r]`: the letter `a` of a place is written in the letters that it
depends on, and the factor that selects is gone.  Where the result has the place, the factor stays:
as an identity, `I[a,2i+r]`.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph import (
    Factor,
    Function,
    Index,
    LabelledProduct,
    Selection,
    Shifted,
    are_letters,
    index_dim,
    is_onehot,
    letters_of,
    selection,
    selects,
)
from dimderiv.language import NOTHING, Add, Binary, Dim, Entry, Name, Negative, Number, Tree


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
            return affine(node.steps, others, node.offset)
        assert isinstance(node, Function)
        (labels,) = node.arguments
        name = Name(getattr(labels, "name", node.function))
        return Entry(name, tuple(others)) if others else name


def places(factors: Sequence[Factor]) -> Iterator[Place]:
    """The places that factors select."""
    for factor in factors:
        if selects(factor.node) and are_letters(factor.indices):
            first, *rest = factor.indices
            if is_onehot(factor.node):
                *rest, first = factor.indices
            yield Place(first, factor, tuple(rest))


class Solved(NamedTuple):
    """A letter that a place depends on in steps of 1, by the place and the others.

    Attributes:
        letter: the letter.
        place: the place.
        others: the letter of the place, then the others that it depends on.
    """

    letter: int
    place: Place
    others: tuple[int, ...]

    def tree(self, spelled: Mapping[int, Tree]) -> Tree:
        """The letter, as it is written between brackets: `a - 2 i + 1`."""
        node = self.place.factor.node
        assert isinstance(node, Selection), "labels are not solved for"
        steps = dict(zip(self.place.others, node.steps, strict=True))
        sign = steps[self.letter]
        own = [sign, *(-sign * steps[letter] for letter in self.others[1:])]
        return affine(own, [spelled[i] for i in self.others], Dim.of(-sign) * node.offset)


class Folded(NamedTuple):
    """A labelled product in which places are written in letters.

    Attributes:
        term: the product without the factors that are not needed any more.
        inside: what a letter stands for that is written in others.
        shown: the places that the result has.
    """

    term: LabelledProduct
    inside: Mapping[int, Place | Solved]
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

    def solved(self) -> "Folded":
        """The same without the places that the result has, as far as they can be solved for.

        That is for a letter in steps of 1 along which some array is 0 outside; for one of the last
        array, if there is such a letter.
        """
        inside, shown = dict(self.inside), list[Place]()
        for place in self.shown:
            found = next((k for k in self._candidates(place) if k not in inside), None)
            if found is None:
                shown.append(place)
            else:
                rest = tuple(other for other in place.others if other != found)
                inside[found] = Solved(found, place, (place.letter, *rest))
        gone = [place.factor for place in self.shown if place not in shown]
        factors = tuple(factor for factor in self.term.factors if factor not in gone)
        return Folded(self.term._replace(factors=factors), inside, tuple(shown))

    def _candidates(self, place: Place) -> list[int]:
        """The letters of a place that it can be solved for, the best first."""
        node = place.factor.node
        if not isinstance(node, Selection):
            return []
        held = [factor.indices for factor in self.arrays]
        found = [
            letter
            for letter, step in zip(place.others, node.steps, strict=True)
            if abs(step) == 1
            and place.others.count(letter) == 1
            and letter not in self.term.result
            and any(letter in indices for indices in held)
        ]
        return sorted(found, key=lambda letter: letter not in held[-1])

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

    factors = [_upright(f._replace(indices=tuple(map(placed, f.indices)))) for f in term.factors]
    result = tuple(map(placed, term.result))
    return LabelledProduct(term.coefficient, (*factors, *found.values()), result, tuple(dims))


def _upright(factor: Factor) -> Factor:
    """What selects `k = a - 2 i + 1` as what selects `a = 2 i + k - 1`; any other factor as it is.

    So a place is where what has one letter and what has the other meet, and both go forward.
    """
    node = factor.node
    if not isinstance(node, Selection) or max(map(abs, node.steps), default=1) == 1:
        return factor
    forward = [k for k, step in enumerate(node.steps) if step > 0]
    if len(forward) != 1 or node.steps[forward[0]] != 1:
        return factor
    (k,) = forward
    place, *others = range(len(node.axes))
    own = others.pop(k)
    order = (own, *others, place)
    steps = (*(-step for each, step in enumerate(node.steps) if each != k), 1)
    axes = tuple(node.axes[axis] for axis in order)
    turned = selection(axes, steps, NOTHING - node.offset)
    return factor._replace(node=turned, indices=tuple(factor.indices[axis] for axis in order))


def folded(term: LabelledProduct) -> Folded:
    """A product with the places of its factors written in letters, where the result lacks them."""
    shown, inside = set(letters_of(term.result)), dict[int, Place | Solved]()
    kept = list[Place]()
    for place in places(term.factors):
        if place.letter in shown or place.letter in inside or _returns(place, inside):
            kept.append(place)
        else:
            inside[place.letter] = place
    gone = [place.factor for place in inside.values() if isinstance(place, Place)]
    factors = tuple(factor for factor in term.factors if factor not in gone)
    return Folded(term._replace(factors=factors), inside, tuple(kept))


def _returns(place: Place, inside: Mapping[int, Place | Solved]) -> bool:
    """Whether a place depends on itself through those that are written in letters already."""
    reached = set(place.others)
    while more := {i for k in reached & inside.keys() for i in inside[k].others} - reached:
        reached |= more
    return place.letter in reached


def affine(steps: Sequence[int], letters: Sequence[Tree], offset: Dim) -> Tree:
    """A sum of multiples of letters, and what is added to it: `2 i + r - 1`.

    Args:
        steps: how far one step of each letter goes.
        letters: how they are written.
        offset: what is added.
    """
    terms = [_multiple(step, letter) for step, letter in zip(steps, letters, strict=True)]
    terms.sort(key=lambda term: isinstance(term, Negative))
    if offset != NOTHING or not terms:
        written = offset.syntax()
        terms.extend(written.terms if isinstance(written, Add) else (written,))
    if isinstance(terms[0], Negative):
        terms.sort(key=lambda term: isinstance(term, Negative))
    return Add(tuple(terms)) if len(terms) > 1 else terms[0]


def _multiple(step: int, letter: Tree) -> Tree:
    tree = letter if abs(step) == 1 else Binary("*", Number(Fraction(abs(step))), letter)
    return Negative(tree) if step < 0 else tree

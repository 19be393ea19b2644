"""Which position each letter of a product stands for, once the axes of the product have theirs.

A selection says that one letter is an affine index of others.  Where that letter is summed, the
index stands in its place.  Where it is an axis of the answer, a letter of step 1 is solved for, and
where there is none an entry of the identity says the same.  Labels are an index of that kind too.
"""

from collections.abc import Collection, Container, Iterable, Sequence
from fractions import Fraction
from functools import reduce

from dimderiv.conform.indexed.places import Place, added, merged
from dimderiv.conform.indexed.scope import Scope
from dimderiv.conform.lettering import UserLetters
from dimderiv.graph import (
    Factor,
    Function,
    Index,
    LabelledProduct,
    Merged,
    Named,
    Node,
    Selection,
    Shifted,
    Symbol,
    are_letters,
    is_onehot,
    letters_of,
    nodes_of,
)
from dimderiv.language import NOTHING, ZERO, Add, Call, Dim, Entry, Name, Number, Tree

# Letters of a selection that counts windows: one for the windows, one for the places in each.
WINDOWED = 2


class Binding:
    """The letters of a product as positions.

    Args:
        part: the product.
        places: the position along each of its axes.
        scope: the letters of the statement.
        user: the letters of the program.
        kept: positions, with the size of their axes, outside of which another factor is 0.
        in_windows: whether to say by a quotient in which of some windows a place is.

    Attributes:
        spelled: the position that each letter stands for.
        factors: what is left of the factors.
        identities: ones where two positions are the same, and where a letter is in its range.
        summed: the letters that are summed here.
        windows: the letters that are quotients.
    """

    def __init__(
        self,
        part: LabelledProduct,
        places: Sequence[Place],
        scope: Scope,
        user: UserLetters,
        kept: Collection[tuple[Place, Dim]] = (),
        *,
        in_windows: bool = False,
    ) -> None:
        self.in_windows, self.windows = in_windows, list[int]()
        self.part, self.scope, self.user = part, scope, user
        self.spelled: dict[int, Place] = {}
        self.identities: list[Tree] = []
        self.summed: list[str] = []
        selections = [f for f in part.factors if _is_selection(f)]
        labels = [f for f in part.factors if is_of_labels(f)]
        self.factors = [f for f in part.factors if f not in selections and f not in labels]
        # A letter by itself is known before one that is found by taking it off a position.
        for index, place in sorted(
            zip(part.result, places, strict=True), key=lambda pair: isinstance(pair[0], Shifted)
        ):
            self._bind(index, place)
        # Nothing is added to a label.
        placed = {letter for f in selections for letter in letters_of(f.indices)}
        self._choose(labels, placed)
        self._solve(selections)
        self._substitute(selections)
        for factor in self.factors:
            self._name(letters_of(factor.indices))
        self._name(letters_of(part.result))
        self._keep_inside(kept)

    def place(self, index: Index) -> Place:
        """The position that an index is."""
        if isinstance(index, int):
            return self.spelled[index]
        places = [self.spelled[letter] for letter in index.letters]
        if isinstance(index, Shifted):
            return added(places)
        whole = merged(places, [self.part.dims[letter] for letter in index.letters])
        names = [place.letter for place in places]
        alone = [name for name in names if name is not None]
        if len(alone) < len(names):
            return whole
        return whole._replace(group=tuple(alone), is_grouped=self.user.are_used)

    def _name(self, letters: Iterable[int]) -> None:
        """Give letters that stand for nothing yet a name of their own, over which is summed."""
        for letter in letters:
            if letter not in self.spelled:
                name = self.scope.fresh(self.part.dims[letter], self._wishes(letter))
                self.spelled[letter] = Place.at(Name(name))
                self.summed.append(name)

    def _wishes(self, letter: int) -> Iterable[str]:
        return self.user.of_index(self.part.factors, letter)

    def _bind(self, index: Index, place: Place) -> None:
        """Say what the letters of an index of the result are, in terms of a position."""
        if isinstance(index, int):
            self._spell(index, place)
        elif isinstance(index, Shifted):
            first, *others = sorted(index.letters, key=lambda letter: letter in self.spelled)
            self._name(others)
            away = [self.spelled[letter].negative for letter in others]
            self._spell(first, added([place, *away]))
        elif self._has_letters(place, index):
            for letter, name in zip(index.letters, place.group, strict=True):
                self._spell(letter, Place.at(Name(name)))
        else:
            self._name(index.letters)
            sizes = [self.part.dims[letter] for letter in index.letters]
            self._equate(self.place(index), place, reduce(Dim.__mul__, sizes))

    def _has_letters(self, place: Place, index: Merged) -> bool:
        sizes = [self.scope.ranges[name] for name in place.group]
        return sizes == [self.part.dims[letter] for letter in index.letters]

    def _spell(self, letter: int, place: Place) -> None:
        if letter in self.spelled:
            self._equate(self.spelled[letter], place, self.part.dims[letter])
        else:
            self.spelled[letter] = place

    def _equate(self, first: Place, second: Place, dim: Dim) -> None:
        pair = first.letter, second.letter
        ranges = self.scope.ranges
        if pair[0] and pair[1] and ranges.get(pair[0]) == ranges.get(pair[1]):
            self.scope.equal.append((pair[0], pair[1]))
        # An identity is asked for a number, which letters side by side are none of.
        trees = [place._replace(is_grouped=False).tree() for place in (first, second)]
        self.identities.append(Entry(Call("eye", (dim.syntax(),)), tuple(trees)))

    def _choose(self, labels: Iterable[Factor], placed: Container[int]) -> None:
        """Let the class of a label be the label where it is summed."""
        for factor in labels:
            *rows, label = letters_of(factor.indices)
            assert isinstance(factor.node, Function)
            named = _labels(factor.node.arguments[0])
            if label in self.spelled or label in placed or named is None or self._is_cut(label):
                self.factors.append(factor)
                continue
            self._name(rows)
            places = [self.spelled[row] for row in rows]
            trees = tuple([place.tree() for place in places])
            self.spelled[label] = Place.at(Entry(named, trees) if trees else named)
            self.scope.alone.update(str(place.letter) for place in places if place.letter)

    def _is_cut(self, letter: int) -> bool:
        """Whether a place inside of a part is counted from elsewhere, as in blocks: `C[k-2]`."""
        inside = [f.node for f in self.factors if letter in f.indices]
        return any(isinstance(n, Selection) for n in nodes_of(inside, through_names=False))

    def _solve(self, selections: list[Factor]) -> None:
        """Find letters from places that are known: one of step 1, or an entry of the identity."""
        while True:
            known = next((f for f in selections if f.indices[0] in self.spelled), None)
            if known is None:
                return
            selections.remove(known)
            place, letters, steps = self._affine(known)
            unknown = [k for k, letter in enumerate(letters) if letter not in self.spelled]
            if self.in_windows and self._is_windowed(known, letters, steps):
                self._put_in_window(known, place, letters, steps)
                continue
            free = next((k for k in unknown if abs(steps[k]) == 1), None)
            self._name([letter for k, letter in enumerate(letters) if k != free])
            if free is None:
                self._equate(place, self._index(known), known.node.axes[0])
                continue
            rest = self._index(known, without=free)
            self.spelled[letters[free]] = place.plus(rest.negative).times(Dim.of(steps[free]))

    def _is_windowed(self, factor: Factor, letters: Sequence[int], steps: Sequence[int]) -> bool:
        """Whether one letter counts windows side by side, and another one runs through each."""
        if len(letters) != WINDOWED or not self.spelled.keys().isdisjoint(letters):
            return False
        size, step = max(steps), min(steps)
        inside = letters[steps.index(step)]
        return step == 1 < size == self.part.dims[inside].number

    def _put_in_window(
        self, factor: Factor, place: Place, letters: Sequence[int], steps: Sequence[int]
    ) -> None:
        """Say in which window a place is, `i//2`, and where it is in there, `i - 2 (i//2)`."""
        assert isinstance(factor.node, Selection)
        size = max(steps)
        window, inside = letters[steps.index(size)], letters[steps.index(1)]
        from_start = place.moved(NOTHING - factor.node.offset)
        self.spelled[window] = from_start.divided(size)
        rest = from_start.plus(self.spelled[window].times(Dim.of(-size)))
        self.spelled[inside] = rest
        self.scope.bounded += ((rest, Dim.of(size)),)
        self.windows.append(window)

    def _substitute(self, selections: list[Factor]) -> None:
        """Put the index in the place of a letter that it selects, the innermost one first."""
        while selections:
            given = {f.indices[0] for f in selections}
            ready = [f for f in selections if given.isdisjoint(f.indices[1:])]
            chosen = (ready or selections)[0]
            selections.remove(chosen)
            self._name(letters_of(chosen.indices[1:]))
            letter = chosen.indices[0]
            assert isinstance(letter, int)
            self._spell(letter, self._index(chosen))

    def _affine(self, factor: Factor) -> tuple[Place, list[int], tuple[int, ...]]:
        assert isinstance(factor.node, Selection) and are_letters(factor.indices)
        place, *letters = factor.indices
        return self.spelled[place], letters, factor.node.steps

    def _index(self, factor: Factor, without: int | None = None) -> Place:
        """The affine index of a selection, perhaps without one of its letters."""
        assert isinstance(factor.node, Selection) and are_letters(factor.indices)
        whole = Place((), factor.node.offset)
        for k, letter in enumerate(factor.indices[1:]):
            if k != without:
                whole = whole.plus(self.spelled[letter].times(Dim.of(factor.node.steps[k])))
        return whole

    def _keep_inside(self, elsewhere: Collection[tuple[Place, Dim]]) -> None:
        """Add ones along each axis that no entry keeps its letter inside of."""
        kept = {i for factor in self.factors for i in factor.indices if isinstance(i, int)}
        for letter, place in self.spelled.items():
            dim = self.part.dims[letter]
            is_kept = letter in kept or (place, dim) in elsewhere
            if not is_kept and not self.scope.is_within(place, dim):
                ones = ones_along(place, dim)
                self.identities += [] if ones in self.identities else [ones]


def ones_along(place: Place, dim: Dim) -> Tree:
    """A one where a position lies on an axis, and a zero elsewhere.

    Args:
        place: the position.
        dim: the size of the axis.
    """
    tree = place.tree()
    # A letter by itself would run along the ones.
    index = Add((tree, ZERO)) if place.letter else tree
    return Entry(Call("ones", (dim.syntax(), Number(Fraction(1)))), (index,))


def _is_selection(factor: Factor) -> bool:
    return isinstance(factor.node, Selection) and factor.power > 0


def is_of_labels(factor: Factor) -> bool:
    """Whether a factor is the one-hot array of labels, with a letter for each axis.

    Args:
        factor: of a product.
    """
    return is_onehot(factor.node) and factor.power > 0 and are_letters(factor.indices)


def _labels(node: Node) -> Tree | None:
    """What is written for labels: their name, or the ranks of what has a name."""
    match node:
        case Symbol(name=name) | Named(name=name):
            return Name(name)
        case Function("rank", (Symbol(name=name) | Named(name=name),)):
            axis = None if node.over == (len(node.axes) - 1,) else node.over[0]
            return Call("rank", (Name(name),), axis)
    return None

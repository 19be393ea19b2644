"""Which name a letter has in the steps: that which the user gave to the axes it stands for."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TypeAlias

from dimderiv.conform import Heads, UserLetters
from dimderiv.explain.record.places import Place, places
from dimderiv.explain.record.scalar_order import MOST_AXES
from dimderiv.graph import (
    Index,
    LabelledProduct,
    Named,
    Node,
    Product,
    Selection,
    Symbol,
    labelled,
    letters_of,
    selects,
)
from dimderiv.language import (
    Add,
    Binary,
    Dim,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Statement,
    Tree,
)
from dimderiv.language import walk as parts_of

# What stands for letters that the user has none for.
SPARE = tuple(map(str, range(100)))
# The letters of an index of the user, each with how far one step of it goes.
Steps: TypeAlias = tuple[tuple[str, int], ...]


class StatementLetters:
    """The letters that statements have for the axes of the arrays in them.

    Args:
        statements: a program.
        user: what its axes are called in the answer.
        fixed: names that are no letters: those of sizes and of labels.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        user: UserLetters | None = None,
        fixed: Collection[str] = (),
    ) -> None:
        user = user or UserLetters()
        self.fixed, self.letters = frozenset(fixed), dict(user.letters)
        self.user = replace(user, letters=self.letters)
        self.of: dict[tuple[Tree, int], list[Steps]] = {}
        # Names of derivatives, and of what they are by: both have the same letters.
        self.same: dict[str, str] = {}
        self.chosen = set[str]()
        self.of_size: dict[Dim, str] = {}
        for statement in statements:
            for part in parts_of(statement.value):
                if isinstance(part, IndexForm):
                    name = statement.name if part is statement.value else None
                    self._note(Name(name or ""), _heads(part))
                elif isinstance(part, Entry):
                    self._note(part.operand, [self._steps(index) for index in part.indices])
        for name, letters in self.user.letters.items():
            if not any((Name(name), axis) in self.of for axis in range(len(letters))):
                self._note(Name(name), [((letter, 1),) if letter else () for letter in letters])
        self.given = self.every

    @property
    def every(self) -> frozenset[str]:
        """Every letter that there is."""
        indices = [each for own in self.of.values() for each in own]
        return self.user.names | {letter for each in indices for letter, _ in each}

    def _steps(self, index: Tree) -> Steps:
        return tuple((name, step) for name, step in _steps(index) if name not in self.fixed)

    def note_name(self, name: str, tree: Tree, axes: Sequence[Dim]) -> None:
        """Remember the letters of the axes of what has a new name.

        Args:
            name: the name.
            tree: what it stands for.
            axes: its axes.
        """
        for (operand, axis), own in list(self.of.items()):
            if operand == tree:
                self.of[Name(name), axis] = own
        if isinstance(tree, IndexForm):
            self._note(Name(name), _heads(tree))
            self.chosen.add(name)
            for dim, letters in zip(axes, tree.axes, strict=False):
                self.of_size.setdefault(dim, letters[0][0])
            self.letters[name] = [own[0][0] if len(own) == 1 else None for own in tree.axes]

    def note_derivative(self, name: str, by: str) -> None:
        """Remember that a derivative has the letters of what it is by.

        Args:
            name: that of the derivative.
            by: that of the other array.
        """
        self.same[name] = by
        if by in self.letters:
            self.letters[name] = self.letters[by]

    def named(self, tree: Tree) -> Heads:
        """The letters of the axes of a name.

        Args:
            tree: the name; what is none has no letters.
        """
        own = self.user.along(tree.name) if isinstance(tree, Name) else ()
        return [[letter] if letter else [] for letter in own]

    def heads(self, node: Node) -> Heads:
        """The letters of the user for the axes of a product; for another node, those of its sizes.

        Args:
            node: the node.
        """
        if not self.every:
            return ()
        if not isinstance(node, Product):
            found = [self.of_size.get(dim) for dim in node.axes]
            return [[letter] if letter else [] for letter in found]
        term = labelled(node)
        names = self.names(term, (), SPARE)
        return [
            [names[index]] if isinstance(index, int) and names[index] not in SPARE else []
            for index in term.result
        ]

    def _note(self, operand: Tree, indices: Sequence[Steps]) -> None:
        shape = self.user.shapes.get(operand.name, ()) if isinstance(operand, Name) else ()
        sizes = shape[: len(indices)] if len(shape) > MOST_AXES else ()
        kept = [
            steps for steps, dim in zip_longest(indices, sizes) if dim is None or not dim.is_one
        ]
        for axis, steps in enumerate(kept):
            self.of.setdefault((operand, axis), []).append(steps)

    def names(
        self,
        term: LabelledProduct,
        known: Iterable[tuple[str, Sequence[Index]]],
        spare: Sequence[str],
    ) -> dict[int, str]:
        """A name for each letter of a product.

        Args:
            term: the product.
            known: names of arrays besides its factors, and the indices that their axes have.
            spare: letters for what the user has no letter for.
        """
        votes: dict[int, Counter[str]] = {}
        for letter, name, weight in self._wishes(term, known):
            votes.setdefault(letter, Counter())[name] += weight
        used = dict.fromkeys(letters_of(_indices(term)))
        names: dict[int, str] = {}
        for letter in used:
            own = [name for name, _ in votes.get(letter, Counter[str]()).most_common()]
            free = [name for name in own if name not in names.values()]
            if free:
                names[letter] = free[0]
        for letter in used:
            same = self.of_size.get(term.dims[letter])
            if letter not in names and same is not None and same not in names.values():
                names[letter] = same
        gone = {*names.values(), *self.given}
        rest = (name for name in spare if name not in gone)
        names |= {letter: next(rest) for letter in used if letter not in names}
        return names

    def _wishes(
        self, term: LabelledProduct, known: Iterable[tuple[str, Sequence[Index]]]
    ) -> Iterator[tuple[int, str, int]]:
        """Letters, what they are called for an axis that they run along, and how much that counts.

        What the user has for an axis counts more than what was chosen on the way.
        """
        inside = {place.letter: place for place in places(term.factors)}
        arrays = list(known)
        has_letters = bool(self.every)
        for node, indices, _ in term.factors:
            if isinstance(node, (Symbol, Named)):
                arrays.append((self.same.get(node.name, node.name), indices))
                continue
            for axis, index in enumerate(indices if has_letters else ()):
                if isinstance(index, int) and not selects(node):
                    yield from ((index, name, 1) for name in self.user.wishes(node, axis))
        for name, own in arrays:
            for axis, index in enumerate(own):
                letters, steps = _inside(index, inside)
                for each in self.of.get((Name(name), axis), ()):
                    if tuple(step for _, step in each) == steps:
                        weight = 1 if name in self.chosen else 2
                        for letter, (wish, _) in zip(letters, each, strict=True):
                            yield letter, wish, weight


def _inside(index: Index, inside: Mapping[int, Place]) -> tuple[Sequence[int], tuple[int, ...]]:
    """The letters of an index, or of the place that it is, each with its step."""
    place = inside.get(index) if isinstance(index, int) else None
    if place is not None and isinstance(place.factor.node, Selection):
        return place.others, place.factor.node.steps
    letters = letters_of((index,))
    return letters, (1,) * len(letters)


def _heads(form: IndexForm) -> list[Steps]:
    return [tuple((letter, 1) for letter, _ in own) for own in form.axes]


def _steps(index: Tree, sign: int = 1) -> Iterator[tuple[str, int]]:
    """The letters of an index, each with its step."""
    match index:
        case Name(name):
            yield name, sign
        case Negative(operand):
            yield from _steps(operand, -sign)
        case Add(terms):
            for term in terms:
                yield from _steps(term, sign)
        case Binary("*", Number(step), Name(name)) if step.denominator == 1:
            yield name, sign * int(step)
        case Binary("*", left, right):
            yield from (*_steps(left, sign), *_steps(right, sign))


def _indices(term: LabelledProduct) -> Iterator[Index]:
    yield from term.result
    for factor in term.factors:
        yield from factor.indices

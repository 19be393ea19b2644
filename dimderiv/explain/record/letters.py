"""Which name a letter has in the steps: that which the user gave to the axes it stands for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from dimderiv.explain.record.places import places
from dimderiv.graph import Index, LabelledProduct, Named, Selection, Symbol, letters_of
from dimderiv.language import Add, Binary, Entry, IndexForm, Name, Negative, Number, Statement, Tree
from dimderiv.language import walk as parts_of

# The letters of an index of the user, each with how far one step of it goes.
Steps: TypeAlias = tuple[tuple[str, int], ...]


class UserLetters:
    """The letters that statements have for the axes of the arrays in them.

    Args:
        statements: a program.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.of: dict[tuple[str, int], list[Steps]] = {}
        for statement in statements:
            for part in parts_of(statement.value):
                if isinstance(part, IndexForm):
                    name = statement.name if part is statement.value else None
                    heads = [tuple((letter, 1) for letter, _ in own) for own in part.axes]
                    self._note(name or "", heads)
                elif isinstance(part, Entry) and isinstance(part.operand, Name):
                    self._note(part.operand.name, [tuple(_steps(index)) for index in part.indices])
        self.every = {letter for own in self.of.values() for each in own for letter, _ in each}

    def _note(self, name: str, indices: Sequence[Steps]) -> None:
        for axis, steps in enumerate(indices):
            self.of.setdefault((name, axis), []).append(steps)

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
        for letter, name in self._wishes(term, known):
            votes.setdefault(letter, Counter())[name] += 1
        used = dict.fromkeys(letters_of(_indices(term)))
        names: dict[int, str] = {}
        for letter in used:
            own = [name for name, _ in votes.get(letter, Counter[str]()).most_common()]
            free = [name for name in own if name not in names.values()]
            if free:
                names[letter] = free[0]
        rest = (name for name in spare if name not in self.every)
        names |= {letter: next(rest) for letter in used if letter not in names}
        return names

    def _wishes(
        self, term: LabelledProduct, known: Iterable[tuple[str, Sequence[Index]]]
    ) -> Iterator[tuple[int, str]]:
        """Letters, and what they are called for an axis that they run along."""
        inside = {place.letter: place for place in places(term.factors)}
        arrays = [
            (node.name, indices)
            for node, indices, _ in term.factors
            if isinstance(node, (Symbol, Named))
        ]
        for name, indices in (*known, *arrays):
            for axis, index in enumerate(indices):
                place = inside.get(index) if isinstance(index, int) else None
                node = None if place is None else place.factor.node
                letters, steps = letters_of((index,)), (1,) * len(letters_of((index,)))
                if place is not None and isinstance(node, Selection):
                    letters, steps = place.others, node.steps
                for own in self.of.get((name, axis), ()):
                    if tuple(step for _, step in own) == steps:
                        yield from zip(letters, (letter for letter, _ in own), strict=True)


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

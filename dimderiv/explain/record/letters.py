"""Which name a letter has in the steps: that which the user gave to the axes it stands for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dimderiv.graph import Index, LabelledProduct, Named, Symbol, letters_of
from dimderiv.language import Entry, IndexForm, Name, Statement, walk


class UserLetters:
    """The letters that statements have for the axes of the arrays in them.

    Args:
        statements: a program.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.of: dict[str, dict[int, list[str]]] = {}
        for statement in statements:
            for part in walk(statement.value):
                if isinstance(part, IndexForm):
                    name = statement.name if part is statement.value else None
                    for axis, letters in enumerate(part.axes):
                        self._note(name or "", axis, letters[0][0])
                elif isinstance(part, Entry) and isinstance(part.operand, Name):
                    for axis, index in enumerate(part.indices):
                        if isinstance(index, Name):
                            self._note(part.operand.name, axis, index.name)

    def _note(self, name: str, axis: int, letter: str) -> None:
        self.of.setdefault(name, {}).setdefault(axis, []).append(letter)

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
        arrays = [
            (node.name, indices)
            for node, indices, _ in term.factors
            if isinstance(node, (Symbol, Named))
        ]
        for name, indices in (*known, *arrays):
            axes = self.of.get(name, {})
            for axis, index in enumerate(indices):
                if isinstance(index, int):
                    votes.setdefault(index, Counter()).update(axes.get(axis, ()))
        used = dict.fromkeys(letters_of(_indices(term)))
        names: dict[int, str] = {}
        for letter in used:
            own = [name for name, _ in votes.get(letter, Counter[str]()).most_common()]
            free = [name for name in own if name not in names.values()]
            if free:
                names[letter] = free[0]
        wanted = {name for counted in votes.values() for name in counted}
        rest = (n for n in spare if n not in names.values() and n not in wanted)
        names |= {letter: next(rest) for letter in used if letter not in names}
        return names


def _indices(term: LabelledProduct) -> Iterator[Index]:
    yield from term.result
    for factor in term.factors:
        yield from factor.indices

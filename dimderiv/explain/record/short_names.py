"""Short names that the steps use: `r` for an inner part, `dr` for the derivative by it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count

from dimderiv.language import Add, Call, Node, unused_name

LETTERS = ("stuvqpzcabh", "ruvzqspth", "RZMPQTEFGHKLSUVW")
LETTERS_OF_FUNCTIONS: Mapping[str, str] = {"softmax": "P", "inv": "Y"}


class Handles:
    """Gives out names that mean nothing else.

    Args:
        taken: names that mean something already.
        given: names of parts that have one.
        mark: what stands before a name to mean the derivative by what has it.
    """

    def __init__(self, taken: Iterable[str], given: Mapping[Node, str], mark: str = "d") -> None:
        self.taken = set(taken)
        self.mirrored: set[str] = set()
        self.numbers: dict[str, Iterator[int]] = {}
        self.given = dict(given)
        self.mark = mark

    def again(self, mark: str) -> "Handles":
        """Handles for what is differentiated next, in which parts keep their names."""
        return Handles(self.taken, self.given, mark)

    def inner(self, tree: Node, rank: int) -> str:
        """A name for an inner part."""
        if tree in self.given:
            return self.given[tree]
        letters = LETTERS[rank]
        if not isinstance(tree, Add):
            letters = letters[1:] + letters[:1]
        if isinstance(tree, Call) and rank == len(LETTERS) - 1:
            letters = LETTERS_OF_FUNCTIONS.get(tree.function, "") + letters
        # What is not free stays so: the numbers go on where they were left.
        numbers = self.numbers.setdefault(letters[0], count(1))
        numbered = (f"{letters[0]}{number}" for number in numbers)
        name = next(name for name in chain(letters, numbered) if self._is_free(name))
        self.taken.add(name)
        self.mirrored.add(name.swapcase())
        self.given[tree] = name
        return name

    def derivative(self, name: str) -> str:
        """A name for the derivative by something that has a name."""
        derivative = unused_name(f"{self.mark}{name}", self.taken)
        self.taken.add(derivative)
        return derivative

    def _is_free(self, name: str) -> bool:
        # Two names that differ only in case would be taken for each other.
        is_used = name in self.taken or name in self.mirrored
        return not is_used and f"{self.mark}{name}" not in self.taken

"""Short names that the steps use: `r` for an inner part, `dr` for the derivative by it."""

from collections.abc import Iterable, Mapping

from dimderiv.language.syntax import Add, Call, Node

LETTERS = ("stuvqpzcabh", "ruvzqspth", "RZMPQTEFGHKLSUVW")
LETTERS_OF_FUNCTIONS: Mapping[str, str] = {"softmax": "P", "inv": "Y"}


class Handles:
    """Gives out names that mean nothing else.

    Args:
        taken: names that mean something already.
        given: names of parts that the answer has a name for.
    """

    def __init__(self, taken: Iterable[str], given: Mapping[Node, str]) -> None:
        self.taken = set(taken)
        self.used: set[str] = set()
        self.given = given

    def inner(self, tree: Node, rank: int) -> str:
        """A name for an inner part.

        Args:
            tree: the part.
            rank: the number of its axes; a matrix gets a capital letter.
        """
        if tree in self.given:
            return self.given[tree]
        letters = LETTERS[rank]
        if not isinstance(tree, Add):
            letters = letters[1:] + letters[:1]
        if isinstance(tree, Call) and rank == 2:
            letters = LETTERS_OF_FUNCTIONS.get(tree.function, "") + letters
        name = self._take(next((c for c in letters if self._is_free(c)), f"{letters[0]}1"))
        self.used.add(name)
        return name

    def derivative(self, name: str) -> str:
        """A name for the derivative by something that has a name."""
        return self._take(f"d{name}")

    def _is_free(self, name: str) -> bool:
        # Two names that differ only in case would be taken for each other.
        used = self.taken | {other.swapcase() for other in self.used}
        return name not in used and f"d{name}" not in self.taken

    def _take(self, name: str) -> str:
        stem, number = name.rstrip("0123456789"), 1
        while name in self.taken:
            number += 1
            name = f"{name}_" if stem.startswith("d") and len(stem) > 1 else f"{stem}{number}"
        self.taken.add(name)
        return name

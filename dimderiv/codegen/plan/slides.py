"""Results with indices that are sums of letters: how an array becomes one.

In `T[i, i+k] = K[k]` the letter `i` has an axis of its own, and each row of a sheared array starts
one place further to the right.  In `C[i+k] = A[i] K[k]` neither letter has one, so that entries are
added up.
"""

from collections.abc import Sequence

from dimderiv.graph import Index, Merged, Shifted, index_dim, letters_of
from dimderiv.language import ONE, Dim


class Slides:
    """How the indices of a result are made of axes with one letter each.

    Args:
        result: the indices.

    Attributes:
        letters: the letter of each axis before anything slides; one may have several axes.
        pairs: the axes of which the first one stays, and the second one becomes their sum.
        groups: of how many neighbouring axes each axis of the result is the sum.
    """

    def __init__(self, result: Sequence[Index]) -> None:
        self.result: list[int | Shifted] = []
        for index in result:
            self.result += index.letters if isinstance(index, Merged) else (index,)
        moving = [self._moving(place) for place in range(len(self.result))]
        self.letters = tuple(letter for own in moving for letter in own)
        self.groups = tuple(map(len, moving))
        starts = [sum(self.groups[:place]) for place in range(len(moving))]
        axes = dict(zip(self.letters, range(len(self.letters)), strict=True))
        plain = zip(self.result, starts, strict=True)
        axes |= {index: start for index, start in plain if isinstance(index, int)}
        self.pairs = tuple(
            (axes[letter], start)
            for index, own, start in zip(self.result, moving, starts, strict=True)
            for letter in letters_of((index,))
            if letter not in own
        )

    def _moving(self, place: int) -> list[int]:
        """The letters of an index that have no axis by another one: alone, or in a later sum."""
        letters = letters_of((self.result[place],))
        if len(letters) == 1:
            return [*letters]
        others = [index for index in self.result if isinstance(index, int)]
        staying = {*others, *letters_of(self.result[place + 1 :])}
        # Where all of them have one, the last one has one more here.
        return [letter for letter in letters if letter not in staying] or [letters[-1]]

    def sheared(self, dims: Sequence[Dim]) -> tuple[Dim, ...]:
        """The size of each axis after each pair, given that of each letter."""
        sizes = [dims[letter] for letter in self.letters]
        for kept, moved in self.pairs:
            sizes[moved] = sizes[moved] + dims[self.letters[kept]] - ONE
        return tuple(sizes)

    def added(self, dims: Sequence[Dim]) -> tuple[Dim, ...]:
        """The size of each axis of the result, of merged ones one by one."""
        return tuple(index_dim(index, dims) for index in self.result)

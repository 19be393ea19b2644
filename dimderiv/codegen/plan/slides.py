"""Results whose indices repeat or are sums of letters: how an array of its letters becomes one.

In `T[i, i+k] = K[k]` the letter `i` has an axis of its own, and each row of a sheared array starts
one place further to the right.  In `C[i+k] = A[i] K[k]` neither letter has one, so that entries are
added up.
"""

from collections.abc import Sequence

from dimderiv.graph import Index, Merged, Shifted, index_dim, letters_of
from dimderiv.language import ONE, Dim


class Slides:
    """How a result is made of an array with one letter for each axis.

    Args:
        result: the indices of the result.
        dims: the size of each letter.

    Attributes:
        letters: the letters of the array that it is made of.
        pairs: the axes of that array of which the first stays, and the second becomes their sum.
        pattern: after that, the axis that each further axis lies along; several may lie along one.
        groups: of how many of those, which are neighbours, each axis of the result is the sum.
    """

    def __init__(self, result: Sequence[Index], dims: Sequence[Dim]) -> None:
        self.dims = dims
        self.result: list[int | Shifted] = []
        for index in result:
            self.result += index.letters if isinstance(index, Merged) else (index,)
        letters, axes, groups = list[int](), dict[int, int](), list[list[int]]()
        sums = list[tuple[int, int]]()
        for place in range(len(self.result)):
            own, others = self._apart(place)
            for letter in own:
                if letter not in axes:
                    axes[letter] = len(letters)
                    letters.append(letter)
            groups.append([axes[letter] for letter in own])
            if not own:
                # Every letter has an axis elsewhere: the last one has one more here.
                groups[-1] = [len(letters)]
                letters.append(others.pop())
            sums += [(letter, groups[-1][0]) for letter in others]
        self.letters = tuple(letters)
        self.pairs = tuple((axes[letter], axis) for letter, axis in sums)
        self.pattern = tuple(axis for group in groups for axis in group)
        self.groups = tuple(map(len, groups))

    def _apart(self, place: int) -> tuple[list[int], list[int]]:
        """The letters of an index without an axis elsewhere, alone or in a later sum; the rest."""
        letters = letters_of((self.result[place],))
        if len(letters) == 1:
            return [*letters], []
        alone = [index for index in self.result if isinstance(index, int)]
        elsewhere = {*alone, *letters_of(self.result[place + 1 :])}
        own = [letter for letter in letters if letter not in elsewhere]
        return own, [letter for letter in letters if letter in elsewhere]

    @property
    def is_spread(self) -> bool:
        """Whether no two axes lie along one."""
        return self.pattern == tuple(range(len(self.letters)))

    @property
    def sheared(self) -> tuple[Dim, ...]:
        """The size of each axis after the sums."""
        sizes = [self.dims[letter] for letter in self.letters]
        for kept, moved in self.pairs:
            sizes[moved] = sizes[moved] + self.dims[self.letters[kept]] - ONE
        return tuple(sizes)

    @property
    def scattered(self) -> tuple[Dim, ...]:
        """The size of each axis when each lies along one."""
        return tuple(self.sheared[axis] for axis in self.pattern)

    @property
    def added(self) -> tuple[Dim, ...]:
        """The size of each axis of the result, of merged ones one by one."""
        return tuple(index_dim(index, self.dims) for index in self.result)

"""What functions take and return of which nothing else is known, in numbers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dimderiv.language import Signature
from dimderiv.verify.layout.lengths import Size, size_at
from dimderiv.verify.layout.tables import Sized, shaped


class SizedSignature(NamedTuple):
    """What a function takes and returns, at some sizes.

    Attributes:
        signature: what is declared.
        sizes: a number for each dimension.
    """

    signature: Signature
    sizes: Mapping[str, int]

    @property
    def arguments(self) -> list[Size]:
        """The size of each argument."""
        return [size_at(shape, self.sizes) for shape in self.signature.arguments]

    @property
    def value(self) -> Size:
        """The size of the value."""
        return size_at(self.signature.value, self.sizes)

    @property
    def is_of_numbers(self) -> bool:
        """Whether a number is made of a number, which may be done to each entry of an array."""
        return len(self.arguments) == 1 and self.arguments[0] == self.value == (1, 1)

    def first_entries(self) -> list[int]:
        """Before each argument, how many entries the arguments before it have together."""
        counts = [size.entries for size in self.arguments]
        return [sum(counts[:number]) for number in range(len(counts))]

    def placed(self, function: str, entries: list[Any]) -> Sized:
        """The entries of the function or of a derivative of it as an array.

        Args:
            function: the function, or a derivative of it.
            entries: by the entries of the value, then by those of each argument in turn.
        """
        lengths: Sequence[int] = size_at(self.signature.shape_of(function), self.sizes)
        return shaped(lengths, entries)


def entry_pairs(size: Size, *, is_symmetric: bool) -> list[tuple[int, int]]:
    """Row and column of each entry of a value; of a symmetric one the smaller number first.

    Args:
        size: that of the value.
        is_symmetric: whether two entries across the diagonal are one.
    """
    every = [(i, j) for i in range(size.rows) for j in range(size.cols)]
    return [(min(pair), max(pair)) for pair in every] if is_symmetric else every

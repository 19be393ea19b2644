"""Letters while sizes are found: what binds each, along which axes it runs, and in which sums.

An axis that a letter indexes by itself has the size of the letter.  A letter that occurs in sums
only gets its size in the end: the largest range in which every entry lies inside its array, unless
something else has told it by then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dimderiv.infer.unify import SizeTerm, Variable
from dimderiv.language import Dim, syntax

WRITTEN = "as it is written"
DECLARED = "as it is declared"
INSIDE = "so that every entry lies inside"


class Place(NamedTuple):
    """An axis of an operand of which entries are taken."""

    entry: syntax.Entry
    axis: int
    size: SizeTerm


class Sum(NamedTuple):
    """An index that is a sum: `2i + r - 1`."""

    place: Place
    offset: Dim
    steps: "Mapping[Bound, Dim]"


@dataclass(eq=False)
class Bound:
    """A letter of an index statement, or of a reduction over letters.

    Attributes:
        name: the letter.
        node: what binds it.
        size: how far it runs, as far as that is known.
        because: what says its size, where that is no axis.
        places: the axes that it indexes by itself.
        sums: the sums in which it occurs.
        is_divided: whether it occurs in a quotient, `i//2`, which does not say how far it runs.
    """

    name: str
    node: syntax.Tree
    size: SizeTerm | None = None
    because: str = ""
    places: list[Place] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    is_divided: bool = False

    @property
    def is_untold(self) -> bool:
        """Whether nothing but quotients has it."""
        return self.is_divided and not self.places and not self.sums

    def known(self) -> SizeTerm:
        """Its size, which is left open where nothing has told it yet."""
        if self.size is None:
            self.size = Variable()
        return self.size


class Late(NamedTuple):
    """What can only be done once other sizes are known.

    Attributes:
        node: the part that it is about.
        act: does it, and says whether it could be done.
        size: the size that it tells, if it tells one.
        bound: the letter that has that size, if it is that of a letter.
    """

    node: syntax.Tree
    act: Callable[[], bool]
    size: SizeTerm | None = None
    bound: Bound | None = None

    @property
    def is_told(self) -> bool:
        """Whether its size will be computed from others, so that it needs no name."""
        return self.size is not None and (self.bound is None or bool(self.bound.sums))

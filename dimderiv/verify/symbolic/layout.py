"""Where each derivative stands in an answer, and what it is called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.language import SCALAR, IndexForm, Node, Shape
from dimderiv.verify.claim import Claim, NotVerifiableError
from dimderiv.verify.symbolic.evaluate import Reader
from dimderiv.verify.symbolic.tables import Entry, Size, size_of

Place: TypeAlias = tuple[int, int]
# The entry of an answer, by place in the value and by places in the variable.
Answer: TypeAlias = Callable[[Place, Sequence[Place]], Entry]


def places(size: Size) -> list[Place]:
    """Rows and columns of all entries."""
    return list(product(range(size[0]), range(size[1])))


def _number(place: Place, size: Size) -> int:
    """Where an entry stands among the stacked columns."""
    return place[1] * size[0] + place[0]


@dataclass(frozen=True)
class Layout:
    """The sizes of a derivative.

    Attributes:
        claim: the claim.
        value: the size of the value.
        wrt: the size of the variable; that of a scalar along directions, where all moves at once.
    """

    claim: Claim
    value: Size
    wrt: Size

    @property
    def wrt_shape(self) -> Shape:
        """The shape of what the derivative is by."""
        return SCALAR if self.claim.along else self.claim.symbols[self.claim.wrt].shape

    def answer(self, reader: Reader, node: Node) -> Answer:
        """The entries of an answer."""
        claim, order = self.claim, self.claim.order
        shapes = [claim.value, *[self.wrt_shape] * order]
        axes = sum(len(shape.axes) for shape in shapes)
        if isinstance(node, IndexForm) and len(node.axes) == axes and not claim.turned:
            return self._indexed(reader, node, shapes)
        size, place = self._matrix()
        table = reader.table(node, (size[1], size[0]) if claim.turned else size)
        if claim.turned:
            table = [list(column) for column in zip(*table, strict=True)]
        if size_of(table) != size:
            raise ShapeError(f"the answer is {size_of(table)}, the derivative {size}")

        def entry(value_place: Place, wrt_places: Sequence[Place]) -> Entry:
            row, col = place(value_place, wrt_places)
            return table[row][col]

        return entry

    def _matrix(self) -> tuple[Size, Callable[[Place, Sequence[Place]], Place]]:
        """The size of the derivative as a matrix, and where in it each entry stands."""
        (m, n), (p, q) = self.value, self.wrt
        scalar = self.claim.value.is_scalar
        if self.claim.order == 2 and scalar:
            both = (p * q, p * q)
            return both, lambda _, w: (_number(w[0], self.wrt), _number(w[1], self.wrt))
        if self.claim.order != 1:
            raise NotVerifiableError(f"a derivative of order {self.claim.order} as a matrix")
        if scalar:
            return self.wrt, lambda _, w: w[0]
        if self.wrt_shape.is_scalar:
            return self.value, lambda v, _: v
        jacobian = (m * n, p * q)
        return jacobian, lambda v, w: (_number(v, self.value), _number(w[0], self.wrt))

    def _indexed(self, reader: Reader, form: IndexForm, shapes: Sequence[Shape]) -> Answer:
        found = reader.form(form)
        sizes = [self.value, *[self.wrt] * self.claim.order]
        kept = [[not dim.is_one for dim in shape] for shape in shapes]
        lengths = [
            length
            for size, keeps in zip(sizes, kept, strict=True)
            for length, keep in zip(size, keeps, strict=True)
            if keep
        ]
        if list(found.lengths) != lengths:
            raise ShapeError(f"the answer has axes {found.lengths}, the derivative {lengths}")

        def entry(value_place: Place, wrt_places: Sequence[Place]) -> Entry:
            offset = 0
            for size, keeps, place in zip(sizes, kept, (value_place, *wrt_places), strict=True):
                for length, keep, i in zip(size, keeps, place, strict=True):
                    offset = offset * length + i if keep else offset
            return found.entries[offset]

        return entry

    def label(self, value_place: Place, wrt_places: Sequence[Place]) -> str:
        """What a derivative is called, such as `dL/dW[1,0]`."""
        claim = self.claim
        name = claim.expression.statements[-1].name
        above = (name or ("L" if claim.value.is_scalar else "Y")) + _indices(
            claim.value, value_place
        )
        if claim.along:
            return f"d{above} along {', '.join(claim.along.values())}"
        below = [f"d{claim.wrt}{_indices(self.wrt_shape, place)}" for place in wrt_places]
        return f"d{above}/{below[0]}" if len(below) == 1 else f"d^2 {above}/({' '.join(below)})"


def _indices(shape: Shape, place: Place) -> str:
    shown = [str(i) for dim, i in zip(shape, place, strict=True) if not dim.is_one]
    return f"[{','.join(shown)}]" if shown else ""

"""Where each derivative stands in an answer, and what it is called."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.language import SCALAR, IndexForm, Shape, Tree
from dimderiv.verify.claim import Claim, NotVerifiableError
from dimderiv.verify.layout.perturbations import Place
from dimderiv.verify.layout.sizes import Size, size_at

# The entry of an answer, by place in the value and by places in the variable.
EntryOf: TypeAlias = Callable[[Place, Sequence[Place]], Any]
# Entries in rows, or of an index form with the lengths of its axes.
Tables: TypeAlias = Callable[[Tree, Size], Sequence[Sequence[Any]]]
Forms: TypeAlias = Callable[[IndexForm], tuple[Sequence[int], Sequence[Any]]]


def places(size: Size) -> list[Place]:
    """Rows and columns of all entries.

    Args:
        size: rows and columns.
    """
    return list(product(range(size.rows), range(size.cols)))


@dataclass(frozen=True)
class Placement:
    """The derivative of a claim at some sizes.

    Attributes:
        claim: the claim.
        sizes: a number for each named dimension.
    """

    claim: Claim
    sizes: Mapping[str, int]

    @property
    def wrt_shape(self) -> Shape:
        """The shape of what the derivative is by; along directions all moves at once."""
        return SCALAR if self.claim.along else self.claim.symbols[self.claim.wrt].shape

    @cached_property
    def value(self) -> Size:
        """The size of the value."""
        return size_at(self.claim.value, self.sizes)

    @cached_property
    def wrt(self) -> Size:
        """The size of what the derivative is by."""
        return size_at(self.wrt_shape, self.sizes)

    def answer(self, node: Tree, table: Tables, form: Forms) -> EntryOf:
        """The entries of an answer.

        Args:
            node: the answer.
            table: gives the entries of a node that has rows and columns of some size.
            form: gives those of an index form.

        Raises:
            ShapeError: the answer has not the size of the derivative.
        """
        claim, order = self.claim, self.claim.order
        shapes = [claim.value, *[self.wrt_shape] * order]
        axes = sum(len(shape.axes) for shape in shapes)
        if isinstance(node, IndexForm) and len(node.axes) == axes and not claim.turned:
            return self._indexed(*form(node), shapes)
        size, place = self._matrix()
        if claim.turned:
            size = Size(size.cols, size.rows)
        entries = table(node, size)
        found = Size(len(entries), len(entries[0]))
        if found != size:
            raise ShapeError(f"the answer is {found}, the derivative {size}")

        def entry(value_place: Place, wrt_places: Sequence[Place]) -> Any:
            row, col = place(value_place, wrt_places)
            return entries[col][row] if claim.turned else entries[row][col]

        return entry

    def _matrix(self) -> tuple[Size, Callable[[Place, Sequence[Place]], Place]]:
        """The size of the derivative as a matrix, and where in it each entry stands."""
        value, wrt = self.value, self.wrt
        scalar = self.claim.value.is_scalar
        if self.claim.order == 2 and scalar:
            count = wrt.rows * wrt.cols
            return Size(count, count), lambda _, w: (_stacked(w[0], wrt), _stacked(w[1], wrt))
        if self.claim.order != 1:
            raise NotVerifiableError(f"a derivative of order {self.claim.order} as a matrix")
        if scalar:
            return wrt, lambda _, w: w[0]
        if self.wrt_shape.is_scalar:
            return value, lambda v, _: v
        jacobian = Size(value.rows * value.cols, wrt.rows * wrt.cols)
        return jacobian, lambda v, w: (_stacked(v, value), _stacked(w[0], wrt))

    def _indexed(
        self, lengths: Iterable[int], entries: Sequence[Any], shapes: Sequence[Shape]
    ) -> EntryOf:
        sizes = [self.value, *[self.wrt] * self.claim.order]
        kept = [[not dim.is_one for dim in shape] for shape in shapes]
        wanted = [
            length
            for size, keeps in zip(sizes, kept, strict=True)
            for length, keep in zip(size, keeps, strict=True)
            if keep
        ]
        if list(lengths) != wanted:
            raise ShapeError(f"the answer has axes {list(lengths)}, the derivative {wanted}")

        def entry(value_place: Place, wrt_places: Sequence[Place]) -> Any:
            offset = 0
            for size, keeps, place in zip(sizes, kept, (value_place, *wrt_places), strict=True):
                for length, keep, i in zip(size, keeps, place, strict=True):
                    offset = offset * length + i if keep else offset
            return entries[offset]

        return entry

    def label(self, value_place: Place, wrt_places: Sequence[Place]) -> str:
        """What a derivative is called, such as `dL/dW[1,0]`.

        Args:
            value_place: row and column in the value.
            wrt_places: those in the variable, one for each order; none along a random direction.
        """
        claim = self.claim
        name = claim.expression.statements[-1].name
        above = name or ("L" if claim.value.is_scalar else "Y")
        above += _indices(claim.value, value_place)
        if claim.along:
            return f"d{above} along {', '.join(claim.along.values())}"
        if not wrt_places:
            return f"d{above} along a direction in {claim.wrt}"
        below = [f"d{claim.wrt}{_indices(self.wrt_shape, place)}" for place in wrt_places]
        return f"d{above}/{below[0]}" if len(below) == 1 else f"d^2 {above}/({' '.join(below)})"


def _stacked(place: Place, size: Size) -> int:
    """Where an entry stands among the stacked columns."""
    return place[1] * size.rows + place[0]


def _indices(shape: Shape, place: Place) -> str:
    shown = [str(i) for dim, i in zip(shape, place, strict=True) if not dim.is_one]
    return f"[{','.join(shown)}]" if shown else ""

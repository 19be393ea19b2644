"""Where each derivative stands in an answer, and what it is called."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.language import SCALAR, IndexForm, Shape, Tree, frozen
from dimderiv.verify.claim import Claim, NotVerifiableError
from dimderiv.verify.layout.lengths import Size, size_at
from dimderiv.verify.layout.tables import Array, Place, Sized, entries, offset, shaped, size_of

# The entry of an answer, by place in the value and by places in the variable.
EntryOf: TypeAlias = Callable[[Place, Sequence[Place]], Any]
# The value of a node, whose size may be known, and that of an index form with all its axes.
Arrays: TypeAlias = Callable[[Tree, Size | None], Sized]
Forms: TypeAlias = Callable[[IndexForm], Array]


@frozen.record
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

    @property
    def _shapes(self) -> list[Shape]:
        """The shapes whose axes are those of the derivative."""
        return [self.claim.value, *[self.wrt_shape] * self.claim.order]

    @property
    def _lengths(self) -> list[int]:
        """The lengths of all axes of the derivative."""
        return [length for size in (self.value, *[self.wrt] * self.claim.order) for length in size]

    def answer(self, node: Tree, array: Arrays, form: Forms) -> EntryOf:
        """The entries of an answer.

        Args:
            node: the answer.
            array: gives the value of a node of some size.
            form: gives that of an index form.

        Raises:
            ShapeError: the answer has not the size of the derivative.
        """
        if isinstance(node, IndexForm) and not self.claim.turned:
            found = form(node)
            is_as_wanted = _longer(found.lengths) == _longer(self._lengths)
            if is_as_wanted or len(node.axes) == sum(len(shape.axes) for shape in self._shapes):
                return self._in_order(found)
            return self._in_matrix(shaped(found.lengths, found.entries))
        matrix = self._matrix()
        value = array(node, matrix and self._turned(matrix[0]))
        if isinstance(value, Array):
            return self._in_order(value)
        return self._in_matrix(value)

    def _turned(self, size: Size) -> Size:
        return Size(size.cols, size.rows) if self.claim.turned else size

    def _in_matrix(self, value: Sized) -> EntryOf:
        """The entries of an answer that has rows and columns."""
        matrix, table = self._matrix(), value
        if matrix is None:
            raise NotVerifiableError(f"a derivative of order {self.claim.order} as a matrix")
        size, place = matrix
        found, wanted = size_of(table), self._turned(size)
        if found != wanted or isinstance(table, Array):
            raise ShapeError(f"the answer is {found}, the derivative {wanted}")

        def entry(value_place: Place, wrt_places: Sequence[Place]) -> Any:
            row, col = place(value_place, wrt_places)
            return table[col][row] if self.claim.turned else table[row][col]

        return entry

    def _matrix(self) -> tuple[Size, Callable[[Place, Sequence[Place]], Place]] | None:
        """The size of the derivative as a matrix, and where in it each entry stands.

        Nothing, where it has more axes.
        """
        value, wrt = self.value, self.wrt
        scalar = self.claim.value.is_scalar
        if len(value) > 2 or len(wrt) > 2:
            return None
        if self.wrt_shape.is_scalar:
            return value, lambda v, _: v
        if self.claim.order == 1 and scalar:
            return wrt, lambda _, w: w[0]
        if self.claim.order == 1:
            jacobian = Size(value.entries, wrt.entries)
            return jacobian, lambda v, w: (_stacked(v, value), _stacked(w[0], wrt))
        if self.claim.order == 2 and scalar:
            square = Size(wrt.entries, wrt.entries)
            return square, lambda _, w: (_stacked(w[0], wrt), _stacked(w[1], wrt))
        return None

    def _in_order(self, found: Array) -> EntryOf:
        """The entries of an answer with the axes of the value and those of the variable."""
        lengths, flat = self._lengths, entries(found)
        if _longer(found.lengths) != _longer(lengths):
            wanted = f"the derivative {_longer(lengths)}"
            raise ShapeError(f"the answer has axes {[*found.lengths]}, {wanted}")

        def entry(value_place: Place, wrt_places: Sequence[Place]) -> Any:
            place = [i for each in (value_place, *wrt_places) for i in each]
            return flat[offset(place, lengths)]

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
        if len(below) == 1:
            return f"d{above}/{below[0]}"
        return f"d^{len(below)} {above}/({' '.join(below)})"


def _longer(lengths: Sequence[int]) -> list[int]:
    """The lengths that are not 1: axes that are may be left out."""
    return [length for length in lengths if length != 1]


def _stacked(place: Place, size: Size) -> int:
    """Where an entry stands among the stacked columns."""
    return place[1] * size.rows + place[0]


def _indices(shape: Shape, place: Place) -> str:
    shown = [str(i) for dim, i in zip(shape, place, strict=True) if not dim.is_one]
    return f"[{','.join(shown)}]" if shown else ""

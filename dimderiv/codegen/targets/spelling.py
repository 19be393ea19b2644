"""What the spellings of operations in a table of a target may name, and patterns of products.

A spelling is a format string: `{}` or `{0.atom}` is the text of an argument, `{xp}` the module,
`{helper.einsum}` a helper function, and `{op.sizes}` a part of the operation.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dimderiv.codegen.plan import Operation, details
from dimderiv.codegen.targets.text import subscripts

if TYPE_CHECKING:
    from dimderiv.codegen.targets.writer import Writer

# What is asked of a singular value decomposition, at hand or made for it.
SINGULAR = {
    "svd_svdU": "{0.atom}[0]",
    "svd_svdvals": "{0.atom}[1]",
    "svd_svdV": "{0.atom}[2]",
    "svdU": "{helper.svd}({})[0]",
    "svdV": "{helper.svd}({})[2]",
}


class Helpers:
    """The helper functions by name, noted when they are asked for.

    Args:
        helper: called with the name of a function that the code needs; says how it is called.
    """

    def __init__(self, helper: Callable[[str], str]) -> None:
        self._helper = helper

    def __getattr__(self, name: str) -> str:
        return self._helper(name)


class Parts:
    """The parts of an operation as texts.

    Args:
        op: the operation.
        writer: writes sizes.
    """

    def __init__(self, op: Operation, writer: "Writer") -> None:
        self._op = op
        self._writer = writer
        self.detail = op.detail
        self.arguments = op.arguments

    @property
    def dtype(self) -> str:
        """The type of all entries."""
        return self._writer.dtype

    @property
    def sizes(self) -> str:
        """The sizes of the axes."""
        return self._writer.sizes(self._op.dims)

    @property
    def shape(self) -> str:
        """The shape: a number or a tuple."""
        return self._writer.shape(self._op.dims)

    @property
    def tupled(self) -> str:
        """The shape as a tuple."""
        return self._writer.tupled(self._op.dims)

    @property
    def window(self) -> str:
        """The sizes of windows as a tuple."""
        assert isinstance(self.detail, details.Along)
        return self._writer.tupled(self._op.dims[-len(self.detail.axes) :])

    @property
    def backwards(self) -> str:
        """The index that turns an array round along axes."""
        assert isinstance(self.detail, details.Along)
        axes = self.detail.axes
        return ", ".join("::-1" if k in axes else ":" for k in range(max(axes) + 1))

    @property
    def other_axis(self) -> str:
        """The axis that arrays lie one after the other along, where it is not the first."""
        assert isinstance(self.detail, details.Along)
        (axis,) = self.detail.axes
        return f", axis={axis}" if axis else ""

    @property
    def subscripts(self) -> str:
        """The letters of `einsum`."""
        assert isinstance(self.detail, details.Subscripts)
        return "{},{}->{}".format(*subscripts(*self.detail))

    @property
    def ends(self) -> str:
        """The axes that `tensordot` sums over: a count where they are neighbours."""
        assert isinstance(self.detail, details.Ends)
        first, second = self.detail
        rank = self.arguments[0].rank
        is_inner = (*first, *second) == (*range(rank - len(first), rank), *range(len(second)))
        return str(len(first)) if is_inner else f"({list(first)}, {list(second)})"


def axes_over(op: Operation, axes: Sequence[int]) -> str:
    """The axes that a reduction is over: nothing where it is over all."""
    if len(axes) == op.arguments[0].rank:
        return ""
    return str(axes[0]) if len(axes) == 1 else str(tuple(axes))


def outer_places(op: Operation) -> tuple[int, int] | None:
    """Whether a product is the outer product of two vectors, and their places."""
    for place, each in enumerate(op.arguments):
        is_column = isinstance(each.detail, details.Places) and each.detail.held == (True, False)
        if is_column and op.arguments[1 - place].rank == 1:
            return place, 1 - place
    return None


def triangle_place(op: Operation) -> tuple[str, int] | None:
    """Whether a product is a triangle of a matrix: which one, and the place of the matrix."""
    for place, each in enumerate(op.arguments if op.rank == 2 else ()):
        is_turned = each.kind == "transpose"
        inner = each.arguments[0] if is_turned else each
        if inner.kind == "triangle" and op.arguments[1 - place].dims == op.dims:
            return "triu" if is_turned else "tril", 1 - place
    return None

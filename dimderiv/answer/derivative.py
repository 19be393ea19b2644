"""One derivative: what its axes are those of, and the program that gives it."""

from typing import Literal, TypeAlias

from dimderiv.answer.question import Layout
from dimderiv.language import Call, Dim, IndexForm, Program, Shape, frozen, walk
from dimderiv.render import shortened, text

Variables: TypeAlias = tuple[str, ...]
AnswerForm = Literal["matrix", "kronecker", "index"]


def own_axes(shape: Shape) -> tuple[Dim, ...]:
    """The axes of an array: all that it is declared with, but none of size 1 of a matrix.

    Args:
        shape: that of the array.
    """
    return tuple(shape) if shape.has_more_axes else shape.axes


@frozen.record
class Extent:
    """What the axes of a derivative are those of.

    Attributes:
        of: the shape of what was differentiated last.
        by: the shape of the variable that it was differentiated by; a scalar along directions.
        turned: whether it is printed with rows and columns exchanged.
    """

    of: Shape
    by: Shape
    turned: bool

    @staticmethod
    def laid_out(of: Shape, by: Shape, layout: Layout = "mixed") -> "Extent":
        """The extent in a layout, of which the mixed one is written as it stands.

        Args:
            of: the shape of what was differentiated.
            by: the shape of the variable.
            layout: the convention.
        """
        return Extent(of, by, layout == ("numerator" if of.is_scalar else "denominator"))

    @property
    def has_letters(self) -> bool:
        """Whether the axes of both are kept apart: one of them is no matrix, but has more axes."""
        return self.of.has_more_axes or self.by.has_more_axes

    @property
    def axes(self) -> tuple[Dim, ...]:
        """The axes of both, one after the other; a scalar has none, a vector one."""
        return tuple([dim for shape in (self.of, self.by) for dim in own_axes(shape)])

    @property
    def shape(self) -> Shape:
        """The shape that the derivative has as it is printed."""
        if self.of.is_scalar or self.by.is_scalar:
            shape = self.by if self.of.is_scalar else self.of
        elif self.has_letters:
            return Shape.of(self.axes)
        else:
            shape = Shape(self.of.rows * self.of.cols, self.by.rows * self.by.cols)
        return shape.transposed if self.turned else shape


@frozen.record
class Derivative(Extent):
    """The derivative by one variable, or by one after another, or along directions of some.

    Attributes:
        wrt: the variables, in the order of differentiation.
        program: the derivative, after the definitions that it uses.
    """

    wrt: Variables
    program: Program

    def text(self) -> str:
        """The derivative in the language itself."""
        return text(self.program)

    __str__ = text

    def __repr__(self) -> str:
        return f"derivative by {', '.join(self.wrt)}, {self.shape}: {shortened(self.text())}"

    @property
    def form(self) -> AnswerForm:
        """How the derivative is written.

        `"matrix"` in matrix notation; `"kronecker"` by vectorised matrices, columns stacked;
        `"index"` entry by entry.
        """
        if self.has_letters:
            return "index"
        for part in walk(self.program.statements[-1].value):
            if isinstance(part, IndexForm) or (isinstance(part, Call) and part.over):
                return "index"
        return "kronecker" if len(self.of.axes) + len(self.by.axes) > 2 else "matrix"

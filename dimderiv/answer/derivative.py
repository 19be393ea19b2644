"""One derivative: what its axes are those of, and the program that gives it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dimderiv.answer.question import Layout
from dimderiv.language import IndexForm, Program, Shape, walk
from dimderiv.render import shortened, text

Variables: TypeAlias = tuple[str, ...]
AnswerForm = Literal["matrix", "kronecker", "index"]


@dataclass(frozen=True)
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
    def shape(self) -> Shape:
        """The shape that the derivative has as it is printed."""
        if self.of.is_scalar or self.by.is_scalar:
            shape = self.by if self.of.is_scalar else self.of
        else:
            shape = Shape(self.of.rows * self.of.cols, self.by.rows * self.by.cols)
        return shape.transposed if self.turned else shape


@dataclass(frozen=True, repr=False)
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
        parts = (part for each in self.program.statements for part in walk(each.value))
        if any(isinstance(part, IndexForm) for part in parts):
            return "index"
        return "kronecker" if len(self.of.axes) + len(self.by.axes) > 2 else "matrix"

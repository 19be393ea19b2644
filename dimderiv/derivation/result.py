"""One derivative of a derivation: the program that gives it, its shape, how it was checked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from dimderiv.answer import Variables
from dimderiv.language import Program, Shape, syntax
from dimderiv.render import shortened, text

if TYPE_CHECKING:
    from dimderiv.verify import Verification

Form = Literal["matrix", "kronecker", "index"]
Layout = Literal["mixed", "numerator", "denominator"]


class Extent(NamedTuple):
    """What the axes of a derivative are those of.

    Attributes:
        of: the shape of what was differentiated last.
        by: the shape of the variable that it was differentiated by; a scalar along directions.
        turned: whether it is printed with rows and columns exchanged.
    """

    of: Shape
    by: Shape
    turned: bool = False

    @property
    def shape(self) -> Shape:
        """The shape that the derivative has as it is printed."""
        if self.of.is_scalar or self.by.is_scalar:
            shape = self.by if self.of.is_scalar else self.of
        else:
            shape = Shape(self.of.rows * self.of.cols, self.by.rows * self.by.cols)
        return shape.transposed if self.turned else shape


@dataclass(frozen=True, repr=False)
class Result:
    """The derivative by one variable, or by one after another, or along directions of some.

    Attributes:
        wrt: the variables, in the order of differentiation.
        program: the derivative, after the definitions that it uses.
        of: the shape of what was differentiated last.
        by: the shape of the variable that it was differentiated by; a scalar along directions.
        verification: what the check reported; nothing if it was not asked for.
        turned: whether it is printed with rows and columns exchanged.
    """

    wrt: Variables
    program: Program
    of: Shape
    by: Shape
    verification: "Verification | None" = None
    turned: bool = False

    def text(self) -> str:
        """The derivative in the language itself."""
        return text(self.program)

    __str__ = text

    def __repr__(self) -> str:
        return f"derivative by {', '.join(self.wrt)}, {self.shape}: {shortened(self.text())}"

    @property
    def form(self) -> Form:
        """How the derivative is written.

        `"matrix"` in matrix notation; `"kronecker"` by vectorised matrices, columns stacked;
        `"index"` entry by entry.
        """
        if any(_has_index_form(statement.value) for statement in self.program.statements):
            return "index"
        return "kronecker" if len(self.of.axes) + len(self.by.axes) > 2 else "matrix"

    @property
    def shape(self) -> Shape:
        """The shape that the derivative has as it is printed."""
        return Extent(self.of, self.by, self.turned).shape


def _has_index_form(node: syntax.Node) -> bool:
    return any(isinstance(part, syntax.IndexForm) for part in syntax.walk(node))

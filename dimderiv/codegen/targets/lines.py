"""What takes lines of its own: arrays that are overwritten, and values that are put into them."""

from collections.abc import Sequence
from typing import ClassVar

from dimderiv.codegen.plan import Operation
from dimderiv.codegen.targets.text import Text
from dimderiv.errors import UnknownNameError
from dimderiv.language import Dim


class LineWriter:
    """Writes operations as lines; a target that has none of these says so."""

    target: ClassVar[str]

    def unknown(self, function: str) -> UnknownNameError:
        """The error that a function has no code."""
        return UnknownNameError(
            f"there is no {self.target} code for {function}",
            hint="define it by functions that have code",
        )

    def overwritable(self, op: Operation) -> Sequence[int]:
        """The places of the arguments that the value of an operation may overwrite; none here.

        Args:
            op: the operation.
        """
        return ()

    def overwritten(self, op: Operation, parts: Sequence[Text], place: int, variable: str) -> str:
        """The line that puts the value of an operation where an argument was.

        Args:
            op: the operation.
            parts: the texts of its arguments.
            place: which of them is overwritten; its text is the name of a variable.
            variable: the name of the value.

        Raises:
            UnknownNameError: the target does not overwrite.
        """
        raise self.unknown(op.kind)

    def scattered(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The lines that put values on a diagonal, or add them to what is there.

        Args:
            variable: the name of the array.
            base: what is added to; nothing where the rest is zero.  A target that overwrites may
                take it that the variable holds an array of its own where this is the variable.
            op: an operation of the kind `scatter`; its detail says which axes run together.
            part: the values.
        """
        raise self.unknown(op.kind)

    def inlaid(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The lines that put values into a part of an array, or add them to what is there.

        Args:
            variable: the name of the array.
            base: what is added to, as in `scattered`.
            op: an operation of the kind `inlaid`.
            part: the values.
        """
        raise self.unknown(op.kind)

    def put(self, variable: str, op: Operation, texts: Sequence[Text]) -> list[str]:
        """The lines that add an entry to each row of an array, where a label says.

        Args:
            variable: the name of the array.
            op: an operation of the kind `put` with three arguments.
            texts: the array, the entries and the labels.
        """
        raise self.unknown(op.kind)

    def array(self, dims: Sequence[Dim], *, is_zero: bool) -> str:
        """A new array that loops over blocks fill; a number without axes.

        Args:
            dims: the sizes of its axes.
            is_zero: whether its entries are zero; else they are left open.
        """
        raise NotImplementedError

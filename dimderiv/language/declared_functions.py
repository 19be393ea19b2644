"""Declared functions of which only the kind is known: `f: n -> scalar`, `sigma: elementwise`."""

from collections.abc import Mapping

from dimderiv.errors import NotDifferentiableError, Span
from dimderiv.language.declared_shapes import BETWEEN_SIZES, ShapeReader
from dimderiv.language.declared_texts import stripped
from dimderiv.language.names import spelled_derivatives
from dimderiv.language.shapes import OPEN, SCALAR, Declaration

ELEMENTWISE = Declaration(SCALAR, text="elementwise", is_function=True, is_elementwise=True)

# Names that mean something else before brackets, or in answers.
_NO_FUNCTIONS = frozenset({"I", "K", "T", "pi"})


class FunctionReader(ShapeReader):
    """Reads what is declared as a function, and refuses names that its derivatives need."""

    def function(self, arrow: Span) -> Declaration:
        """What is declared as `m x p -> scalar`."""
        example = f"{self.name}: n -> scalar"
        start, end = stripped(self.source, self.place[0], arrow[0])
        value = stripped(self.source, arrow[1], self.place[1])
        if start == end:
            message = f"{self.name} is declared as a function, but its argument is missing"
            self.refuse(message, (start, start), hint=example)
        if value[0] >= value[1]:
            message = f"{self.name} is declared as a function, but its value is missing"
            self.refuse(message, arrow, hint=example)
        if self.source[slice(*value)] != "scalar":
            self.refuse(
                f"only scalar-valued functions can be declared, and the value of {self.name} "
                f"would be {self.source[slice(*value)]}",
                value,
                hint=example,
                error=NotDifferentiableError,
            )
        self.place = start, end
        self.tokens = [token for token in self.tokens if token[1][1] <= end]
        self.refuse_several_arguments()
        shape = self.shape()
        if OPEN[0] in shape:
            self.refuse(f"the argument of {self.name} has no sizes", (start, end), hint=example)
        if shape.has_more_axes:
            message = (
                f"the argument of {self.name} has {len(shape)} axes; at most two are supported"
            )
            self.refuse(message, (start, end), hint=example, error=NotDifferentiableError)
        for word, span in self.tokens[self.index :]:
            self.refuse(f"{word!r} does not suit the argument of a function", span, hint=example)
        return Declaration(shape, text=f"{shape} -> scalar", is_function=True)

    def refuse_several_arguments(self) -> None:
        """A comma may stand between two sizes; more than two are several arguments."""
        signs = [token for token, _ in self.tokens if token in BETWEEN_SIZES]
        is_mixed = "," in signs and (len(signs) > 1 or self.tokens[0][0] == "scalar")
        if is_mixed:
            self.refuse(
                f"{self.name} is declared with several arguments, and only functions of one "
                "argument are supported",
                self.place,
                hint="a function of one of them, the others held fixed",
                error=NotDifferentiableError,
            )

    def refuse_clashes(self, declared: Mapping[str, Declaration]) -> None:
        """The name of a function, and those of its derivatives, have no other meaning."""
        sizes = {n for known in declared.values() for dim in known.shape for n in dim.names}
        if self.name in _NO_FUNCTIONS:
            self.refuse(f"{self.name} cannot be a function", self.name_span, hint="another name")
        is_elementwise = declared[self.name].is_elementwise
        for name in spelled_derivatives(self.name, is_elementwise=is_elementwise):
            if name in sizes:
                other = "the size of an axis"
            elif name != self.name and name in declared:
                other = "declared as well"
            else:
                continue
            message = f"{self.name} is a function, so {name} has a meaning, and it is {other}"
            self.refuse(message, self.name_span, hint="another name for one of them")

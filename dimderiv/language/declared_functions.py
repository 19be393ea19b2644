"""Declared functions of which only the kind is known: `f: n -> scalar`, `sigma: elementwise`."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from dimderiv.errors import NotDifferentiableError, Span
from dimderiv.language.declared import Declaration, Signature
from dimderiv.language.declared_shapes import ShapeReader
from dimderiv.language.declared_texts import stripped
from dimderiv.language.function_names import printed_name, spelled_out
from dimderiv.language.properties import misfit
from dimderiv.language.shapes import OPEN, SCALAR, Shape

ELEMENTWISE = Declaration(
    SCALAR, text="elementwise", signature=Signature((SCALAR,), is_elementwise=True)
)
# The figures of derivatives have one digit.
MOST_ARGUMENTS = 9

# Names that mean something else before brackets, or in answers.
_NO_FUNCTIONS = frozenset({"I", "T", "pi"})
_OF_VALUES = ("symmetric", "spd")


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
        arguments = tuple(self.arguments((start, end)))
        shape, properties = self.part(value).value()
        signature = Signature(arguments, shape, properties=properties)
        return Declaration(arguments[0], text=str(signature), signature=signature)

    def arguments(self, place: Span) -> Iterator[Shape]:
        """The shapes of the arguments, which commas part."""
        spans = list(self.between_commas(place))
        if len(spans) > MOST_ARGUMENTS:
            message = f"{self.name} is declared with more than {MOST_ARGUMENTS} arguments"
            self.refuse(message, place, error=NotDifferentiableError)
        for span in spans:
            yield self.part(span).argument()

    def between_commas(self, place: Span) -> Iterator[Span]:
        """The parts of a text between the commas that stand in no brackets."""
        start, depth = place[0], 0
        for at in range(*place):
            character = self.source[at]
            depth += (character in "([") - (character in ")]")
            if character == "," and not depth:
                yield start, at
                start = at + 1
        yield start, place[1]

    def part(self, place: Span) -> "_PartReader":
        """The reader of an argument or of the value."""
        return _PartReader(self.name, self.source, place, self.name_span)

    def refuse_clashes(self, declared: Mapping[str, Declaration]) -> None:
        """The name of a function, and those of its derivatives, have no other meaning."""
        sizes = {name for known in declared.values() for dim in known.dims for name in dim.names}
        signature = declared[self.name].signature
        assert signature is not None
        if self.name in _NO_FUNCTIONS:
            self.refuse(f"{self.name} cannot be a function", self.name_span, hint="another name")
        names = signature.derivatives(self.name)
        for name in dict.fromkeys([*map(spelled_out, names), *map(printed_name, names)]):
            if name in sizes:
                other = "the size of an axis"
            elif name != self.name and name in declared:
                other = "declared as well"
            else:
                continue
            message = f"{self.name} is a function, so {name} has a meaning, and it is {other}"
            self.refuse(message, self.name_span, hint="another name for one of them")


class _PartReader(ShapeReader):
    """Reads an argument or the value of a function."""

    ARGUMENT: ClassVar[str] = "n -> scalar"

    def argument(self) -> Shape:
        """The shape of an argument, with nothing behind it."""
        example = f"{self.name}: {self.ARGUMENT}"
        self.tokenize()
        if not self.tokens:
            self.refuse(f"an argument of {self.name} is missing", self.place, hint=example)
        shape = self.sized("the argument")
        for word, span in self.tokens[self.index :]:
            self.refuse(f"{word!r} does not suit the argument of a function", span, hint=example)
        return shape

    def value(self) -> tuple[Shape, frozenset[str]]:
        """The shape of the value, and what is known of it."""
        self.tokenize()
        shape = self.sized("the value")
        words = [token for token in self.tokens[self.index :] if token[0] != ","]
        for word, span in words:
            if word not in _OF_VALUES:
                hint = f"one of {', '.join(_OF_VALUES)}, or nothing"
                self.refuse(f"{word!r} does not suit the value of a function", span, hint=hint)
            wrong = misfit(f"{self.name}(...)", shape, word, [each for each, _ in words])
            if wrong:
                self.refuse(wrong[0], span, hint=wrong[1])
        return shape, frozenset(word for word, _ in words)

    def sized(self, which: str) -> Shape:
        """A shape that has sizes, of at most two axes."""
        example = f"{self.name}: {self.ARGUMENT}"
        shape = self.shape()
        if OPEN[0] in shape:
            self.refuse(f"{which} of {self.name} has no sizes", self.place, hint=example)
        if shape.has_more_axes:
            message = f"{which} of {self.name} has {len(shape)} axes; at most two are supported"
            self.refuse(message, self.place, hint=example, error=NotDifferentiableError)
        return shape

"""A declared shape: `m x n`, `(m, n)`, `vector`, `square matrix`."""

from dimderiv.language.declared_sizes import SizeReader
from dimderiv.language.properties import NEEDS_SQUARE, PROPERTIES
from dimderiv.language.shapes import ONE, OPEN, SCALAR, Shape

BETWEEN_SIZES = frozenset({"x", "\N{MULTIPLICATION SIGN}", ","})

# Kinds whose sizes the surroundings tell.
_OPEN_SHAPES = {
    "vector": Shape(OPEN[0], ONE),
    "column": Shape(OPEN[0], ONE),
    "row": Shape(ONE, OPEN[0]),
    "matrix": Shape(*OPEN[:2]),
    "square": Shape(OPEN[0], OPEN[0]),
}


class ShapeReader(SizeReader):
    """Reads the shape that the tokens begin with; what follows it is left."""

    def shape(self) -> Shape:
        """The axes, in the order in which they are written."""
        if self.tokens[0][0] in {"scalar", "integer"}:
            # A whole number is a scalar; the word is read once more, as a property.
            self.index = int(self.tokens[0][0] == "scalar")
            return SCALAR
        if open_shape := self.open_shape():
            return open_shape
        self.leave_out_brackets()
        sizes = [self.size()]
        while self.continues():
            self.index += 1
            sizes.append(self.size())
        return Shape.of(sizes)

    def open_shape(self) -> Shape | None:
        """The shape of `vector`, `row vector`, `matrix` and `square matrix`."""
        word, following = (*(text for text, _ in self.tokens), "", "")[:2]
        shape = _OPEN_SHAPES.get(word)
        if shape is None:
            return None
        if word in {"row", "column"} and following != "vector":
            return None
        self.index = 1 + (following in {"vector", "matrix"})
        is_square = word == "matrix" and any(text in NEEDS_SQUARE for text, _ in self.tokens)
        return _OPEN_SHAPES["square"] if is_square else shape

    def leave_out_brackets(self) -> None:
        """Take off the brackets of `(m, n)` and `[m, n]`, as Python writes shapes."""
        texts = [text for text, _ in self.tokens]
        closing = {"(": ")", "[": "]"}.get(texts[0])
        if closing not in texts:
            return
        end = texts.index(closing)
        inside = texts[1:end]
        after = texts[end + 1 : end + 2]
        if (
            "(" in inside
            or not BETWEEN_SIZES.intersection(inside)
            or after in (["x"], ["\N{MULTIPLICATION SIGN}"])
        ):
            return
        kept = self.tokens[1:end]
        if kept[-1][0] == ",":
            kept.pop()
        self.tokens = kept + self.tokens[end + 1 :]

    def continues(self) -> bool:
        """Whether another size follows, rather than properties."""
        token, after = (*(text for text, _ in self.tokens[self.index :]), "", "")[:2]
        return token in BETWEEN_SIZES and not (token == "," and after in PROPERTIES)

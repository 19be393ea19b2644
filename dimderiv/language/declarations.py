"""Declared shapes: from texts such as `X: m x n; w: n` to one declaration for each symbol."""

from functools import lru_cache
from itertools import takewhile
from typing import NoReturn

from dimderiv.errors import DimderivError, LimitError, Span
from dimderiv.language.declared import Declaration
from dimderiv.language.declared_functions import ELEMENTWISE, FunctionReader
from dimderiv.language.declared_shapes import BETWEEN_SIZES
from dimderiv.language.declared_sizes import LABELS, NO_SIZES, SYMBOL
from dimderiv.language.declared_texts import EXAMPLE, Shapes, entries
from dimderiv.language.properties import PROPERTIES, misfit
from dimderiv.language.shapes import Dim, Shape
from dimderiv.language.suggestions import nearest
from dimderiv.language.vocabulary import RESERVED_WORDS
from dimderiv.lazy import pattern

DECLARATION_LIMIT = 20_000

_ARROW = pattern(r"-\s*>|=>|[\N{RIGHTWARDS ARROW}\N{LONG RIGHTWARDS ARROW}]")
_NOT_INSIDE = NO_SIZES | BETWEEN_SIZES
_SPACES = pattern(r"(?:ℝ|R|\\mathbb\{R\})\s*\^")


def read_shapes(source: Shapes) -> dict[str, Declaration]:
    """The declarations in a mapping or in a text.

    Args:
        source: `{"X": "m x n", "w": "n"}`, or the same as a text, `X: m x n; w: n`.  In a mapping
            a shape may be a tuple, `("m", "n")` or `(3, 4)`, or a number.

    Returns:
        A declaration for each symbol, in the order given; Greek letters are spelled out.

    Raises:
        ShapeError: a shape or a name cannot be read, or a property does not suit the shape.
        LimitError: a size is too large, or there are too many declarations.
        NotDifferentiableError: a function is declared that is not of one argument and
            scalar-valued.

    >>> {name: str(found.shape) for name, found in read_shapes("X: m x n; λ: scalar").items()}
    {'X': 'm x n', 'lambda': 'scalar'}
    """
    declared: dict[str, Declaration] = {}
    functions: list[_Reader] = []
    for entry in entries(source):
        reader = _Reader(*entry)
        name, declaration = reader.declaration()
        if name in declared:
            reader.refuse(f"{name} is declared twice", reader.name_span, hint="one shape for it")
        if len(declared) == DECLARATION_LIMIT:
            raise LimitError(f"more than {DECLARATION_LIMIT} shapes are declared")
        declared[name] = declaration
        functions += [reader] if declaration.is_function else []
    for reader in functions:
        reader.refuse_clashes(declared)
    return declared


@lru_cache(maxsize=1024)
def _declared(text: str) -> Declaration:
    """The shape that a text declares, whatever the symbol; many have the same."""
    return _Reader("X", text, (0, len(text))).symbol()


class _Reader(FunctionReader):
    """Reads one declaration: the name is given, the shape lies at a place in a text."""

    def declaration(self) -> tuple[str, Declaration]:
        self.check_name()
        if self.source[slice(*self.place)] == ELEMENTWISE.text:
            return self.name, ELEMENTWISE
        arrow = _ARROW.search(self.source, *self.place)
        if arrow:
            self.tokenize()
            return self.name, self.function(arrow.span())
        try:
            return self.name, _declared(self.source[slice(*self.place)])
        except DimderivError:
            # Once more, to say where in the whole text, and of which symbol.
            return self.name, self.symbol()

    def symbol(self) -> Declaration:
        """What is declared as `m x n`, perhaps with properties."""
        self.tokenize()
        if not self.tokens:
            place = self.place if self.source.strip() else None
            self.refuse(f"the shape of {self.name} is empty", place, hint=EXAMPLE)
        if _SPACES.match(self.source, self.place[0]):
            hint = f"{self.name}: m x n for a matrix, {self.name}: n for a vector"
            self.refuse("a shape is its sizes alone", self.place, hint=hint)
        shape = self.shape()
        labels = self.labels(shape)
        properties, text = self.properties(shape), self.source[slice(*self.place)]
        return Declaration(shape, properties, text, labels=labels)

    def check_name(self) -> None:
        if self.name in RESERVED_WORDS:
            self.refuse(f"{self.name} is a function, so it cannot be a symbol", self.name_span)
        if not SYMBOL.fullmatch(self.name):
            self.refuse(
                f"{self.name!r} cannot be the name of a symbol",
                self.name_span,
                hint="a letter, then letters, digits or _ and a subscript: W1, x_i, lambda",
            )

    def labels(self, shape: Shape) -> Dim | None:
        """How many labels there are, where `labels` and their number follow the shape."""
        if self.index == len(self.tokens) or self.tokens[self.index][0] != LABELS:
            return None
        if any(size.is_one for size in shape) and not (shape.is_column or shape.is_scalar):
            span = self.tokens[self.index][1]
            sizes = " x ".join(size.bracketed for size in shape.axes)
            message = f"labels have no axis of size 1, and {self.name} is {shape}"
            self.refuse(message, span, hint=f"{self.name}: {sizes} labels C")
        self.index += 1
        if self.index == len(self.tokens):
            hint = f"{self.name}: {shape} labels C, where they are whole numbers from 0 to C - 1"
            self.refuse(f"the number of labels of {self.name} is missing", self.place, hint=hint)
        return self.size()

    def properties(self, shape: Shape) -> frozenset[str]:
        own = {"vector": not shape.is_matrix, "matrix": shape.is_matrix}
        words = [
            token
            for token in self.tokens[self.index :]
            if token[0] != "," and not own.get(token[0])
        ]
        for word, span in words:
            if word not in PROPERTIES:
                self.unknown_word(word, span)
            wrong = misfit(self.name, shape, word, [each for each, _ in words])
            if wrong:
                self.refuse(wrong[0], span, hint=wrong[1])
        return frozenset(word for word, _ in words)

    def unknown_word(self, word: str, span: Span) -> NoReturn:
        following = self.source[span[1] : self.place[1]].lstrip()
        hint = nearest(word[:40], PROPERTIES) or self.bracketed(span)
        if following.startswith(":"):
            hint = "put a semicolon between two declarations: X: m x n; w: n"
        hint = hint or f"one of {', '.join(PROPERTIES)}; between sizes goes an x"
        self.refuse(f"{word!r} is no property of a symbol", span, hint=hint)

    def bracketed(self, span: Span) -> str | None:
        """What to write for `T - 1` or `2 n`, where a word makes no sense but in a size."""
        place = [own for _, own in self.tokens].index(span)
        (before, (start, _)), (word, _) = self.tokens[place - 1 : place + 1]
        if word[0] not in "+-*" and not before.isdecimal():
            return None
        inside = takewhile(lambda token: token[0] not in _NOT_INSIDE, self.tokens[place:])
        *_, (_, (_, end)) = inside
        return f"brackets around a size that is computed: ({self.source[start:end]})"

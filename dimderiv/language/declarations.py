"""Declared shapes: from texts such as `X: m x n; w: n` to one declaration for each symbol."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import takewhile
from typing import NoReturn

from dimderiv.errors import DimderivError, LimitError, NotDifferentiableError, ShapeError, Span
from dimderiv.language.declared_texts import EXAMPLE, Shapes, entries, stripped
from dimderiv.language.names import canonical_name, spelled_derivatives
from dimderiv.language.parser import parse_expression
from dimderiv.language.properties import NEEDS_SQUARE, PROPERTIES, misfit
from dimderiv.language.shapes import ONE, OPEN, SCALAR, Declaration, Dim, Shape, size_of
from dimderiv.language.suggestions import nearest
from dimderiv.language.syntax import IndexForm, Tree
from dimderiv.language.vocabulary import RESERVED_WORDS

LABELS = "labels"
ELEMENTWISE = Declaration(SCALAR, text="elementwise", is_function=True, is_elementwise=True)
SIZE_LIMIT = 10**6
DECLARATION_LIMIT = 20_000
COMPOSITE_LIMIT = 40

_TOKEN = re.compile(r"\s*(\d+(?![\w.])|\d+(?=x\d)|(?<=[\d)])x(?=\d)|[^\W\d]\w*|-?\d+(?:\.\d*)?|\S)")
_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_RUN_TOGETHER = re.compile(r"([A-Za-z])x([A-Za-z]|\d+)")
_BETWEEN_SIZES = frozenset({"x", "\N{MULTIPLICATION SIGN}", ","})
_ARROW = re.compile(r"-\s*>|=>|[\N{RIGHTWARDS ARROW}\N{LONG RIGHTWARDS ARROW}]")
# Names that mean something else before brackets, or in answers.
_NO_FUNCTIONS = frozenset({"I", "K", "T", "pi"})
# Kinds whose sizes the surroundings tell.
_OPEN_SHAPES = {
    "vector": Shape(OPEN[0], ONE),
    "column": Shape(OPEN[0], ONE),
    "row": Shape(ONE, OPEN[0]),
    "matrix": Shape(*OPEN[:2]),
    "square": Shape(OPEN[0], OPEN[0]),
}
_NO_SIZES = frozenset({"scalar", "vector", "matrix", LABELS, *PROPERTIES})
_NOT_INSIDE = _NO_SIZES | _BETWEEN_SIZES
_MEANS_SCALAR = frozenset({"number", "real", "constant", "float", "int"})
_SPACES = re.compile(r"(?:ℝ|R|\\mathbb\{R\})\s*\^")


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


class _Reader:
    """Reads one declaration: the name is given, the shape lies at a place in a text."""

    def __init__(self, name: str, source: str, place: Span, name_span: Span | None = None) -> None:
        self.name = canonical_name(name.strip())
        self.source = source
        self.place = stripped(source, *place)
        self.name_span = name_span
        self.tokens: list[tuple[str, Span]] = []
        self.index = 0

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

    def tokenize(self) -> None:
        self.tokens = [
            (canonical_name(match[1]), match.span(1))
            for match in _TOKEN.finditer(self.source, *self.place)
            if match[1]
        ]

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
        signs = [token for token, _ in self.tokens if token in _BETWEEN_SIZES]
        is_mixed = "," in signs and (len(signs) > 1 or self.tokens[0][0] == "scalar")
        if is_mixed:
            self.refuse(
                f"{self.name} is declared with several arguments, and only functions of one "
                "argument are supported",
                self.place,
                hint="a function of one of them, the others held fixed",
                error=NotDifferentiableError,
            )

    def check_name(self) -> None:
        if self.name in RESERVED_WORDS:
            self.refuse(f"{self.name} is a function, so it cannot be a symbol", self.name_span)
        if not _SYMBOL.fullmatch(self.name):
            self.refuse(
                f"{self.name!r} cannot be the name of a symbol",
                self.name_span,
                hint="a letter, then letters, digits or _ and a subscript: W1, x_i, lambda",
            )

    def shape(self) -> Shape:
        if self.tokens[0][0] in {"scalar", "integer"}:
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
            or not _BETWEEN_SIZES.intersection(inside)
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
        return token in _BETWEEN_SIZES and not (token == "," and after in PROPERTIES)

    def size(self) -> Dim:
        """A size, perhaps divided by whole numbers, rounded down: `(H - 1)//2`."""
        size = self.undivided()
        while [text for text, _ in self.tokens[self.index : self.index + 2]] == ["/", "/"]:
            self.index += 2
            divisor = self.undivided().number
            if divisor is None:
                span = self.tokens[self.index - 1][1]
                self.refuse("a size is divided by whole numbers only", span, hint="(H - 1)//2")
            size //= divisor
        return size

    def undivided(self) -> Dim:
        if self.index == len(self.tokens):
            end = self.place[1]
            self.refuse(f"a size is missing in the shape of {self.name}", (end, end), hint=EXAMPLE)
        token, span = self.tokens[self.index]
        self.index += 1
        if token == "(":
            return self.composite(span)
        if token.isdecimal() and token.isascii():
            return self.number(token, span)
        if token.startswith("-") or token[0].isdigit():
            self.refuse(f"{token} is no size", span, hint="a positive whole number, or a name")
        if not _SYMBOL.fullmatch(token) or token in _NO_SIZES:
            self.refuse(f"a size is missing before {token!r}", span, hint=EXAMPLE)
        if token in _MEANS_SCALAR:
            self.refuse(f"{token} is no size", span, hint=f"{self.name}: scalar for a number")
        run_together = _RUN_TOGETHER.fullmatch(token)
        if run_together:
            hint = f"{run_together[1]} x {run_together[2]}"
            self.refuse(f"{token} is run together, so it is no size", span, hint=hint)
        if token in RESERVED_WORDS:
            self.refuse(f"{token} is a function, so it is no size", span, hint="another name")
        return Dim.of(token)

    def composite(self, opening: Span) -> Dim:
        """A size in brackets, the first of which has been passed: `(H - K + 1)`, `(m p)`."""
        first, depth = self.index, 1
        while depth and self.index < len(self.tokens):
            token = self.tokens[self.index][0]
            depth += (token == "(") - (token == ")")
            self.index += 1
        if depth:
            self.refuse("a bracket is not closed: ')' is missing", opening)
        inside = self.tokens[first : self.index - 1]
        place = (opening[0], self.tokens[self.index - 1][1][1])
        if len(inside) > COMPOSITE_LIMIT:
            message = f"a size of more than {COMPOSITE_LIMIT} words and signs"
            self.refuse(message, place, hint="a name for the size", error=LimitError)
        return self.read(" ".join(token for token, _ in inside), place)

    def read(self, text: str, place: Span) -> Dim:
        """A size that is written as a sum or a product of sizes."""
        names = [word for word in text.split() if _SYMBOL.fullmatch(word)]
        for word in RESERVED_WORDS.intersection(names):
            self.refuse(f"{word} is a function, so it is no size", place, hint="another name")
        for digits in re.findall(r"\d+", text):
            if len(digits.lstrip("0")) > len(str(SIZE_LIMIT)):
                self.number(digits, place)
        try:
            size = size_of(_size_tree(text.replace("/ /", "//"), names))
        except DimderivError as error:
            hint = "names and whole numbers, their sums and products, such as (H - K + 1)"
            self.refuse(f"({text}) is no size: {error.message}", place, hint=hint)
        if all(coefficient < 0 for _, coefficient in size.monomials):
            self.refuse(f"a size of {self.name} is {size}", place, hint="a positive size")
        return size

    def number(self, digits: str, span: Span) -> Dim:
        # Very long numbers are refused before they are converted: Python refuses them too.
        digits = digits.lstrip("0") or "0"
        if len(digits) > len(str(SIZE_LIMIT)) or int(digits) > SIZE_LIMIT:
            message = f"a size in the shape of {self.name} is larger than {SIZE_LIMIT}"
            self.refuse(message, span, hint="a name for the size", error=LimitError)
        if int(digits) == 0:
            self.refuse(f"a size of {self.name} is 0", span, hint="a positive number, or a name")
        return ONE if int(digits) == 1 else Dim.of(int(digits))

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

    def refuse(
        self,
        message: str,
        span: Span | None,
        *,
        hint: str | None = None,
        error: type[DimderivError] = ShapeError,
    ) -> NoReturn:
        raise error(message, span=span, source=self.source, hint=hint)


def _size_tree(text: str, names: Collection[str]) -> Tree:
    """A size as an expression; a quotient rounded down is only read beside a letter."""
    if "//" not in text:
        return parse_expression(text, names=names)
    statement = parse_expression(f"[i:{text}] 0", names=names)
    size = statement.letters[0][1] if isinstance(statement, IndexForm) else None
    return statement if size is None else size

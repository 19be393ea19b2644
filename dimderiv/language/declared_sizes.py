"""The sizes of what is declared: `m`, `3`, `(H - K + 1)//2`."""

import re
from collections.abc import Collection
from typing import NoReturn

from dimderiv.errors import DimderivError, LimitError, ShapeError, Span
from dimderiv.language.declared_texts import EXAMPLE, stripped
from dimderiv.language.names import canonical_name
from dimderiv.language.parser import parse_expression
from dimderiv.language.properties import PROPERTIES
from dimderiv.language.shapes import ONE, Dim, size_of
from dimderiv.language.syntax import IndexForm, Tree
from dimderiv.language.vocabulary import RESERVED_WORDS
from dimderiv.lazy import pattern

LABELS = "labels"
SYMBOL = pattern(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
SIZE_LIMIT = 10**6
COMPOSITE_LIMIT = 40

_TOKEN = pattern(r"\s*(\d+(?![\w.])|\d+(?=x\d)|(?<=[\d)])x(?=\d)|[^\W\d]\w*|-?\d+(?:\.\d*)?|\S)")
_RUN_TOGETHER = pattern(r"([A-Za-z])x([A-Za-z]|\d+)")
NO_SIZES = frozenset({"scalar", "vector", "matrix", LABELS, *PROPERTIES})
_MEANS_SCALAR = frozenset({"number", "real", "constant", "float", "int"})


class SizeReader:
    """Reads sizes where a shape lies at a place in a text: token after token."""

    def __init__(self, name: str, source: str, place: Span, name_span: Span | None = None) -> None:
        self.name = canonical_name(name.strip())
        self.source = source
        self.place = stripped(source, *place)
        self.name_span = name_span
        self.tokens: list[tuple[str, Span]] = []
        self.index = 0

    def tokenize(self) -> None:
        """The words and signs at the place, with Greek letters spelled out."""
        self.tokens = [
            (canonical_name(match[1]), match.span(1))
            for match in _TOKEN.finditer(self.source, *self.place)
            if match[1]
        ]

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
        """A size without divisions behind it."""
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
        if not SYMBOL.fullmatch(token) or token in NO_SIZES:
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
        names = [word for word in text.split() if SYMBOL.fullmatch(word)]
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
        """A size that is a number."""
        # Very long numbers are refused before they are converted: Python refuses them too.
        digits = digits.lstrip("0") or "0"
        if len(digits) > len(str(SIZE_LIMIT)) or int(digits) > SIZE_LIMIT:
            message = f"a size in the shape of {self.name} is larger than {SIZE_LIMIT}"
            self.refuse(message, span, hint="a name for the size", error=LimitError)
        if int(digits) == 0:
            self.refuse(f"a size of {self.name} is 0", span, hint="a positive number, or a name")
        return ONE if int(digits) == 1 else Dim.of(int(digits))

    def refuse(
        self,
        message: str,
        span: Span | None,
        *,
        hint: str | None = None,
        error: type[DimderivError] = ShapeError,
    ) -> NoReturn:
        """Raise what is wrong at a place of the declared text."""
        raise error(message, span=span, source=self.source, hint=hint)


def _size_tree(text: str, names: Collection[str]) -> Tree:
    """A size as an expression; a quotient rounded down is only read beside a letter."""
    if "//" not in text:
        return parse_expression(text, names=names)
    statement = parse_expression(f"[i:{text}] 0", names=names)
    size = statement.letters[0][1] if isinstance(statement, IndexForm) else None
    return statement if size is None else size

"""A place among lexemes: where the reader is, arguments and brackets, what is known of names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from dimderiv.errors import DimderivError, LimitError, ParseError, Span
from dimderiv.language import Token
from dimderiv.sources.latex.lexemes import Lexeme

OPENS = frozenset({"(", "[", "{", "begin", "langle"})
CLOSES = frozenset({")", "]", "}", "end", "rangle"})
CLOSING: Mapping[str, str] = {"(": ")", "[": "]", "|": "|", "||": "||"}
DEEPEST = 60
# The text of a bracket that is not in the LaTeX.
UNSEEN = ""
# A number of which TeX takes the first figure alone.
_DIGITS = re.compile(r"[0-9][0-9.]")


@dataclass
class Shared:
    r"""What all parts of one text have in common.

    Attributes:
        functions: the names that are functions.
        names: names that are declared, by what is left of them without underscores.
        sizes: names that are no letters in subscripts.
        defined: the names on left sides.
        differentials: what is defined as a differential, the W of `\mathrm{d}W = ...`.
        letters: the letters of indices with more than one axis, or with arithmetic.
        shifted: where indices with arithmetic stand, and their letters.
        heads: the letters of arrays that are given entry by entry.
        running: the letters that sums and the like run over.
        bars: where absolute values or determinants stand.
        whole: the names with subscripts that have indices beside them, `(W_q)_{i,j}`.
        fonts: the font of each name, and where it was first met.
        alone: the Greek letters that stand somewhere without brackets after them.
        assumptions: what was assumed.
    """

    functions: frozenset[str]
    names: Mapping[str, str]
    sizes: set[str]
    defined: set[str] = field(default_factory=set)
    differentials: set[str] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)
    shifted: dict[Span, set[str]] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)
    running: set[str] = field(default_factory=set)
    bars: set[Span] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    fonts: dict[str, Lexeme] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)
    assumptions: dict[str, None] = field(default_factory=dict)


class Argument(NamedTuple):
    """What stands in the braces of a command or a script."""

    lexemes: list[Lexeme]
    start: int
    end: int

    @property
    def texts(self) -> list[str]:
        """The texts of the lexemes."""
        return [lexeme.text for lexeme in self.lexemes]

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end


class Cursor:
    """Goes over lexemes once, from left to right.

    Args:
        lexemes: those of a statement, or of an argument.
        shared: what is known of the whole text.
        end: where the last of them ends.
        depth: how deep in arguments this is.
    """

    def __init__(self, lexemes: Sequence[Lexeme], shared: Shared, end: int, depth: int = 0) -> None:
        self.lexemes = list(lexemes)
        self.shared = shared
        self.place = 0
        self.end = self.lexemes[0].start if lexemes else end
        self.last = Lexeme("nothing", "", end, end)
        self.opened: list[str] = []
        self.depth = depth
        if depth > DEEPEST:
            raise LimitError(
                f"a formula is nested more than {DEEPEST} deep",
                span=(end, end),
                hint="give the inner parts names",
            )

    @property
    def lexeme(self) -> Lexeme:
        """The lexeme that is read next."""
        return self.ahead(0)

    def ahead(self, count: int) -> Lexeme:
        """A lexeme further on."""
        place = self.place + count
        return self.lexemes[place] if place < len(self.lexemes) else self.last

    def advance(self) -> Lexeme:
        """Go past a lexeme, and hand it back."""
        lexeme = self.lexeme
        self.place += 1
        self.end = lexeme.end
        return lexeme

    def is_at(self, *kinds: str) -> bool:
        """Whether the next lexeme is one of these signs or commands."""
        lexeme = self.lexeme
        return lexeme.kind in kinds or (lexeme.kind == "command" and lexeme.text in kinds)

    def within(self, lexemes: Sequence[Lexeme], end: int) -> Self:
        """A reader of the same kind for what stands in an argument."""
        return type(self)(lexemes, self.shared, end, self.depth + 1)

    def expect(self, kind: str, opening: Span) -> Lexeme:
        """Go past what closes a bracket."""
        if not self.is_at(kind):
            if self.lexeme is self.last:
                raise ParseError("a bracket is not closed", span=opening, hint=f"add {kind}")
            raise self.misplaced()
        return self.advance()

    def misplaced(self) -> DimderivError:
        """The error for a lexeme that cannot stand here."""
        lexeme = self.lexeme
        if lexeme is self.last:
            return ParseError(
                "something is missing here",
                span=(lexeme.start, lexeme.start),
                hint="write an operand",
            )
        shown = f"\\{lexeme.text}" if lexeme.kind == "command" else lexeme.text
        return ParseError(
            f"{shown} cannot stand here",
            span=(lexeme.start, lexeme.end),
            hint="check what stands before it",
        )

    def matching(self, place: int) -> int:
        """Where the bracket that opens at a place closes; the number of lexemes if it does not."""
        depth = 0
        for each in range(place, len(self.lexemes)):
            kind = self.lexemes[each].kind
            kind = self.lexemes[each].text if kind == "command" else kind
            depth += (kind in OPENS) - (kind in CLOSES)
            if depth <= 0:
                return each
        return len(self.lexemes)

    def argument(self) -> Argument:
        """What stands in braces next, or the one lexeme that TeX takes without them."""
        lexeme = self.lexeme
        if lexeme is self.last:
            raise self.misplaced()
        if lexeme.kind == "{":
            closing = self.matching(self.place)
            if closing == len(self.lexemes):
                raise ParseError(
                    "a brace is not closed", span=(lexeme.start, lexeme.end), hint="add }"
                )
            inside = self.lexemes[self.place + 1 : closing]
            self.place = closing + 1
            self.end = self.lexemes[closing].end
            return Argument(inside, lexeme.start, self.end)
        if lexeme.kind == "number" and _DIGITS.match(lexeme.text):
            middle = lexeme.start + 1
            first = lexeme._replace(text=lexeme.text[0], end=middle)
            self.lexemes[self.place] = lexeme._replace(text=lexeme.text[1:], start=middle)
            self.end = middle
            return Argument([first], first.start, middle)
        self.advance()
        taken = [lexeme]
        if lexeme.kind == "command" and lexeme.text in {"frac", "sqrt"}:
            start = self.place
            for _ in range(1 + (lexeme.text == "frac")):
                self.argument()
            taken += self.lexemes[start : self.place]
        return Argument(taken, lexeme.start, self.end)


def enclosed(tokens: Sequence[Token], start: int, end: int) -> list[Token]:
    """Tokens in brackets that are not in the text."""
    return [Token("(", UNSEEN, start, start), *tokens, Token(")", UNSEEN, end, end)]


def function_of(name: str, tokens: Sequence[Token], start: int, end: int) -> list[Token]:
    """The tokens of a function that stands as a sign, such as a root."""
    return [Token("function", name, start, start), *enclosed(tokens, start, end)]

r"""LaTeX to lexemes: letters with their fonts, numbers, words, commands, signs, and their places.

What only moves things on paper is gone: spaces, the sizes of brackets, environments of lines.

>>> [lexeme.text for lexeme in lexemes_of(r"\mathbf{X}\,w - \left(y\right)")]
['X', 'w', '-', '(', 'y', ')']
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from dimderiv.errors import LimitError, ParseError
from dimderiv.language import canonical_name
from dimderiv.sources.latex.symbols import (
    CHARACTERS,
    CURLY,
    DROPPED,
    FONTS,
    GAPS,
    GREEK,
    LABELS,
    LINES,
    MATRICES,
    SIGNS,
    SIZED,
    SPELLINGS,
    SWITCHES,
    WORDS,
)

LONGEST = 20_000
_LEXEME = re.compile(
    r"""(?P<space> (?: \s | % [^\n]* | ~ | \\[,;:!>/\ ()\[\]] | \$
        | \\m?kern \s* -?[0-9.]+ \s* (?: mu|em|ex|pt ) | \\hspace\*? \s* \{ [^{}]* \} )+ )
    | \\ (?P<edge> begin | end ) \s* \{ (?P<environment> [A-Za-z]+ ) \*? \}
    | (?P<row> \\\\ (?: \s* \[ [^\]]* \] )? )
    | \\ (?P<command> [A-Za-z]+ \*? )
    | (?P<number> (?: [0-9]+ (?: \. [0-9]+ )? | \. [0-9]+ ) (?: [eE][-+]?[0-9]+ )? )
    | (?P<letter> [A-Za-z] )
    | (?P<sign> \\[|{}] | := | \|\| | . )""",
    re.VERBOSE | re.DOTALL,
)
_SWITCH = re.compile(r"\{\s*\\(rm|sf|it|tt|bf|cal)(?![A-Za-z])\s*([A-Za-z]+)\s*\}")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .\-]*")
_HYPHEN = re.compile(r"\\text\{-\}|\\_|\\-")


class Lexeme(NamedTuple):
    """One lexeme: its kind is `letter`, `number`, `word`, `command`, `row`, `gap` or a sign.

    Attributes:
        kind: what it is; `begin` and `end` are those of a matrix.
        text: the letter, the word, the name of the command.
        start: where it begins, with the command of its font.
        end: where it ends.
        font: `bold`, `double`, `script`, or nothing; braces that are seen are `curly`.
    """

    kind: str
    text: str
    start: int
    end: int
    font: str = ""


def lexemes_of(source: str) -> list[Lexeme]:
    """The lexemes of a text.

    Args:
        source: LaTeX, with or without the signs that begin and end a formula.

    Raises:
        ParseError: a brace is not closed, or an environment is not read.
        LimitError: the text is too long.
    """
    if len(source) > LONGEST:
        raise LimitError(f"a formula has at most {LONGEST} characters", hint="shorten the text")
    return list(_Scanner(source).scan(0, len(source), ""))


class _Scanner:
    """Goes over the text once; what is inside of a font or a word it goes over with that."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = 0

    def scan(self, start: int, end: int, font: str) -> Iterator[Lexeme]:
        place = start
        while place < end:
            if switch := _SWITCH.match(self.source, place, end):
                yield from self.word(switch[2], *switch.span(), SWITCHES.get(switch[1], font))
                place = switch.end()
                continue
            found = _LEXEME.match(self.source, place, end)
            assert found is not None, "a character is a sign, if it is nothing else"
            place = found.end()
            match found.lastgroup:
                case "command":
                    self.place = place
                    yield from self.command(found["command"], found.start(), end, font)
                    place = self.place
                case "environment":
                    place = self.arguments_of(found["environment"], place)
                    yield from self.environment(found)
                case "letter" | "number" | "row" as kind:
                    yield Lexeme(kind, found[kind], *found.span(), font)
                case "sign":
                    yield self.sign(found[0], *found.span(), font)

    def sign(self, text: str, start: int, end: int, font: str) -> Lexeme:
        """A sign; a Greek letter is its command."""
        greek = canonical_name(text)
        if greek in GREEK:
            return Lexeme("command", greek, start, end, font)
        if text in CHARACTERS and CHARACTERS[text].isalpha():
            return Lexeme("command", CHARACTERS[text], start, end)
        kind = SIGNS.get(text) or CHARACTERS.get(text, text)
        return Lexeme(kind, kind, start, end, "curly" if text in CURLY else font)

    def command(self, name: str, start: int, end: int, font: str) -> Iterator[Lexeme]:
        """What a command is; those that take an argument go past it."""
        if name in SIZED:
            yield from self.sized(start, end, font)
        elif name in LABELS:
            self.place = self.argument(end)[2]
        elif name in FONTS or name in WORDS:
            first, last, after = self.argument(end)
            if name in FONTS:
                inside = list(self.scan(first, last, FONTS[name] or font))
                yield from _spread(inside, start, after)
            else:
                yield from self.word(self.source[first:last], start, after, font, first)
            self.place = after
        elif name == "ell":
            yield Lexeme("letter", "l", start, self.place, "script")
        elif name in GAPS:
            yield Lexeme("gap", name, start, self.place)
        elif name not in DROPPED:
            spelled = SPELLINGS.get(name, name)
            kind = "command" if spelled.isalpha() else spelled
            yield Lexeme(kind, spelled, start, self.place, "curly" if name in CURLY else font)

    def sized(self, start: int, end: int, font: str) -> Iterator[Lexeme]:
        r"""The bracket after `\left`, with that; a dot is a bracket that is left out."""
        first, last, self.place = self.argument(end)
        if self.source[first:last] != ".":
            place = self.place
            yield from _spread(list(self.scan(first, last, font)), start, last)
            self.place = place

    def argument(self, end: int) -> tuple[int, int, int]:
        """Where the argument that follows begins and ends, and what comes after it begins."""
        start = self.place
        while start < end and self.source[start].isspace():
            start += 1
        if start == end:
            raise ParseError("an argument is missing", span=(start, start), hint="{...}")
        if self.source[start] != "{":
            found = _LEXEME.match(self.source, start, end)
            last = found.end() if found and self.source[start] == "\\" else start + 1
            return start, last, last
        closing = self.closing(start, end)
        return start + 1, closing, closing + 1

    def closing(self, opening: int, end: int) -> int:
        """Where the brace closes that opens at a place."""
        depth, place = 0, opening
        while place < end:
            depth += (self.source[place] == "{") - (self.source[place] == "}")
            if not depth:
                return place
            place += 2 if self.source[place] == "\\" else 1
        raise ParseError("a brace is not closed", span=(opening, opening + 1), hint="add }")

    def word(
        self, text: str, start: int, end: int, font: str, inside: int | None = None
    ) -> Iterator[Lexeme]:
        """A word, or a letter; where it is neither, a formula at the place `inside`."""
        plain = _HYPHEN.sub("_", text.strip()) if inside else text
        if len(plain) == 1 and plain.isalpha():
            yield Lexeme("letter", plain, start, end, font)
        elif _PLAIN.fullmatch(plain.replace("_", "")):
            yield Lexeme("word", plain, start, end)
        elif inside is not None:
            yield from _spread(list(self.scan(inside, inside + len(text), font)), start, end)

    def arguments_of(self, environment: str, place: int) -> int:
        """Where the arguments of an environment end, such as the columns of `alignat`."""
        columns = re.compile(r"\s*(?:\{[^{}]*\}|\[[^\[\]]*\])")
        found = columns.match(self.source, place) if environment == "alignat" else None
        return found.end() if found else place

    def environment(self, found: re.Match[str]) -> Iterator[Lexeme]:
        name = found["environment"]
        if name in MATRICES or name == "vmatrix":
            yield Lexeme(found["edge"], name, *found.span())
        elif name not in LINES:
            raise ParseError(
                f"the environment {name} is not read",
                span=found.span(),
                hint="bmatrix for a matrix, aligned for formulas below each other",
            )


def _spread(lexemes: list[Lexeme], start: int, end: int) -> list[Lexeme]:
    """Lexemes that begin and end with the command around them."""
    if lexemes:
        lexemes[0] = lexemes[0]._replace(start=start)
        lexemes[-1] = lexemes[-1]._replace(end=end)
    return lexemes

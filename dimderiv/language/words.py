"""Words to tokens: run-together letters are taken apart, functions and known names are not.

`Xw` is `X w`, unless the word is known or a function; a word directly before a bracket that is
none of these is an unknown function, not letters.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property, lru_cache

from dimderiv.errors import ParseError, UnknownNameError
from dimderiv.language.vocabulary import (
    ALIASES,
    GRADIENT,
    GREEK_LETTERS,
    GREEK_NAMES,
    HESSIAN,
    RESERVED_WORDS,
    SPELLED_OUT,
    Token,
    canonical_name,
    spelled_out,
)

LETTERS = "A-Za-z" + "".join(GREEK_LETTERS)
WORD = rf"[{LETTERS}][{LETTERS}0-9]*(?:_[{LETTERS}0-9]+)*"

_SUFFIX = "[0-9]*(?:_[A-Za-z0-9]+)*"
_LONGEST_FIRST = "|".join(sorted(GREEK_NAMES, key=len, reverse=True))
_GREEK_SYMBOL = re.compile(f"(?:{_LONGEST_FIRST}){_SUFFIX}")
_SYMBOL = re.compile(f"[A-Za-z]{_SUFFIX}")
_DEFINITION = re.compile(rf"#[^\n]*|(?:\A|[;\n])[^\S\n]*({WORD})[^\S\n]*=(?!=)")
_EQUALS = re.compile(r"\s*=(?!=)")
_BRACKET = re.compile(r"[^\S\n]*\(")
_CONTINUATIONS = frozenset("_0123456789")
_SHOWN_LENGTH = 40
_NABLA = "∇²^2"


class Words:
    """Reads the words of one text.

    Args:
        source: the text, where what follows a word can be looked up.
        names: declared names; those that the text itself defines are added.
        functions: the names that are functions.
    """

    def __init__(self, source: str, names: Collection[str], functions: Collection[str]) -> None:
        self.source = source
        self.functions = _with_aliases(frozenset(functions))
        self.known = frozenset(map(canonical_name, names))
        if "=" in source:
            self.known = self.known.union(self._definitions())

    def read(self, word: str, start: int, end: int) -> list[Token]:
        """The tokens of a word.

        Args:
            word: the word as written.
            start: where it starts in the text.
            end: where it ends.

        Returns:
            One token for each symbol or function in it.

        Raises:
            ParseError: a function without brackets.
            UnknownNameError: brackets after what is no function.
        """
        if word.startswith(GRADIENT):
            return [self._derivative(word, start, end)]
        if canonical_name(word) in self.functions and _BRACKET.match(self.source, end):
            return [Token("function", self._function(word), start, end)]
        if word == "axis" and _EQUALS.match(self.source, end):
            return [Token("axis", word, start, end)]
        name = canonical_name(word)
        if name in self.known or (len(word) == 1 and name not in self.functions):
            return [Token("name", name, start, end)]
        if name in self.functions:
            raise ParseError(
                f"{word} is a function: write {word}(x)",
                span=(start, end),
                hint="put brackets around its argument",
            )
        if _BRACKET.match(self.source, end):
            return self._before_bracket(word, start, end)
        return self._symbols(word, start)

    def _function(self, word: str) -> str:
        """The name that stands in syntax trees for a function as it is written."""
        name = canonical_name(word)
        return ALIASES.get(name) or _in_ascii(self.functions).get(name, name)

    def _derivative(self, word: str, start: int, end: int) -> Token:
        """The token of `∇f` or `∇²f`."""
        name = canonical_name(word.lstrip(_NABLA).strip())
        sign = HESSIAN if word[1] in "²^" else GRADIENT
        if sign + name not in self.functions:
            if GRADIENT + name in self.functions:
                hint = f"the argument of {name} is a matrix, and {HESSIAN} is for vectors"
            elif name in self.functions or name in self.known:
                hint = f"{sign} goes before a function that is declared, as in f: n -> scalar"
            else:
                hint = f"declare the function, such as {name}: n -> scalar"
            raise UnknownNameError(f"{sign}{name} is not known", span=(start, end), hint=hint)
        if not _BRACKET.match(self.source, end):
            raise ParseError(
                f"{sign}{name} is a function: write {sign}{name}(x)",
                span=(start, end),
                hint="put brackets around its argument",
            )
        return Token("function", sign + name, start, end)

    def _definitions(self) -> Iterator[str]:
        for match in _DEFINITION.finditer(self.source):
            if match[1] is None:
                continue
            name = canonical_name(match[1])
            if name in self.functions or (name in RESERVED_WORDS and name != "axis"):
                raise ParseError(
                    f"{name} is a function, so it cannot be defined as a name",
                    span=match.span(1),
                    hint="choose another name",
                )
            # `axis=0` may stand at the start of a line, inside brackets.
            if name != "axis":
                yield name

    def _before_bracket(self, word: str, start: int, end: int) -> list[Token]:
        split = self._function_start(word)
        symbols = self._symbols(word[:split], start) if split else self._symbols(word, start)
        if split and all(self._is_recognised(symbol.text) for symbol in symbols):
            function = self._function(word[split:])
            return [*symbols, Token("function", function, start + split, end)]
        is_product = len(symbols) == 1 or all(symbol.text in self.known for symbol in symbols)
        if split or (self.source[end] == "(" and not is_product):
            raise self._unknown_function(word, start, split)
        return symbols

    def _function_start(self, word: str) -> int:
        """Where a function's name begins that ends the word, or 0."""
        longest = max(map(len, self.functions), default=0)
        starts = range(max(1, len(word) - longest), len(word))
        return next((i for i in starts if word[i:] in self.functions), 0)

    def _is_recognised(self, name: str) -> bool:
        return name in self.known or name in GREEK_NAMES

    def _unknown_function(self, word: str, start: int, split: int) -> UnknownNameError:
        shown = word if len(word) <= _SHOWN_LENGTH else f"{word[:_SHOWN_LENGTH]}..."
        candidates = sorted(self.functions | {name for name in self.known if len(name) > 1})
        close = difflib.get_close_matches(word[:_SHOWN_LENGTH], candidates, n=1)
        if split:
            hint = f"put a space before the function: {word[:split]} {word[split:]}(...)"
        elif close and close[0] not in self.functions:
            hint = f"write {close[0]}"
        else:
            spaces = "put spaces between the letters, if they are symbols"
            hint = f"write {close[0]}(...)" if close else spaces
            declared = shown
            for prefix in SPELLED_OUT.values():
                declared = declared.removeprefix(prefix)
            function = "it" if declared == shown else declared
            hint += f", or declare {function}: {declared}: n -> scalar"
        span = (start, start + len(word))
        return UnknownNameError(f"{shown} is not a known function", span=span, hint=hint)

    def _symbols(self, word: str, start: int) -> list[Token]:
        """The word cut into known names, Greek names it starts with, and letters."""
        text, offsets = _spelled_out(word)
        tokens: list[Token] = []
        position, may_be_greek = 0, True
        while position < len(text):
            is_greek_letter = offsets[position] == offsets[position + 1]
            greek = _greek_end(text, offsets, position) if may_be_greek or is_greek_letter else 0
            known = self._known_end(text, offsets, position)
            may_be_greek = 0 < greek >= known
            end = max(greek, known) or _symbol_end(text, position)
            span = start + offsets[position], start + offsets[end]
            tokens.append(Token("name", text[position:end], *span))
            position = end
        return tokens

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(name) for name in self.known}, reverse=True)

    def _known_end(self, text: str, offsets: Sequence[int], position: int) -> int:
        """Where the longest known name ends that begins here, or 0; `W` is not known in `W1`."""
        for length in self._lengths:
            end = position + length
            if (
                end <= len(text)
                and text[position:end] in self.known
                and offsets[end - 1] < offsets[end]
                and text[end : end + 1] not in _CONTINUATIONS
            ):
                return end
        return 0


@lru_cache(maxsize=64)
def _in_ascii(functions: frozenset[str]) -> dict[str, str]:
    """The gradients and Hessians of declared functions, by their names in ASCII."""
    return {spelled_out(name): name for name in functions if name.startswith(GRADIENT)}


@lru_cache(maxsize=64)
def _with_aliases(functions: frozenset[str]) -> frozenset[str]:
    aliases = {alias for alias, name in ALIASES.items() if name in functions}
    return functions | aliases | {spelled_out(name) for name in functions}


def _spelled_out(word: str) -> tuple[str, Sequence[int]]:
    """The canonical word, and for each place in it the place in the word as written.

    The letters that stand for one Greek letter share its place.

    >>> _spelled_out("πx")
    ('pix', [0, 0, 1, 2])
    """
    if word.isascii():
        return word, range(len(word) + 1)
    parts = [canonical_name(letter) for letter in word]
    offsets = [place for place, part in enumerate(parts) for _ in part]
    return "".join(parts), [*offsets, len(word)]


def _greek_end(text: str, offsets: Sequence[int], position: int) -> int:
    """Where the Greek name ends that begins here, or 0; it must not end inside a Greek letter."""
    match = _GREEK_SYMBOL.match(text, position)
    return match.end() if match and offsets[match.end() - 1] < offsets[match.end()] else 0


def _symbol_end(text: str, position: int) -> int:
    match = _SYMBOL.match(text, position)
    return match.end() if match else len(text)

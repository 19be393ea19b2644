"""Words to tokens: run-together letters are taken apart, functions and known names are not.

`Xw` is `X w`, unless the word is known or a function.  What nobody would write as a product is an
error instead: a word directly before a bracket, three lower-case letters side by side, `dX`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import groupby

from dimderiv.errors import ParseError, UnknownNameError
from dimderiv.language import suggestions
from dimderiv.language.foreign import ALIASES, instead
from dimderiv.language.function_names import (
    GRADIENT,
    HESSIAN,
    declared_part,
    printed_name,
    spelled_out,
)
from dimderiv.language.names import (
    GREEK_LETTERS,
    GREEK_NAMES,
    MARKS,
    SUBSCRIPTS,
    canonical_name,
    spelled_letters,
)
from dimderiv.language.strays import stray_character
from dimderiv.language.structure import OPTIONS
from dimderiv.language.vocabulary import REDUCTIONS, RESERVED_WORDS, YIELDING, Token
from dimderiv.lazy import pattern

LETTERS = "A-Za-z" + "".join(GREEK_LETTERS)
# Letters with an accent; the marks that mean nothing are refused when the word is read.
_ACCENTED = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_UNDER = "".join(SUBSCRIPTS)
WORD = (
    rf"(?=[{LETTERS}{_ACCENTED}])[{LETTERS}0-9]*(?:_[{LETTERS}0-9]+)*"
    rf"[{_ACCENTED}]?[{''.join(MARKS)}]?[{_UNDER}]*(?:_[{LETTERS}0-9]+)*"
)

_SUFFIX = "[0-9]*(?:_[A-Za-z0-9]+)*"
_LONGEST_FIRST = "|".join(sorted(GREEK_NAMES, key=len, reverse=True))
_GREEK_SYMBOL = pattern(f"(?:{_LONGEST_FIRST}){_SUFFIX}")
_SYMBOL = pattern(f"[A-Za-z]{_SUFFIX}")
# `y = ...`; `f(x) = ...`, which defines f; and `Y[i,j] = ...`.
_DEFINITION = pattern(
    rf"#[^\n]*|(?:\A|[;\n])[^\S\n]*({WORD})[^\S\n]*"
    r"(?:\([^()=;\n]*\)[^\S\n]*|\[[^\[\]=;\n]*\][^\S\n]*)?:?=(?!=)"
)
_EQUALS = pattern(r"\s*=(?!=)")
# What is refused itself: `dim=0`, `torch.mm`.
_GOES_ON = pattern(r"\s*:?=(?!=)|\.(?!T\b)[A-Za-z_]")
_BRACKET = pattern(r"[^\S\n]*\(")
_PRIMED = pattern(r"(''?|[′’]{1,2})[^\S\n]*\(")
_CONTINUATIONS = frozenset("_0123456789")
# Before and after a differential that is part of a quotient: `d/dx`, `df/dx`, `d^2 f/dx^2`.
_OVER = pattern(r"d(?:\^?[0-9²]+)?\s*[A-Za-z]?\s*/\s*$")
_QUOTIENT = pattern(r"\s*/\s*d[A-Za-z]")
_LOOK_BACK = 20
# How many letters side by side are a word, where two are a product.
_NONSENSE = 3
_ENGLISH = frozenset({"if", "is", "of", "in", "to", "by", "or", "as", "on", "at"})
_DERIVATIVE = pattern(r"∇(?P<second>²|\^2)?(?P<figures>[₁-₉]*)\s*(?P<name>.*)")


class Words:
    """Reads the words of one text.

    Args:
        source: the text, where what follows a word can be looked up.
        names: declared names; those that the text itself defines are added.
        functions: the names that are functions.
    """

    def __init__(self, source: str, names: Collection[str], functions: Collection[str]) -> None:
        self.source = source
        self.spellings = _spellings(frozenset(functions))
        self.functions = frozenset(self.spellings)
        self.known = self.declared = frozenset(map(canonical_name, names))
        if "=" in source:
            self.known = self.known.union(self._definitions())
        self.functions -= self.known & YIELDING

    def read(self, word: str, start: int, end: int) -> list[Token]:
        """The tokens of a word."""
        if word.startswith(GRADIENT):
            return [self._derivative(word, start, end)]
        name = canonical_name(word)
        is_called = _BRACKET.match(self.source, end) is not None
        if is_called and name in self.functions:
            return [Token("function", self.spellings[name], start, end)]
        if name not in self.known and (primes := _PRIMED.match(self.source, end)):
            primed = name + "'" * len(primes[1])
            if primed in self.functions:
                return [Token("function", primed, start, primes.end(1))]
        if word == "axis" and _EQUALS.match(self.source, end):
            return [Token("axis", word, start, end)]
        if word in OPTIONS and word not in self.known and _EQUALS.match(self.source, end):
            return [Token("option", word, start, end)]
        if not name.isascii():
            raise stray_character(self.source, start + _first_stray(word))
        if name in self.known or (len(word) == 1 and name not in self.functions):
            return [Token("name", name, start, end)]
        function = self._capitalised(word, is_called=is_called)
        if name in self.functions or (function and not is_called):
            if self.source[end : end + 1] == "[" and self.spellings[name] in REDUCTIONS:
                return [Token("reduction", self.spellings[name], start, end)]
            raise suggestions.function_alone(word, name, (start, end), self.source[end : end + 10])
        if function:
            return [Token("function", function, start, end)]
        symbols = self._symbols(word, start)
        if is_called and self._is_function(word, end, symbols):
            raise suggestions.unknown_function(word, (start, end), self.functions, self.known)
        if not self._is_product(word, symbols) and not _GOES_ON.match(self.source, end):
            raise self._no_product(word, start, end)
        return symbols

    def _capitalised(self, word: str, *, is_called: bool) -> str | None:
        """The function that `Tr` or `ReLU` is; two capitals are one where brackets follow."""
        name = word.lower()
        if name == word or name not in self.functions:
            return None
        is_symbols = word.isupper() and len(word) < _NONSENSE and not is_called
        return None if is_symbols else self.spellings[name]

    def _is_function(self, word: str, end: int, symbols: Sequence[Token]) -> bool:
        """Whether a word with a bracket after it is no letters, but a function that is unknown."""
        is_glued = len(symbols) > 1 and self.source[end] == "("
        return is_glued or _is_foreign(word) or not self._is_product(word, symbols)

    def _no_product(self, word: str, start: int, end: int) -> UnknownNameError:
        if not _is_differential(word):
            return suggestions.unknown_word(word, (start, end), self.functions, self.known)
        before = self.source[max(0, start - _LOOK_BACK) : start]
        is_quotient = bool(_QUOTIENT.match(self.source, end) or _OVER.search(before))
        return suggestions.differential(word, (start, end), is_quotient=is_quotient)

    def _is_product(self, word: str, symbols: Sequence[Token]) -> bool:
        """Whether letters side by side may be meant as symbols of their own."""
        if len(symbols) == 1:
            return True
        texts = [symbol.text for symbol in symbols]
        if all(text in self.known for text in texts):
            return True
        if _is_differential(word) and texts[0] not in self.known:
            return False
        if word.islower() and len(word) >= _NONSENSE and word[:2] == texts[0] not in self.known:
            return False  # `num` and `mul` are not `nu m` and `mu l`
        is_word = _is_foreign(word) or word in _ENGLISH
        if is_word or _starts_with_function(word, self.functions):
            return False
        runs = groupby(texts, key=lambda text: self._is_mere_letter(text))
        return all(len(list(run)) < _NONSENSE for is_mere, run in runs if is_mere)

    def _is_mere_letter(self, name: str) -> bool:
        is_word = len(name) > 1 and name in self.known
        return name[0].islower() and not is_word and not _GREEK_SYMBOL.fullmatch(name)

    def _derivative(self, word: str, start: int, end: int) -> Token:
        """The token of `∇f` or `∇²f`."""
        found = _DERIVATIVE.fullmatch(word)
        assert found is not None
        name, figures = canonical_name(found["name"]), found["figures"]
        sign = (HESSIAN if found["second"] else GRADIENT) + figures
        if sign + name not in self.functions:
            if GRADIENT + figures + name in self.functions:
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
        return Token("function", self.spellings[sign + name], start, end)

    def _definitions(self) -> Iterator[str]:
        for match in _DEFINITION.finditer(self.source):
            if match[1] is None:
                continue
            name = canonical_name(match[1])
            if name in self.functions - YIELDING or (name in RESERVED_WORDS and name != "axis"):
                raise ParseError(
                    f"{name} is a function, so it cannot be defined as a name",
                    span=match.span(1),
                    hint="choose another name",
                )
            # `axis=0` may stand at the start of a line, inside brackets.
            if name != "axis":
                yield name

    def _symbols(self, word: str, start: int) -> list[Token]:
        """The word cut into known names, Greek names it starts with, and letters."""
        text, offsets = _spelled_out(word)
        tokens: list[Token] = []
        position, may_be_greek = 0, True
        while position < len(text):
            is_greek_letter = offsets[position] == offsets[position + 1]
            greek = _greek_end(text, offsets, position) if may_be_greek or is_greek_letter else 0
            known = self._known_end(text, offsets, position)
            is_capital = text[position].isupper()
            may_be_greek = 0 < greek >= known or is_capital
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
def _spellings(functions: frozenset[str]) -> Mapping[str, str]:
    """How functions may be written, and the name of each in syntax trees.

    A function of the user's that has the name of an alias keeps it.
    """
    aliases = {alias: name for alias, name in ALIASES.items() if name in functions}
    derived = [name for name in functions if declared_part(name)[1]]
    spelled = {spell(name): name for name in derived for spell in (spelled_out, printed_name)}
    return aliases | dict(zip(functions, functions, strict=True)) | spelled


def _spelled_out(word: str) -> tuple[str, Sequence[int]]:
    """The canonical word, and for each place in it the place in the word as written.

    The letters that stand for one Greek letter share its place.

    >>> _spelled_out("πx")
    ('pix', [0, 0, 1, 2])
    """
    if word.isascii():
        return word, range(len(word) + 1)
    parts = spelled_letters(word)
    offsets = [place for place, part in enumerate(parts) for _ in part]
    return "".join(parts), [*offsets, len(word)]


def _greek_end(text: str, offsets: Sequence[int], position: int) -> int:
    """Where the Greek name ends that begins here, or 0; it must not end inside a Greek letter."""
    match = _GREEK_SYMBOL.match(text, position)
    return match.end() if match and offsets[match.end() - 1] < offsets[match.end()] else 0


def _symbol_end(text: str, position: int) -> int:
    match = _SYMBOL.match(text, position)
    return match.end() if match else len(text)


def _first_stray(word: str) -> int:
    """Where the first character of a word stands that is spelled in no way."""
    return next(i for i, spelled in enumerate(spelled_letters(word)) if not spelled.isascii())


def _is_foreign(word: str) -> bool:
    """Whether a word is a function elsewhere, or a word of mathematics."""
    return len(word) >= _NONSENSE and instead(word) is not None


def _is_differential(word: str) -> bool:
    """Whether a word is `dx`, `dY` or `Δx`."""
    return len(word) == 2 and word[0] in "dΔδ" and word[1].isalpha()


def _starts_with_function(word: str, functions: Collection[str]) -> bool:
    """Whether a word is a function with a letter or capitals after it: `lnx`, `logX`, `trAB`."""
    end = next((i for i, letter in enumerate(word) if not letter.islower()), len(word) - 1)
    return 1 < end < len(word) and word[:end] in functions and word[end].isalpha()


def function_named(word: str, functions: Collection[str]) -> str | None:
    """The function that a word means, also where it has capitals: `Tr`, `ReLU`.

    Args:
        word: the word.
        functions: the names that are functions.

    >>> function_named("Tr", {"tr"}), function_named("expit", {"sigmoid"})
    ('tr', 'sigmoid')
    """
    spellings = _spellings(frozenset(functions))
    return spellings.get(word) or spellings.get(word.lower())


def is_one_symbol(name: str) -> bool:
    """Whether a name is read as one symbol also where nobody declares it.

    Args:
        name: a canonical name.

    >>> [is_one_symbol(name) for name in ("x_i", "lambda1", "weights")]
    [True, True, False]
    """
    return bool(_SYMBOL.fullmatch(name) or _GREEK_SYMBOL.fullmatch(name))

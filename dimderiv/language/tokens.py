"""Text to tokens: numbers, symbols, functions, operators, and which bar closes a norm.

A bar right after an operand closes if the innermost open thing is the same bar, else it opens.

>>> [token.text for token in tokenize("||Xw||_1")]
['||', 'X', 'w', 'norm1', '']
"""

import re
import unicodedata
from collections.abc import Collection
from functools import cache

from dimderiv.errors import LimitError, ParseError
from dimderiv.language import indexed
from dimderiv.language.brackets import with_commutations, with_defined_functions
from dimderiv.language.complaints import QUOTES, glued_to_a_norm, said
from dimderiv.language.constants import with_exponentials, with_ones
from dimderiv.language.function_names import GRADIENT
from dimderiv.language.questions import refuse_questions
from dimderiv.language.strays import stray_character
from dimderiv.language.vocabulary import (
    BUILTIN_FUNCTIONS,
    COMMUTATION,
    EULER,
    NORM_ORDER,
    Token,
)
from dimderiv.language.words import WORD, Words
from dimderiv.lazy import pattern

DIGIT_LIMIT = 60
EXPONENT_LIMIT = 60

_SPELLINGS = {
    "@": "*",
    "·": "*",
    "⋅": "*",
    "\N{MULTIPLICATION SIGN}": "*",
    "\N{ASTERISK OPERATOR}": "*",
    "⊙": ".*",
    "∘": ".*",
    "⊘": "./",
    "\N{LEFT-POINTING ANGLE BRACKET}": "⟨",
    "\N{RIGHT-POINTING ANGLE BRACKET}": "⟩",
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    ":=": "=",
    "**": ".^",
    "ᵀ": "'",
    "⊤": "'",
    "⊺": "'",
    "^⊤": "'",
    "^⊺": "'",
    "\N{PRIME}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    ".T": "'",
    ".'": "'",
    "≤": "<=",
    "⩽": "<=",
    "≥": ">=",
    "⩾": ">=",
}
_SIGNS = "".join(sign for sign in _SPELLINGS if len(sign) == 1)
_INDEX = rf"{NORM_ORDER} | F(?!ro) | \* | (?: inf(?:ty)? | ∞ ) (?![A-Za-z0-9_])"
_PATTERN = rf"""[^\S\n]*(?:
      (?P<quoted> (?<=\()["'][^"'\n]*["'] )
    | (?P<operator> \.[*/^'] | \.T(?![A-Za-z0-9_]) | \*\* | // | <= | >= | == | := | \^[⊤⊺]
                  | [-+*/\\^'()\[\],:;=<>⟨⟩⊗{_SIGNS}] )
    | (?P<word> (?: {GRADIENT} (?: ² | \^2 )? [₁-₉]* [^\S\n]* )? {WORD} )
    | (?P<number> (?: [0-9]+ (?: \.[0-9]+ | \.(?![*/^'.\w]) )? | \.[0-9]+ ) (?: [eE][-+]?[0-9]+ )? )
    | (?P<bar> (?: \|\| | ‖ | ∥ ) (?: _ (?: {_INDEX} ) | [₁₂](?![₀-₉]) )? )
    | (?P<newline> \n )
    | (?P<superscript> ⁻? (?: ᵀ | [⁰¹²³⁴⁵⁶⁷⁸⁹]+ | [ⁿᵏᵐᵖ] ) )
    | (?P<fraction> [½⅓⅔¼¾⅕⅙⅛] )
    | (?P<root> √ (?=[^\S\n]*\() )
    | (?P<skipped> \#[^\n]* | \Z )
    | (?P<stray> . )
    )"""
_TOKEN = pattern(_PATTERN, re.VERBOSE | re.DOTALL)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵏᵐᵖ", "0123456789nkmp")
_NORMS = {
    "": "norm2",
    "_1": "norm1",
    "₁": "norm1",
    "_2": "norm2",
    "₂": "norm2",
    "_F": "normF",
    **dict.fromkeys(("_inf", "_infty", "_∞"), "normInf"),
    "_*": "normN",
}
_OPENING = {")": "(", "]": "[", "⟩": "⟨"}
_BRACKETS = frozenset("()[]⟨⟩;")
_ENDS_OPERAND = frozenset({"number", "name", "'", ")", "]", "⟩", "close"})
# What nobody puts right after the bars of a norm but as its index: a figure, an F, a word.
_GLUED = pattern(r"[0-9₀-₉∞]|F(?![A-Za-z0-9_])|[a-z]{2,}(?![A-Za-z0-9_(])")
# Nothing runs over a subscript in a text that has none of these.
_MAY_RUN = frozenset("_∑∏")
# A newline after one of these does not end the statement.
_CONTINUES = frozenset(
    {"+", "-", "*", ".*", "/", "./", "\\", "^", ".^"}
    | {"<", ">", "<=", ">=", "==", "=", ",", ":", ";"}
)


def tokenize(
    source: str, *, names: Collection[str] = (), functions: Collection[str] = BUILTIN_FUNCTIONS
) -> list[Token]:
    """The tokens of a program, the last one of kind `end`."""
    scanner = _Scanner(source, Words(source, names, functions))
    does_run = not _MAY_RUN.isdisjoint(source) and indexed.runs(source)
    scanner.scan(_running_pattern() if does_run else _TOKEN)
    declared = scanner.words.declared if does_run else None
    return completed(scanner.tokens, source, known=scanner.words.known, subscripted=declared)


def completed(
    tokens: list[Token],
    source: str,
    *,
    known: frozenset[str],
    subscripted: Collection[str] | None = None,
) -> list[Token]:
    """The tokens as they are meant: with indices, defined functions, arrays of ones, the number e.

    Args:
        tokens: in the order of the text.
        source: the text, or another one of the same meaning.
        known: the names that are declared or defined.
        subscripted: where something runs over subscripts, the declared names, which have none.
    """
    if subscripted is not None:
        tokens = indexed.with_subscripts(tokens, subscripted)
    if "=" in source:
        tokens = with_defined_functions(tokens)
    if COMMUTATION in source and COMMUTATION not in known:
        tokens = with_commutations(tokens)
    refuse_questions(tokens, known)
    if "1" in source:
        tokens = with_ones(tokens)
    return with_exponentials(tokens) if EULER in source and EULER not in known else tokens


@cache
def _running_pattern() -> re.Pattern[str]:
    """The pattern of tokens in a text in which something runs over subscripts."""
    more = rf"(?P<running> {indexed.RUNNING} ) | (?P<braced> (?<=[A-Za-z0-9]){indexed.BRACED} ) |"
    head, _, rest = _PATTERN.partition("(?P<quoted>")
    return re.compile(f"{head}{more} (?P<quoted>{rest}", re.VERBOSE | re.DOTALL)


class _Scanner:
    """Walks over the text once; `opened` holds the brackets and bars that nothing closed yet.

    What is no operator and no word is read by the method with the name of its group in `_TOKEN`.
    """

    def __init__(self, source: str, words: Words) -> None:
        self.source = source
        self.words = words
        self.tokens: list[Token] = []
        self.opened: list[str] = []

    def scan(self, pattern: re.Pattern[str]) -> None:
        read_word = self.words.read
        for match in pattern.finditer(self.source):
            group = match.lastgroup or ""
            text = match[group]
            start, end = match.span(group)
            if group == "operator":
                kind = _SPELLINGS.get(text, text)
                if kind == "'" and self.tokens and start < self.tokens[-1].end:
                    continue  # the derivative of a function, `sigma'(x)`
                if kind == ";" and self.opened and self.opened[-1] == "[":
                    kind = "row"
                self.tokens.append(Token(kind, text, start, end))
                if kind in _BRACKETS:
                    self.bracket(kind)
                elif kind == "'":
                    self.prime()
            elif group == "word":
                if len(text) == 1 and "[" in self.opened:
                    self.letter(text, start, end)
                else:
                    self.tokens += read_word(text, start, end)
            elif group != "skipped":
                getattr(self, group)(text, start, end)
        self.tokens.append(Token("end", "", len(self.source), len(self.source)))

    def letter(self, text: str, start: int, end: int) -> None:
        """A letter in square brackets, also where a function has its name, as in `X[h]`."""
        is_letter = text.islower() and text.isascii() and not self.source.startswith("(", end)
        read = Token("name", text, start, end)
        self.tokens += [read] if is_letter else self.words.read(text, start, end)

    def running(self, text: str, start: int, end: int) -> None:
        is_name = text in self.words.known
        read = self.words.read if is_name else indexed.running_tokens
        self.tokens += read(text, start, end)

    def braced(self, text: str, start: int, end: int) -> None:
        self.tokens += indexed.braced_tokens(text, start, end)

    def quoted(self, text: str, start: int, end: int) -> None:
        self.tokens.append(Token("quoted", text[1:-1], start, end))

    def root(self, text: str, start: int, end: int) -> None:
        self.tokens.append(Token("function", "sqrt", start, end))

    def stray(self, text: str, start: int, end: int) -> None:
        raise stray_character(self.source, start)

    def prime(self) -> None:
        if len(self.tokens) < 2 or self.tokens[-1].text not in QUOTES:
            return
        operand, prime = self.tokens[-2:]
        if operand.end < prime.start and operand.kind in _ENDS_OPERAND:
            raise said("prime apart", prime.span)

    def bracket(self, kind: str) -> None:
        if kind in _OPENING.values():
            self.opened.append(kind)
        elif kind == ";":
            self.opened.clear()
        elif self.opened and self.opened[-1] == _OPENING[kind]:
            self.opened.pop()

    def bar(self, text: str, start: int, end: int) -> None:
        mark, suffix = ("||", text[2:]) if text[0] == "|" else ("‖", text[1:])
        after_operand = bool(self.tokens) and self.tokens[-1].kind in _ENDS_OPERAND
        if after_operand and self.opened and self.opened[-1] == mark:
            self.opened.pop()
            self.tokens.append(Token("close", _NORMS.get(suffix, suffix[1:]), start, end))
            if glued := _GLUED.match(self.source, end):
                raise glued_to_a_norm(glued[0], glued.span())
        elif suffix:
            raise stray_character(self.source, end - len(suffix))
        else:
            self.opened.append(mark)
            self.tokens.append(Token("open", mark, start, end))

    def newline(self, text: str, start: int, end: int) -> None:
        if self.tokens and not self.opened and self.tokens[-1].kind not in _CONTINUES:
            self.tokens.append(Token(";", text, start, end))

    def number(self, text: str, start: int, end: int) -> None:
        if self.source[end : end + 1] == "." and self.source[end + 1 : end + 2].isdigit():
            raise ParseError(
                "a number has one decimal point",
                span=(start, end + 1),
                hint="put an operator between two numbers",
            )
        mantissa, letter, power = text.lower().partition("e")
        if letter and self.opened and self.opened[-1] == "[":
            self.index_e(mantissa, power, start, end)
            return
        if letter and text[len(mantissa) :] in self.words.known:
            middle = start + len(mantissa)
            self.tokens.append(Token("number", mantissa, start, middle))
            self.tokens.append(Token("name", self.source[middle:end], middle, end))
            return
        if letter or len(text) > DIGIT_LIMIT:
            check_size(text, (start, end))
        self.tokens.append(Token("number", text, start, end))

    def index_e(self, mantissa: str, power: str, start: int, end: int) -> None:
        """The tokens of `2e+1` in an index, where e is a letter."""
        middle = start + len(mantissa)
        self.tokens.append(Token("number", mantissa, start, middle))
        if power[0] in "+-":
            self.tokens.append(Token("name", "e", middle, middle + 1))
            self.tokens.append(Token(power[0], power[0], middle + 1, middle + 2))
            self.tokens.append(Token("number", power[1:], middle + 2, end))
        else:
            self.tokens.append(Token("name", f"e{power}", middle, end))

    def superscript(self, text: str, start: int, end: int) -> None:
        """The tokens that `x²`, `X⁻¹` or `A⁻ᵀ` would have with an explicit power."""
        self.tokens.append(Token("^", "^", start, start))
        exponent = text.lstrip("⁻")
        if exponent != text:
            self.tokens.append(Token("-", "-", start, start + 1))
        plain = exponent.translate(_SUPERSCRIPTS)
        if plain.isdigit():
            self.number(plain, end - len(exponent), end)
        else:
            name = "T" if exponent == "ᵀ" else plain
            self.tokens.append(Token("name", name, end - 1, end))

    def fraction(self, text: str, start: int, end: int) -> None:
        """The number that `½` is."""
        if self.tokens and self.tokens[-1].kind == "number" and self.tokens[-1].end == start:
            raise ParseError(
                "a number and a fraction side by side may be a sum or a product",
                span=(self.tokens[-1].start, end),
                hint="write 2.5, or (2 + 1/2)",
            )
        plain = unicodedata.normalize("NFKC", text).replace("\N{FRACTION SLASH}", "/")
        self.tokens.append(Token("number", plain, start, end))


def check_size(number: str, span: tuple[int, int]) -> None:
    """Check that a number is short enough to become one.

    Args:
        number: its text.
        span: where it stands.

    Raises:
        LimitError: it has too many digits, or too large a power of ten.
    """
    mantissa, _, exponent = number.lower().partition("e")
    digits = exponent.lstrip("+-").lstrip("0")
    if sum(map(str.isdigit, mantissa)) > DIGIT_LIMIT:
        raise LimitError(
            f"a number has at most {DIGIT_LIMIT} digits",
            span=span,
            hint="use a symbol for the number",
        )
    # The length first: a text of thousands of digits must not become an integer.
    if len(digits) > 2 or int(digits or 0) > EXPONENT_LIMIT:
        raise LimitError(
            f"a number's power of ten is at most {EXPONENT_LIMIT}",
            span=span,
            hint="use a symbol for the number",
        )

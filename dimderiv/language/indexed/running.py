"""What runs over subscripts, as mathematics writes it: `sum_i`, `max_{i,j}`, `sum_{i=1}^n`.

A letter with limits runs over so many places as they tell, counted from 0 as everywhere: whether
mathematics counts them from 1 or from 0, they are the same ones.
"""

import re
from collections.abc import Iterator, Sequence

from dimderiv.errors import ParseError
from dimderiv.language.indexed.pairs import COMPARES, compared_tokens
from dimderiv.language.names import SUBSCRIPTS
from dimderiv.language.vocabulary import MARK, Token

_SIGNS = {"∑": "sum", "∏": "prod"}
_UNDER = "".join(sign for sign, letter in SUBSCRIPTS.items() if letter.isalpha())
_ENDS = "(?![A-Za-z0-9_])"
_SEVERAL = r"[a-z](?:\s*,?\s*[a-z])*"
_UP_TO = rf"\^\s*(?:\{{[^{{}}]*\}}|[A-Za-z]{_ENDS}|[0-9]+)"
_IN_BRACES = (
    rf"\{{\s*{_SEVERAL}\s*\}}"
    rf"|\{{\s*{_SEVERAL}\s*=\s*[^{{}}=<>]*\}}\s*{_UP_TO}"
    rf"|\{{\s*[a-z]\s*{COMPARES}\s*[a-z]\s*\}}"
)
_WORD = r"(?<![A-Za-z0-9_])(?:sum|prod|max|min|mean|logsumexp)"
# The letters of `sum_ij` are two where something has both of them as subscripts.
_PAIR = rf"(?P<pair>[a-z]{{2}}){_ENDS}(?=[\s\S]*?[A-Za-z]_\{{?(?P=pair){_ENDS})"
RUNNING = (
    rf"{_WORD}_(?:[a-z]{_ENDS}|{_IN_BRACES})"
    rf"|[∑∏](?:_[a-z]{_ENDS}|_?(?:{_IN_BRACES})|[{_UNDER}]+)"
    rf"|(?:{_WORD}|[∑∏])_{_PAIR}"
)
_RUNNING = re.compile(RUNNING)
_LIMITS = re.compile(r"_?\{(?P<letters>[^=]*)=(?P<first>[^}]*)\}\s*\^\s*\{?(?P<last>[^}]*)\}?")
_PARTS = re.compile(r"\s*(?:([0-9]+)|([A-Za-z][A-Za-z0-9_]*)|([-+*()]|//))")


def runs(source: str) -> bool:
    """Whether something runs over a subscript in a text.

    Args:
        source: the text.
    """
    return bool(_RUNNING.search(source))


def running_tokens(text: str, start: int, end: int) -> list[Token]:
    """The tokens of `sum_{i,j}`: those of `sum[i,j]`; of `sum_{i=1}^n` they are `sum[i:n]`."""
    function = text[0] if text[0] in _SIGNS else text.partition("_")[0]
    middle = start + len(function)
    first = Token("reduction", _SIGNS.get(function, function), start, middle)
    under = text[len(function) :]
    if limits := _LIMITS.fullmatch(under):
        letters = _letters(limits["letters"], middle + limits.start("letters"))
        lowest = limits["first"].strip()
        size = _size(first, lowest, limits["last"], middle + limits.start("last"))
        return [first, *bracketed(letters, middle, end, lowest, size)]
    runs_over = [first, *bracketed(_letters(under, middle), middle, end)]
    return runs_over + compared_tokens(first, under, middle)


def _letters(text: str, start: int) -> list[Token]:
    letters = [SUBSCRIPTS.get(sign, sign) for sign in text]
    return [
        Token("name", letter, start + place, start + place + 1)
        for place, letter in enumerate(letters)
        if letter.isalpha()
    ]


def bracketed(
    letters: Sequence[Token], start: int, end: int, first: str = "", size: Sequence[Token] = ()
) -> Iterator[Token]:
    """The tokens of letters in square brackets, each perhaps with one size.

    Args:
        letters: the letters.
        start: where the subscript begins.
        end: where it ends.
        first: the number that the letters are counted from, which is the text of the colon.
        size: the tokens of the size.
    """
    yield Token("[", MARK, start, start)
    for place, letter in enumerate(letters):
        if place:
            yield Token(",", ",", letter.start, letter.start)
        yield letter
        if size:
            yield Token(":", first, letter.end, letter.end)
            yield from size
    yield Token("]", MARK, end, end)


def _size(function: Token, first: str, last: str, start: int) -> list[Token]:
    """How many numbers there are from the first to the last, which is 1 or 0 to something."""
    span = (function.start, start + len(last))
    if first not in {"0", "1"}:
        raise ParseError(
            f"a sum over a subscript runs over a whole axis, from 1 or 0, and here from {first}",
            span=span,
            hint="a part of the array under a name, such as z = x[1:], and a sum over that; square "
            "brackets count from 0",
        )
    size = _tokens(last, start, span)
    if first == "1":
        return size
    if [token.text for token in size[-2:]] == ["-", "1"] and len(size) > 2:
        return size[:-2]
    if len(size) == 1 and size[0].kind == "number":
        return [size[0]._replace(text=str(int(size[0].text) + 1))]
    after = size[-1].end
    return [*size, Token("+", "+", after, after), Token("number", "1", after, after)]


def _tokens(size: str, start: int, span: tuple[int, int]) -> list[Token]:
    """The tokens of the last number that a letter reaches."""
    tokens: list[Token] = []
    place = 0
    while found := _PARTS.match(size, place):
        number, name, sign = found.groups()
        kind = "number" if number else "name" if name else sign
        group = found.lastindex or 0
        tokens.append(Token(kind, found[group], start + found.start(group), start + found.end()))
        place = found.end()
    if not tokens or size[place:].strip():
        raise ParseError(
            f"{size.strip()} is no size that a subscript can run to",
            span=span,
            hint="a name or a number, as in sum_{i=1}^n, or sum_i over the whole axis",
        )
    return tokens

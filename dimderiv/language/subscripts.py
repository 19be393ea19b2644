"""Subscripts that run, as mathematics writes them: `sum_i (y_i - w' x_i)^2`.

Where something runs over a letter, `x_i` is entry i of x, or row i of a declared X; so is `x_k` of
the same x.  The tokens become those of square brackets, whose text is an underscore.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from dimderiv.errors import ParseError
from dimderiv.language.names import SUBSCRIPTS
from dimderiv.language.suggestions import unknown_word
from dimderiv.language.vocabulary import Token

# What stands for a bracket that is not in the text.
MARK = "_"
PAIR = 2
_SIGNS = {"∑": "sum", "∏": "prod"}
_UNDER = "".join(sign for sign, letter in SUBSCRIPTS.items() if letter.isalpha())
# `sum_i`, `max_{i,j}`, `∑ᵢ`: what runs, and over which letters.
RUNNING = (
    r"(?<![A-Za-z0-9_])(?:sum|prod|max|min|mean|logsumexp)_(?:[a-z](?![A-Za-z0-9_])"
    r"|\{\s*[a-z](?:\s*,?\s*[a-z])*\s*\})"
    rf"|[∑∏](?:_[a-z](?![A-Za-z0-9_])|_?\{{\s*[a-z](?:\s*,?\s*[a-z])*\s*\}}|[{_UNDER}]+)"
)
BRACED = r"_\{\s*[a-z0-9](?:[a-z0-9+,\s-]*[a-z0-9])?\s*\}"
_RUNNING = re.compile(RUNNING)
_PARTS = re.compile(r"[a-z]|[0-9]+|[+,-]")


def runs(source: str) -> bool:
    """Whether something runs over a subscript in a text.

    Args:
        source: the text.
    """
    return ("_" in source or "∑" in source or "∏" in source) and bool(_RUNNING.search(source))


def running_tokens(text: str, start: int, end: int) -> list[Token]:
    """The tokens of `sum_{i,j}`: those of `sum[i,j]`."""
    function = text[0] if text[0] in _SIGNS else text.partition("_")[0]
    middle = start + len(function)
    letters = [SUBSCRIPTS.get(sign, sign) for sign in text[len(function) :]]
    names = [
        Token("name", letter, middle + place, middle + place + 1)
        for place, letter in enumerate(letters)
        if letter.isalpha()
    ]
    first = Token("reduction", _SIGNS.get(function, function), start, middle)
    return [first, *_bracketed(names, middle, end)]


def braced_tokens(text: str, start: int, end: int) -> list[Token]:
    """The tokens of the subscript of `x_{i+1}` or `W_{ij}`, in square brackets."""
    inside: list[Token] = []
    for part in _PARTS.finditer(text):
        kind = "name" if part[0].isalpha() else "number" if part[0].isdigit() else part[0]
        if kind == "name" and inside and inside[-1].kind == "name":
            inside.append(Token(",", ",", start + part.start(), start + part.start()))
        inside.append(Token(kind, part[0], start + part.start(), start + part.end()))
    return [Token("[", MARK, start, start + 1), *inside, Token("]", MARK, end - 1, end)]


def _bracketed(letters: Sequence[Token], start: int, end: int) -> Iterator[Token]:
    yield Token("[", MARK, start, start)
    for place, letter in enumerate(letters):
        if place:
            yield Token(",", ",", letter.start, letter.start)
        yield letter
    yield Token("]", MARK, end, end)


class _Subscripted(NamedTuple):
    """A name that may be an entry, taken apart."""

    base: str
    letters: str


def with_subscripts(tokens: list[Token], declared: Collection[str]) -> list[Token]:
    """The tokens, with `x[i]` for `x_i` wherever the letter runs, or is free beside one that does.

    Args:
        tokens: of a text in which something runs.
        declared: the declared names, which stay as they are.
    """
    running = list(_running(tokens))
    found = {
        place: taken
        for place, token in enumerate(tokens)
        if token.kind == "name" and (taken := _taken_apart(token.text, declared))
    }
    letters = _letters({letter.text for _, letter in running}, list(found.values()))
    _refuse_idle(tokens, running, found, declared)
    declared = {*declared, *_defined(tokens, found)}
    vectors = _vectors(tokens, found, letters)
    rows = {base for base in vectors - set(declared) if base.upper() not in _names_of(tokens)}
    made: list[Token] = []
    for place, token in enumerate(tokens):
        if place in found and letters.issuperset(found[place].letters):
            made += _entry(token, found[place], declared, rows)
        elif token.kind == "name" and tokens[place + 1][:2] == ("[", MARK):
            made.append(token._replace(text=_array(token, token.text, declared, rows)))
        else:
            made.append(token)
    return made


def _running(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """What runs, with each of the letters that it runs over."""
    for place, token in enumerate(tokens):
        if token.kind == "reduction" and tokens[place + 1].text == MARK:
            for letter in tokens[place + 2 : _end(tokens, place + 1)]:
                if letter.kind == "name":
                    yield token, letter


def _refuse_idle(
    tokens: Sequence[Token],
    running: Sequence[tuple[Token, Token]],
    found: Mapping[int, _Subscripted],
    declared: Collection[str],
) -> None:
    """Refuse `min_w f(w)`, which runs over no subscript."""
    heads = {id(letter) for _, letter in running}
    subscripts = {letter for name in found.values() for letter in name.letters}
    depth = 0
    for token in tokens:
        depth += (token.kind == "[") - (token.kind == "]")
        if depth and id(token) not in heads:
            subscripts.add(token.text)
    for function, letter in running:
        if letter.text not in subscripts:
            word, span = f"{function.text}_{letter.text}", (function.start, letter.end)
            raise unknown_word(word, span, (), declared)


def _names_of(tokens: Sequence[Token]) -> set[str]:
    """The names that stand in a text without a subscript."""
    return {token.text for token in tokens if token.kind == "name"}


def _vectors(
    tokens: Sequence[Token], found: Mapping[int, _Subscripted], letters: set[str]
) -> set[str]:
    """The arrays of vectors: one is transposed, stands after a transpose, or in a norm."""
    vectors, others, bars = set[str](), set[str](), 0
    for place, token in enumerate(tokens):
        bars += (token.kind == "open") - (token.kind == "close")
        name = found.get(place)
        if name is None or not letters.issuperset(name.letters):
            continue
        beside = {tokens[place - 1].kind, tokens[place + 1].kind}
        if len(name.letters) > 1:
            others.add(name.base)
        elif bars or "'" in beside:
            vectors.add(name.base)
    return vectors - others


def _defined(tokens: Sequence[Token], found: Mapping[int, _Subscripted]) -> Iterator[str]:
    """The arrays that the text defines: p of `p_i = ...`."""
    for place, name in found.items():
        if (not place or tokens[place - 1].kind == ";") and tokens[place + 1].kind == "=":
            yield name.base


def _end(tokens: Sequence[Token], place: int) -> int:
    return next(end for end in range(place, len(tokens)) if tokens[end].kind in {"]", "end"})


def _taken_apart(name: str, declared: Collection[str]) -> _Subscripted | None:
    base, _, letters = name.rpartition("_")
    is_subscripted = base and letters.isascii() and letters.isalpha() and letters.islower()
    return _Subscripted(base, letters) if is_subscripted and name not in declared else None


def _letters(running: Collection[str], names: Sequence[_Subscripted]) -> set[str]:
    """All letters that are subscripts.

    What stands beside one that runs is one, as in `A_ij`, and what an array has in the place of it.
    """
    letters, before = set(running), 0
    while before < len(letters):
        before = len(letters)
        arrays = {(n.base, len(n.letters)) for n in names if _is_part(n.letters, letters)}
        letters.update(*(n.letters for n in names if (n.base, len(n.letters)) in arrays))
    return letters


def _is_part(subscripts: str, letters: set[str]) -> bool:
    """Whether subscripts are letters; those of a long word all have to be."""
    known = sum(letter in letters for letter in subscripts)
    return known == len(subscripts) or (known > 0 and len(subscripts) == PAIR)


def _entry(
    token: Token, name: _Subscripted, declared: Collection[str], rows: Collection[str]
) -> Iterator[Token]:
    middle = token.end - len(name.letters)
    yield Token("name", _array(token, name.base, declared, rows), token.start, middle)
    letters = [
        Token("name", letter, middle + place, middle + place + 1)
        for place, letter in enumerate(name.letters)
    ]
    yield from _bracketed(letters, middle, token.end)


def _array(token: Token, base: str, declared: Collection[str], rows: Collection[str]) -> str:
    """The array that a name with a subscript is a part of: x, or X whose rows it is."""
    if base in declared:
        return base
    if base == "pi":
        raise ParseError(
            "pi is a number here, and has no entries",
            span=token.span,
            hint="declare it, such as pi: n, or use another letter",
        )
    is_row = len(base) == 1 and (base.upper() in declared or base in rows)
    return base.upper() if is_row else base

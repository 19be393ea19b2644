"""Subscripts that run, as mathematics writes them: `sum_i (y_i - w' x_i)^2`.

Where something runs over a letter, `x_i` is entry i of x, or row i of a declared X; so is `x_k` of
the same x.  The tokens become those of square brackets, whose text is an underscore.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from dimderiv.errors import ParseError
from dimderiv.language.brackets import closing_bracket
from dimderiv.language.indexed.pairs import narrowed
from dimderiv.language.indexed.running import bracketed
from dimderiv.language.suggestions import unknown_word
from dimderiv.language.vocabulary import MARK, Token

PAIR = 2
BRACED = r"_\{\s*[a-z0-9](?:[a-z0-9+,\s-]*[a-z0-9])?\s*\}"
_PARTS = re.compile(r"[a-z]|[0-9]+|[+,-]")


def braced_tokens(text: str, start: int, end: int) -> list[Token]:
    """The tokens of the subscript of `x_{i+1}` or `W_{ij}`, in square brackets."""
    inside: list[Token] = []
    for part in _PARTS.finditer(text):
        kind = "name" if part[0].isalpha() else "number" if part[0].isdigit() else part[0]
        if kind == "name" and inside and inside[-1].kind == "name":
            inside.append(Token(",", ",", start + part.start(), start + part.start()))
        inside.append(Token(kind, part[0], start + part.start(), start + part.end()))
    return [Token("[", MARK, start, start + 1), *inside, Token("]", MARK, end - 1, end)]


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
    _refuse_limits(tokens, {letter.text for _, letter in running})
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
    _refuse_counted_from_one(made)
    return narrowed(made)


def _running(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """What runs, with each of the letters that it runs over."""
    for place, token in enumerate(tokens):
        if token.kind == "reduction" and tokens[place + 1].text == MARK:
            inside = tokens[place + 2 : _end(tokens, place + 1)]
            for before, letter in pairwise([tokens[place + 1], *inside]):
                if letter.kind == "name" and before.text in {MARK, ","}:
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


def _refuse_limits(tokens: Sequence[Token], letters: Collection[str]) -> None:
    """Refuse a letter that runs as far as another one says, as in `sum_{j=1}^i`."""
    for place, token in enumerate(tokens):
        if token[:2] in {(":", "0"), (":", "1")} and tokens[place + 1].text in letters:
            letter, limit = tokens[place - 1], tokens[place + 1]
            raise ParseError(
                f"{letter.text} runs as far as {limit.text} says, which is a letter itself",
                span=(letter.start, limit.end),
                hint=f"the pairs that count: sum_{{{letter.text}<={limit.text}}}",
            )


def _refuse_counted_from_one(tokens: Sequence[Token]) -> None:
    """Refuse places that are others where letters are counted from 1: x_{2i}, x_{i+j}, x_{1}.

    A letter and a number are the same place, wherever counting begins.
    """
    counted = {
        letter.text
        for letter, colon in pairwise(tokens)
        if letter.kind == "name" and colon[:2] == (":", "1")
    }
    for place, token in enumerate(tokens):
        if not counted or token[:2] != ("[", MARK) or tokens[place - 1].kind == "reduction":
            continue
        end = _end(tokens, place)
        for part in _parts(tokens[place + 1 : end]):
            names = [each.text for each in part if each.kind == "name"]
            is_plain = len(names) == 1 and part[0].kind == "name"
            if not is_plain and (not names or counted.intersection(names)):
                raise _counted_from_one(tokens[place - 1], part)


def _parts(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The subscripts between commas."""
    part: list[Token] = []
    for token in tokens:
        if token.kind == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _counted_from_one(array: Token, part: Sequence[Token]) -> ParseError:
    written = "".join(token.text for token in part)
    return ParseError(
        f"the subscript {written} would count from 0, and what runs here counts from 1",
        span=(array.start, part[-1].end),
        hint=f"square brackets, which count from 0: {array.text.rstrip('_')}[...], and sum_i",
    )


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
    """The arrays that the text defines: p of `p_i = ...`, `p = ...` and `p[i] = ...`."""
    starts = [place + 1 for place, token in enumerate(tokens) if token.kind == ";"]
    for place in [0, *starts]:
        following = place + 1
        if following < len(tokens) and tokens[following].kind == "[":
            following = closing_bracket(tokens, following) + 1
        if following < len(tokens) and tokens[following].kind == "=":
            yield found[place].base if place in found else tokens[place].text


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
    yield from bracketed(letters, middle, token.end)


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

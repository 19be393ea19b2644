"""What brackets after a name are: the head of a definition, or two sizes of a commutation matrix.

`f(x) = ...` defines f, and `K(m, n)` is a function where K means nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dimderiv.errors import ParseError
from dimderiv.language.vocabulary import COMMUTATION, Token

_OPENS = frozenset({"(", "[", "⟨"})
_PAIRS = {"(": "()", "[": "[]"}
_CLOSES = frozenset({")", "]", "⟩"})
_MARKS = _OPENS | _CLOSES | {",", ";"}


class Brackets(NamedTuple):
    """Round brackets that are closed in the statement where they open."""

    closing: int
    commas: int


def brackets_of(tokens: Sequence[Token]) -> dict[int, Brackets]:
    """Where each round bracket closes, by the place where it opens, and its commas."""
    found: dict[int, Brackets] = {}
    opened: list[list[int]] = []
    marks = [(place, kind) for place, (kind, _, _, _) in enumerate(tokens) if kind in _MARKS]
    for place, kind in marks:
        if kind in _OPENS:
            opened.append([place, 0])
        elif kind == ";":
            opened.clear()
        elif kind == "," and opened:
            opened[-1][1] += 1
        elif kind in _CLOSES and opened:
            start, commas = opened.pop()
            if tokens[start].kind == "(":
                found[start] = Brackets(place, commas)
    return found


def closing_bracket(tokens: Sequence[Token], opening: int) -> int:
    """Where the bracket that opens at a place closes; the number of tokens if it does not."""
    kinds, depth = _PAIRS[tokens[opening].kind], 0
    for place in range(opening, len(tokens)):
        kind = tokens[place].kind
        depth += (kind == kinds[0]) - (kind == kinds[1])
        if not depth:
            return place
        if kind == ";":
            break
    return len(tokens)


def with_defined_functions(tokens: list[Token]) -> list[Token]:
    """The tokens, with `f` for each `f(x)` of a text that defines `f(x) = ...`."""
    brackets = brackets_of(tokens)
    heads: dict[str, list[str]] = {}
    for start in [0, *(place + 1 for place, token in enumerate(tokens) if token.kind == ";")]:
        end = brackets[start + 1].closing if start + 1 in brackets else start
        inside = tokens[start + 2 : end]
        is_head = inside and {token.kind for token in inside} <= {"name", ","}
        if is_head and tokens[start].kind == "name" and tokens[end + 1].kind == "=":
            heads[tokens[start].text] = [token.text for token in inside]
    return list(_without_arguments(tokens, heads, brackets)) if heads else tokens


def _without_arguments(
    tokens: Sequence[Token], heads: Mapping[str, list[str]], brackets: Mapping[int, Brackets]
) -> Iterator[Token]:
    after = 0
    for place, token in enumerate(tokens):
        if place < after:
            continue
        yield token
        if token.kind != "name" or token.text not in heads or place + 1 not in brackets:
            continue
        end = brackets[place + 1].closing
        if [inner.text for inner in tokens[place + 2 : end]] != heads[token.text]:
            raise _other_argument(token, heads[token.text], tokens[end])
        after = end + 1


def with_commutations(tokens: list[Token]) -> list[Token]:
    """The tokens, with `K` as a function wherever two arguments in brackets follow it."""
    made = list(tokens)
    for opening, (_, commas) in brackets_of(tokens).items():
        if opening and commas == 1 and tokens[opening - 1][:2] == ("name", COMMUTATION):
            made[opening - 1] = tokens[opening - 1]._replace(kind="function")
    return made


def _other_argument(token: Token, head: Sequence[str], closing: Token) -> ParseError:
    defined = f"{token.text}({''.join(head).replace(',', ', ')})"
    return ParseError(
        f"{defined} is defined as one value, and this is another",
        span=(token.start, closing.end),
        hint="write the formula once more, or give this value a name of its own",
    )

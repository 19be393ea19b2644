"""Sums over pairs that are compared: `sum_{i<j}` is `sum[i,j] (i < j)`, `sum_{i != j}` likewise.

A letter that has its value from what is around runs there: in `sum_i sum_{j != i}` only j does.
"""

import re
from collections.abc import Sequence

from dimderiv.errors import ParseError
from dimderiv.language.brackets import closing_bracket
from dimderiv.language.vocabulary import COMPARISONS, MARK, Token

COMPARES = "(?:<=|>=|!=|[<>≤≥≠])"
_COMPARED = re.compile(rf"_?\{{\s*([a-z])\s*({COMPARES})\s*([a-z])\s*\}}")
_SPELLINGS = {"≤": "<=", "≥": ">=", "≠": "!="}
_OPENS = frozenset({"(", "[", "open", "⟨"})
_CLOSES = frozenset({")", "]", "close", "⟩"})
_SIGNS = frozenset({"+", "-"})
_ENDS = frozenset({",", ";", "row", "=", "end", *COMPARISONS})
_ENDS_OPERAND = frozenset({"number", "name", "'", *_CLOSES})


def compared_tokens(function: Token, under: str, start: int) -> list[Token]:
    """The comparison of `sum_{i<j}` as a factor: `(i < j) *`; nothing where there is none.

    Args:
        function: what runs.
        under: what stands under it.
        start: where that begins.
    """
    found = _COMPARED.fullmatch(under)
    if found is None:
        return []
    spans = [(start + found.start(group), start + found.end(group)) for group in (1, 2, 3)]
    if function.text != "sum":
        raise ParseError(
            f"only a sum runs over letters that are compared, and here it is {function.text}",
            span=(function.start, start + len(under)),
            hint=f"{function.text}_{{{found[1]},{found[3]}}} over all pairs",
        )
    sign = _SPELLINGS.get(found[2], found[2])
    if sign == "!=":
        texts = ["(", "1", "-", "(", found[1], "==", found[3], ")", ")", "*"]
    else:
        texts = ["(", found[1], sign, found[3], ")", "*"]
    by_text = {found[1]: spans[0], found[3]: spans[2]}
    tokens = [Token(_kind(text), text, *by_text.get(text, spans[1])) for text in texts]
    return [tokens[0]._replace(text=MARK), *tokens[1:]]


def _kind(text: str) -> str:
    return "name" if text.isalpha() else "number" if text.isdigit() else text


def narrowed(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, in which sums over compared letters run over those that have no value there.

    Args:
        tokens: of a text in which something runs.
    """
    left_out: set[int] = set()
    for place, token in enumerate(tokens):
        if token.kind == "reduction" and _is_compared(tokens, place):
            one, comma, other = range(place + 2, place + 5)
            outside = [
                each for each in (one, other) if _has_value(tokens, place, tokens[each].text)
            ]
            if len(outside) == 1:
                left_out.update((comma, *outside))
    return [token for place, token in enumerate(tokens) if place not in left_out]


def _is_compared(tokens: Sequence[Token], place: int) -> bool:
    """Whether `[i,j]` and then a bracket that is not in the text follow what runs."""
    return len(tokens) > place + 6 and tokens[place + 6][:2] == ("(", MARK)


def _has_value(tokens: Sequence[Token], place: int, letter: str) -> bool:
    """Whether a letter occurs around a sum, other than in what another one sums over it."""
    first, last = _statement(tokens, place)
    reaches = [range(place, _reach(tokens, place))]
    for each in range(first, last):
        if each != place and tokens[each].kind == "reduction" and _runs(tokens, each, letter):
            reaches.append(range(each, _reach(tokens, each)))
            if place in reaches[-1]:
                return True
    inside = {each for reach in reaches for each in reach}
    names = (each for each in range(first, last) if tokens[each][:2] == ("name", letter))
    return any(each not in inside for each in names)


def _statement(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    """Where the statement begins and ends that a place lies in."""
    ends = [each for each, token in enumerate(tokens) if token.kind in {";", "end"}]
    last = next(each for each in ends if each >= place)
    return max((each + 1 for each in ends if each < place), default=0), last


def _runs(tokens: Sequence[Token], place: int, letter: str) -> bool:
    """Whether what runs at a place does so over a letter."""
    head = tokens[place + 1 : closing_bracket(tokens, place + 1)]
    return any(token[:2] == ("name", letter) for token in head)


def _reach(tokens: Sequence[Token], place: int) -> int:
    """Where the product ends that a sum takes."""
    start, depth = closing_bracket(tokens, place + 1) + 1, 0
    for each in range(start, len(tokens)):
        kind = tokens[each].kind
        depth += (kind in _OPENS) - (kind in _CLOSES)
        if depth < 0 or (not depth and kind in _ENDS):
            return each
        if not depth and kind in _SIGNS and tokens[each - 1].kind in _ENDS_OPERAND and each > start:
            return each
    return len(tokens)

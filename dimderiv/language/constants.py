"""What `1` and `e` are: a number or a vector of ones, a symbol or the base of the exponential.

`1'x`, `X 1` and `1 m'` have vectors of ones.  Where `e` is only raised to powers it is the number.
"""

from collections.abc import Sequence

from dimderiv.errors import ParseError
from dimderiv.language.vocabulary import EULER, ONES, Token

_ENDS_OPERAND = frozenset({"name", ")", "'", "close", "⟩"})
_POWERS = frozenset({"^", ".^"})
_DIVISIONS = frozenset({"/", "./"})


def with_ones(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, with each 1 as an array that is transposed, or stands beside an array."""
    made = list(tokens)
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.kind == "[") - (token.kind == "]")
        if token[:2] == ("number", "1") and not depth and _is_array(tokens, place):
            made[place] = token._replace(kind=ONES)
    return made


def _is_array(tokens: Sequence[Token], place: int) -> bool:
    if (place and tokens[place - 1].kind in _DIVISIONS) or _is_exponent(tokens, place):
        return False
    following = tokens[place + 1]
    is_beside_at = following.text == "@" or (place > 0 and tokens[place - 1].text == "@")
    if is_beside_at or _is_transposed(tokens, place):
        return True
    if place and _ends_array(tokens, place - 1):
        if following.kind != "/":
            return True
        if tokens[place + 2].kind != "number":
            raise _one_over(tokens[place], tokens[place + 2])
        return False
    is_operand = following.kind == "name" or following[:2] == ("number", "1")
    return is_operand and _is_transposed(tokens, place + 1)


def _is_transposed(tokens: Sequence[Token], place: int) -> bool:
    first, second = (*tokens[place + 1 : place + 3], tokens[-1], tokens[-1])[:2]
    return first.kind == "'" or (first.kind == "^" and second.text == "T")


def _ends_array(tokens: Sequence[Token], place: int) -> bool:
    """Whether an operand ends at a place that is no mere number; an exponent is a part of one."""
    if tokens[place].kind != "number":
        return tokens[place].kind in _ENDS_OPERAND
    return _is_exponent(tokens, place)


def _is_exponent(tokens: Sequence[Token], place: int) -> bool:
    before = place - 1 - (tokens[place - 1].kind == "-")
    return before > 0 and tokens[before].kind in _POWERS


def _one_over(one: Token, divisor: Token) -> ParseError:
    by = divisor.text
    return ParseError(
        f"1/{by} after an operand may be a number, or a vector of ones that is divided",
        span=(one.start, divisor.end),
        hint=f"put (1/{by}) in front, or write (X 1)/{by} for sums of rows",
    )


def with_exponentials(tokens: list[Token]) -> list[Token]:
    """The tokens, with `e` as the number if all that is done with it is to raise it to a power.

    A power that is a number leaves it a symbol, and one that is a transpose makes it a vector.
    """
    places = [place for place, token in enumerate(tokens) if token[:2] == ("name", EULER)]
    powers = [_exponent(tokens, place + 1) for place in places]
    if None in powers or all(power and power.kind == "number" for power in powers):
        return tokens
    made = list(tokens)
    for place in places:
        made[place] = tokens[place]._replace(kind=EULER)
    return made


def _exponent(tokens: Sequence[Token], place: int) -> Token | None:
    """What the exponent begins with, if one begins at a place and is no transpose."""
    if tokens[place].kind not in _POWERS:
        return None
    start = tokens[place + 1 + (tokens[place + 1].kind == "-")]
    return None if start.text == "T" else start

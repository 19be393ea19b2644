"""Lines of a given width, for sentences with formulas in them, in Latin and in Chinese script."""

import unicodedata
from collections.abc import Callable, Iterator

CLOSING = frozenset("，。：；、）！？")


def columns(text: str) -> int:
    """How many columns a text takes; a Chinese character takes two.

    >>> columns("X w"), columns("梯度")
    (3, 4)
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def wrap(
    text: str, width: int, measure: Callable[[str], int] = columns, *, hanging: int = 0
) -> list[str]:
    """The text in lines; it breaks at spaces and beside Chinese characters.

    >>> wrap("a sum of ones", 8)
    ['a sum of', 'ones']
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        room = width - hanging if lines else width
        if line and measure(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterator[str]:
    """The parts that stay together: words, and single Chinese characters with what closes them."""
    piece = ""
    for sign in text:
        if piece and sign not in CLOSING and _may_break(piece[-1], sign):
            yield piece
            piece = ""
        piece += sign
    yield piece


def _may_break(before: str, after: str) -> bool:
    if before == " ":
        return after != " "
    return after != " " and (columns(before) == 2 or columns(after) == 2) and before != "（"

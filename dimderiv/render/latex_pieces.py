"""Parts of a formula in LaTeX: how tightly they bind, brackets that grow, numbers, powers."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from dimderiv.language import Decimal, Tree, decimal_places
from dimderiv.render.precedence import ATOM, POWER, number

_COMMAND = re.compile(r"\\[A-Za-z]+|[{}^_ ]")
_STARTS_WITH_WORD = re.compile(r"\\(mathrm|text)\b")
_ENDS_IN_WORD = re.compile(r"\\(mathrm\{\w\w+\}|text\{[^{}]*\})(_\{[^{}]*\})?$")


class Piece(NamedTuple):
    """A part of a formula.

    Attributes:
        text: the LaTeX.
        level: how tightly it binds, on the scale of `precedence`.
        tall: whether brackets around it have to grow.
    """

    text: str
    level: int
    tall: bool = False


Write: TypeAlias = Callable[[Tree], Piece]


def at_least(piece: Piece, lowest: int) -> str:
    """The LaTeX of a piece, in brackets if it binds less tightly than its place allows."""
    return piece.text if piece.level >= lowest else enclosed(piece.text, tall=piece.tall)


def enclosed(text: str, *, tall: bool, brackets: str = "()") -> str:
    r"""The text in brackets, which grow around what is tall.

    >>> enclosed("x", tall=False), enclosed("x", tall=True)
    ('(x)', '\\left(x\\right)')
    """
    left, right = brackets[0], brackets[1]
    return rf"\left{left}{text}\right{right}" if tall else f"{left}{text}{right}"


def raised(base: Piece, exponent: str) -> Piece:
    """The base with a superscript; TeX allows one only, so a raised base gets brackets."""
    return Piece(f"{at_least(base, ATOM)}^{{{exponent}}}", POWER, base.tall)


def number_piece(value: Fraction) -> Piece:
    r"""A number: `\tfrac` for halves, quarters and what has no short decimal.

    >>> number_piece(Fraction(1, 2)).text, number_piece(Fraction(3, 10)).text
    ('\\tfrac{1}{2}', '0.3')
    """
    if not _is_fraction(value):
        return Piece(number(value), ATOM)
    return Piece(rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}", POWER)


def inline_number(value: Fraction) -> str:
    """A number as it stands in an exponent, with fractions on one line."""
    if not _is_fraction(value):
        return number(value)
    return f"{value.numerator}/{value.denominator}"


def _is_fraction(value: Fraction) -> bool:
    is_decimal = decimal_places(value) is not None
    return not is_decimal or (value.denominator in (2, 4) and not isinstance(value, Decimal))


def between(left: str, right: str, space: str = " ") -> str:
    r"""What separates two factors: `\cdot` before a number, a thin space beside a word."""
    if right[0].isdigit() or right.startswith(r"\tfrac"):
        return r" \cdot "
    if _STARTS_WITH_WORD.match(right) or _ENDS_IN_WORD.search(left):
        return r" \, "
    return space


def width(text: str) -> int:
    r"""About how many signs wide a formula is on paper.

    >>> width(r"X^{\top} w")
    3
    """
    return len(_COMMAND.sub(lambda match: "x" if match[0][0] == "\\" else "", text))

"""The texts of expressions in Python, and where they need brackets."""

import re
from collections.abc import Sequence
from fractions import Fraction
from string import ascii_lowercase
from typing import NamedTuple

from dimderiv.codegen.plan import COMPARISONS
from dimderiv.language import Dim

# How tightly operators bind; `@` binds like `*`, and brackets keep the two apart.
COMPARISON, SUM, PRODUCT, MATMUL, SIGN, POWER, ATOM = range(7)
INFIX = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, **dict.fromkeys(COMPARISONS, COMPARISON)}
LONGEST_DECIMAL = 12


class Text(NamedTuple):
    """An expression and how tightly its outermost operator binds."""

    text: str
    level: int = ATOM

    def __str__(self) -> str:
        """The text, as format strings take it."""
        return self.text

    @property
    def atom(self) -> str:
        """The text, in brackets unless it is one word or call."""
        return self.within(ATOM)

    def within(self, level: int) -> str:
        """The text, in brackets where it binds less tightly than the level."""
        return self.text if self.level >= level else f"({self.text})"


def number(value: Fraction) -> Text:
    """An exact number: a decimal where it has a short one, else a quotient."""
    if value.denominator == 1:
        return Text(str(value.numerator), SIGN if value < 0 else ATOM)
    decimal = repr(float(value))
    if len(decimal) <= LONGEST_DECIMAL and Fraction(decimal) == value:
        return Text(decimal, SIGN if value < 0 else ATOM)
    return Text(f"{value.numerator} / {value.denominator}", PRODUCT)


def joined(operator: str, left: Text, right: Text) -> Text:
    """Two operands with an operator between them."""
    level = INFIX[operator]
    first = left.within(level + (level == COMPARISON))
    second = right.within(level + (operator != "+"))
    if level == PRODUCT:
        first = f"({left.text})" if left.level == MATMUL else first
        second = f"({right.text})" if right.level == MATMUL else second
    if right.level == SIGN:
        second = f"({right.text})"
    return Text(f"{first} {operator} {second}", level)


def power(base: Text, exponent: Text) -> Text:
    """A power of numbers or of each entry."""
    above = exponent.text if exponent.level == SIGN else exponent.within(ATOM)
    return Text(f"{base.within(ATOM)}**{above}", POWER)


def subscripts(*groups: Sequence[int]) -> list[str]:
    """Letters for the axes of several arrays, as `einsum` takes them.

    >>> subscripts((0, 7), (7, 3))
    ['ij', 'jk']
    """
    known = dict.fromkeys(letter for group in groups for letter in group)
    short = {letter: ascii_lowercase[8 + k] for k, letter in enumerate(known)}
    return ["".join(short[letter] for letter in group) for group in groups]


def without_axis(text: str, axis: str = "[:, None]") -> str:
    """The text of a vector, of which another axis was asked for."""
    vector = text.removesuffix(axis)
    inner = vector[1:-1]
    is_wrapped = vector != text and vector[0] + vector[-1] == "()"
    depth = [inner[:k].count("(") - inner[:k].count(")") for k in range(len(inner) + 1)]
    return inner if is_wrapped and min(depth) >= 0 else vector


def listed(names: Sequence[str]) -> str:
    """Names with commas between them, which Python takes for a tuple in brackets.

    >>> listed(["x"]), listed(["x", "y"])
    ('x,', 'x, y')
    """
    return ", ".join(names) + "," * (len(names) == 1)


def commented(line: str, dims: Sequence[Dim]) -> str:
    """A line with the shape of what it makes."""
    return f"{line}  # {' x '.join(map(str, dims)) or 'scalar'}"


def words_in(code: str) -> set[str]:
    """The names in code: not those of attributes, nor the words of texts and comments."""
    plain = re.sub(r"\"[^\"\n]*\"|#.*", "", code)
    return set(re.findall(r"(?<![\w.])[^\W\d]\w*", plain))


def indented(lines: Sequence[str]) -> list[str]:
    """Lines further to the right."""
    return [f"    {line}".rstrip() for line in lines]

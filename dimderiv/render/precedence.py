"""How tightly each node binds, and which operands therefore need brackets, for every printer.

A printer asks for the `level` of an operand and puts brackets around it where that lies below what
its place allows (`OPERANDS`).  Products, quotients and elementwise products are one level of the
language, read from left to right; they are told apart here so that what a reader could mistake,
such as `(a / b) c`, keeps its brackets.
"""

from collections.abc import Collection
from fractions import Fraction
from typing import NamedTuple

from dimderiv.language import (
    COMPARISONS,
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    Group,
    IndexForm,
    Name,
    Negative,
    Number,
    Operator,
    Slice,
    Transpose,
    Tree,
    decimal_places,
)

# What binds least comes first.
FORM, COMPARISON, SUM, NEGATIVE, QUOTIENT, HADAMARD, PRODUCT, POWER, POSTFIX, ATOM = range(10)

OPERATOR_LEVELS: dict[str, int] = {
    "*": PRODUCT,
    "@": PRODUCT,
    ".*": HADAMARD,
    "/": QUOTIENT,
    "./": QUOTIENT,
    "//": QUOTIENT,
    "^": POWER,
    ".^": POWER,
    **dict.fromkeys(COMPARISONS, COMPARISON),
}

# The lowest level that may stand left and right of an operator without brackets.
OPERANDS: dict[str, tuple[int, int]] = {
    "*": (PRODUCT, POWER),
    "@": (PRODUCT, POWER),
    ".*": (HADAMARD, POWER),
    "/": (HADAMARD, POWER),
    "./": (HADAMARD, POWER),
    "//": (HADAMARD, POWER),
    "^": (POSTFIX, ATOM),
    ".^": (POSTFIX, ATOM),
    **dict.fromkeys(COMPARISONS, (SUM, SUM)),
}

PRODUCTS = frozenset({"*", "@", ".*", "/", "./", "//"})
POWERS = frozenset({"^", ".^"})

_NODE_LEVELS: dict[type, int] = {
    Name: ATOM,
    Call: ATOM,
    Entry: ATOM,
    Transpose: POSTFIX,
    Negative: NEGATIVE,
    Add: SUM,
    Slice: ATOM,
    Blocks: ATOM,
    IndexForm: FORM,
}


def level(node: Tree) -> int:
    """How tightly a node binds, written in the language.

    >>> level(Name("x")) > level(Negative(Name("x")))
    True
    """
    if isinstance(node, Binary):
        return OPERATOR_LEVELS[node.operator]
    if isinstance(node, Number):
        return ATOM if decimal_places(node.value) is not None else QUOTIENT
    if isinstance(node, Group):
        inside = level(node.operand)
        return inside if inside >= POWER else ATOM
    if isinstance(node, Call):
        return QUOTIENT if node.over else ATOM
    return _NODE_LEVELS[type(node)]


def number(value: Fraction) -> str:
    """A number as a decimal where that is exact, and how it is written, else as a fraction.

    >>> number(Fraction(1, 2)), number(Fraction(2, 3)), number(Fraction(12))
    ('0.5', '2/3', '12')
    """
    places = decimal_places(value)
    if places is None:
        return f"{value.numerator}/{value.denominator}"
    if places == 0:
        return str(value.numerator)
    whole, rest = divmod(value.numerator * (10**places // value.denominator), 10**places)
    return f"{whole}.{rest:0{places}d}"


class PrintedFactor(NamedTuple):
    """One factor of a chain of products.

    Attributes:
        operator: the operator before it; empty for the first factor.
        node: the factor.
        lowest: the lowest level that needs no brackets here.
    """

    operator: str
    node: Tree
    lowest: int


def chain(node: Binary, operators: Collection[str] = PRODUCTS) -> list[PrintedFactor]:
    """The factors of a product from left to right, as far as they need no brackets.

    A number may join the first factor of a product after it, so `2 (A x)` is `2 A x`.  Another left
    operand may not: in `A (x' y)` the brackets decide whether the shapes conform.  A matrix product
    keeps brackets before an elementwise operator, `(A B) .* C`, although the language needs none.
    """
    factors: list[PrintedFactor] = []
    follower, allowed = "", FORM
    while True:
        left, right = node.left, node.right
        allowed_left, allowed_right = OPERANDS[node.operator]
        is_whole = isinstance(right, Binary) and right.operator == "//"
        if node.operator == "*" and isinstance(left, Number) and follower != "*" and not is_whole:
            allowed_right = max(QUOTIENT, allowed)
        factors.append(PrintedFactor(node.operator, right, allowed_right))
        follower, allowed = node.operator, allowed_left
        if not isinstance(left, Binary) or left.operator not in operators:
            break
        if OPERATOR_LEVELS[left.operator] < allowed_left:
            break
        if _hides_product(node.operator, left):
            allowed_left = POWER
            break
        node = left
    factors.append(PrintedFactor("", left, allowed_left))
    factors.reverse()
    return factors


def _hides_product(operator: Operator, left: Binary) -> bool:
    """Whether a matrix product before an elementwise operator would be taken for a part of it."""
    return operator in (".*", "./") and left.operator == "*" and not isinstance(left.left, Number)


def without_number(node: Tree) -> tuple[Number | None, Tree]:
    """A product taken apart into the number at its front, if there is one, and the rest."""
    if not isinstance(node, Binary) or node.operator not in PRODUCTS:
        return None, node
    if isinstance(node.left, Number):
        return (node.left, node.right) if node.operator == "*" else (None, node)
    number_in_front, rest = without_number(node.left)
    if number_in_front is None:
        return None, node
    return number_in_front, Binary(node.operator, rest, node.right)

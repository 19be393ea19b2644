"""Skew matrices in an answer: `K'` is written as `-K`, the sign where its term begins."""

from collections.abc import Collection
from dataclasses import replace

from dimderiv.conform.notation import Form, juxtaposed
from dimderiv.language import (
    Add,
    Binary,
    Group,
    Name,
    Negative,
    Number,
    Transpose,
    Tree,
    with_operands,
)


def without_transposes(tree: Tree, skew: Collection[str]) -> Tree:
    """A tree in which no skew matrix is transposed.

    >>> from dimderiv.language.parser import parse_expression
    >>> from dimderiv.render.text import text
    >>> text(without_transposes(parse_expression("A + K' K x"), {"K"}))
    'A - K^2 x'
    """
    negative, bare = _signed(tree, skew)
    return Negative(bare) if negative else bare


def _signed(tree: Tree, skew: Collection[str]) -> tuple[bool, Tree]:
    """Whether the value is minus what is left once signs have moved out, and that."""
    match tree:
        case Transpose(Name(name) as matrix) if name in skew:
            return True, matrix
        case Negative(operand):
            negative, bare = _signed(operand, skew)
            return not negative, bare
        case Transpose(operand) | Group(operand):
            negative, bare = _signed(operand, skew)
            return negative, replace(tree, operand=bare)
        case Add(terms):
            return False, Add(tuple([without_transposes(term, skew) for term in terms]))
        case Binary("*" | ".*" | "/" | "./" as operator, left, right):
            (first, above), (second, below) = _signed(left, skew), _signed(right, skew)
            joined = (
                juxtaposed([Form(above, 0), Form(below, 0)]).tree
                if operator == "*"
                else Binary(operator, above, below)
            )
            return first != second, joined
        case Binary("^", base, Number(power)) if power.denominator == 1:
            negative, bare = _signed(base, skew)
            return negative and power.numerator % 2 == 1, Binary("^", bare, Number(power))
        case _:
            return False, with_operands(tree, lambda part: without_transposes(part, skew))

"""Trees written anew: a multiple, a transpose, the terms that a sum has once brackets are gone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from dimderiv.language import Add, Binary, Name, Negative, Number, Transpose, Tree

QUOTIENTS = frozenset({"/", "./"})
SPINE = frozenset({"*", ".*"}) | QUOTIENTS
# Brackets are multiplied out into so many terms.
MOST_TERMS = 12

Term = tuple[int, Tree]


def scaled(tree: Tree, factor: Fraction) -> Tree:
    """A multiple of a tree, by a number that is not 0.

    >>> from dimderiv.language import parse_expression
    >>> from dimderiv.render import text
    >>> text(scaled(parse_expression("2 X' y"), Fraction(1, 2)))
    "X' y"
    """
    if factor < 0:
        return negated(scaled(tree, -factor))
    if factor == 1:
        return tree
    if isinstance(tree, Negative):
        return Negative(scaled(tree.operand, factor))
    inside = _within(tree, factor)
    if inside is not None:
        return inside
    if factor.numerator != 1:
        tree = Binary("*", Number(Fraction(factor.numerator)), tree)
    if factor.denominator != 1:
        tree = Binary("/", tree, Number(Fraction(factor.denominator)))
    return tree


def _within(tree: Tree, factor: Fraction) -> Tree | None:
    """The multiple, where a number in front or below takes the factor in."""
    match tree:
        case Number(value):
            return Number(value * factor)
        case Binary("/", left, Number(value)) if (value / factor).denominator == 1:
            return left if value == factor else Binary("/", left, Number(value / factor))
        case Binary(operator, left, right) if operator in SPINE:
            inner = _within(left, factor)
            if inner is None:
                return None
            is_one = isinstance(inner, Number) and inner.value == 1
            return right if is_one and operator == "*" else replace(tree, left=inner)
    return None


def negated(tree: Tree) -> Tree:
    """The tree with the other sign."""
    return tree.operand if isinstance(tree, Negative) else Negative(tree)


def over(tree: Tree, name: str) -> Tree:
    """A tree divided by the size of an axis."""
    if isinstance(tree, Negative):
        return Negative(over(tree.operand, name))
    return Binary("/", tree, Name(name))


def times(tree: Tree, name: str) -> Tree:
    """A tree multiplied by the size of an axis, by which it may have been divided."""
    match tree:
        case Negative(operand):
            return Negative(times(operand, name))
        case Binary("/", left, Name(below)) if below == name:
            return left
    return Binary("*", Name(name), tree)


def turned(tree: Tree, is_scalar: Callable[[Tree], bool]) -> Tree:
    """The transpose, taken inside of sums and products.

    Args:
        tree: the tree.
        is_scalar: whether a part is a scalar, and its own transpose.

    >>> from dimderiv.language import parse_expression
    >>> from dimderiv.render import text
    >>> text(turned(parse_expression("x' A / sqrt(n) + 2 b'"), lambda part: part == Number(2)))
    "A' x / sqrt(n) + 2 b"
    """
    if is_scalar(tree):
        return tree
    match tree:
        case Transpose(operand):
            return operand
        case Negative(operand):
            return Negative(turned(operand, is_scalar))
        case Add(terms):
            return Add(tuple([turned(term, is_scalar) for term in terms]))
        case Binary("*"):
            scalars, others = factors_of(tree, is_scalar)
            return product_of([*scalars, *(turned(each, is_scalar) for each in reversed(others))])
        case Binary("/", left):
            return replace(tree, left=turned(left, is_scalar))
        case Binary(".*" | "./", left, right):
            return replace(tree, left=turned(left, is_scalar), right=turned(right, is_scalar))
    return Transpose(tree)


def factors_of(tree: Tree, is_scalar: Callable[[Tree], bool]) -> tuple[list[Tree], list[Tree]]:
    """The scalars among the factors of a matrix product, and the others in order.

    Args:
        tree: a product, or one factor.
        is_scalar: whether a part is a scalar.
    """
    factors, waiting = list[Tree](), [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Binary) and part.operator == "*":
            waiting += [part.right, part.left]
        else:
            factors.append(part)
    scalars = [each for each in factors if is_scalar(each)]
    return scalars, [each for each in factors if not is_scalar(each)]


def product_of(factors: Sequence[Tree]) -> Tree:
    """Factors as a matrix product.

    Args:
        factors: at least one.
    """
    return reduce(lambda left, right: Binary("*", left, right), factors)


def terms(tree: Tree, sign: int = 1) -> list[Term]:
    """The terms of a sum, each with its sign."""
    if isinstance(tree, Negative):
        return terms(tree.operand, -sign)
    if isinstance(tree, Add):
        return [each for term in tree.terms for each in terms(term, sign)]
    return [(sign, tree)]


def spread(tree: Tree) -> list[Term]:
    """The terms of a sum, or of a multiple of one."""
    match tree:
        case Binary("*", Number(value), Add() as inside):
            return [(sign, scaled(term, value)) for sign, term in terms(inside)]
    return terms(tree)


def added(found: Sequence[Term]) -> Tree:
    """Terms as a sum."""
    written = tuple(negated(tree) if sign < 0 else tree for sign, tree in found)
    return written[0] if len(written) == 1 else Add(written)


def multiplied_out(tree: Tree, sign: int = 1) -> list[Term]:
    """The terms once the brackets of products are gone, unless there are too many."""
    found = [each for s, term in terms(tree, sign) for each in _distributed(term, s)]
    return found if len(found) <= MOST_TERMS else terms(tree, sign)


def _distributed(tree: Tree, sign: int) -> Iterator[Term]:
    match tree:
        case Binary(operator, left, right) if operator in SPINE:
            below = [(1, right)] if operator in QUOTIENTS else multiplied_out(right)
            for first_sign, first in multiplied_out(left, sign):
                for second_sign, second in below:
                    yield first_sign * second_sign, Binary(operator, first, second)
        case Transpose(Add() as operand):
            for inner_sign, term in multiplied_out(operand, sign):
                yield inner_sign, Transpose(term)
        case _:
            yield sign, tree

"""What is known where a comparison holds: `max(x, y)` is `x` where `x > y`, and `x > y - 1` holds.

A comparison says the sign of a difference.  That of another difference follows where it is a
multiple of the first one, and something that is nowhere negative.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph import (
    ONCE,
    Factor,
    Map,
    Node,
    is_nonnegative,
    is_zero,
    product,
    scaled,
    terms,
    total,
    unnamed,
)


class Fact(NamedTuple):
    """A difference that is positive, or with `strict` unset nowhere negative."""

    difference: Node
    strict: bool

    @property
    def opposite(self) -> "Fact":
        """What holds where this does not."""
        return Fact(scaled(-1, self.difference), not self.strict)


Facts = tuple[Fact, ...]


def difference(first: Node, second: Node) -> Node:
    """One array less another."""
    return total([(ONCE, first), (-ONCE, second)], first.axes)


def fact(node: Node) -> Fact | None:
    """What a comparison says where it holds; nothing of one of equality, or of anything else.

    Args:
        node: any node.
    """
    if not isinstance(node, Map) or node.function not in (">", "<", ">=", "<="):
        return None
    first, second = node.arguments
    if node.function in ("<", "<="):
        first, second = second, first
    return Fact(difference(first, second), "=" not in node.function)


def is_ordered(first: Node, second: Node, known: Facts, *, strict: bool = False) -> bool:
    """Whether one array is known to be nowhere less than another.

    Args:
        first: the larger one.
        second: the smaller one.
        known: what holds here.
        strict: whether it must be larger.
    """
    for function, of_all in (("minimum", all), ("maximum", any)):
        parts = _parts(first, function)
        if parts and of_all(is_ordered(each, second, known, strict=strict) for each in parts):
            return True
    for function, of_all in (("maximum", all), ("minimum", any)):
        parts = _parts(second, function)
        if parts and of_all(is_ordered(first, each, known, strict=strict) for each in parts):
            return True
    wanted = difference(first, second)
    if is_zero(wanted):
        return not strict
    if not strict and is_nonnegative(wanted):
        return True
    return any(_implies(each, wanted) and each.strict >= strict for each in known)


def _parts(node: Node, function: str) -> tuple[Node, ...]:
    """What an array is the least or the largest of."""
    value = unnamed(node)
    is_extreme = isinstance(value, Map) and value.function == function
    return value.arguments if is_extreme and isinstance(value, Map) else ()


def _implies(known: Fact, wanted: Node) -> bool:
    """Whether a difference is a positive multiple of a known one, and what is nowhere negative."""
    ratio = leading_ratio(wanted, known.difference)
    if ratio is None or ratio < 0:
        return False
    rest = total([(ONCE, wanted), (-ratio, known.difference)], wanted.axes)
    return is_zero(rest) or is_nonnegative(rest)


def leading_ratio(node: Node, unit: Node) -> Fraction | None:
    """How many times the first term of an array another has it; nothing, if it lacks it.

    Args:
        node: the other array.
        unit: an array that is not zero.
    """
    for coefficient, lead in terms(unit)[:1]:
        for own, term in terms(node):
            if term.key == lead.key:
                return own / coefficient
    return None


def ones(like: Node) -> Node:
    """An array of ones with the axes of another."""
    return product(ONCE, (), tuple(range(len(like.axes))), like.axes)


def comparisons(factors: Sequence[Factor]) -> Iterator[tuple[int, Fact]]:
    """The comparisons among factors, by their places, and what each says."""
    for place, factor in enumerate(factors):
        said = fact(factor.node) if factor.power == 1 else None
        if said is not None and len(set(factor.indices)) == len(factor.indices):
            yield place, said

"""Functions of entries by others of the same entries that are computed anyway."""

from collections.abc import Collection
from fractions import Fraction

from dimderiv.codegen.plan.largest import SMALL
from dimderiv.graph import (
    ONCE,
    Key,
    Map,
    Node,
    add,
    apply_map,
    elementwise,
    is_nonnegative,
    is_zero,
    product,
    scaled,
)

HALF = Fraction(1, 2)


def by_others(node: Map, asked: Collection[Key]) -> Node | None:
    """A function of entries by one that is asked for too; nothing where it stays as it is.

    Args:
        node: a function of entries.
        asked: all functions of entries that are computed.
    """
    match node.function, node.arguments:
        case ">", (above, below) if is_zero(below):
            positive = apply_map("relu", above)
            is_asked = positive.key in asked and positive.key != above.key
            return apply_map(">", positive, below) if is_asked else None
        case "softplus", (argument,):
            return _softplus(argument, asked)
        case "silu", (argument,):
            slope = apply_map("sigmoid", argument)
            return elementwise(1, (argument, 1), (slope, 1)) if slope.key in asked else None
        case "gelu", (argument,):
            return _gelu(argument, asked)
    return None


def _softplus(argument: Node, asked: Collection[Key]) -> Node | None:
    """A softplus by what that of minus its argument shares, and by one function less."""
    minus = scaled(-1, argument)
    if is_nonnegative(minus):
        return apply_map("log1p", apply_map(SMALL, argument))
    if apply_map("softplus", minus).key not in asked:
        return None
    size = apply_map("abs", min(argument, minus, key=lambda each: each.key))
    rest = apply_map("softplus", scaled(-1, size))
    return add(apply_map("relu", argument), rest)


def _gelu(argument: Node, asked: Collection[Key]) -> Node | None:
    """The entries times the normal distribution function of them."""
    two = product(Fraction(2), (), (), ())
    erf = apply_map("erf", elementwise(1, (argument, 1), (two, -HALF)))
    if erf.key not in asked:
        return None
    every = tuple(range(len(argument.axes)))
    half = product(HALF, (), every, argument.axes)
    return elementwise(ONCE, (argument, 1), (add(half, scaled(HALF, erf)), 1))

"""A function of one number on its intervals, and what it makes of a part that curves."""

from collections.abc import Iterator
from fractions import Fraction
from math import inf
from typing import NamedTuple

from dimderiv.curvature.fact import Bounds, End, Fact, Says, Strict
from dimderiv.language import Tree, frozen
from dimderiv.rulebook import NOWHERE, Interval, Rule

ALL: Interval = (-inf, inf)
UPWARD: Interval = (0, inf)
DOWNWARD: Interval = (-inf, 0)


@frozen.record
class ScalarFunction:
    """What is known of a function of one number.

    Attributes:
        name: its name, or a power as it is written.
        defined: between which arguments there is a value, and none elsewhere.
        convex: where it is convex.
        concave: where it is concave.
        increasing: where it does not decrease.
        decreasing: where it does not increase.
        strictly: whether all that holds strictly.
        pole: whether there is none at zero.
    """

    name: str
    defined: Interval = ALL
    convex: Interval = NOWHERE
    concave: Interval = NOWHERE
    increasing: Interval = NOWHERE
    decreasing: Interval = NOWHERE
    strictly: bool = True
    pole: bool = False


class _Way(NamedTuple):
    """How a function may be convex, or concave, of a part."""

    says: Says
    where: Interval
    keeps: Interval
    turns: Interval


def of_rule(rule: Rule) -> ScalarFunction:
    """What a rule carries."""
    defined = ALL if rule.defined == NOWHERE else rule.defined
    return ScalarFunction(
        rule.name,
        defined,
        rule.convex,
        rule.concave,
        rule.increasing,
        rule.decreasing,
        rule.strictly,
    )


def power(exponent: Fraction) -> ScalarFunction | None:
    """A power with a fixed exponent (Boyd and Vandenberghe, section 3.1.5).

    Args:
        exponent: a rational.

    >>> power(Fraction(1, 2)).concave
    (0, inf)
    """
    name = f"x^{exponent}" if exponent.denominator == 1 and exponent > 0 else f"x^({exponent})"
    if exponent in (0, 1):
        return None
    is_whole, is_even = exponent.denominator == 1, exponent % 2 == 0
    if exponent < 0:
        defined = ALL if is_whole else UPWARD
        return ScalarFunction(name, defined, UPWARD, decreasing=UPWARD, pole=True)
    if not is_whole and exponent < 1:
        return ScalarFunction(name, UPWARD, concave=UPWARD, increasing=UPWARD)
    if not is_whole:
        return ScalarFunction(name, UPWARD, UPWARD, increasing=UPWARD)
    if is_even:
        return ScalarFunction(name, ALL, ALL, increasing=UPWARD, decreasing=DOWNWARD)
    return ScalarFunction(name, ALL, UPWARD, DOWNWARD, increasing=ALL)


def composed(
    node: Tree, function: ScalarFunction, inner: Fact, own: Bounds, sign: Fact | None
) -> Fact | None:
    """The curvature of a function of a part (Boyd and Vandenberghe, section 3.2.4).

    Args:
        node: the whole.
        function: the function.
        inner: the curvature of its argument.
        own: between which numbers the argument lies.
        sign: the sign of the argument as a step, if it has one.
    """
    low, high = max(own.low, function.defined[0]), min(own.high, function.defined[1])
    if not _has_convex_domain(function, inner, own):
        return None
    given = (inner, *([sign] if sign is not None and _needs_sign(function, own) else []))
    for way in _ways(function):
        if not (way.where[0] <= low and high <= way.where[1]):
            continue
        if inner.is_affine:
            strict: Strict = inner.strict if function.strictly else {}
            why = f"{way.says}_of_affine{_there(function, way)}"
            return Fact(node, way.says, why, given, strict, (function.name,))
        keeps, turns = _within(low, high, way.keeps), _within(low, high, way.turns)
        fits = (keeps and inner.says == way.says) or (turns and inner.says != way.says)
        if fits and inner.says in {"convex", "concave"}:
            why = "increasing_of_curved" if inner.says == way.says else "decreasing_of_curved"
            strict = inner.strict if function.strictly else {}
            return Fact(node, way.says, f"{way.says}_{why}", given, strict, (function.name,))
    return None


def _there(function: ScalarFunction, way: _Way) -> str:
    """Whether the function curves so for some arguments only."""
    return "" if way.where == function.defined else "_there"


def _ways(function: ScalarFunction) -> Iterator[_Way]:
    yield _Way("convex", function.convex, function.increasing, function.decreasing)
    yield _Way("concave", function.concave, function.increasing, function.decreasing)


def _within(low: End, high: End, where: Interval) -> bool:
    return where[0] <= low and high <= where[1]


def _needs_sign(function: ScalarFunction, own: Bounds) -> bool:
    """Whether the sign of the argument matters."""
    every = (function.convex, function.concave, function.increasing, function.decreasing)
    return function.pole or any(0 in interval for interval in every)


def _has_convex_domain(function: ScalarFunction, inner: Fact, own: Bounds) -> bool:
    """Whether a value exists on a convex set: where the argument is large, or small, enough."""
    above = own.low >= function.defined[0]
    if function.pole:
        above = own.low > 0 or (own.low == 0 and own.above)
        if own.low < 0 and function.defined[0] < 0:
            return False
    below = own.high <= function.defined[1]
    return (above or inner.is_concave) and (below or inner.is_convex)


def is_smooth_on_convex_domain(function: ScalarFunction, inner: Fact | None, own: Bounds) -> bool:
    """Whether an argument stays on a convex set, and away from the ends where slopes end too.

    What is concave reaches the lower end on the boundary of its domain alone.

    Args:
        function: the function.
        inner: the curvature of its argument, if it is known.
        own: between which numbers the argument lies.
    """
    low, high = (0.0, inf) if function.pole else function.defined
    above = low == -inf or own.low > low or (own.low == low and own.above)
    below = high == inf or own.high < high or (own.high == high and own.below)
    if function.pole and function.defined == ALL and own.low < 0:
        return False
    above = above or (inner is not None and inner.is_concave)
    return above and (below or (inner is not None and inner.is_convex))

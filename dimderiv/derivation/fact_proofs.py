"""What a rule says of a function of one number, proved at numbers in its intervals and outside."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias

from dimderiv import verify
from dimderiv.answer import Question
from dimderiv.derivation.claims import claims
from dimderiv.derivation.pipeline import derived
from dimderiv.errors import VerificationError
from dimderiv.infer import infer
from dimderiv.language import parse_program, read_shapes
from dimderiv.rulebook import NOWHERE, Interval, Rule, Rulebook

if TYPE_CHECKING:
    from dimderiv.verify import Claim

# Value, slope and second derivative.
Slopes: TypeAlias = tuple[Any, Any, Any]
INTERVALS = ("convex", "concave", "increasing", "decreasing")
# How far numbers are tried where an interval has no end, and how many.
FAR, COUNT = Fraction(6), 12
# Slopes of this size may be rounding.
ROUNDING = 1e-20


def refuse_wrong_facts(rule: Rule, rulebook: Rulebook) -> int:
    """Compare what a rule says of the function with its values and slopes.

    Args:
        rule: a rule.
        rulebook: all rules.

    Returns:
        At how many numbers something was compared.

    Raises:
        VerificationError: something disagrees; the message says what, and where.
    """
    if not has_facts(rule):
        return 0
    claim = _claim(rule, rulebook)
    return sum(_compared(rule, claim, at) for at in _numbers()) + _domain(rule, claim)


def has_facts(rule: Rule) -> bool:
    """Whether a rule says something of the function besides its derivative."""
    every = [getattr(rule, name) for name in (*INTERVALS, "defined")]
    return rule.log_concave or any(interval != NOWHERE for interval in every)


def _claim(rule: Rule, rulebook: Rulebook) -> "Claim":
    text = f"{rule.name}(x)"
    declared = read_shapes("x: scalar")
    program = parse_program(text, names=declared, functions=rulebook.words)
    typed = infer(program, declared, rulebook=rulebook, wrt=("x",))
    return claims(derived(Question(text, ("x",), typed, rulebook)))["x",]


def _numbers() -> Iterator[Fraction]:
    """Numbers on both sides of 0, and between -1 and 1, which are no ends of intervals."""
    for k in range(-COUNT, COUNT):
        yield FAR * (2 * k + 1) / (2 * COUNT)
        yield Fraction(2 * k + 1, 2 * COUNT)


def _inside(at: Fraction, interval: Interval) -> bool:
    return interval[0] < at < interval[1]


# What a fact says of value, slope and second derivative: how much of it must not be negative.
SIGNS: dict[str, Callable[[Slopes], Any]] = {
    "convex": lambda found: found[2],
    "concave": lambda found: -found[2],
    "increasing": lambda found: found[1],
    "decreasing": lambda found: -found[1],
}


def _compared(rule: Rule, claim: "Claim", at: Fraction) -> bool:
    found = verify.slopes_at(claim, at)
    if found is None:
        return False
    for name in INTERVALS:
        if _inside(at, getattr(rule, name)):
            _refuse(rule, name, at, SIGNS[name](found), strictly=rule.strictly)
    value, slope, second = found
    if rule.log_concave:
        if value <= 0:
            _wrong(rule, "positive", at)
        _refuse(rule, "log-concave", at, slope * slope - value * second, strictly=rule.strictly)
    return True


def _refuse(rule: Rule, fact: str, at: Fraction, amount: Any, *, strictly: bool) -> None:
    if amount < -ROUNDING or (strictly and amount <= 0):
        _wrong(rule, fact, at)


def _wrong(rule: Rule, fact: str, at: Fraction) -> None:
    raise VerificationError(f"{rule.name} is not {fact} at {at}, although its rule says so")


def _domain(rule: Rule, claim: "Claim") -> int:
    """Compare where there are values; and a function with a kink along chords too."""
    numbers = sorted(_numbers())
    if rule.defined != NOWHERE:
        for at in numbers:
            has_value = verify.slopes_at(claim, at) is not None
            if has_value != _inside(at, rule.defined):
                _wrong(rule, "defined" if not has_value else "undefined", at)
    if rule.convex == rule.defined == (-inf, inf):
        values = [verify.slopes_at(claim, at) for at in numbers]
        slopes = [found[1] for found in values if found is not None]
        if any(after < before - ROUNDING for before, after in pairwise(slopes)):
            _wrong(rule, "convex", numbers[0])
    return len(numbers)

"""What is known of a part of an expression, and by what: the steps of a certificate."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from math import inf
from typing import Literal, NamedTuple, TypeAlias

from dimderiv.language import Tree, frozen

Says = Literal[
    "constant",
    "affine",
    "convex",
    "concave",
    "log-convex",
    "log-concave",
    "log-affine",
    "positive",
    "nonnegative",
    "negative",
    "nonpositive",
    "positive definite",
    "positive semidefinite",
    "negative definite",
    "negative semidefinite",
]
# A matrix that has to have full rank, of `columns` or of `rows`.
Rank: TypeAlias = tuple[Tree, str]
# An end of an interval, exact where it is finite.
End: TypeAlias = float | Fraction
# For a variable, what has to have full rank for the function to be strict in it.
Strict: TypeAlias = Mapping[str, tuple[Rank, ...]]


@frozen.record
class Fact:
    """One step: what a part is, by which rule, from what is known of its own parts.

    Attributes:
        part: what it is said of; an array is convex where each of its entries is.
        says: what it is.
        why: the name of the rule, which the messages put into words.
        given: what the rule needs.
        strict: the variables in which the sum of all entries is strictly convex, or concave; of
            what is affine, those that its entries determine.
        words: what the words of the rule have places for.
        between: the name of a sentence on two numbers that it lies between, and these.
    """

    part: Tree
    says: Says
    why: str
    given: tuple["Fact", ...] = ()
    strict: Strict = field(default_factory=dict, compare=False)
    words: tuple[str | Tree, ...] = ()
    between: tuple[str, str, str] | None = None

    @property
    def is_convex(self) -> bool:
        """Whether it is convex, perhaps concave too."""
        return self.says in {"constant", "affine", "convex"}

    @property
    def is_concave(self) -> bool:
        """Whether it is concave, perhaps convex too."""
        return self.says in {"constant", "affine", "concave"}

    @property
    def is_affine(self) -> bool:
        """Whether it is both."""
        return self.says in {"constant", "affine"}


class Bounds(NamedTuple):
    """Between which numbers all entries of a part lie.

    Attributes:
        low: none lies below.
        high: none lies above.
        above: whether none is equal to `low`.
        below: whether none is equal to `high`.
        why: the rule that says so.
        given: what the rule needs.
    """

    low: End = -inf
    high: End = inf
    above: bool = False
    below: bool = False
    why: str = "nothing"
    given: tuple[Fact, ...] = ()

    @property
    def sign(self) -> Says | None:
        """The sign that all entries have."""
        if self.low > 0 or (self.low == 0 and self.above):
            return "positive"
        if self.high < 0 or (self.high == 0 and self.below):
            return "negative"
        if self.low == 0:
            return "nonnegative"
        return "nonpositive" if self.high == 0 else None

    def fact(self, part: Tree) -> Fact | None:
        """The sign as a step, with both bounds where there are two."""
        if self.sign is None:
            return None
        between = None
        if -inf < self.low < self.high < inf:
            kind = ("between", "below", "above", "strictly")[2 * self.above + self.below]
            between = (kind, str(self.low), str(self.high))
        return Fact(part, self.sign, self.why, self.given, between=between)


def steps(fact: Fact) -> Iterator[Fact]:
    """The steps of a certificate, each once and after those that it needs.

    Args:
        fact: the last one.
    """
    seen: set[Fact] = set()

    def inner(each: Fact) -> Iterator[Fact]:
        if each in seen:
            return
        seen.add(each)
        for before in each.given:
            yield from inner(before)
        yield each

    return inner(fact)


def union(one: Strict, other: Strict) -> Strict:
    """The variables of either, each under the fewer conditions."""
    found = dict(one)
    for name, needed in other.items():
        if name not in found or len(needed) < len(found[name]):
            found[name] = needed
    return found

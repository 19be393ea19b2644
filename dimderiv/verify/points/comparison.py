"""The comparison at one point: along random directions through all entries, and one by one.

A directional derivative involves every entry of the variables, so one evaluation tests all entries
of the answers at once.  The difference is a polynomial in the coordinates of the direction, which
vanishes for one direction in tens of thousands if some entry is wrong (Schwartz, Fast probabilistic
algorithms for verification of polynomial identities, J. ACM 27 (1980)).
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import inf
from random import Random
from typing import NamedTuple, TypeAlias

from dimderiv.verify.evaluate import (
    ONE,
    Arithmetic,
    Effort,
    OutOfDomain,
    OutOfTime,
    Scalar,
    mixed_slope,
)
from dimderiv.verify.layout import EntryOf, Place, Sized, entries, entry_at, places, size_at
from dimderiv.verify.points.agreement import DOUBTFUL_DIGITS, agree, is_rounding
from dimderiv.verify.points.claimed import Claimed, reader
from dimderiv.verify.points.setting import Setting, Trial

LARGEST_COORDINATE = 2**16
# What may be spent, beside the budget, on doubts and on the search for the entry that is wrong.
MOST_BESIDE = 4_000_000
SECONDS_BESIDE = 10

Places: TypeAlias = tuple[Place, ...]
# For each order, how fast each coordinate of the variable moves.
Slopes: TypeAlias = Sequence[Mapping[Place, Scalar]]


@dataclass
class Tally:
    """What was compared of one claim.

    Attributes:
        one_by_one: how many entries agreed one by one.
        nonzero: how many of these are not 0.
        along: how many entries took part in a direction alone.
        is_zero: whether the answer was 0 at every point.
        is_rational: whether everything agreed as rationals.
    """

    one_by_one: int = 0
    nonzero: int = 0
    along: int = 0
    is_zero: bool = True
    is_rational: bool = True


class Pair(NamedTuple):
    """Both sides of a derivative of one entry of the value."""

    place: Place
    expected: Scalar
    found: Scalar


@dataclass
class Comparison:
    """The comparison of all claims of a setting at one point.

    Attributes:
        setting: what the claims share.
        trial: the point.
        claims: the claims, with what was compared of each so far.
        moved: the nodes of the expression that have moved with the variables.
    """

    setting: Setting
    trial: Trial
    claims: Mapping[Claimed, Tally]
    moved: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.base = self.setting.base(self.trial)
        found = reader(self.setting, self.trial, list(self.claims))
        self.answers: dict[Claimed, EntryOf] = {c: c.answer(found, self.trial) for c in self.claims}

    @cached_property
    def _value_places(self) -> list[Place]:
        return places(size_at(self.setting.claim.value, self.trial.sizes))

    def along_directions(self, seed: int) -> None:
        """Compare derivatives along a random direction, of all claims of order 1 at once."""
        rng = Random(seed)
        first = [c for c in self.claims if c.claim.order == 1 and not c.claim.along]
        alone = [[c] for c in self.claims if c not in first]
        for group in [first, *alone] if first else alone:
            slopes = {claim: self._direction(claim, rng) for claim in group}
            for pair in self._directed(slopes):
                self._compare(slopes, pair)

    def _direction(self, claim: Claimed, rng: Random) -> Slopes:
        """A random direction for each order; every claim gets its share of the sum."""
        if claim.claim.along:
            return [dict.fromkeys(claim.places(self.trial), ONE)]
        places = [p for p in claim.places(self.trial) if not claim.is_idle(self.trial, p)]
        scales = [self._scale(claim), *[ONE] * (claim.claim.order - 1)]
        return [
            {p: scale * rng.choice((-1, 1)) * rng.randint(1, LARGEST_COORDINATE) for p in places}
            for scale in scales
        ]

    def _scale(self, claim: Claimed) -> Fraction:
        """A power of two that makes the largest entry of an answer comparable to 1."""
        arithmetic = self.trial.arithmetic
        sizes = [abs(arithmetic.inexact(x)) for _, _, x in self._entries(claim)]
        # What is not equal to itself is no number.
        largest = max((size for size in sizes if size == size), default=0)
        if arithmetic.is_zero(largest):
            return ONE
        self.claims[claim].is_zero = False
        return Fraction(2) ** -int(arithmetic.context.frexp(largest)[1])

    def _entries(self, claim: Claimed) -> Iterator[tuple[Place, Places, Scalar]]:
        answer, places = self.answers[claim], claim.places(self.trial)
        for value_place in self._value_places:
            for wrt_places in product(places, repeat=claim.claim.order):
                yield value_place, wrt_places, answer(value_place, wrt_places)

    def _directed(self, slopes: Mapping[Claimed, Slopes]) -> Iterator[Pair]:
        """Both sides of the derivative along a direction, for each entry of the value."""
        arithmetic, moved = self.trial.arithmetic, dict[str, Sized]()
        for claim, own in slopes.items():
            moved |= claim.moved(self.trial, own)
        known = self.setting.known(self.base, tuple(moved))
        value = self.setting.varied(self.trial, known, moved, self.moved)
        terms: dict[Place, list[Scalar]] = {}
        for claim, own in slopes.items():
            for value_place, wrt_places, term in self._entries(claim):
                if all(p in slope for slope, p in zip(own, wrt_places, strict=True)):
                    for slope, place in zip(own, wrt_places, strict=True):
                        term = arithmetic.mul(term, slope[place])
                    terms.setdefault(value_place, []).append(term)
        order = next(iter(slopes)).claim.order
        for place, entry in zip(self._value_places, entries(value), strict=True):
            found = arithmetic.total(terms.get(place, []))
            yield Pair(place, mixed_slope(entry, order), found)

    def _compare(self, slopes: Mapping[Claimed, Slopes], pair: Pair) -> None:
        """Raise the disagreement along a direction, unless more digits show that it is rounding."""
        if any(type(number) is not Fraction for number in pair[1:]):
            for claim in slopes:
                self.claims[claim].is_rational = False
        if agree(self.trial.arithmetic, *pair[1:]):
            return
        precise = self._precise
        again = next(p for p in precise._directed(slopes) if p.place == pair.place)
        arithmetic = precise.trial.arithmetic
        if agree(arithmetic, *again[1:]) or is_rounding(arithmetic, pair[1:], again[1:]):
            return
        self._find_entry(slopes)
        claim = next(iter(slopes))
        raise claim.disagreement(self.trial, pair.place, (), *again[1:])

    @cached_property
    def _precise(self) -> "Comparison":
        return self._with_digits(DOUBTFUL_DIGITS)

    def _with_digits(self, digits: int) -> "Comparison":
        effort = Effort(MOST_BESIDE, time.perf_counter() + SECONDS_BESIDE)
        trial = replace(self.trial, arithmetic=Arithmetic(digits, effort))
        return Comparison(self.setting, trial, {claim: Tally() for claim in self.claims})

    def _find_entry(self, claims: Iterable[Claimed]) -> None:
        """Raise the disagreement at the first entry that is wrong, if it can be found."""
        search = self._with_digits(self.trial.arithmetic.digits)
        with suppress(OutOfTime):
            for claim in claims:
                search.entry_by_entry(claim, inf)

    def entry_by_entry(self, claim: Claimed, most: float) -> None:
        """Compare the entries of a claim one by one, as far as some operations go."""
        effort, tally = self.trial.arithmetic.effort, self.claims[claim]
        known = self.setting.known(self.base, claim.moving)
        columns = list(product(claim.places(self.trial), repeat=claim.claim.order))
        for done, wrt_places in enumerate(columns):
            if effort.spent >= most:
                rows = len(self._value_places)
                tally.along += rows * (len(columns) - done)
                return
            moved = claim.moved(self.trial, [{place: ONE} for place in wrt_places])
            try:
                value = self.setting.varied(self.trial, known, moved)
            except OutOfDomain:
                # There is no derivative by an entry that is 0 by a property, and at a kink.
                if any(claim.is_idle(self.trial, place) for place in wrt_places):
                    continue
                raise
            self._compare_column(claim, wrt_places, value)

    def _compare_column(self, claim: Claimed, wrt_places: Places, value: Sized) -> None:
        arithmetic, tally = self.trial.arithmetic, self.claims[claim]
        for place, entry in zip(self._value_places, entries(value), strict=True):
            expected = mixed_slope(entry, claim.claim.order)
            found = self.answers[claim](place, wrt_places)
            if not agree(arithmetic, expected, found):
                self._confirm(claim, wrt_places, Pair(place, expected, found))
            tally.is_rational &= type(expected) is Fraction and type(found) is Fraction
            tally.nonzero += not arithmetic.is_zero(expected)
            tally.one_by_one += 1

    def _confirm(self, claim: Claimed, wrt_places: Places, pair: Pair) -> None:
        """Raise the disagreement at an entry, unless it is rounding."""
        precise = self._precise
        arithmetic = precise.trial.arithmetic
        known = self.setting.known(precise.base, claim.moving)
        moved = claim.moved(precise.trial, [{place: ONE} for place in wrt_places])
        value = self.setting.varied(precise.trial, known, moved)
        expected = mixed_slope(entry_at(value, pair.place), claim.claim.order)
        found = precise.answers[claim](pair.place, wrt_places)
        if agree(arithmetic, expected, found):
            return
        if is_rounding(arithmetic, pair[1:], (expected, found)):
            return
        raise claim.disagreement(self.trial, pair.place, wrt_places, expected, found)

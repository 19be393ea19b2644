"""The derivatives by sympy: each entry differentiated, compared at the point, and cancelled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

import sympy

from dimderiv.verify.layout import Place, moves, places
from dimderiv.verify.symbolic.arithmetic import Symbols, TooLarge
from dimderiv.verify.symbolic.calculus import Calculus
from dimderiv.verify.symbolic.cancellation import Cancellation
from dimderiv.verify.symbolic.comparison import DIGITS, MORE_DIGITS, Outcome, agree, shown
from dimderiv.verify.symbolic.points import Point, Values
from dimderiv.verify.symbolic.problem import Problem
from dimderiv.verify.symbolic.tables import Entry


@dataclass
class SymbolicRound:
    """The comparison at one point, whose side of each kink holds around it.

    Attributes:
        problem: the claim at some sizes.
        point: symbols and values.
        tick: called now and then; it raises where the time is up.
    """

    problem: Problem
    point: Point
    tick: Callable[[], None]
    slopes: dict[tuple[Place, tuple[Place, ...]], Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = Values(self.point, DIGITS)
        self.calculus = Calculus()
        self.cancellation = Cancellation(self.point.leaves, self.values, self.tick)
        self.entries = self.point.tied
        a = Symbols(self.values)
        # The expression is that of free entries, so that what a property makes equal counts as a
        # coincidence; the answer may use all that is known.
        self.table = self.problem.value(a, self.point.free)
        self.answer = self.problem.answer(a, self.entries)

    def compare(self) -> Outcome:
        """Compare every entry."""
        outcome, layout = Outcome(), self.problem.layout
        for wrt_places in product(places(layout.wrt), repeat=self.problem.claim.order):
            for place in places(layout.value):
                self.tick()
                expected = self._derivative(place, wrt_places)
                self._compare(place, wrt_places, expected, outcome)
        outcome.work = self.cancellation.work
        return outcome

    def _derivative(self, place: Place, wrt_places: Sequence[Place]) -> Entry:
        """The derivative by sympy; second derivatives are the same in either order."""
        if not wrt_places:
            return sympy.sympify(self.table[place[0]][place[1]])
        key = place, tuple(sorted(wrt_places))
        if key not in self.slopes:
            inner = self._derivative(place, key[1][:-1])
            moved = moves(self.problem.claim, key[1][-1], self.entries)
            self.slopes[key] = sympy.Add(
                *[
                    factor * self.calculus.slope(inner, self.point.free[name][i][j])
                    for name, (i, j), factor in moved
                ]
            )
        return self.slopes[key]

    def _compare(
        self, place: Place, wrt_places: Sequence[Place], expected: Entry, outcome: Outcome
    ) -> None:
        found = sympy.sympify(self.answer(place, wrt_places))
        try:
            wanted = self.values(expected)
        except ZeroDivisionError:
            # The expression has no derivative there.
            return
        try:
            given = self.values(found)
        except ZeroDivisionError:
            raise self.problem.disagreement(place, wrt_places, shown(wanted), "no value") from None
        if not agree(wanted, given) and not self._is_rounding(expected, found):
            raise self.problem.disagreement(place, wrt_places, shown(wanted), shown(given))
        outcome.compared += 1
        outcome.nonzero += abs(wanted) > 10.0**-DIGITS
        if expected != found and not self._is_proved(expected, found):
            outcome.proved = False

    def _is_rounding(self, expected: Entry, found: Entry) -> bool:
        """Whether two values that differ are one to more digits."""
        more = Values(self.point, MORE_DIGITS)
        return agree(more(expected), more(found))

    def _is_proved(self, expected: Entry, found: Entry) -> bool:
        try:
            return self.cancellation.are_equal(expected, found)
        except TooLarge:
            return False

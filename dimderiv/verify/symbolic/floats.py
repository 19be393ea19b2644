"""The derivatives by their definition: difference quotients in very long floats.

It serves where sympy has no closed form, such as for the exponential of three rows, and where
closed forms would grow too large.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import sympy

from dimderiv.verify.layout import Place, Table, moves, places
from dimderiv.verify.symbolic.arithmetic import Floats
from dimderiv.verify.symbolic.comparison import Outcome, agree, shown
from dimderiv.verify.symbolic.points import Point, Values
from dimderiv.verify.symbolic.problem import Problem

# A step of 10^-100 leaves an error of 10^-200 in the quotient, and rounding one of 10^-200.
FLOAT_DIGITS = 400
STEP_DIGITS = 100


def floats_at(point: Point, a: Floats) -> dict[str, Table]:
    """The entries of the symbols at a point."""
    values = Values(point, a.context.dps)
    return {
        name: [[a.context.convert(values(sympy.sympify(entry))) for entry in row] for row in table]
        for name, table in point.tied.items()
    }


@dataclass
class FloatRound:
    """The comparison at one point, by central differences.

    Attributes:
        problem: the claim at some sizes.
        point: symbols and values.
        tick: called now and then; it raises where the time is up.
    """

    problem: Problem
    point: Point
    tick: Callable[[], None]

    def __post_init__(self) -> None:
        self.here = Floats(FLOAT_DIGITS)
        self.entries = floats_at(self.point, self.here)
        self.problem.value(self.here, self.entries)
        self.answer = self.problem.answer(Floats(FLOAT_DIGITS), self.entries)

    def compare(self) -> Outcome:
        """Compare every entry."""
        outcome, layout = Outcome(proved=False), self.problem.layout
        order = self.problem.claim.order
        for wrt_places in product(places(layout.wrt), repeat=order):
            self.tick()
            quotient = self._quotient(wrt_places)
            for i, j in places(layout.value):
                wanted, given = quotient[i][j], self.answer((i, j), wrt_places)
                if not agree(wanted, given):
                    raise self.problem.disagreement((i, j), wrt_places, shown(wanted), shown(given))
                outcome.compared += 1
                outcome.nonzero += abs(wanted) > 10.0**-STEP_DIGITS
        return outcome

    def _quotient(self, wrt_places: Sequence[Place]) -> list[list[Any]]:
        """The mixed difference quotient by some entries of the variable."""
        a = Floats(FLOAT_DIGITS)
        # With two steps, the product of both divides what is left of the digits.
        step = a.context.mpf(10) ** (-STEP_DIGITS // len(wrt_places))
        rows, cols = self.problem.layout.value
        total = [[a.context.zero] * cols for _ in range(rows)]
        for signs in product((1, -1), repeat=len(wrt_places)):
            table = self._moved([sign * step for sign in signs], wrt_places)
            weight = prod(signs)
            for i, row in enumerate(table):
                for j, entry in enumerate(row):
                    total[i][j] += weight * entry
        scale = (2 * step) ** len(wrt_places)
        return [[entry / scale for entry in row] for row in total]

    def _moved(self, steps: Sequence[Any], wrt_places: Sequence[Place]) -> Table:
        """The value where the variable has moved."""
        entries = {name: [list(row) for row in table] for name, table in self.entries.items()}
        for step, place in zip(steps, wrt_places, strict=True):
            for name, (i, j), factor in moves(self.problem.claim, place, self.entries):
                entries[name][i][j] += step * factor
        return self.problem.value(Floats(FLOAT_DIGITS, self.here), entries)

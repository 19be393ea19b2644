"""Derivatives of expressions of sympy that share many parts.

`sympy.diff` differentiates each operation; the chain rule takes its result along.  Applied to a
whole expression it would go through a shared part as often as that occurs.
"""

from functools import cache
from typing import Any

import sympy

from dimderiv.verify.symbolic.arithmetic import TooLarge
from dimderiv.verify.symbolic.tables import Entry

# Products of a partial derivative with a slope.
MOST_STEPS = 60_000


class Calculus:
    """Derivatives by symbols, each of each part found once."""

    def __init__(self) -> None:
        self.slopes: dict[tuple[Entry, Entry], Entry] = {}
        self.partials: dict[Entry, list[tuple[Entry, Entry]]] = {}

    def slope(self, e: Entry, symbol: Entry) -> Entry:
        """The derivative of an expression by a symbol."""
        if e == symbol:
            return sympy.Integer(1)
        if not e.args:
            return sympy.Integer(0)
        found = self.slopes.get((e, symbol))
        if found is None:
            if len(self.slopes) > MOST_STEPS:
                raise TooLarge("too many operations to differentiate")
            terms = []
            for part, partial in self._partials(e):
                inner = self.slope(part, symbol)
                if inner != 0:
                    terms.append(partial * inner)
            found = self.slopes[e, symbol] = sympy.Add(*terms)
        return found

    def _partials(self, e: Entry) -> list[tuple[Entry, Entry]]:
        """The operands of an operation, and its derivative by each."""
        found = self.partials.get(e)
        if found is None:
            marks, formulas = _formulas(e.func, tuple(a if a.is_Number else None for a in e.args))
            values = dict(zip(marks, e.args, strict=True))
            found = self.partials[e] = [
                (values[mark], formula.xreplace(values)) for mark, formula in formulas
            ]
        return found


@cache
def _formulas(
    operation: Any, numbers: tuple[Entry | None, ...]
) -> tuple[list[Entry], list[tuple[Entry, Entry]]]:
    """A symbol for each operand, and the derivative by each that is no number, by sympy."""
    marks = [sympy.Dummy() for _ in numbers]
    operands = [
        mark if number is None else number for mark, number in zip(marks, numbers, strict=True)
    ]
    whole = operation(*operands)
    return marks, [
        (mark, sympy.diff(whole, mark))
        for mark, number in zip(marks, numbers, strict=True)
        if number is None
    ]

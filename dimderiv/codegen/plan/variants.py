"""Which plans a function needs: one, or two between which it chooses by the sizes it is given.

The programs are planned at several sizes.  A plan that is nearly the best at all of them is enough;
where there is none, two are taken that are nearly the best together.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from itertools import combinations
from math import gcd
from typing import Any

from dimderiv.codegen.plan.operations import Operation, reachable
from dimderiv.codegen.plan.plan import MOST_OPERATIONS
from dimderiv.codegen.plan.regimes import Sizes
from dimderiv.codegen.plan.show import show
from dimderiv.language import Dim, Monomial, frozen

MOST_REGIMES = 9
ENOUGH = 1.25


@frozen.record
class Variant:
    """A plan of the programs.

    Attributes:
        outputs: the operations that compute the results.
        names: the names of the user's intermediates.
        others: sizes that it was to be made for too, but at which another one may be better.
    """

    outputs: Sequence[Operation]
    names: Mapping[Operation, str]
    others: Sequence[Mapping[str, int]] = ()

    def __str__(self) -> str:
        """One line an operation, with its shape."""
        return show(self.outputs, self.names)

    def operations(self) -> list[Operation]:
        """Every operation, before those that need it."""
        return list(reachable(self.outputs))

    def signature(self) -> tuple[Any, ...]:
        """What is equal for equal plans."""
        order = self.operations()
        place = {op: k for k, op in enumerate(order)}
        return tuple(
            (op.kind, op.detail, tuple(place[a] for a in op.arguments), op.dims) for op in order
        )

    def cost(self, sizes: Sizes) -> float:
        """What the plan costs at certain sizes."""
        return sum(op.cost(sizes) for op in self.operations())

    def products(self) -> Dim:
        """A multiple of how many multiplications its matrix products take."""
        total = Dim.of(0)
        operations = self.operations()
        least = min((op.repeats for op in operations), default=1.0)
        for op in operations:
            if op.kind == "matmul":
                times = op.arguments[0].dims[-1] * Dim.of(round(op.repeats / least))
                total += reduce(Dim.__mul__, op.dims, times)
        return total


Condition = tuple[Dim, Dim]


def chosen(
    planned: Callable[[Sequence[Mapping[str, int]]], Variant],
    every: Sequence[Mapping[str, int]],
    readable: Collection[str],
) -> tuple[list[Variant], Condition | None]:
    """One plan, or two and the condition under which the first one is to be used.

    Args:
        planned: makes the plan that is best at the first of some sizes.
        every: the sizes at which plans are made and compared; the first plan is preferred.
        readable: the named sizes that the function can read off what it is given.

    Returns:
        The plans, and for two of them two counts, of which the first is to be the smaller one.
    """
    made = planned(every)
    if len(made.operations()) > MOST_OPERATIONS:
        return [made], None
    found = {made.signature(): made}
    while made.others:
        made = planned(made.others)
        found.setdefault(made.signature(), made)
    variants = list(found.values())
    if len(variants) == 1:
        return variants, None
    known = [Sizes(sizes) for sizes in every]
    costs = [[variant.cost(sizes) for sizes in known] for variant in variants]
    least = [min(each) for each in zip(*costs, strict=True)]

    def regret(*places: int) -> float:
        best = [min(each) for each in zip(*(costs[k] for k in places), strict=True)]
        pairs = zip(best, least, strict=True)
        return max(((1 + mine) / (1 + lowest) for mine, lowest in pairs), default=1.0)

    def condition(left: int, right: int) -> Condition | None:
        return _condition(variants[left].products(), variants[right].products(), readable)

    one = _first_enough([(k,) for k in range(len(variants))], regret)
    if regret(*one) > ENOUGH:
        pairs = [pair for pair in combinations(range(len(variants)), 2) if condition(*pair)]
        two = _first_enough(pairs, regret) if pairs else one
        if regret(*two) < regret(*one):
            return [variants[k] for k in two], condition(*two)
    return [variants[k] for k in one], None


def is_used(place: int, condition: Condition | None, sizes: Sizes) -> bool:
    """Whether a function takes the first or the second plan at certain sizes.

    Args:
        place: 0 or 1.
        condition: what `chosen` returned.
        sizes: the sizes.
    """
    if condition is None:
        return True
    left, right = condition
    return (sizes[left] < sizes[right]) is (place == 0)


def _first_enough(
    choices: Sequence[tuple[int, ...]], regret: Callable[..., float]
) -> tuple[int, ...]:
    """The first choice that is nearly the best everywhere, or else the best one."""
    enough = (choice for choice in choices if regret(*choice) <= ENOUGH)
    return next(enough, None) or min(choices, key=lambda choice: regret(*choice))


def _condition(mine: Dim, others: Dim, readable: Collection[str]) -> Condition | None:
    """Two counts without what both have; nothing where the same one is always the smaller."""
    terms = (mine - others).monomials
    above = tuple((m, c) for m, c in terms if c > 0)
    below = tuple((m, -c) for m, c in terms if c < 0)
    if not above or not below or not (mine - others).names <= set(readable):
        return None
    common = set.intersection(*(set(m) for m, _ in terms))
    divisor = gcd(*(c for _, c in terms))
    left, right = (
        Dim(tuple((_without(m, common), c // divisor) for m, c in s)) for s in (above, below)
    )
    # What is so for an axis of size 1 only is no reason to write code twice.
    return None if left.is_one or right.is_one else (left, right)


def _without(monomial: Monomial, common: set[str]) -> Monomial:
    left = list(monomial)
    for name in common:
        left.remove(name)
    return tuple(left)

"""Which plans a function needs: one, or several of which it takes one by the sizes it is given.

The programs are planned at several sizes.  A plan that is nearly the best at all of them is enough;
where there is none, as few are taken as are nearly the best together.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import chain, combinations
from math import gcd
from typing import Any

from dimderiv.codegen.plan.cost import CHOLESKY, INVERSE, LU
from dimderiv.codegen.plan.details import Asked
from dimderiv.codegen.plan.operations import Operation, reachable
from dimderiv.codegen.plan.plan import MOST_OPERATIONS
from dimderiv.codegen.plan.regimes import Sizes, scattered
from dimderiv.codegen.plan.show import show
from dimderiv.language import Dim, Monomial, frozen

# Of a product of five matrices five orders may be the best, of one of six fourteen: of these eight
# are never far from the best.
MOST_PLANS = 8
ENOUGH = 1.25
# How often operations take each row of their first argument, for each entry of the value.
MULTIPLYING = {
    "matmul": 1,
    "cholesky": int(CHOLESKY),
    "lu": int(LU),
    "inv": int(INVERSE),
    "solve": 4,
}


@frozen.record
class Variant:
    """A plan of the programs.

    Attributes:
        outputs: the operations that compute the results.
        names: the names of the user's intermediates.
        others: sizes that it was to be made for too, but at which another one may be better.
        worth: how many times as much another one may cost, and is preferred.
    """

    outputs: Sequence[Operation]
    names: Mapping[Operation, str]
    others: Sequence[Mapping[str, int]] = ()
    worth: int = 1

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
        return self.worth * sum(op.cost(sizes) for op in self.operations())

    def products(self) -> Dim:
        """A multiple of how many multiplications its products, factors and solutions take."""
        total = Dim.of(0)
        operations = self.operations()
        least = min((op.repeats for op in operations), default=1.0)
        for op in operations:
            if op.kind in MULTIPLYING:
                total += _multiplications(op) * Dim.of(round(op.repeats / least))
        return total * Dim.of(self.worth)


def _multiplications(op: Operation) -> Dim:
    """How many multiplications an operation takes, by the weights that its cost has."""
    first = op.arguments[0].dims
    arrays = Dim.of(MULTIPLYING[op.kind]) * reduce(Dim.__mul__, [*op.dims, first[-1]])
    if isinstance(op.detail, Asked) and op.detail.whole:
        return arrays + Dim.of(int(LU)) * reduce(Dim.__mul__, [*first, first[-1]])
    return arrays


# For each plan how much it multiplies, less what all of them do: that with the least is used.
Condition = tuple[Dim, ...]
Places = tuple[int, ...]


def chosen(
    planned: Callable[[Sequence[Mapping[str, int]]], Variant],
    stages: Sequence[Sequence[Mapping[str, int]]],
    readable: Collection[str],
) -> tuple[list[Variant], Condition | None]:
    """One plan, or several and the condition by which one of them is used.

    Args:
        planned: makes the plan that is best at the first of some sizes.
        stages: the sizes at which plans are made and compared; the first plan is preferred, and
            where one plan is enough for the sizes of one stage, those of the next are not tried.
        readable: the named sizes that the function can read off what it is given.
    """
    found, every = dict[Hashable, Variant](), list[Sizes]()
    variants, condition = list[Variant](), None
    for place, left in enumerate(stages):
        every += map(Sizes, left)
        while left:
            made = planned(left)
            found.setdefault(made.signature(), made)
            left = [] if len(made.operations()) > MOST_OPERATIONS else made.others
        variants, condition = [*found.values()], None
        if len(variants) > 1:
            # Plans that differ at sizes far apart may do so more at some between them.
            between = map(Sizes, scattered(every[0].named) if place else ())
            choice = Choice(variants, [*every, *between], readable)
            places = choice.best()
            variants, condition = [variants[k] for k in places], choice.condition(places)
        if condition is None:
            break
    return variants, condition


# How much a plan multiplies at certain sizes, its place, and how many times the best one it costs.
Case = tuple[int, int, float]


class Choice:
    """Some plans, of which a function is to have few.

    Args:
        variants: the plans; the first one is preferred.
        every: the sizes at which they are compared.
        readable: the named sizes that the function can read off what it is given.
    """

    def __init__(
        self, variants: Sequence[Variant], every: Sequence[Sizes], readable: Collection[str]
    ) -> None:
        self.readable, self.all = readable, range(len(variants))
        self.products = [variant.products() for variant in variants]
        costs = _costs(variants, every)
        least = [1 + min(each) for each in zip(*costs, strict=True)]
        self._cases = [
            [
                (sizes[count], place, (1 + cost) / best)
                for sizes, cost, best in zip(every, own, least, strict=True)
            ]
            for place, (count, own) in enumerate(zip(self.products, costs, strict=True))
        ]

    def best(self) -> Places:
        """As few plans as are nearly the best at all sizes, or else the best that are found."""
        found = self._first_enough([(k,) for k in self.all])
        wider: list[Places] = [*combinations(self.all, 2)]
        while max(self.regrets(found)) > ENOUGH and len(found) < MOST_PLANS:
            wider = [places for places in wider if self.condition(places)]
            better = self._first_enough([found, *wider])
            if better == found:
                break
            found = better
            wider = [tuple(sorted((*found, k))) for k in self.all if k not in found]
        return found

    def _first_enough(self, choices: Sequence[Places]) -> Places:
        """The first choice that is nearly the best everywhere, or else the best on average.

        Those that are best at the worst sizes are good at these alone, as more are added.
        """
        regrets = {places: self.regrets(places) for places in choices}
        enough = (places for places in choices if max(regrets[places]) <= ENOUGH)
        return next(enough, None) or min(choices, key=lambda places: sum(regrets[places]))

    def regrets(self, places: Places) -> list[float]:
        """How many times as much as with the best plan is done at each size."""
        taken = map(min, zip(*(self._cases[place] for place in places), strict=True))
        return [regret for _, _, regret in taken]

    def condition(self, places: Places) -> Condition | None:
        """What the plans multiply without what all do; nothing where that does not tell them."""
        return _condition([self.products[k] for k in places], self.readable)


def _costs(variants: Iterable[Variant], every: Sequence[Sizes]) -> list[list[float]]:
    """What each plan costs at each size; operations that are alike in several are weighed once."""
    known = dict[Hashable, list[float]]()

    def weighed(op: Operation) -> list[float]:
        before = tuple(argument.dims for argument in op.arguments)
        key = (op.kind, op.detail, op.dims, before, op.repeats)
        if key not in known:
            known[key] = [op.cost(sizes) for sizes in every]
        return known[key]

    return [
        [each.worth * sum(costs) for costs in zip(*map(weighed, each.operations()), strict=True)]
        for each in variants
    ]


def is_used(place: int, condition: Condition | None, sizes: Sizes) -> bool:
    """Whether a function takes a plan at certain sizes.

    Args:
        place: the place of the plan.
        condition: what `chosen` returned.
        sizes: the sizes.
    """
    if condition is None:
        return True
    counts = [sizes[count] for count in condition]
    return place == counts.index(min(counts))


def _condition(counts: Sequence[Dim], readable: Collection[str]) -> Condition | None:
    """Counts without what all have; nothing where one of them is never more than the others."""
    every = [dict(count.monomials) for count in counts]
    terms = dict.fromkeys(chain.from_iterable(every))
    shared = {names: min(each.get(names, 0) for each in every) for names in terms}
    rest = [
        {names: each[names] - shared[names] for names in each if each[names] > shared[names]}
        for each in every
    ]
    if len(rest) < 2 or not all(rest):
        return None
    common = set.intersection(*(set(names) for each in rest for names in each))
    divisor = gcd(*(count for each in rest for count in each.values()))
    left = [
        Dim(tuple((_without(names, common), count // divisor) for names, count in each.items()))
        for each in rest
    ]
    # What is so for an axis of size 1 only is no reason to write code twice.
    is_told = all(count.names <= {*readable} and not count.is_one for count in left)
    return tuple(left) if is_told else None


def _without(monomial: Monomial, common: set[str]) -> Monomial:
    left = list(monomial)
    for name in common:
        left.remove(name)
    return tuple(left)

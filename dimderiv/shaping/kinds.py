"""The kinds of undeclared symbols: the reading with the fewest departures that conforms.

Every name begins with its usual kind.  A clash names the symbols whose kind can have to do with it,
and a departure from what people write the kinds that would undo it; each of them is tried.  The
cheapest reading comes first; after a number of tries, what came furthest does.
"""

import re
from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple

from dimderiv.errors import LimitError
from dimderiv.language.syntax import Node, children
from dimderiv.shaping.clashes import ClashError, names_in
from dimderiv.shaping.departures import departures
from dimderiv.shaping.progress import Progress
from dimderiv.shaping.refusals import exponent_refused, power_refused, vector_power_refused
from dimderiv.shaping.scope import Kind
from dimderiv.shaping.uses import Use, is_greek, uses_of, usual_kind

EXACT_TRIES = 60
TRIES = 500
NEAREST = 50
# How many parts of the program may be visited in all tries together: some, and all of it again.
MOST_VISITED = 40_000
MOST_VISITS = 5
# The same while a reading that conforms is made better, and how many changes are tried alone.
BETTER_VISITED = 3_000
BETTER_VISITS = 6
ALONE = 8
# Readings that are less than this apart are both told.
NEAR = 0.45
DOUBTED = 6

_POWERS = {vector_power_refused, exponent_refused, power_refused}

Kinds = Mapping[str, Kind]

_SCALARS = re.compile(r"[a-egk-npst]\d*(_\w+)?")
_VECTORS = re.compile(r"[huvwxyz]\d*(_\w+)?")
_NUMBERS = re.compile(r"[NMKTC]\d*")
_SCALAR, _SCALAR_LETTER, _VECTOR_LETTER = 1.0, 0.7, 1.3
_ROW, _GREEK_OTHERWISE, _GREEK_ROW = 1.2, 0.4, 0.6
_CAPITAL, _CAPITAL_NUMBER = 1.5, 1.2
_SMALL_MATRIX = 1.3


class Doubt(NamedTuple):
    """A symbol that could be of another kind as well."""

    name: str
    other: Kind


class Reading(NamedTuple):
    """Kinds of symbols that conform, and how far they are from what people write."""

    total: float
    kinds: Kinds


class _Try(NamedTuple):
    """Kinds to be tried; `reached` tells how far what they are derived from came."""

    priority: tuple[float, ...]
    kinds: Kinds
    cost: float
    reached: tuple[int, int]


class Settled(NamedTuple):
    """How a search ended: with a clash that remains, or with doubts."""

    clash: ClashError | None
    doubts: tuple[Doubt, ...] = ()


def settle_kinds(progress: Progress) -> Settled:
    """Visit a program with the kinds of symbols that make it conform.

    Args:
        progress: a program that has not been visited; afterwards it is visited to its end.

    Returns:
        The clash that remains, if no kinds conform, and what may be of another kind.

    Raises:
        LimitError: too many kinds would have to be tried.
    """
    uses = uses_of(progress.program)
    scope = progress.scope
    scope.usual = {name: usual_kind(name, use) for name, use in uses.items()}
    clash = progress.advance({})
    if clash is None and not any(map(scope.is_undeclared, scope.introduced)):
        return Settled(None)
    return _Search(progress, uses).run(clash)


class _Search:
    def __init__(self, progress: Progress, uses: Mapping[str, Use]) -> None:
        self.progress = progress
        self.scope = progress.scope
        self.uses = uses
        self.definitions = {s.name: s.value for s in progress.program.statements if s.name}
        self.order = count()
        self.tries: list[_Try] = []
        self.seen: set[frozenset[tuple[str, Kind]]] = {frozenset()}
        self.is_exact = True
        self.best: Reading | None = None
        self.readings: list[Reading] = []
        self.contested: dict[tuple[str, Kind], None] = {}
        self.furthest: tuple[tuple[int, int], Kinds] = ((0, 0), {})

    def run(self, clash: ClashError | None) -> Settled:
        """Go through the tries, the cheapest first, until nothing cheaper can come."""
        self._visited({}, 0.0, clash)
        current: Kinds = {}
        first = clash
        limit = TRIES + 3 * len(self.uses)
        for number in range(limit + 1):
            if not self.tries or self._is_settled():
                break
            if number == limit or self.progress.visited > self._most_visited():
                if self.best is not None:
                    break
                assert first is not None
                raise self._exhausted(first)
            if number == EXACT_TRIES and self.best is None:
                self._go_for_depth()
            tried = heappop(self.tries)
            current = tried.kinds
            self._visited(current, tried.cost, self.progress.advance(current))
        if self.best is None:
            return Settled(self.progress.advance(self.furthest[1]))
        doubts = self._doubts(self.best)
        self.progress.advance(self.best.kinds)
        return Settled(None, doubts)

    def _is_settled(self) -> bool:
        return self.best is not None and self.tries[0].priority[0] >= self.best.total + NEAR

    def _most_visited(self) -> int:
        size = sum(use.count for use in self.uses.values())
        if self.best is not None:
            return BETTER_VISITED + BETTER_VISITS * size
        return MOST_VISITED + MOST_VISITS * self.progress.visited

    def _visited(self, kinds: Kinds, cost: float, clash: ClashError | None) -> None:
        """Take in how a try ended, and add the tries that follow from it."""
        if clash is not None:
            self.furthest = max(self.furthest, (self.progress.reached, kinds), key=lambda f: f[0])
            self._branch(kinds, clash)
            return
        found = departures(self.scope, self.uses, self.progress.program)
        reading = Reading(cost + sum(departure.weight for departure in found), kinds)
        self.readings.append(reading)
        if self.best is None or reading.total < self.best.total:
            self.best = reading
            if not self.is_exact:
                self.tries.clear()
        changes = [
            {n: k for n, k in departure.instead.items() if self._may_be(n, k, kinds)}
            for departure in found
        ]
        helpful = [
            change
            for change, departure in zip(changes, found, strict=True)
            if change and self._cost(change) <= departure.weight
        ]
        self._add({**kinds, **{n: k for change in helpful for n, k in change.items()}}, first=True)
        if len(changes) <= ALONE:
            for change in changes:
                self.contested |= dict.fromkeys(change.items())
                self._add({**kinds, **change})

    def _cost(self, kinds: Kinds) -> float:
        return sum(_cost(name, kind, self.scope.usual[name]) for name, kind in kinds.items())

    def _branch(self, kinds: Kinds, clash: ClashError) -> None:
        """Add the tries that change one symbol that has to do with a clash."""
        for name in self._suspects(clash, kinds):
            for kind in self._other_kinds(name, kinds):
                if clash.write not in _POWERS or self._is_power_of(name, kind, clash):
                    self._add({**kinds, name: kind})

    def _is_power_of(self, name: str, kind: Kind, clash: ClashError) -> bool:
        """Whether a name may be a scalar for the sake of a power: not to make a number of an array.

        In `(X w - y)^2` it is the power that is wrong, not what stands behind a matrix.
        """
        _, exponent = children(clash.node)
        if kind is not Kind.SCALAR:
            return False
        if clash.write is exponent_refused:
            return name in names_in(exponent)
        is_capital = self.scope.usual[name] is Kind.MATRIX
        return not is_capital and not self.uses[name].is_behind

    def _may_be(self, name: str, kind: Kind, kinds: Kinds) -> bool:
        if name in kinds or kind is self.scope.usual[name]:
            return False
        return kind is not Kind.SCALAR or not self.uses[name].is_transposed

    def _other_kinds(self, name: str, kinds: Kinds) -> Iterator[Kind]:
        """The kinds that a name may have besides its usual one, unless it has one already."""
        use = self.uses.get(name)
        if use is None or name in kinds or not self.scope.is_undeclared(name):
            return
        usual = self.scope.usual[name]
        if usual is Kind.SCALAR:
            yield Kind.COLUMN
        elif not use.is_transposed:
            yield Kind.SCALAR
        if usual is not Kind.MATRIX and (use.beside or use.leads):
            yield Kind.ROW

    def _add(self, kinds: Kinds, first: bool = False) -> None:
        key = frozenset(kinds.items())
        if key not in self.seen:
            self.seen.add(key)
            heappush(self.tries, self._try(kinds, self.progress.reached, first))

    def _try(self, kinds: Kinds, reached: tuple[int, int], first: bool = False) -> _Try:
        cost = self._cost(kinds)
        uses = sum(self.uses[name].count for name in kinds)
        order = (0.0 if first else cost, uses, next(self.order))
        if not self.is_exact:
            return _Try((-reached[0], -reached[1], *order), kinds, cost, reached)
        return _Try(order, kinds, cost, reached)

    def _go_for_depth(self) -> None:
        """From here on, follow what came furthest before it clashed."""
        self.is_exact = False
        self.tries = [self._try(tried.kinds, tried.reached) for tried in self.tries]
        heapify(self.tries)

    def _suspects(self, clash: ClashError, kinds: Kinds) -> list[str]:
        """The symbols that a clash may be due to, through definitions and equal sizes.

        In depth the nearest names must do, or the time would be quadratic in the statements.
        """
        limit = len(self.uses) + 1 if self.is_exact else NEAREST
        unifier = self.scope.unifier
        stack: list[Node] = [clash.node]
        stack += [node for size in clash.sizes or () for node in unifier.reasons(size)]
        seen: set[str] = set()
        suspects: list[str] = []
        while stack and len(seen) < limit:
            for name in names_in(stack.pop()):
                if name not in seen:
                    seen.add(name)
                    if name in self.definitions:
                        stack.append(self.definitions[name])
                    elif name not in kinds and self.scope.is_undeclared(name):
                        suspects.append(name)
        return suspects

    def _exhausted(self, clash: ClashError) -> LimitError:
        names = self._suspects(clash, {}) or list(filter(self.scope.is_undeclared, self.uses))
        return LimitError(
            f"the shapes of {', '.join(names[:3])} were not found in many tries",
            span=clash.node.span,
            hint=f"declare the shape of {names[0]}",
        )

    def _doubts(self, best: Reading) -> tuple[Doubt, ...]:
        """The symbols that have another kind in a reading that is nearly as good."""
        doubts: dict[Doubt, None] = {}
        for reading in self.readings:
            if reading is not best and reading.total - best.total < NEAR:
                for name in {**best.kinds, **reading.kinds}:
                    other = reading.kinds.get(name, self.scope.usual[name])
                    if other is not best.kinds.get(name, self.scope.usual[name]):
                        doubts[Doubt(name, other)] = None
        return tuple(doubts)


def _cost(name: str, kind: Kind, usual: Kind) -> float:
    """How far a kind is from what a name is usually taken for."""
    if kind is usual:
        return 0
    if usual is Kind.MATRIX:
        return _CAPITAL_NUMBER if _NUMBERS.fullmatch(name) else _CAPITAL
    if kind is Kind.MATRIX:
        return _SMALL_MATRIX
    if is_greek(name):
        return _GREEK_ROW if kind is Kind.ROW else _GREEK_OTHERWISE
    if kind is Kind.ROW:
        return _ROW
    if _SCALARS.fullmatch(name):
        return _SCALAR_LETTER
    return _VECTOR_LETTER if _VECTORS.fullmatch(name) else _SCALAR

"""The kinds of undeclared symbols: the reading with the fewest departures that conforms.

Every name begins with its usual kind.  A clash names the symbols whose kind can have to do with it,
and a departure from what people write the kinds that would undo it; each of them is tried.  The
cheapest reading comes first; after a number of tries, what came furthest does.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache, reduce
from heapq import heapify, heappop, heappush
from itertools import count
from operator import xor
from typing import NamedTuple

from dimderiv.errors import LimitError
from dimderiv.infer import habits
from dimderiv.infer.clashes import ClashError
from dimderiv.infer.departures import departures, scalar_powers
from dimderiv.infer.derivatives import OF_ANOTHER_KIND
from dimderiv.infer.progress import Progress
from dimderiv.infer.refusals import exponent_refused, vector_power_refused
from dimderiv.infer.scope import Kind
from dimderiv.infer.uses import Use, axes_of_array, is_greek, uses_of, usual_kind
from dimderiv.language import Binary, Tree, children, names_in

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
BETTER_TRIES = 24
# Readings that are less than this apart are both told.
NEAR = 0.45
DOUBTED = 6

_POWERS = {vector_power_refused, exponent_refused}

Kinds = Mapping[str, Kind]

_SCALAR, _SCALAR_LETTER, _VECTOR_LETTER = 1.0, 0.7, 1.3
_ROW, _GREEK_OTHERWISE, _GREEK_ROW = 1.2, 0.4, 0.6
_CAPITAL, _CAPITAL_NUMBER = 1.5, 1.2
_SMALL_MATRIX = 1.3
_ARRAY, _VECTOR_ARRAY = 0.5, 1.5


class Doubt(NamedTuple):
    """A symbol that could be of another kind as well, or is a scalar for the sake of a power."""

    name: str
    other: Kind
    power: Binary | None = None


class Reading(NamedTuple):
    """Kinds of symbols that conform, and how far they are from what people write."""

    total: float
    kinds: Kinds


class _Try(NamedTuple):
    """Kinds to be tried.

    Attributes:
        priority: by what the next try is chosen.
        before: the kinds of the try that it is derived from.
        change: how it differs from that; there may be many tries, so they are not merged at once.
        key: the same for the same kinds.
        cost: how far these kinds are from the usual ones.
        uses: how often the symbols are used.
        reached: how far what it is derived from came before it clashed.
    """

    priority: tuple[float, ...]
    before: Kinds
    change: Kinds
    key: int = 0
    cost: float = 0.0
    uses: int = 0
    reached: tuple[int, int] = (0, 0)

    @property
    def kinds(self) -> Kinds:
        """The symbols that are not of their usual kind."""
        return {**self.before, **self.change}


_USUAL = _Try((0.0,), {}, {})


class Settled(NamedTuple):
    """How a search ended: with a clash that remains, or with doubts."""

    clash: ClashError | None
    doubts: tuple[Doubt, ...] = ()


def settle_kinds(progress: Progress) -> Settled:
    """Visit a program with the kinds of symbols that make it conform."""
    uses = uses_of(progress.program)
    scope = progress.scope
    scope.usual = {name: usual_kind(name, use) for name, use in uses.items()}
    scope.ranks = {name: axes_of_array(use) for name, use in uses.items() if use.indices}
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
        self.seen: set[int] = {_USUAL.key}
        self.is_exact = True
        self.best: Reading | None = None
        self.readings: list[Reading] = []
        self.power: Kinds | None = None
        self.is_power_wrong = False
        self.size = progress.visited
        self.furthest: tuple[tuple[int, int, bool], Kinds] = ((0, 0, False), {})

    def run(self, clash: ClashError | None) -> Settled:
        """Go through the tries, the cheapest first, until nothing cheaper can come."""
        self._visited(_USUAL, {}, clash)
        first = clash
        limit = TRIES + 3 * len(self.uses)
        since, best = 0, self.best
        for number in range(limit + 1):
            since = 0 if self.best is not best else since + 1
            best = self.best
            if not self.tries or self._is_settled() or (best is not None and since > BETTER_TRIES):
                break
            if number == limit or self.progress.visited > self._most_visited():
                if self.best is not None:
                    break
                assert first is not None
                raise self._exhausted(first)
            if number == EXACT_TRIES and self.best is None:
                self._go_for_depth()
            tried = heappop(self.tries)
            kinds = tried.kinds
            self._visited(tried, kinds, self.progress.advance(kinds))
        if self.best is None:
            remaining = self.power if self.is_power_wrong else None
            return Settled(self.progress.advance(remaining or self.furthest[1]))
        self.progress.advance(self.best.kinds)
        return Settled(None, self._doubts(self.best))

    def _is_settled(self) -> bool:
        return self.best is not None and self.tries[0].priority[0] >= self.best.total + NEAR

    def _most_visited(self) -> int:
        if self.best is not None:
            return BETTER_VISITED + BETTER_VISITS * self.size
        return MOST_VISITED + MOST_VISITS * self.size

    def _visited(self, tried: _Try, kinds: Kinds, clash: ClashError | None) -> None:
        """Take in how a try of some kinds ended, and add the tries that follow from it."""
        if clash is not None:
            # An exponent that may yet be a scalar tells less than what is wrong where it is one.
            reached = (*self.progress.reached, clash.write is not exponent_refused)
            self.furthest = max(self.furthest, (reached, kinds), key=lambda f: f[0])
            self._branch(tried, kinds, clash)
            if self.power is None and clash.write in _POWERS:
                self.power = kinds
            return
        found = departures(self.scope, self.uses, self.progress.program)
        if self.power is not None and any(departure.of_a_scalar for departure in found):
            self.is_power_wrong = True
            return
        reading = Reading(tried.cost + sum(departure.weight for departure in found), kinds)
        self.readings.append(reading)
        if self.best is None or reading.total < self.best.total:
            self.best = reading
            if not self.is_exact:
                self.tries.clear()
        changes = [
            {n: k for n, k in departure.instead.items() if self._may_be(n, k, kinds)}
            for departure in found
        ]
        together: dict[str, Kind] = {}
        for change, departure in zip(changes, found, strict=True):
            if sum(self._cost(*item) for item in change.items()) <= departure.weight:
                together |= change
        self._add(tried, kinds, together, first=True)
        for change in changes if len(changes) <= ALONE else ():
            self._add(tried, kinds, change)

    def _cost(self, name: str, kind: Kind) -> float:
        return _cost(name, kind, self.scope.usual[name])

    def _branch(self, tried: _Try, kinds: Kinds, clash: ClashError) -> None:
        """Add the tries that change one symbol that has to do with a clash.

        That a derivative inside is one of a scalar makes no number of an array.
        """
        if clash.write in OF_ANOTHER_KIND:
            return
        for name in self._suspects(clash, kinds):
            for kind in self._other_kinds(name):
                if clash.write not in _POWERS or self._is_power_of(name, kind, clash):
                    self._add(tried, kinds, {name: kind})

    def _is_power_of(self, name: str, kind: Kind, clash: ClashError) -> bool:
        """Whether a name may be a scalar for the sake of a power: not to make a number of an array.

        In `(X w - y)^2` it is the power that is wrong, not what stands behind a matrix.
        """
        _, exponent = children(clash.node)
        if kind is not Kind.SCALAR:
            return False
        if clash.write is exponent_refused:
            return name in self._names_within(exponent)
        return not self.uses[name].is_behind

    def _names_within(self, tree: Tree) -> set[str]:
        """The names in a part of the program, and in the definitions of those."""
        found, waiting = set[str](), list(names_in(tree))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += names_in(self.definitions[name]) if name in self.definitions else []
        return found

    def _may_be(self, name: str, kind: Kind, kinds: Kinds) -> bool:
        if name in kinds or kind is self.scope.usual[name]:
            return False
        return kind is not Kind.SCALAR or not self.uses[name].is_array

    def _other_kinds(self, name: str) -> Iterator[Kind]:
        """The kinds that a name may have besides its usual one."""
        use = self.uses[name]
        usual = self.scope.usual[name]
        if usual is Kind.SCALAR:
            yield Kind.COLUMN
        elif not use.is_array and (usual is Kind.COLUMN or use.is_count):
            yield Kind.SCALAR
        if use.indices:
            yield from _with_parts(usual, use)
        elif usual is not Kind.MATRIX and (use.beside or use.leads):
            yield Kind.ROW

    def _add(self, tried: _Try, kinds: Kinds, change: Kinds, first: bool = False) -> None:
        """Add what a try becomes by a change."""
        key = reduce(xor, map(hash, change.items()), tried.key)
        if key in self.seen:
            return
        self.seen.add(key)
        cost = tried.cost + sum(self._cost(*item) for item in change.items())
        uses = tried.uses + sum(self.uses[name].count for name in change)
        reached = self.progress.reached
        order = self._priority(0.0 if first else cost, uses, reached)
        heappush(self.tries, _Try(order, kinds, change, key, cost, uses, reached))

    def _priority(self, cost: float, uses: int, reached: tuple[int, int]) -> tuple[float, ...]:
        order = (cost, uses, next(self.order))
        return order if self.is_exact else (-reached[0], -reached[1], *order)

    def _go_for_depth(self) -> None:
        """From here on, follow what came furthest before it clashed."""
        self.is_exact = False
        self.tries = [
            tried._replace(priority=self._priority(tried.cost, tried.uses, tried.reached))
            for tried in self.tries
        ]
        heapify(self.tries)

    def _suspects(self, clash: ClashError, kinds: Kinds) -> list[str]:
        """The symbols that a clash may be due to, through definitions and equal sizes.

        In depth the nearest names must do, or the time would be quadratic in the statements.
        """
        limit = len(self.uses) + 1 if self.is_exact else NEAREST
        unifier = self.scope.unifier
        stack: list[Tree] = [clash.node]
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
        for power, name in scalar_powers(self.scope, self.progress.program):
            doubts.setdefault(Doubt(name, Kind.COLUMN, power))
        return tuple(doubts)[:DOUBTED]


def _with_parts(usual: Kind, use: Use) -> Iterator[Kind]:
    """The kinds of a symbol whose parts are vectors or matrices."""
    if usual is Kind.COLUMN and use.indices == 1:
        yield Kind.MATRIX
    if usual in {Kind.COLUMN, Kind.MATRIX}:
        yield Kind.ARRAY


@lru_cache(maxsize=4096)
def _cost(name: str, kind: Kind, usual: Kind) -> float:
    """How far a kind is from what a name is usually taken for."""
    if kind is usual:
        return 0
    if kind is Kind.ARRAY:
        return _ARRAY if usual is Kind.MATRIX else _VECTOR_ARRAY
    if usual is Kind.MATRIX:
        return _CAPITAL_NUMBER if habits.NUMBER_LETTERS.fullmatch(name) else _CAPITAL
    if kind is Kind.MATRIX:
        return _SMALL_MATRIX
    if is_greek(name):
        return _GREEK_ROW if kind is Kind.ROW else _GREEK_OTHERWISE
    if kind is Kind.ROW:
        return _ROW
    if habits.SCALAR_LETTERS.fullmatch(name):
        return _SCALAR_LETTER
    return _VECTOR_LETTER if habits.VECTOR_LETTERS.fullmatch(name) else _SCALAR

"""How many axes each name has: from declared shapes, from use, and from habits, in that order.

Of the readings whose arrays fit each other, the one is taken that is nearest to what people write.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping

from dimderiv.errors import DimderivError, ShapeError
from dimderiv.infer import Typed
from dimderiv.language import Program, frozen
from dimderiv.sources.code.scope import Trial
from dimderiv.sources.code.statements import Statements

MOST_TRIES = 400
# Within this the next best reading is told, too.
NEARLY = 0.35

Reader = Callable[[Trial], Statements]
Inferred = Callable[[Statements, Program], Typed]


@frozen.record
class Settled:
    """A reading that fits: the program with its shapes, and how far it is from the habits."""

    reader: Statements
    program: Program
    typed: Typed
    axes: Mapping[str, int]
    cost: float


def settled(reader: Reader, inferred: Inferred) -> Settled:
    """The reading that is nearest to what people write.

    Args:
        reader: reads the text with given numbers of axes.
        inferred: finds the shapes of a program.

    Raises:
        DimderivError: no reading fits; the error is that of the habits.
    """
    search = _Search(reader, inferred)
    best: Settled | None = None
    others: list[Settled] = []
    for cost, axes in search.trials():
        if best is not None and cost > best.cost + NEARLY:
            break
        found = search.attempt(axes, cost)
        if found is None:
            continue
        if best is None or found.cost < best.cost:
            best, found = found, best
        if found is not None:
            others.append(found)
    if best is None:
        assert search.first is not None
        raise search.first
    for other in others:
        if other.cost <= best.cost + NEARLY:
            _tell(best, other)
    return best


def _tell(best: Settled, other: Settled) -> None:
    """Say of the one name that may have another number of axes that it may."""
    differ = [name for name, axes in best.axes.items() if other.axes.get(name, axes) != axes]
    if len(differ) == 1:
        (name,) = differ
        this, that = kind(best.axes[name]), kind(other.axes[name])
        best.reader.assumptions[f"{name} is {this}; {that} would fit too"] = None


def kind(axes: int) -> str:
    """What has so many axes."""
    return f"a {axes}-D array" if axes else "a number"


class _Search:
    """Tries numbers of axes, the likeliest first, and learns which do not fit each other."""

    def __init__(self, reader: Reader, inferred: Inferred) -> None:
        self.reader = reader
        self.inferred = inferred
        self.first: DimderivError | None = None
        self.clashes: list[dict[str, int]] = []
        self.options: dict[str, list[tuple[int, float]]] = {}

    def trials(self) -> Iterator[tuple[float, dict[str, int]]]:
        """Numbers of axes, with what the habits say against them."""
        heap: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, ())]
        seen: set[tuple[int, ...]] = {()}
        for count in range(MOST_TRIES):
            if not heap:
                return
            cost, _, choice = heapq.heappop(heap)
            names = list(self.options)
            full = (*choice, *[0] * (len(names) - len(choice)))
            axes = {n: self.options[n][k][0] for n, k in zip(names, full, strict=False)}
            if not any(clash.items() <= axes.items() for clash in self.clashes):
                yield cost, axes
            names = list(self.options)
            full = (*choice, *[0] * (len(names) - len(choice)))
            for place, name in enumerate(names):
                step = full[place] + 1
                following = (*full[:place], step, *full[place + 1 :])
                if step < len(self.options[name]) and following not in seen:
                    seen.add(following)
                    more = self.options[name][step][1] - self.options[name][step - 1][1]
                    heapq.heappush(heap, (cost + more, len(seen) + count, following))

    def attempt(self, axes: dict[str, int], cost: float) -> Settled | None:
        """The reading with these numbers of axes, if it fits."""
        reader = self.reader(Trial(axes))
        try:
            program = reader.program()
            self._learn(reader)
            typed = self.inferred(reader, program)
        except ShapeError as error:
            self._learn(reader)
            self.first = self.first or error
            if reader.conflict is not None:
                used = {name: reader.axes(name) for name in reader.conflict & reader.symbols.keys()}
                self.clashes.append(used)
            return None
        used = {name: reader.axes(name) for name in reader.symbols}
        return Settled(reader, program, typed, used, cost + reader.cost)

    def _learn(self, reader: Statements) -> None:
        for name in reader.symbols:
            self.options.setdefault(name, reader.possible(name))

"""How often each part occurs in an answer: equal parts are counted together.

The trees of an answer share parts; a part that is one object is looked at once, so that the time
does not depend on how long the answer is when written out.  When a part has got a name, only what
it stands in is new.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple

from dimderiv.conform import own_symbols, symbols
from dimderiv.infer import SIZED
from dimderiv.language import Binary, Call, Entry, IndexForm, Name, Number, Tree, children, walk


def has_sizes(part: Tree) -> bool:
    """Whether the arguments of a part are sizes, which are no scalars with a name."""
    return isinstance(part, Call) and part.function in SIZED


class Occurrence(NamedTuple):
    """A part, how many symbols it has, and how often it occurs."""

    part: Tree
    symbols: int
    times: int


class Census:
    """Numbers for parts: equal parts have equal numbers, and what is inside has a smaller one."""

    def __init__(self) -> None:
        self.parts: list[Tree] = []
        self.inside: list[tuple[int, ...]] = []
        self.symbols: list[int] = []
        self.by_structure: dict[Hashable, int] = {}
        # With the part, since the number of an object that is gone would be given to another.
        self.by_object: dict[int, tuple[int, Tree]] = {}

    def occurrences(self, trees: Iterable[Tree], shortest: int) -> Iterator[Occurrence]:
        """The parts of trees, in the order in which they first occur, from right to left."""
        numbers = [self.number(tree) for tree in trees]
        roots = [number for number in numbers if self.symbols[number] >= shortest]
        found = [*self._in_order(roots)]
        counts = self._counts(roots, found)
        for number in found:
            yield Occurrence(self.parts[number], self.symbols[number], counts[number])

    def number(self, part: Tree) -> int:
        """The number of a part."""
        known = self.by_object.get(id(part))
        if known is None:
            known = self.by_object[id(part)] = self._numbered(part), part
        return known[0]

    def _numbered(self, part: Tree) -> int:
        inside = tuple([self.number(child) for child in _within(part)])
        key = (type(part), _own(part), inside)
        number = self.by_structure.setdefault(key, len(self.parts))
        if number == len(self.parts):
            self.parts.append(part)
            self.inside.append(inside)
            own = own_symbols(part) + _symbols_of_indices(part)
            self.symbols.append(own + sum([self.symbols[i] for i in inside]))
        return number

    def _counts(self, roots: Iterable[int], found: Iterable[int]) -> Mapping[int, int]:
        """How often each part that is found in the trees with some numbers occurs in them."""
        counts = Counter(roots)
        for number in sorted(found, reverse=True):
            for child in self.inside[number]:
                counts[child] += counts[number]
        return counts

    def _in_order(self, roots: Iterable[int]) -> Iterator[int]:
        """Every number once, a part before what is inside it, from right to left."""
        seen: set[int] = set()
        for root in roots:
            stack = [root]
            while stack:
                number = stack.pop()
                if number not in seen:
                    seen.add(number)
                    yield number
                    stack.extend(self.inside[number])


def _symbols_of_indices(part: Tree) -> int:
    """The symbols of the places that an entry or a slice is asked for."""
    return sum(map(symbols, part.indices)) if isinstance(part, Entry) else 0


def _within(part: Tree) -> Iterable[Tree]:
    """The parts inside a part that have a value by themselves, without letters."""
    if not isinstance(part, (Call, IndexForm, Entry)):
        return children(part)
    if has_sizes(part):
        return ()
    if isinstance(part, Entry):
        return (part.operand,)
    return part.arguments if isinstance(part, Call) and not part.over else _arrays(part)


def _arrays(tree: Tree) -> Iterable[Tree]:
    """The arrays that are asked for entries, where they have no letters of the statement."""
    entries = [*_outermost(tree)]
    letters = {name for entry in entries for index in entry.indices for name in _names(index)}
    for entry in entries:
        inside = [index for part in _outermost(entry.operand) for index in part.indices]
        if letters.isdisjoint(name for index in inside for name in _names(index)):
            yield entry.operand


def _outermost(tree: Tree) -> Iterator[Entry]:
    """The entries in a tree that are in no other entry."""
    if isinstance(tree, Entry):
        yield tree
    else:
        for part in children(tree):
            yield from _outermost(part)


def _names(index: Tree) -> Iterable[str]:
    return [part.name for part in walk(index) if isinstance(part, Name)]


def _own(part: Tree) -> Hashable:
    """What a part has beside the parts inside it."""
    match part:
        case Number(own) | Name(own) | Binary(own):
            return own
        case Call(function, _, axis) if not has_sizes(part) and not part.over:
            return function, axis
        case Entry(_, indices):
            return indices
        case Call() | IndexForm():
            return part
        case _:
            return None

"""The kinds of undeclared symbols: columns where that conforms, else rows or scalars.

A name that is only ever added to a matrix is a row, the bias of a layer; as a column it would
conform too, but only by broadcasting.

A clash names the symbols whose kind can have to do with it; each of them is tried as something
else.  Few departures from the column vector come first; after a number of tries, what came furthest
does.
"""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple

from dimderiv.errors import LimitError
from dimderiv.language.syntax import (
    Add,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    children,
    is_extreme_of_two,
)
from dimderiv.shapes import ONE
from dimderiv.shaping.clashes import ClashError, names_in, unsigned
from dimderiv.shaping.progress import Progress
from dimderiv.shaping.scope import SCALAR_AXES, Kind

EXACT_TRIES = 60
TRIES = 500
NEAREST = 50
# How many parts of the program may be visited in all tries together: some, and all of it again.
MOST_VISITED = 40_000
MOST_VISITS = 5

Kinds = Mapping[str, Kind]


class _Try(NamedTuple):
    """Kinds to be tried; `reached` tells how far what they are derived from came."""

    priority: tuple[int, ...]
    kinds: Kinds
    reached: tuple[int, int]


def settle_kinds(progress: Progress) -> ClashError | None:
    """Visit a program with the kinds of symbols that make it conform.

    Args:
        progress: a program that has not been visited; afterwards it is visited to its end.

    Returns:
        The clash that remains with every symbol of its usual kind, if no kinds conform.

    Raises:
        LimitError: too many kinds would have to be tried.
    """
    clash = progress.advance({})
    kinds: Kinds = {}
    if clash is not None:
        found = _Search(progress).run(clash)
        if found is None:
            return progress.advance({})
        kinds = found
    kinds = _prefer_rows_in_sums(progress, kinds)
    if not progress.value_is_scalar:
        _prefer_scalar_value(progress, kinds)
    return None


class _Search:
    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.scope = progress.scope
        self.definitions = {s.name: s.value for s in progress.program.statements if s.name}
        self.order = count()
        self.tries: list[_Try] = []
        self.seen: set[frozenset[tuple[str, Kind]]] = set()
        self.is_exact = True
        self.added: dict[str, list[Node]] = {}
        self.uses: dict[str, int] = {}
        for statement in progress.program.statements:
            self._note(statement.value)

    def _note(self, node: Node) -> None:
        """Count the uses of each name, and note the sums in which it is a term."""
        stack = [node]
        while stack:
            part = stack.pop()
            stack.extend(children(part))
            if isinstance(part, Name):
                self.uses[part.name] = self.uses.get(part.name, 0) + 1
            elif terms := _combined(part):
                terms = tuple(map(unsigned, terms))
                # A sum may have thousands of terms of one name.
                for name in {term.name: None for term in terms if isinstance(term, Name)}:
                    self.added.setdefault(name, []).append(part)

    def run(self, clash: ClashError) -> Kinds | None:
        """The kinds with the fewest departures that conform; a scalar value breaks ties."""
        best: Kinds | None = None
        current: Kinds = {}
        self._branch({}, clash)
        limit = TRIES + 3 * len(self.uses)
        most_visited = MOST_VISITED + MOST_VISITS * self.progress.visited
        for number in range(limit + 1):
            if not self.tries or (best is not None and len(self.tries[0].kinds) > len(best)):
                break
            if number == limit or self.progress.visited > most_visited:
                # The names to tell are those that are open before anything is tried.
                raise self._exhausted(self.progress.advance({}) or clash)
            if number == EXACT_TRIES:
                self._go_for_depth()
            current = heappop(self.tries).kinds
            outcome = self.progress.advance(current)
            if outcome is not None:
                self._branch(current, outcome)
            elif self._rows_are_added(current):
                if self.progress.value_is_scalar or not self.is_exact:
                    return current
                best = best or current
        if best is not None and best is not current:
            self.progress.advance(best)
        return best

    def _branch(self, kinds: Kinds, clash: ClashError) -> None:
        """Add the tries that change one symbol that has to do with a clash."""
        reached = self.progress.reached
        for name in self._suspects(clash):
            for kind in (Kind.ROW, Kind.SCALAR) if name in self.added else (Kind.SCALAR,):
                tried = {**kinds, name: kind}
                key = frozenset(tried.items())
                if key not in self.seen:
                    self.seen.add(key)
                    heappush(self.tries, self._try(tried, reached))

    def _try(self, kinds: Kinds, reached: tuple[int, int]) -> _Try:
        scalars = sum(kind is Kind.SCALAR for kind in kinds.values())
        uses = sum(self.uses[name] for name in kinds)
        cost = (len(kinds), scalars, uses, next(self.order))
        return _Try(cost if self.is_exact else (-reached[0], -reached[1], *cost), kinds, reached)

    def _go_for_depth(self) -> None:
        """From here on, follow what came furthest before it clashed."""
        self.is_exact = False
        self.tries = [self._try(tried.kinds, tried.reached) for tried in self.tries]
        heapify(self.tries)

    def _suspects(self, clash: ClashError) -> list[str]:
        """The columns that a clash may be due to, through definitions and equal sizes.

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
                    elif self.scope.is_open(name):
                        suspects.append(name)
        return suspects

    def _rows_are_added(self, kinds: Kinds) -> bool:
        """Whether each row vector is a term of a sum that has a matrix among its terms."""
        rows = [name for name, kind in kinds.items() if kind is Kind.ROW]
        return all(any(self._has_matrix(add) for add in self.added[name]) for name in rows)

    def _has_matrix(self, node: Node) -> bool:
        return any(ONE not in self.scope.axes[id(term)] for term in _combined(node))

    def _exhausted(self, clash: ClashError) -> LimitError:
        names = self._suspects(clash) or [name for name in self.uses if self.scope.is_open(name)]
        return LimitError(
            f"the shapes of {', '.join(names[:3])} were not found in many tries",
            span=clash.node.span,
            hint=f"declare the shape of {names[0]}",
        )


def _combined(node: Node) -> tuple[Node, ...]:
    """The terms of a sum, and what the larger or the smaller of two is taken of."""
    if isinstance(node, Add):
        return node.terms
    return node.arguments if isinstance(node, Call) and is_extreme_of_two(node) else ()


def _prefer_rows_in_sums(progress: Progress, kinds: Kinds) -> Kinds:
    """Make columns rows that occur only as terms beside a matrix, if that conforms."""
    scope = progress.scope
    if not any(scope.is_open(name) for name in scope.introduced):
        return kinds
    biases: dict[str, bool] = {}
    for statement in progress.program.statements:
        _note_biases(progress, statement.value, biases)
    rows = [name for name, only in biases.items() if only and scope.is_open(name)]
    rows = [name for name in rows if name not in kinds]
    if not rows:
        return kinds
    was_scalar = progress.value_is_scalar
    changed = {**kinds, **dict.fromkeys(rows, Kind.ROW)}
    if progress.advance(changed) is None and progress.value_is_scalar >= was_scalar:
        return changed
    progress.advance(kinds)
    return kinds


def _note_biases(progress: Progress, node: Node, biases: dict[str, bool]) -> None:
    """For each name, note whether it occurs only as a term of sums that have a matrix in them."""
    if isinstance(node, Name):
        biases[node.name] = False
        return
    terms = _combined(node)
    matrices = {id(term) for term in terms if ONE not in progress.scope.axes[id(term)]}
    for part in children(node):
        term = unsigned(part)
        if terms and isinstance(term, Name):
            beside = bool(matrices - {id(part)}) if len(matrices) < 2 else True
            biases[term.name] = biases.get(term.name, True) and beside
        else:
            _note_biases(progress, part, biases)


def _prefer_scalar_value(progress: Progress, kinds: Kinds) -> None:
    """Make symbols scalars that only multiply or divide scalars, if the value becomes a scalar.

    So `c sum(x)` is a scalar, and `lambda x` a vector: what multiplies must be computed from an
    array, or every vector that is scaled would count.  A name at the front of a term counts too
    where the other terms are scalars: `sum(x) + c/2 w'w`.
    """
    scope = progress.scope
    if not any(scope.is_open(name) for name in scope.introduced):
        return
    multiplies: dict[str, bool] = {}
    for statement in progress.program.statements:
        _note_factors(progress, statement.value, False, multiplies)
    scalars = [name for name, only in multiplies.items() if only and scope.is_open(name)]
    if not scalars:
        return
    clash = progress.advance({**kinds, **dict.fromkeys(scalars, Kind.SCALAR)})
    if clash is not None or not progress.value_is_scalar:
        progress.advance(kinds)


def _note_factors(
    progress: Progress, node: Node, is_factor: bool, multiplies: dict[str, bool]
) -> None:
    """For each name, note whether it occurs only as a factor beside computed scalars.

    Args:
        progress: the program, visited.
        node: where names are looked for.
        is_factor: whether the node itself stands beside computed scalars.
        multiplies: what has been found so far.
    """
    if isinstance(node, Name):
        multiplies[node.name] = multiplies.get(node.name, True) and is_factor
    elif isinstance(node, Negative):
        _note_factors(progress, node.operand, is_factor, multiplies)
    elif isinstance(node, Binary) and node.operator in {"*", "/"}:
        for part, other in ((node.left, node.right), (node.right, node.left)):
            beside = _is_computed_scalar(progress, other)
            is_plain = is_factor and progress.scope.axes[id(other)] == SCALAR_AXES
            _note_factors(progress, part, beside or is_plain, multiplies)
    elif isinstance(node, Add) and is_factor and _is_name_and_numbers(node):
        for term in node.terms:
            _note_factors(progress, unsigned(term), True, multiplies)
    elif isinstance(node, Add) and any(_is_computed_scalar(progress, t) for t in node.terms):
        for term in node.terms:
            _note_front(progress, unsigned(term), multiplies)
    else:
        for part in children(node):
            _note_factors(progress, part, False, multiplies)


def _is_name_and_numbers(node: Add) -> bool:
    """Whether a sum is one name and numbers, such as `1 - y`."""
    terms = [unsigned(term) for term in node.terms]
    names = [term for term in terms if isinstance(term, Name)]
    return len(names) == 1 and all(isinstance(term, (Name, Number)) for term in terms)


def _note_front(progress: Progress, term: Node, multiplies: dict[str, bool]) -> None:
    """Note the factors of a term that is added to scalars, the first one as one that multiplies."""
    if progress.scope.axes[id(term)] == SCALAR_AXES:
        _note_factors(progress, term, False, multiplies)
        return
    while isinstance(term, Binary) and term.operator in {"*", "/"}:
        _note_factors(progress, term.right, False, multiplies)
        term = term.left
    _note_factors(progress, term, isinstance(term, Name), multiplies)


def _is_computed_scalar(progress: Progress, node: Node) -> bool:
    """Whether a scalar is computed from an array."""
    if progress.scope.axes[id(node)] != SCALAR_AXES:
        return False
    names = (progress.scope.names.get(name, SCALAR_AXES) for name in names_in(node))
    return any(axes != SCALAR_AXES for axes in names)

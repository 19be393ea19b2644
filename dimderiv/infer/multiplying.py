"""Departures in products: names before a whole scalar term, and scalars beside matrices."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from dimderiv.infer import habits
from dimderiv.infer.clashes import unsigned
from dimderiv.infer.scope import SCALAR_AXES, Kind, Scope, kind_of_axes
from dimderiv.infer.uses import Use
from dimderiv.language import ONE, children, names_in, syntax


class Departure(NamedTuple):
    """One place that is not what people write.

    Attributes:
        weight: how far it is from what they write.
        instead: the kinds of symbols under which it would be nothing special.
        of_a_scalar: whether a function of arrays is given a scalar.
    """

    weight: float
    instead: Mapping[str, Kind]
    of_a_scalar: bool = False


class ProductReader:
    """Notes the departures in products, and tells what is a multiplier.

    Args:
        scope: the axes of every part.
        uses: how each name is used.
    """

    def __init__(self, scope: Scope, uses: Mapping[str, Use]) -> None:
        self.scope = scope
        self.uses = uses
        self.found: list[Departure] = []

    def _note(self, weight: float, names: Iterable[str], kind: Kind) -> None:
        self.found.append(Departure(weight, dict.fromkeys(names, kind)))

    def _kind(self, node: syntax.Tree) -> Kind:
        return kind_of_axes(self.scope.axes[id(node)])

    def _open(self, name: str | None) -> str | None:
        return name if name is not None and self.scope.is_undeclared(name) else None

    def _arrays(self, nodes: Iterable[syntax.Tree]) -> list[syntax.Tree]:
        return [node for node in nodes if self._kind(node) is not Kind.SCALAR]

    def _is_computed(self, node: syntax.Tree) -> bool:
        """Whether a part is a scalar that is computed from arrays, here or in a definition."""
        scope = self.scope
        return self._kind(node) is Kind.SCALAR and any(
            scope.meanings.get(name) == "definition"
            or scope.names.get(name, SCALAR_AXES) != SCALAR_AXES
            for name in names_in(node)
        )

    def _multipliers(self, node: syntax.Tree) -> set[str]:
        """The open names that make a term an array, if they do no more than multiply it."""
        counted = [self._counted(factor) for factor in self._arrays(habits.factors(node))]
        return set().union(*counted) if all(counted) else set()

    def _counted(self, node: syntax.Tree) -> set[str]:
        """The arrays among names that are only counted with: `n`, `M/2`, `(n - p - 1)/2`."""
        node = unsigned(node)
        match node:
            case syntax.Name(name):
                use = self.uses[name]
                may_be = use.is_count if name[0].isupper() else not use.is_array
                is_open = self._open(name) and may_be
                return {name} if is_open and self._kind(node) is not Kind.SCALAR else set()
            case syntax.Number():
                return set()
            case syntax.Add() | syntax.Binary("*" | "/"):
                names: set[str] = set()
                for part in children(node):
                    counted = self._counted(part)
                    if not counted and self._kind(part) is not Kind.SCALAR:
                        return set()
                    names |= counted
                return names
        return set()

    def product(self, node: syntax.Binary) -> None:
        """Note the departures in a product of several factors; its divisors are scalars."""
        chain = habits.factors(node)
        kinds = [self._kind(factor) for factor in chain]
        if not self._scaled(chain, kinds):
            self._counted_behind(chain)
        self._divided(chain, list(habits.divisors_of(node)))
        self._beside_factors(chain, kinds)
        self._between_vectors(chain, kinds)

    def _scaled(self, chain: Sequence[syntax.Tree], kinds: Sequence[Kind]) -> bool:
        """Note names before a whole scalar term, if there are any."""
        arrays = [place for place, kind in enumerate(kinds) if kind is not Kind.SCALAR]
        names: set[str] = set()
        for start in range(1, len(chain)):
            counted = self._counted(chain[start - 1])
            if not counted and kinds[start - 1] is not Kind.SCALAR:
                return False
            names |= counted
            if arrays and arrays[0] < start:
                del arrays[0]
            behind = arrays[:1] + arrays[-1:]
            if not names or not self._is_scalar([chain[place] for place in behind]):
                continue
            term = chain[start:]
            is_computed = any(map(self._is_computed, term))
            is_count = all(map(habits.NUMBER_LETTERS.fullmatch, names))
            whole = behind or is_computed or is_count
            if whole and not names & {n for part in term for n in names_in(part)}:
                weight = (
                    habits.INNER_PRODUCT
                    if behind
                    else habits.WHOLE_TERM
                    if is_computed
                    else habits.NUMBER
                )
                self._note(weight * len(names), sorted(names), Kind.SCALAR)
                return True
        return False

    def _divided(self, chain: Sequence[syntax.Tree], divisors: Sequence[syntax.Tree]) -> None:
        """Note names that are divided by a whole scalar term: `k / det(X)`."""
        counted = [self._counted(factor) for factor in chain]
        if all(counted) and any(map(self._is_computed, divisors)):
            names = set().union(*counted)
            if not names & {name for divisor in divisors for name in names_in(divisor)}:
                self._note(habits.INNER_PRODUCT * len(names), sorted(names), Kind.SCALAR)

    def _is_scalar(self, arrays: Sequence[syntax.Tree]) -> bool:
        """Whether a product of arrays is a scalar."""
        if not arrays:
            return True
        axes = self.scope.axes
        return axes[id(arrays[0])][0] is ONE and axes[id(arrays[-1])][1] is ONE

    def _counted_behind(self, chain: Sequence[syntax.Tree]) -> None:
        *before, last = chain
        names = self._counted(last) if isinstance(unsigned(last), syntax.Add) else set[str]()
        is_scalar = not self._arrays(before) and any(map(self._is_computed, before))
        if is_scalar and any(map(habits.COUNT_LETTERS.fullmatch, names)):
            self._note(habits.WHOLE_TERM * len(names), sorted(names), Kind.SCALAR)

    def _beside_factors(self, chain: Sequence[syntax.Tree], kinds: Sequence[Kind]) -> None:
        """Note scalars that stand before or behind a matrix as a row or a column would."""
        counts = Counter(factor.name for factor in chain if isinstance(factor, syntax.Name))
        left = [place for place, kind in enumerate(kinds) if kind is not Kind.SCALAR]
        before: Kind | None = None
        for place, (factor, kind) in enumerate(zip(chain, kinds, strict=True)):
            if left and left[0] == place:
                before = kinds[left.pop(0)]
            name = self._open(factor.name) if isinstance(factor, syntax.Name) else None
            if name is None or kind is not Kind.SCALAR:
                continue
            after = kinds[left[0]] if left else None
            if counts[name] > 1:
                self._note(habits.NO_POWER, [name], Kind.MATRIX)
            if before is None and after is Kind.MATRIX and habits.VECTOR_LETTERS.fullmatch(name):
                self._note(habits.NO_MATRIX_PRODUCT, [name], Kind.ROW)
            elif name[0].isupper() and (before or after):
                self._note(habits.CAPITAL_SCALAR, [name], Kind.MATRIX)
            elif before is Kind.MATRIX and after is None:
                self._note(habits.SCALAR_BEHIND, [name], Kind.COLUMN)

    def _between_vectors(self, chain: Sequence[syntax.Tree], kinds: Sequence[Kind]) -> None:
        """Note parts that stand between a row and a column, as a matrix does: `x' A[k] x`."""
        for place in range(1, len(chain) - 1):
            match chain[place]:
                case syntax.Entry(syntax.Name(name), (_,)) if self._open(name):
                    around = kinds[place - 1], kinds[place], kinds[place + 1]
                    if around == (Kind.ROW, Kind.COLUMN, Kind.COLUMN):
                        self._note(habits.NO_MATRIX_PRODUCT, [name], Kind.ARRAY)

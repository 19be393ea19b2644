"""Factors that have been gathered, and what becomes of them together.

Equal ones become powers, some cancel, a sum over a letter may be known, and a letter that nothing
has any more is a sum of ones.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from dimderiv.errors import LimitError
from dimderiv.graph.cancelling import CancelledPair, cancellation
from dimderiv.graph.closing import is_power, open_beside
from dimderiv.graph.facts import is_binary, rows_sum_to_one, zero_indices
from dimderiv.graph.letters import Letters
from dimderiv.graph.matching import uses
from dimderiv.graph.nodes import (
    ONCE,
    Factor,
    Index,
    Key,
    Node,
    are_ordinary,
    index_dim,
    is_orthogonal,
    is_triangle,
    letters_of,
    size,
    zero,
)
from dimderiv.graph.normal_form import finished, with_scalars_apart
from dimderiv.graph.null_spaces import takes_to_zero
from dimderiv.graph.numbering import all_indices, pattern_of, reading_order
from dimderiv.graph.selected import Meeting, meetings, takes_nothing
from dimderiv.language import Dim

MOST_FACTORS = 100
HIGHEST_POWER = 10**12


def zeros(result: Sequence[Index], dims: Sequence[Dim]) -> Node:
    """The array of zeros with these indices."""
    return zero(tuple([index_dim(index, dims) for index in result]))


class Bag:
    """Factors, none of them a product that could be opened; letters may turn out to be the same.

    Args:
        coefficient: the number in front.
        dims: the size of each letter.
    """

    def __init__(self, coefficient: Fraction, dims: Sequence[Dim]) -> None:
        self.coefficient = coefficient
        self.letters = Letters(dims)
        self.factors: list[Factor] = []
        self.spent: set[int] = set()

    def gather_powers(self, result: tuple[Index, ...]) -> list[Factor]:
        """Make what stands open beside a power of itself one more of that power.

        Returns:
            Products that are left without a power, which are to be opened.
        """
        if not any(map(is_power, self.factors)):
            return []
        self.factors = self._collected()
        while found := next(open_beside(self.factors, self.letters.all_resolved(result)), None):
            gone = (found.closed, *found.used)
            self.factors = [f for f in self.factors if all(f is not g for g in gone)]
            self.factors.append(found.closed._replace(power=found.closed.power + 1))
            self.spent.update(letters_of(found.inner))
            self.factors = self._collected()
        plain = [f for f in self.factors if is_power(f) and f.power == 1]
        self.factors = [f for f in self.factors if all(f is not other for other in plain)]
        return plain

    def closed(self, result: tuple[Index, ...]) -> Node:
        """The product of the factors."""
        factors, spent = self._collected(), set(self.spent)
        _refuse_large(factors)
        # Nearly all products are of ordinary factors, of which there is nothing to find.
        is_ordinary = are_ordinary(factors)
        if not is_ordinary:
            factors = self._cancelled(factors, result)
            factors, more = self._selected(factors, result)
            spent |= more
        result = self.letters.all_resolved(result)
        if self.coefficient is not ONCE and not self.coefficient:
            return zeros(result, self.letters.dims)
        if not is_ordinary:
            if takes_nothing(factors):
                return zeros(result, self.letters.dims)
            factors, more = _without_unit_sums(factors, result)
            spent |= more
            if _vanishes(factors, result) or takes_to_zero(factors, result):
                return zeros(result, self.letters.dims)
        pattern = pattern_of(factors, result)
        if len(pattern.letters) + len(self.letters.same) + len(spent) < len(self.letters.dims):
            self._take_sizes(factors, spent.union(pattern.letters))
            pattern = pattern_of(factors, result)
        if pattern.comes_apart:
            factors = with_scalars_apart(factors, result, self.letters.dims)
        return finished(self.coefficient, factors, self.letters.dims, result)

    def _cancelled(self, factors: list[Factor], result: tuple[Index, ...]) -> list[Factor]:
        """What is left of factors, of which some may cancel each other."""
        while found := cancellation(factors, self.letters.all_resolved(result)):
            if not self.letters.can_unify([found.ends, *((i, found.ends[0]) for i in found.inner)]):
                break
            self._cancel(found, factors)
            factors = self._collected()
        return factors

    def _cancel(self, found: CancelledPair, factors: list[Factor]) -> None:
        """Take out what cancels; the number and the scalars of the matrix stay below the line."""
        self.factors = [f for f in factors if all(f is not g for g in found.gone)]
        if found.below is not None:
            self.coefficient /= found.below.coefficient
            scalars = [factor for factor in found.below.factors if not factor.indices]
            self.factors += [factor._replace(power=-factor.power) for factor in scalars]
        self.letters.unify(*found.ends)
        for index in found.inner:
            self.letters.unify(index, found.ends[0])

    def _selected(
        self, factors: list[Factor], result: tuple[Index, ...]
    ) -> tuple[list[Factor], set[int]]:
        """What is left of factors, of which some may be selections of the same axis.

        Also the letters that are summed with what has gone.
        """
        spent = set[int]()
        found = next(self._meetings(factors, result), None)
        while found is not None:
            self.factors = [f for f in factors if all(f is not g for g in found.gone)]
            self.factors += [] if found.new is None else [found.new]
            if found.ends is not None:
                self.letters.unify(*found.ends)
            if isinstance(found.spent, int):
                spent.add(found.spent)
            factors = self._collected()
            found = next(self._meetings(factors, result), None)
        return factors, spent

    def _meetings(self, factors: list[Factor], result: tuple[Index, ...]) -> Iterator[Meeting]:
        for found in meetings(factors, self.letters.all_resolved(result), self.letters.dims):
            if found.ends is None or self.letters.can_unify([found.ends]):
                yield found

    def _collected(self) -> list[Factor]:
        powers: dict[tuple[Key, tuple[Index, ...]], Factor] = {}
        for factor in self.factors:
            node, places = factor.node, factor.indices
            if self.letters.same:
                places = self.letters.all_resolved(places)
            if len(places) == 2:
                if is_triangle(node):
                    if places[0] != places[1]:
                        powers[node.key, places] = Factor(node, places)
                    continue
                if node.symmetric:
                    places = tuple(sorted(places, key=reading_order))
            known = powers.get((node.key, places))
            if known is not None:
                factor = Factor(node, places, known.power + factor.power)
            elif places is not factor.indices:
                factor = Factor(node, places, factor.power)
            if factor.power is not ONCE and factor.power > 0 and is_binary(node):
                factor = Factor(node, places)
            powers[node.key, places] = factor
        return [f for f in powers.values() if f.power is ONCE or f.power]

    def _take_sizes(self, factors: list[Factor], used: set[int]) -> None:
        """A letter that neither a factor nor the result has is a sum of ones."""
        for letter in range(len(self.letters.dims)):
            if letter not in used and letter not in self.letters.same:
                self._take_size(self.letters.dims[letter], factors)

    def _take_size(self, dim: Dim, factors: list[Factor]) -> None:
        known = dim.number
        if known is not None:
            self.coefficient *= known
            return
        own = size(dim)
        for place, factor in enumerate(factors):
            if factor.node.key == own.key:
                factors[place] = factor._replace(power=factor.power + 1)
                if not factors[place].power:
                    del factors[place]
                return
        factors.append(Factor(own, ()))


def _refuse_large(factors: list[Factor]) -> None:
    if len(factors) > MOST_FACTORS:
        raise LimitError(
            f"a product of more than {MOST_FACTORS} factors",
            hint="give names to parts of it, and derive a scalar",
        )
    powers = [factor.power for factor in factors if factor.power is not ONCE]
    if any(abs(power.numerator) > HIGHEST_POWER * power.denominator for power in powers):
        raise LimitError(
            f"a power has an exponent of more than {HIGHEST_POWER}",
            hint="a name for the exponent",
        )


def _without_unit_sums(
    factors: Sequence[Factor], result: Sequence[Index]
) -> tuple[list[Factor], set[int]]:
    """Drop what sums to 1 along an axis, and say along which letters."""
    kept, spent = list(factors), set[int]()
    for factor in factors:
        for index in _unit_axes(factor):
            if isinstance(index, int) and uses(index, [*all_indices(kept), *result]) == 1:
                kept.remove(factor)
                spent.add(index)
                break
    return kept, spent


def _unit_axes(factor: Factor) -> tuple[Index, ...]:
    """Along which a factor sums to 1: softmax rows, squared orthogonal ones."""
    if factor.indices and rows_sum_to_one(factor.node) and factor.power == 1:
        return factor.indices[-1:]
    return factor.indices if is_orthogonal(factor.node) and factor.power == 2 else ()


def _vanishes(factors: Sequence[Factor], result: Sequence[Index]) -> bool:
    """Whether a factor is summed along an axis where its entries cancel."""
    centred = zero_indices(factors)
    places = [*all_indices(factors), *result] if centred else []
    return any(uses(index, places) == 1 for index in centred)

"""The answer as it is printed, as numbers: its entries at a point, by the verifier's evaluator.

They come in the order in which generated code returns them: for each derivative the axes of the
value, then those of the variable, the last one fastest.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np

from dimderiv.errors import DimderivError
from dimderiv.language import Dim, Program, Shape
from dimderiv.verify.claim import Claim
from dimderiv.verify.code.runs import FloatArray
from dimderiv.verify.evaluate import Arithmetic, Effort, Expected
from dimderiv.verify.layout import (
    Placement,
    Sized,
    assignments,
    entries,
    is_single,
    places,
    size_at,
)
from dimderiv.verify.points import Claimed, Setting, Trial, drawn_points

DIGITS = 30
EQUAL, LARGE = 3, 7
SUMS_TO_ONE = frozenset({"onehot", "probability"})


class PrintedValues:
    """What is printed for a derivation, at points.

    Args:
        claims: the derivatives, each as a first one.
        value: the expression and its shape, if its value is wanted before the derivatives.
        most: how many operations one point may take.
    """

    def __init__(
        self, claims: Sequence[Claim], value: tuple[Program, Shape] | None, most: int
    ) -> None:
        self.setting, self.value, self.most = Setting(claims), value, most
        self.claims = [Claimed(claim, self.setting) for claim in claims]
        first = claims[0]
        self.symbols, self.declared, self.sizes = first.symbols, first.declared, first.sizes

    @property
    def names(self) -> dict[str, None]:
        """The named sizes, in order of occurrence."""
        axes = self.setting.dimensions.dims
        names = dict.fromkeys(name for dim in axes for name in sorted(dim.names))
        return names | dict.fromkeys(sorted(self.sizes))

    def assignments(self) -> Iterator[dict[str, int]]:
        """Sizes that are equal, ones, and sizes that all differ, in two orders."""
        dimensions = self.setting.dimensions
        axes, names = dimensions.dims, self.names
        taken_off = {n for dim in axes for names, c in dim.monomials for n in names if c < 0}
        # A kernel of the size of its image would leave one entry.
        equal = {name: EQUAL - (name in taken_off) for name in names}
        if len(names) > 1 and dimensions.fit(equal):
            yield equal
        # Where one axis alone is 1, a matrix with one column is read as a column.
        ones = dict.fromkeys(names, 1)
        if names and dimensions.fit(ones) and all(dim.evaluate(ones) == 1 for dim in axes):
            yield ones
        try:
            found = self.unequal()
        except DimderivError:
            return  # no small sizes fit
        yield from [*found, *found][:2]

    def various(self) -> list[dict[str, int]]:
        """Small sizes that differ, in some orders; then the first of them with one larger, or 1.

        Raises:
            ShapeError: no small sizes fit.
        """
        dimensions = self.setting.dimensions
        # Where arrays have many axes, the smallest sizes do not all differ.
        found = [*assignments(dimensions.dims, list(self.names), dimensions.fit), *self.unequal()]
        others = [found[0] | {name: size} for size in (LARGE, 1) for name in found[0]]
        return [*found, *filter(dimensions.fit, others)]

    def unequal(self) -> list[dict[str, int]]:
        """Small sizes that differ, in some orders.

        Raises:
            ShapeError: no small sizes fit.
        """
        return self.setting.dimensions.assignments(list(self.names))

    def count(self, sizes: Mapping[str, int]) -> int:
        """How many entries the symbols and the derivatives have."""
        every = [tuple(declared.shape) for declared in self.symbols.values()]
        every += [
            (*each.claim.value, *Placement(each.claim, sizes).wrt_shape) for each in self.claims
        ]
        return sum(prod(dim.evaluate(sizes) for dim in dims) for dims in every)

    def points(self, sizes: Mapping[str, int], number: int) -> Iterator[dict[str, Sized]]:
        """Entries for every symbol, again and again."""
        distributions = self.setting.dimensions.distributions
        for point in drawn_points(self.symbols, sizes, distributions, number):
            for name, declared in self.symbols.items():
                sums = declared.properties & SUMS_TO_ONE or name in distributions
                if sums and is_single(point[name]) and not declared.shape.is_scalar:
                    point[name] = [[Fraction(1)]]
            yield point

    def at(self, point: Mapping[str, Sized], sizes: Mapping[str, int]) -> list[FloatArray]:
        """The value, if it is wanted, and the derivatives."""
        found = []
        if self.value is not None:
            (program, shape), trial = self.value, self._trial(point, sizes)
            size = size_at(shape, sizes)
            result = self.setting.evaluator(trial).result(program, Expected.of(size))
            found.append(laid(result, shape, sizes))
        trial = self._trial(point, sizes)
        base = self.setting.evaluator(trial, keep=True)
        for each in self.claims:
            entry, layout = each.answer(base, trial), each.layout(trial)
            pairs = product(places(layout.value), places(layout.wrt))
            axes = (*_axes(each.claim.value), *_axes(layout.wrt_shape))
            lengths = [dim.evaluate(sizes) for dim in axes]
            found.append(np.array([float(entry(i, [j])) for i, j in pairs]).reshape(lengths))
        return found

    def _trial(self, point: Mapping[str, Sized], sizes: Mapping[str, int]) -> Trial:
        return Trial(Arithmetic(DIGITS, Effort(self.most)), sizes, point)


def laid(value: Sized, shape: Shape, sizes: Mapping[str, int]) -> FloatArray:
    """An array as code has it."""
    lengths = [dim.evaluate(sizes) for dim in _axes(shape)]
    return np.array([float(x) for x in entries(value)]).reshape(lengths)


def _axes(shape: Shape) -> tuple[Dim, ...]:
    """An axis of a column that has one entry by declaration is no axis."""
    return tuple(shape) if shape.is_row or shape.has_more_axes else shape.axes

"""The answer as it is printed, as numbers: its entries at a point, by the verifier's evaluator.

They come in the order in which generated code returns them: for each derivative the axes of the
value, then those of the variable, the last one fastest.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain
from math import prod
from typing import Any, NamedTuple

from dimderiv.derivation.checking import Checker
from dimderiv.derivation.coding import Coder
from dimderiv.derivation.result import Extent
from dimderiv.errors import DimderivError
from dimderiv.language import Dim, IndexForm, Shape, Statement, walk
from dimderiv.render import text
from dimderiv.rulebook import meanings
from dimderiv.verify import (
    KNOWN,
    Arithmetic,
    Effort,
    Evaluator,
    Expected,
    Scalar,
    Size,
    Table,
    assignments,
    drawn_points,
    targets_of_cross_entropy,
    transposed,
)

DIGITS = 30
EQUAL = 3
SUMS_TO_ONE = frozenset({"onehot", "probability"})


class Printed(NamedTuple):
    """One array that is printed: the length of each axis, and the entries, the last axis fastest.

    An axis of a row or a column that has one entry by declaration is no axis, as in the code.
    """

    lengths: tuple[int, ...]
    entries: list[float]


class PrintedValues:
    """What is printed for a derivation, at points.

    Args:
        coder: the derivation, as its code is made of it.
        value: whether the value of the expression is wanted too, before the derivatives.
        most: how many operations one point may take.
    """

    def __init__(self, coder: Coder, *, value: bool, most: int) -> None:
        self.typed, self.rulebook, self.extents = coder.typed, coder.rulebook, coder.extents
        self.valued = coder.valued if value else None
        self.most = most
        self.program = Checker(coder.typed, coder.rulebook).read_back(text(coder.program))
        statements = [*self.typed.program.statements, *self.program.statements]
        nodes = [statement.value for statement in statements]
        self.meanings = meanings(self.rulebook, nodes, KNOWN)
        nodes += [body for _, body in self.meanings.definitions.values()]
        nodes += self.meanings.columns.values()
        self.distributions = {name for node in nodes for name in targets_of_cross_entropy(node)}

    def assignments(self) -> Iterator[dict[str, int]]:
        """Sizes that are equal, ones, and sizes that all differ, in two orders."""
        axes = self._axes()
        names = dict.fromkeys(name for dim in axes for name in sorted(dim.names))
        names |= dict.fromkeys(sorted(self.typed.sizes))
        taken_off = {n for dim in axes for names, c in dim.monomials for n in names if c < 0}
        # A kernel of the size of its image would leave one entry.
        equal = {name: EQUAL - (name in taken_off) for name in names}
        if len(names) > 1 and all(dim.evaluate(equal) > 0 for dim in axes):
            yield equal
        # Where one axis alone is 1, a matrix with one column is read as a column.
        ones = dict.fromkeys(names, 1)
        if names and all(dim.evaluate(ones) == 1 for dim in axes):
            yield ones
        try:
            found = assignments(axes, list(names))
        except DimderivError:
            return  # no small sizes fit
        yield from [*found, *found][:2]

    def _axes(self) -> list[Dim]:
        shapes = [declared.shape for declared in self.typed.symbols.values()]
        shapes += [*self.rulebook.unknown.values(), self.typed.value]
        for statement in self.typed.program.statements:
            shapes += [self.typed.shape(part) for part in walk(statement.value)]
        return list(dict.fromkeys(chain.from_iterable(shapes)))

    def count(self, sizes: Mapping[str, int]) -> int:
        """How many entries the symbols and the derivatives have."""
        every = [tuple(declared.shape) for declared in self.typed.symbols.values()]
        every += [(*extent.of, *extent.by) for extent in self.extents.values()]
        return sum(prod(dim.evaluate(sizes) for dim in dims) for dims in every)

    def points(self, sizes: Mapping[str, int], number: int) -> Iterator[dict[str, Table]]:
        """Entries for every symbol, again and again."""
        for point in drawn_points(self.typed.symbols, sizes, self.distributions, number):
            for name, declared in self.typed.symbols.items():
                is_single = [list(map(len, point[name]))] == [[1]]
                sums = declared.properties & SUMS_TO_ONE or name in self.distributions
                if sums and is_single and not declared.shape.is_scalar:
                    point[name] = [[Fraction(1)]]
            yield point

    def at(self, point: Mapping[str, Table], sizes: Mapping[str, int]) -> list[Printed]:
        """The value, if it is wanted, and the derivatives."""
        found = []
        if self.valued is not None:
            shape, program = self.valued.value, self.valued.program
            table = self._evaluator(point, sizes).result(program, _expected(shape, sizes))
            found.append(Printed(_lengths(shape, sizes), list(map(float, chain(*table)))))
        evaluator, made = self._evaluator(point, sizes), dict[str, Printed]()
        names = list(self.extents)
        for place, statement in enumerate(self.program.statements, 1):
            is_last = place == len(self.program.statements)
            own = names[0] if is_last and len(names) == 1 else statement.name
            if own is not None and own in self.extents and (is_last or len(names) > 1):
                made[own] = _read(evaluator, statement, self.extents[own], sizes)
            elif statement.name is not None:
                evaluator.names[statement.name] = evaluator.value(statement.value)
        return [*found, *(made[name] for name in names)]

    def _evaluator(self, point: Mapping[str, Table], sizes: Mapping[str, int]) -> Evaluator:
        unknown = {name: size(shape, sizes) for name, shape in self.rulebook.unknown.items()}
        names: dict[str, Any] = dict(point)
        return Evaluator(
            Arithmetic(DIGITS, Effort(self.most)),
            sizes,
            names,
            self.meanings.definitions,
            self.meanings.elementwise,
            self.meanings.columns,
            values=self.meanings.values,
            products=self.meanings.products,
            unknown=unknown,
        )


def size(shape: Shape, sizes: Mapping[str, int]) -> Size:
    """A shape in numbers."""
    return Size(*(dim.evaluate(sizes) for dim in shape))


def _expected(shape: Shape, sizes: Mapping[str, int]) -> Expected:
    return Expected(*size(shape, sizes))


def _lengths(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, ...]:
    axes = tuple(shape) if shape.is_row else shape.axes
    return tuple(dim.evaluate(sizes) for dim in axes)


def _read(
    evaluator: Evaluator, statement: Statement, extent: Extent, sizes: Mapping[str, int]
) -> Printed:
    """One derivative; others may use its name."""
    node, axes = statement.value, (*extent.of.axes, *extent.by.axes)
    lengths = (*_lengths(extent.of, sizes), *_lengths(extent.by, sizes))
    if isinstance(node, IndexForm) and len(node.axes) == len(axes):
        return Printed(lengths, list(map(float, evaluator.array(node).entries)))
    table = evaluator.table(node, _expected(extent.shape, sizes))
    if statement.name is not None:
        evaluator.names[statement.name] = table
    return Printed(lengths, list(map(float, _in_order(table, extent, sizes))))


def _in_order(table: Table, extent: Extent, sizes: Mapping[str, int]) -> list[Scalar]:
    """The entries of a table by those of the value and of the variable, row by row."""
    table = transposed(table) if extent.turned else table
    if extent.of.is_scalar or extent.by.is_scalar:
        return list(chain(*table))
    rows, cols = (_places(size(shape, sizes)) for shape in (extent.of, extent.by))
    return [table[row][col] for row in rows for col in cols]


def _places(extent: Size) -> list[int]:
    """For each entry, row by row, its place where columns are stacked."""
    return [j * extent.rows + i for i in range(extent.rows) for j in range(extent.cols)]

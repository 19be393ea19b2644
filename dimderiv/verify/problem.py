"""A claim prepared for checking: what has a size, what is constant, where derivatives stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from dimderiv.errors import ShapeError, VerificationError
from dimderiv.language.syntax import IndexForm
from dimderiv.shapes import SCALAR, Dim, Shape
from dimderiv.verify.arithmetic import ZERO, Arithmetic, Jet, OutOfDomain, Scalar
from dimderiv.verify.claim import Claim, NotVerifiableError, sizes_text
from dimderiv.verify.evaluate import Evaluator
from dimderiv.verify.motion import Move, Place, moves_along, tied_moves
from dimderiv.verify.tables import Size, Table, each, size_of
from dimderiv.verify.trees import constant_nodes, names_of_sizes, targets_of_cross_entropy
from dimderiv.verify.unsized import Expected, Value

Answer: TypeAlias = Callable[[Place, Sequence[Place]], Scalar]

TIED = (
    "the largest entry of a max, or the least of a min, is attained more than once; "
    "the rules assume that it is attained once"
)


class AnswerOutOfDomain(OutOfDomain):
    """The answer has no value where the expression may well have a derivative."""


@dataclass(frozen=True)
class Trial:
    """One point to check at.

    Attributes:
        arithmetic: the arithmetic to compute in.
        sizes: a number for each named dimension.
        point: the entries of the symbols, all rational.
        rounded: whether to compute in floats from the start.
    """

    arithmetic: Arithmetic
    sizes: Mapping[str, int]
    point: Mapping[str, Table]
    rounded: bool = False

    def entries(self, name: str) -> Table:
        """The entries of a symbol, as they enter the computation.

        Args:
            name: the symbol.
        """
        table = self.point[name]
        return each(table, self.arithmetic.inexact) if self.rounded else table


class Problem:
    """A claim, with what does not change from point to point.

    Args:
        claim: what is to be checked.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        # Along directions everything moves at once, as a scalar does.
        self.wrt_shape = SCALAR if claim.along else claim.symbols[claim.wrt].shape
        self.moving = tuple(claim.along) or (claim.wrt,)
        self.constant = constant_nodes(claim.expression, self.moving)
        shapes = [declaration.shape for declaration in claim.symbols.values()]
        inner = (*shapes, claim.value, *claim.inner, *claim.unknown.values())
        self.dims = list(dict.fromkeys(dim for shape in inner for dim in shape))
        named = [name for dim in self.dims for name in _names_in_order(dim)]
        bodies = [*(body for _, body in claim.definitions.values()), *claim.columns.values()]
        nodes = [s.value for p in (claim.expression, claim.answer) for s in p.statements]
        for node in (*nodes, *bodies):
            named.extend(names_of_sizes(node))
        self.names = list(dict.fromkeys(named))
        self.distributions = {
            name for node in (*nodes, *bodies) for name in targets_of_cross_entropy(node)
        }

    def size(self, shape: Shape, trial: Trial) -> Size:
        """A shape in numbers.

        Args:
            shape: rows and columns.
            trial: with the sizes of the named dimensions.
        """
        return Size(*(dim.evaluate(trial.sizes) for dim in shape))

    def places(self, shape: Shape, trial: Trial) -> list[Place]:
        """Rows and columns of all entries.

        Args:
            shape: of the symbol or of the value.
            trial: with the sizes of the named dimensions.
        """
        rows, cols = self.size(shape, trial)
        return list(product(range(rows), range(cols)))

    def evaluator(self, trial: Trial, *, keep: bool = False) -> Evaluator:
        """An evaluator at a point.

        Args:
            trial: the point.
            keep: whether it remembers the value of every node.
        """
        names: dict[str, Value] = {name: trial.entries(name) for name in trial.point}
        claim = self.claim
        return Evaluator(
            trial.arithmetic,
            trial.sizes,
            names,
            claim.definitions,
            claim.elementwise,
            claim.columns,
            keep=keep,
            unknown={name: self.size(shape, trial) for name, shape in claim.unknown.items()},
        )

    def base(self, trial: Trial) -> Evaluator:
        """An evaluator that has evaluated the expression, and remembers what is constant.

        Args:
            trial: the point.
        """
        evaluator = self.evaluator(trial, keep=True)
        size = self.size(self.claim.value, trial)
        try:
            value = evaluator.result(self.claim.expression, Expected(*size))
        except ShapeError as error:
            message = "the expression's sizes do not conform"
            raise self.failure(message, trial, error.message) from error
        if size_of(value) != size:
            message = f"the expression is {size_of(value)}, not {size}"
            raise self.failure(message, trial)
        name = self.claim.expression.statements[-1].name
        if name is not None:
            evaluator.names[name] = value
        evaluator.known = {k: v for k, v in evaluator.known.items() if k in self.constant}
        evaluator.keep = False
        return evaluator

    def moves(self, trial: Trial, place: Place) -> Iterator[Move]:
        """What moves with one coordinate of the variable.

        Args:
            trial: the point.
            place: row and column of the coordinate.
        """
        along = self.claim.along
        if along:
            return moves_along({name: trial.entries(along[name]) for name in along})
        return tied_moves(self.claim.wrt, place, self.claim.structure)

    def moved(self, trial: Trial, slopes: Sequence[Mapping[Place, Scalar]]) -> dict[str, Table]:
        """The entries of what moves, with a perturbation for each order of the derivative.

        Args:
            trial: the point.
            slopes: for each order, how fast each coordinate of the variable moves.
        """
        arithmetic = trial.arithmetic
        tables = {name: [list(row) for row in trial.entries(name)] for name in self.moving}
        for level, coordinates in enumerate(slopes, start=1):
            for coordinate, slope in coordinates.items():
                for symbol, (p, q), factor in self.moves(trial, coordinate):
                    jet = Jet(level, ZERO, arithmetic.mul(slope, factor))
                    tables[symbol][p][q] = arithmetic.add(tables[symbol][p][q], jet)
        return tables

    def varied(self, base: Evaluator, trial: Trial, moved: Mapping[str, Table]) -> Table:
        """The value of the expression with other entries of the variable.

        Args:
            base: an evaluator at the point.
            trial: the point.
            moved: the entries of what moves, with their perturbations.
        """
        evaluator = self.evaluator(trial)
        evaluator.known = base.known
        evaluator.names.update(moved)
        return evaluator.result(
            self.claim.expression, Expected(*self.size(self.claim.value, trial))
        )

    def answer(self, base: Evaluator, trial: Trial) -> Answer:
        """The answer's entries at a point, by place in the value and places in the variable.

        Args:
            base: an evaluator at the point; its definitions are not the answer's.
            trial: the point.

        Raises:
            VerificationError: the answer has not the shape of the derivative, no shape at all, or
                uses what it does not define.
            AnswerOutOfDomain: it has no value at this point.
        """
        try:
            return self._answer(base, trial)
        except OutOfDomain as error:
            raise AnswerOutOfDomain(*error.args) from error
        except ShapeError as error:
            raise self.failure("the answer's sizes do not conform", trial, error.message) from error
        except NotVerifiableError as error:
            raise self.failure("the answer has no value", trial, error.message) from error

    def _answer(self, base: Evaluator, trial: Trial) -> Answer:
        names: dict[str, Value] = {name: trial.entries(name) for name in trial.point}
        reader = replace(base, names=names, known={})
        reader.define(self.claim.answer)
        node = self.claim.answer.statements[-1].value
        value, wrt = self.size(self.claim.value, trial), self.size(self.wrt_shape, trial)
        shapes = [self.claim.value, *[self.wrt_shape] * self.claim.order]
        count = sum(len(s.axes) for s in shapes)
        if isinstance(node, IndexForm) and len(node.axes) == count and not self.claim.turned:
            return _index_answer(reader, node, shapes, [value, *[wrt] * self.claim.order])
        size, place = self._layout(value, wrt)
        if self.claim.turned:
            size = Size(size.cols, size.rows)
        table = reader.table(node, Expected(*size))
        if size_of(table) != size:
            raise ShapeError(f"the answer is {size_of(table)}, the derivative {size}")

        def entry(value_place: Place, wrt_places: Sequence[Place]) -> Scalar:
            row, col = place(value_place, wrt_places)
            return table[col][row] if self.claim.turned else table[row][col]

        return entry

    def _layout(
        self, value: Size, wrt: Size
    ) -> tuple[Size, Callable[[Place, Sequence[Place]], Place]]:
        """The size of the derivative as a table, and where in it each entry stands."""
        if self.claim.order == 2 and self.claim.value.is_scalar:
            if self.wrt_shape.is_scalar:
                return Size(1, 1), lambda _, w: (0, 0)
            count = wrt.rows * wrt.cols
            return Size(count, count), lambda _, w: (_stacked(w[0], wrt), _stacked(w[1], wrt))
        if self.claim.order != 1:
            raise NotVerifiableError(f"a derivative of order {self.claim.order} as a matrix")
        if self.claim.value.is_scalar:
            return wrt, lambda _, w: w[0]
        if self.wrt_shape.is_scalar:
            return value, lambda v, _: v
        size = Size(value.rows * value.cols, wrt.rows * wrt.cols)
        return size, lambda v, w: (_stacked(v, value), _stacked(w[0], wrt))

    def failure(self, message: str, trial: Trial, *known: str) -> VerificationError:
        """The error that withholds the answer.

        Args:
            message: what disagrees.
            trial: the point.
            known: further facts.
        """
        sizes = [f"sizes {sizes_text(trial.sizes)}"] if trial.sizes else []
        return VerificationError(message, known=(*known, *sizes))

    def disagreement(
        self, trial: Trial, where: str, expected: Scalar, found: Scalar
    ) -> VerificationError:
        """The error of two values that ought to be equal.

        Args:
            trial: the point.
            where: which entry.
            expected: the derivative of the expression.
            found: the value of the answer.
        """
        exact = isinstance(expected, Fraction) and isinstance(found, Fraction)
        wanted, got = (str(x) if exact else f"{float(x):.12g}" for x in (expected, found))
        return self.failure(
            f"the answer disagrees with the expression at {where}",
            trial,
            f"the derivative of the expression is {wanted}",
            f"the answer gives {got}",
            *([TIED] if trial.arithmetic.tied else []),
        )

    def label(self, value_place: Place, wrt_places: Sequence[Place]) -> str:
        """What a derivative is called, such as `dL/dW[1,0]`.

        Args:
            value_place: row and column in the value.
            wrt_places: row and column in the variable, once for each order, or none.
        """
        name = self.claim.expression.statements[-1].name
        value = name or ("L" if self.claim.value.is_scalar else "Y")
        above = value + _brackets(self.claim.value, value_place)
        if self.claim.along:
            return f"d{above} along {', '.join(self.claim.along.values())}"
        if not wrt_places:
            return f"d{above}"
        below = [f"d{self.claim.wrt}{_brackets(self.wrt_shape, place)}" for place in wrt_places]
        return f"d{above}/{below[0]}" if len(below) == 1 else f"d^2 {above}/({' '.join(below)})"


def _stacked(place: Place, size: Size) -> int:
    return place[1] * size.rows + place[0]


def _brackets(shape: Shape, place: Place) -> str:
    indices = [str(i) for dim, i in zip(shape, place, strict=True) if not dim.is_one]
    return f"[{','.join(indices)}]" if indices else ""


def _index_answer(
    base: Evaluator, form: IndexForm, shapes: Sequence[Shape], sizes: Sequence[Size]
) -> Answer:
    array = base.array(form)
    lengths = [
        length
        for shape, size in zip(shapes, sizes, strict=True)
        for dim, length in zip(shape, size, strict=True)
        if not dim.is_one
    ]
    if list(array.lengths) != lengths:
        raise ShapeError(f"the answer has axes {list(array.lengths)}, the derivative {lengths}")

    def entry(value_place: Place, wrt_places: Sequence[Place]) -> Scalar:
        offset = 0
        for shape, size, place in zip(shapes, sizes, (value_place, *wrt_places), strict=True):
            for dim, length, i in zip(shape, size, place, strict=True):
                offset = offset if dim.is_one else offset * length + i
        return array.entries[offset]

    return entry


def _names_in_order(dim: Dim) -> Iterator[str]:
    for monomial, _ in dim.monomials:
        yield from monomial

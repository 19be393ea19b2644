"""One claim in its setting: what moves with its variable, and where its derivatives stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from dimderiv.errors import ShapeError, VerificationError
from dimderiv.language import SCALAR, IndexForm, Shape
from dimderiv.verify.claim import Claim, NotVerifiableError
from dimderiv.verify.evaluate import (
    ZERO,
    Arithmetic,
    Evaluator,
    Expected,
    Jet,
    OutOfDomain,
    Scalar,
    Size,
    Table,
    size_of,
)
from dimderiv.verify.points.perturbations import Move, Place, moves_along, tied_moves
from dimderiv.verify.points.setting import Setting, Trial, failure

Answer: TypeAlias = Callable[[Place, Sequence[Place]], Scalar]

TIED = (
    "the largest entry of a max, or the least of a min, is attained more than once; "
    "the rules assume that it is attained once"
)


class AnswerOutOfDomain(OutOfDomain):
    """The answer has no value where the expression may well have a derivative."""


class Claimed:
    """A claim, with the coordinates that its variable moves in.

    Args:
        claim: what is to be checked.
        setting: what it shares with others.
    """

    def __init__(self, claim: Claim, setting: Setting) -> None:
        self.claim, self.setting = claim, setting
        # Along directions everything moves at once, as a scalar does.
        self.wrt_shape = SCALAR if claim.along else claim.symbols[claim.wrt].shape
        self.moving = tuple(claim.along) or (claim.wrt,)

    def places(self, trial: Trial) -> list[Place]:
        """The coordinates of the variable."""
        return self.setting.places(self.wrt_shape, trial)

    def is_idle(self, trial: Trial, place: Place) -> bool:
        """Whether an entry of the variable is 0 by a property, where a function may have a kink."""
        row, col = place
        return not self.claim.along and not trial.point[self.claim.wrt][row][col]

    def moves(self, trial: Trial, place: Place) -> Iterator[Move]:
        """What moves with one coordinate of the variable."""
        along = self.claim.along
        if along:
            return moves_along({name: trial.point[along[name]] for name in along})
        return tied_moves(self.claim.wrt, place, self.claim.structure)

    def moved(self, trial: Trial, slopes: Sequence[Mapping[Place, Scalar]]) -> dict[str, Table]:
        """The entries of what moves, with a perturbation for each order of the derivative."""
        arithmetic = trial.arithmetic
        tables = {name: [list(row) for row in trial.point[name]] for name in self.moving}
        for level, coordinates in enumerate(slopes, start=1):
            for coordinate, slope in coordinates.items():
                for symbol, (p, q), factor in self.moves(trial, coordinate):
                    jet = Jet(level, ZERO, arithmetic.mul(slope, factor))
                    tables[symbol][p][q] = arithmetic.add(tables[symbol][p][q], jet)
        return tables

    def answer(self, base: Evaluator, trial: Trial) -> Answer:
        """The answer's entries at a point, by place in the value and places in the variable."""
        try:
            return self._answer(base, trial)
        except OutOfDomain as error:
            raise AnswerOutOfDomain(*error.args) from error
        except ShapeError as error:
            raise failure("the answer's sizes do not conform", trial, error.message) from error
        except NotVerifiableError as error:
            raise failure("the answer has no value", trial, error.message) from error

    def _answer(self, base: Evaluator, trial: Trial) -> Answer:
        reader = replace(base, names={**base.names})
        reader.define(self.claim.answer)
        node = self.claim.answer.statements[-1].value
        value, wrt = (self.setting.size(s, trial) for s in (self.claim.value, self.wrt_shape))
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

    def disagreement(
        self, trial: Trial, where: str, expected: Scalar, found: Scalar
    ) -> VerificationError:
        """The error of two values that ought to be equal."""
        exact = isinstance(expected, Fraction) and isinstance(found, Fraction)
        wanted, got = (str(x) if exact else f"{float(x):.12g}" for x in (expected, found))
        return failure(
            f"the answer disagrees with the expression at {where}",
            trial,
            f"the derivative of the expression is {wanted}",
            f"the answer gives {got}",
            *([TIED] if trial.arithmetic.branches.ties else []),
        )

    def label(self, value_place: Place, wrt_places: Sequence[Place]) -> str:
        """What a derivative is called, such as `dL/dW[1,0]`."""
        name = self.claim.expression.statements[-1].name
        value = name or ("L" if self.claim.value.is_scalar else "Y")
        above = value + _brackets(self.claim.value, value_place)
        if self.claim.along:
            return f"d{above} along {', '.join(self.claim.along.values())}"
        if not wrt_places:
            return f"d{above} along a direction in {self.claim.wrt}"
        below = [f"d{self.claim.wrt}{_brackets(self.wrt_shape, place)}" for place in wrt_places]
        return f"d{above}/{below[0]}" if len(below) == 1 else f"d^2 {above}/({' '.join(below)})"


def reader(setting: Setting, trial: Trial, claims: Sequence[Claimed]) -> Evaluator:
    """An evaluator for the answers at a point, which remembers what they have in common."""
    arithmetic = Arithmetic(trial.arithmetic.digits, trial.arithmetic.effort)
    # At an entry that is 0 by a property there may be no derivative, and then no value either.
    arithmetic.has_holes = any(
        claim.is_idle(trial, place) for claim in claims for place in claim.places(trial)
    )
    return setting.evaluator(replace(trial, arithmetic=arithmetic), keep=True)


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

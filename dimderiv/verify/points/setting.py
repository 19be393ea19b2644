"""What several claims about one expression share: its sizes, its symbols, its value at a point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dimderiv.errors import ShapeError, VerificationError
from dimderiv.language import SCALAR, Name
from dimderiv.verify.claim import Claim, sizes_text
from dimderiv.verify.evaluate import ONE, ZERO, Arithmetic, Evaluator, Expected, Jet, Scalar, Value
from dimderiv.verify.layout import (
    Dimensions,
    Place,
    Size,
    Table,
    constant_nodes,
    filled,
    size_at,
    size_of,
)

# The level of the perturbation whose derivative is differentiated.
INNER = 2


@dataclass(frozen=True)
class Trial:
    """One point to check at.

    Attributes:
        arithmetic: the arithmetic to compute in.
        sizes: a number for each named dimension.
        point: the entries of the symbols, all rational.
    """

    arithmetic: Arithmetic
    sizes: Mapping[str, int]
    point: Mapping[str, Table]


class Setting:
    """The expression of one or several claims, with what does not change from point to point.

    Args:
        claims: what is to be checked; they differ in the answer and its variable alone.
    """

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.claim = claims[0]
        self._constant: dict[tuple[str, ...], frozenset[int]] = {}
        self.dimensions = Dimensions(claims)

    def evaluator(self, trial: Trial, *, keep: bool = False) -> Evaluator:
        """An evaluator at a point."""
        names: dict[str, Value] = {name: trial.point[name] for name in trial.point}
        claim = self.claim
        return Evaluator(
            trial.arithmetic,
            trial.sizes,
            names,
            claim,
            keep=keep,
            declared={name: size_at(shape, trial.sizes) for name, shape in claim.declared.items()},
        )

    def base(self, trial: Trial) -> Evaluator:
        """An evaluator that has evaluated the expression, and remembers every part of it."""
        evaluator = self.evaluator(trial, keep=True)
        size = size_at(SCALAR if self.claim.of else self.claim.value, trial.sizes)
        try:
            value = evaluator.result(self.claim.expression, Expected(*size))
        except ShapeError as error:
            message = "the expression's sizes do not conform"
            raise failure(message, trial, error.message) from error
        if size_of(value) != size:
            raise failure(f"the expression is {size_of(value)}, not {size}", trial)
        return evaluator

    def constant(self, moving: tuple[str, ...]) -> frozenset[int]:
        """The nodes of the expression, by identity, that do not depend on some symbols."""
        if moving not in self._constant:
            self._constant[moving] = constant_nodes(self.claim.expression, moving)
        return self._constant[moving]

    def known(self, base: Evaluator, moving: Sequence[str]) -> dict[int, Value]:
        """The values of what stays when some symbols move."""
        own = (self.claim.of,) if self.claim.of else ()
        constant = self.constant((*moving, *own))
        return {key: value for key, value in base.known.items() if key in constant}

    def varied(
        self,
        trial: Trial,
        known: dict[int, Value],
        moved: Mapping[str, Table],
        watched: set[int] | None = None,
    ) -> Table:
        """What is differentiated, with other entries of some symbols."""
        evaluator = self.evaluator(trial)
        evaluator.known, evaluator.watched = known, watched
        evaluator.names.update(moved)
        size = size_at(self.claim.value, trial.sizes)
        if self.claim.of:
            return filled(size, lambda i, j: self._first_derivative(evaluator, (i, j)))
        return evaluator.result(self.claim.expression, Expected(*size))

    def _first_derivative(self, evaluator: Evaluator, place: Place) -> Scalar:
        """The derivative of the expression by an entry, beside the perturbations that there are."""
        row, col = place
        table = [list(row) for row in evaluator.table(Name(self.claim.of))]
        table[row][col] = evaluator.arithmetic.add(table[row][col], Jet(INNER, ZERO, ONE))
        names = {**evaluator.names, self.claim.of: table}
        value = replace(evaluator, names=names).result(self.claim.expression, Expected(1, 1))[0][0]
        return value.slope if type(value) is Jet and value.level == INNER else ZERO


class DisagreementError(VerificationError):
    """An answer that is withheld, and where it was found to be wrong.

    Args:
        message: what disagrees.
        known: further facts.
        trial: the point.
    """

    def __init__(self, message: str, known: Sequence[str], trial: Trial) -> None:
        super().__init__(message, known=known)
        self.sizes, self.point = trial.sizes, trial.point

    @property
    def place(self) -> str:
        """The point, as a reader may type it in, such as `A = [[1/2, 3], [-1, 1/4]], x = -1/4`."""
        return ", ".join(f"{name} = {_table_text(table)}" for name, table in self.point.items())


def _table_text(table: Table) -> str:
    rows = ["[" + ", ".join(map(str, row)) + "]" for row in table]
    if size_of(table) == Size(1, 1):
        return str(table[0][0])
    return rows[0] if len(rows) == 1 else f"[{', '.join(rows)}]"


def failure(message: str, trial: Trial, *known: str) -> DisagreementError:
    """The error that withholds the answer."""
    sizes = [f"sizes {sizes_text(trial.sizes)}"] if trial.sizes else []
    return DisagreementError(message, (*known, *sizes), trial)

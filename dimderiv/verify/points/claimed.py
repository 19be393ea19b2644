"""One claim in its setting: what moves with its variable, and where its derivatives stand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from dimderiv.errors import ShapeError, VerificationError
from dimderiv.verify.claim import TIED, Claim, NotVerifiableError
from dimderiv.verify.evaluate import (
    ANY_SIZE,
    ZERO,
    Arithmetic,
    Evaluator,
    Expected,
    Jet,
    OutOfDomain,
    Scalar,
)
from dimderiv.verify.layout import (
    EntryOf,
    Place,
    Placement,
    Sized,
    entries,
    entry_at,
    moves,
    offset,
    places,
    shaped,
    size_of,
)
from dimderiv.verify.points.setting import Setting, Trial, failure


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
        self.moving = tuple(claim.along) or (claim.wrt,)

    def layout(self, trial: Trial) -> Placement:
        """Where the derivatives stand."""
        return Placement(self.claim, trial.sizes)

    def places(self, trial: Trial) -> list[Place]:
        """The coordinates of the variable."""
        return places(self.layout(trial).wrt)

    def is_idle(self, trial: Trial, place: Place) -> bool:
        """Whether an entry of the variable is 0 by a property, where a function may have a kink."""
        return not self.claim.along and not entry_at(trial.point[self.claim.wrt], place)

    def moved(self, trial: Trial, slopes: Sequence[Mapping[Place, Scalar]]) -> dict[str, Sized]:
        """The entries of what moves, with a perturbation for each order of the derivative."""
        arithmetic = trial.arithmetic
        sizes = {name: size_of(trial.point[name]) for name in self.moving}
        found = {name: entries(trial.point[name]) for name in self.moving}
        for level, coordinates in enumerate(slopes, start=1):
            for coordinate, slope in coordinates.items():
                for symbol, place, factor in moves(self.claim, coordinate, trial.point):
                    jet = Jet(level, ZERO, arithmetic.mul(slope, Fraction(factor)))
                    own, at = found[symbol], offset(place, sizes[symbol])
                    own[at] = arithmetic.add(own[at], jet)
        return {name: shaped(sizes[name], own) for name, own in found.items()}

    def answer(self, base: Evaluator, trial: Trial) -> EntryOf:
        """The answer's entries at a point, by place in the value and places in the variable."""
        try:
            return self._answer(base, trial)
        except OutOfDomain as error:
            raise AnswerOutOfDomain(*error.args) from error
        except ShapeError as error:
            raise failure("the answer's sizes do not conform", trial, error.message) from error
        except NotVerifiableError as error:
            raise failure("the answer has no value", trial, error.message) from error

    def _answer(self, base: Evaluator, trial: Trial) -> EntryOf:
        reader = replace(base, names={**base.names})
        reader.define(self.claim.answer)
        node = self.claim.answer.statements[-1].value
        return self.layout(trial).answer(
            node,
            lambda part, size: reader.array(part, Expected.of(size) if size else ANY_SIZE),
            reader.form,
        )

    def disagreement(
        self,
        trial: Trial,
        place: Place,
        wrt_places: Sequence[Place],
        expected: Scalar,
        found: Scalar,
    ) -> VerificationError:
        """The error of two values that ought to be equal."""
        exact = isinstance(expected, Fraction) and isinstance(found, Fraction)
        wanted, got = (str(x) if exact else f"{float(x):.12g}" for x in (expected, found))
        label = self.layout(trial).label(place, wrt_places)
        return failure(
            f"the answer disagrees with the expression at {label}",
            trial,
            f"the derivative of the expression is {wanted}",
            f"the answer gives {got}",
            *([TIED] if trial.arithmetic.branches.ties else []),
        )


def reader(setting: Setting, trial: Trial, claims: Sequence[Claimed]) -> Evaluator:
    """An evaluator for the answers at a point, which remembers what they have in common."""
    arithmetic = Arithmetic(trial.arithmetic.digits, trial.arithmetic.effort)
    # At an entry that is 0 by a property there may be no derivative, and then no value either.
    arithmetic.has_holes = any(
        claim.is_idle(trial, place) for claim in claims for place in claim.places(trial)
    )
    return setting.evaluator(replace(trial, arithmetic=arithmetic), keep=True)

"""What several claims about one expression share: its sizes, its symbols, its value at a point."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dimderiv.errors import ShapeError, VerificationError
from dimderiv.language import SCALAR, Name, frozen
from dimderiv.verify.claim import Claim, sizes_text
from dimderiv.verify.evaluate import (
    ONE,
    ZERO,
    Arithmetic,
    Evaluator,
    Expected,
    Jet,
    Scalar,
    Value,
)
from dimderiv.verify.layout import (
    Dimensions,
    Key,
    Place,
    Sized,
    SizedSignature,
    constant_nodes,
    entries,
    is_single,
    offset,
    places,
    shaped,
    size_at,
    size_of,
)

# The level of the perturbation whose derivative is differentiated.
INNER = 2


@frozen.record
class Trial:
    """One point to check at.

    Attributes:
        arithmetic: the arithmetic to compute in.
        sizes: a number for each named dimension.
        point: the entries of the symbols, all rational.
    """

    arithmetic: Arithmetic
    sizes: Mapping[str, int]
    point: Mapping[str, Sized]


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
            declared={
                name: SizedSignature(each, trial.sizes) for name, each in claim.declared.items()
            },
            classes={
                name: declaration.labels.evaluate(trial.sizes)
                for name, declaration in claim.symbols.items()
                if declaration.labels is not None
            },
        )

    def base(self, trial: Trial) -> Evaluator:
        """An evaluator that has evaluated the expression, and remembers every part of it."""
        evaluator = self.evaluator(trial, keep=True)
        size = size_at(SCALAR if self.claim.of else self.claim.value, trial.sizes)
        try:
            value = evaluator.result(self.claim.expression, Expected.of(size))
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

    def known(self, base: Evaluator, moving: Sequence[str]) -> dict[Key, Value]:
        """The values of what stays when some symbols move."""
        own = (self.claim.of,) if self.claim.of else ()
        constant = self.constant((*moving, *own))
        return {key: value for key, value in base.known.items() if node_of(key) in constant}

    def varied(
        self,
        trial: Trial,
        known: dict[Key, Value],
        moved: Mapping[str, Sized],
        watched: set[int] | None = None,
    ) -> Sized:
        """What is differentiated, with other entries of some symbols."""
        evaluator = self.evaluator(trial)
        evaluator.known, evaluator.watched = known, watched
        evaluator.names.update(moved)
        size = size_at(self.claim.value, trial.sizes)
        if self.claim.of:
            found = [self._first_derivative(evaluator, place) for place in places(size)]
            return shaped(size, found)
        return evaluator.result(self.claim.expression, Expected.of(size))

    def _first_derivative(self, evaluator: Evaluator, place: Place) -> Scalar:
        """The derivative of the expression by an entry, beside the perturbations that there are."""
        own = evaluator.array(Name(self.claim.of))
        size, found = size_of(own), entries(own)
        at = offset(place, size)
        found[at] = evaluator.arithmetic.add(found[at], Jet(INNER, ZERO, ONE))
        names = {**evaluator.names, self.claim.of: shaped(size, found)}
        again = replace(evaluator, names=names)
        (value,) = entries(again.result(self.claim.expression, Expected(1, 1)))
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
        return ", ".join(f"{name} = {array_text(value)}" for name, value in self.point.items())


def array_text(value: Sized) -> str:
    """The entries of an array in brackets; a scalar has none.

    Args:
        value: with rational entries.
    """
    texts, size = [str(entry) for entry in entries(value)], size_of(value)
    if is_single(value):
        return texts[0]
    for length in reversed(size[1:] if size.rows == 1 and len(size) == 2 else size):
        texts = [
            f"[{', '.join(texts[start : start + length])}]"
            for start in range(0, len(texts), length)
        ]
    return texts[0]


def node_of(key: Key) -> int:
    """The identity of the node of a value that is remembered.

    Args:
        key: by what it is remembered.
    """
    return key if isinstance(key, int) else key[0] or 0


def failure(message: str, trial: Trial, *known: str) -> DisagreementError:
    """The error that withholds the answer."""
    sizes = [f"sizes {sizes_text(trial.sizes)}"] if trial.sizes else []
    return DisagreementError(message, (*known, *sizes), trial)

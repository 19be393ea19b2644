"""Claims to verdicts, by the engine's own derivation and the grading of answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from dimderiv.answer import Derived
from dimderiv.derivation import derive
from dimderiv.errors import DimderivError
from dimderiv.language import Binary, Call, Name
from dimderiv.surfaces.grading import Verdict, Words, agrees, derived_of, graded

# A space of LaTeX shows that a text is that.
_IN_LATEX = r" \,"


class Asked(NamedTuple):
    """What is differentiated, and by what.

    Attributes:
        expression: in LaTeX, with the definitions that it uses.
        variables: by what.
        order: 2 for a second derivative.
        layout: as for `derive`.
        directions: names of the differentials of the variables, where the differential is meant.
        shapes: what is declared of the symbols.
    """

    expression: str
    variables: tuple[str, ...]
    order: int
    layout: str
    directions: tuple[str, ...]
    shapes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Outcome:
    """What came out for a claim.

    Attributes:
        verdict: on the claim.
        derived: the right answer.
        conditions: what must hold of symbols for the claim to be right, a name and a property each.
    """

    verdict: Verdict
    derived: Derived
    conditions: tuple[tuple[str, str], ...] = ()

    @property
    def is_told_apart(self) -> bool:
        """Whether the layout matters: rows and columns of the derivative differ."""
        (extent,) = self.derived.extents.values()
        shape = extent.shape
        return not shape.is_scalar and not shape.has_more_axes and shape.rows != shape.cols

    @property
    def is_gradient(self) -> bool:
        """Whether the value is a scalar."""
        (extent,) = self.derived.extents.values()
        return extent.of.is_scalar


@dataclass
class Judge:
    """Judges claims.

    Attributes:
        lang: the language of the verdicts.
        known: what was derived already.
    """

    lang: str = "en"
    known: dict[Asked, Derived | DimderivError] = field(default_factory=dict)

    @cached_property
    def words(self) -> Words:
        """What says verdicts."""
        return Words(self.lang)

    def derived(self, asked: Asked) -> Derived:
        """The right answer.

        Args:
            asked: what is differentiated.

        Raises:
            DimderivError: it cannot be derived.
        """
        if asked not in self.known:
            try:
                self.known[asked] = derived_of(
                    asked.expression,
                    asked.variables,
                    shapes=dict(asked.shapes),
                    order=asked.order,
                    layout=asked.layout,
                    forward=asked.directions or None,
                    source="latex",
                )
            except DimderivError as error:
                self.known[asked] = error
        found = self.known[asked]
        if isinstance(found, DimderivError):
            raise found
        return found

    def answer(self, asked: Asked) -> str:
        """The checked derivative, as one formula in LaTeX.

        Args:
            asked: what is differentiated.

        Raises:
            DimderivError: it cannot be derived, or cannot be checked.
        """
        found = derive(
            asked.expression,
            asked.variables,
            shapes=dict(asked.shapes),
            order=asked.order,
            layout=asked.layout,
            forward=asked.directions or None,
            source="latex",
            inline=True,
        )
        return found.latex()

    def judged(
        self, asked: Asked, claim: str, said: Mapping[str, str], told: Mapping[str, str]
    ) -> Outcome:
        """The verdict on a claim.

        Args:
            asked: what is differentiated.
            claim: what the text says that the derivative is, in LaTeX.
            said: properties that the text says in formulas, by names.
            told: properties that it says in words.

        Raises:
            DimderivError: the claim cannot be read, or not be judged.
        """
        derived = self.derived(asked)
        for name, its in said.items():
            asked = _with(asked, derived, name, its)
        derived = self.derived(asked)
        if not self._agrees(derived, claim):
            # What is wrong is searched for last, since that takes longest.
            for conditions in _conditions(derived, told):
                outcome = self._under(asked, derived, claim, conditions)
                if outcome is not None:
                    return outcome
        return Outcome(self._graded(derived, claim), derived)

    def _agrees(self, derived: Derived, claim: str) -> bool:
        return agrees(derived, claim + _IN_LATEX, "latex")

    def _graded(self, derived: Derived, claim: str) -> Verdict:
        return graded(derived, claim + _IN_LATEX, self.words, "latex")

    def _under(
        self, asked: Asked, derived: Derived, claim: str, conditions: tuple[tuple[str, str], ...]
    ) -> Outcome | None:
        """The outcome where a claim is right under conditions, and else nothing."""
        for name, its in conditions:
            asked = _with(asked, derived, name, its)
        try:
            found = self.derived(asked)
            if not self._agrees(found, claim):
                return None
            verdict = self._graded(found, claim)
        except DimderivError:
            return None
        return Outcome(verdict, found, conditions) if verdict.right else None


def _with(asked: Asked, derived: Derived, name: str, its: str) -> Asked:
    """A question in which a symbol has a property besides its shape."""
    symbol = derived.question.typed.symbols.get(name)
    if symbol is None:
        return asked
    shapes = dict(asked.shapes)
    shapes[name] = f"{symbol.shape} {its}"
    return asked._replace(shapes=tuple(shapes.items()))


def _conditions(derived: Derived, told: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], ...]]:
    """What may have been meant, and not been said in formulas: each alone, and all together."""
    each = [*_usual(derived, told)]
    for condition in each:
        yield (condition,)
    if len(each) > 1:
        yield tuple({name: (name, its) for name, its in reversed(each)}.values())


def _usual(derived: Derived, told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Properties that authors do not write down, and those that the text tells in words."""
    typed = derived.question.typed
    masks = _factors(derived)
    logarithms = any(
        isinstance(part, Call) and ("log" in part.function or part.function == "cross_entropy")
        for part in typed.program.parts
    )
    for name, known in typed.symbols.items():
        shape = known.shape
        if known.properties or shape.has_more_axes:
            continue
        if name in told and shape.is_matrix and shape.rows == shape.cols:
            yield name, told[name]
        if name in derived.question.wrt:
            continue
        if logarithms and not shape.is_scalar:
            yield name, "probability"
        if name in masks and not shape.is_scalar:
            yield name, "binary"


def _factors(derived: Derived) -> set[str]:
    """The names that are factors of elementwise products."""
    found: set[str] = set()
    for part in derived.question.typed.program.parts:
        match part:
            case Binary(".*", left, right):
                found |= {each.name for each in (left, right) if isinstance(each, Name)}
    return found

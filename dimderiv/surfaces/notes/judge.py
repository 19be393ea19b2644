"""Claims to verdicts, by the engine's own derivation and the grading of answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

from dimderiv import render
from dimderiv.answer import Derived
from dimderiv.derivation import derive
from dimderiv.errors import DimderivError
from dimderiv.language import Binary, Call, Entry, Name, Program, Tree, frozen, walk
from dimderiv.sources import SIGNS
from dimderiv.surfaces.grading import Verdict, Words, approved, derived_of, graded
from dimderiv.surfaces.notes.spelling import has_new_names, in_latex

SYMMETRIC, ONE_HOT = "symmetric", "onehot"
# Powers of vectors are mostly those of their entries.
ENTRYWISE = "entrywise"
_POWER = re.compile(r"\^\s*\{?\s*([2-9])\s*\}?")
_LOGARITHMS = {"log", "logsoftmax"}
# Functions of what is multiplied by labels that are 1 or -1.
_OF_LABELS = {"log", "exp", "relu", "max", "sigmoid", "softplus", "log1p"}
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

    @property
    def options(self) -> dict[str, Any]:
        """The same for `derive`."""
        return {"shapes": dict(self.shapes), "order": self.order, "layout": self.layout}


@frozen.record
class Claim:
    """What the text says that a derivative is.

    Attributes:
        asked: what is differentiated.
        text: what is claimed, in LaTeX.
        said: properties that the text says in formulas, by names.
        told: properties that it says in words.
    """

    asked: Asked
    text: str
    said: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


@frozen.record
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
        answers: what was derived to be written, and whether it was checked.
        met: conditions under which claims were right.
    """

    lang: str = "en"
    known: dict[Asked, Derived | DimderivError] = field(default_factory=dict)
    answers: dict[tuple[Asked, bool], Derived] = field(default_factory=dict)
    met: dict[str, str] = field(default_factory=dict)

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
                    forward=asked.directions or None,
                    source="latex",
                    **asked.options,
                )
            except DimderivError as error:
                self.known[asked] = error
        found = self.known[asked]
        if isinstance(found, DimderivError):
            raise found
        return found

    def answer(self, asked: Asked, fonts: Mapping[str, str] = {}, *, verify: bool = True) -> str:
        """The derivative as one formula in LaTeX.

        Args:
            asked: what is differentiated.
            fonts: how letters are written.
            verify: whether it is checked; what is compared with another one is checked there.

        Raises:
            DimderivError: it cannot be derived, or cannot be checked.
        """
        if (asked, verify) not in self.answers:
            options = asked.options | {"forward": asked.directions or None, "source": "latex"}
            options["verify"] = verify
            found = derive(asked.expression, asked.variables, **options).derived
            if has_new_names(found):
                found = derive(asked.expression, asked.variables, inline=True, **options).derived
            self.answers[asked, verify] = found
        found = self.answers[asked, verify]
        return in_latex(found, found.program, fonts)

    def right(self, claim: Claim) -> Outcome | None:
        """The outcome where a claim is right, if need be under a condition; else nothing.

        Args:
            claim: what is claimed.

        Raises:
            DimderivError: the claim cannot be read, or not be judged.
        """
        first, asked = self._first(claim)
        derived = self.derived(asked)
        if verdict := self._approved(derived, claim.text):
            return Outcome(verdict, derived)
        for conditions in _together(self._usual(first, claim)):
            outcome = self._under(asked, first, claim.text, conditions)
            if outcome is not None:
                self.met.update(dict(conditions))
                return outcome
        entrywise = _POWER.sub(r"^{\\circ \1}", claim.text)
        if entrywise != claim.text:
            return self._under(asked, first, entrywise, (("", ENTRYWISE),))
        return None

    def wrong(self, claim: Claim) -> Outcome:
        """The outcome for a claim that is wrong, which takes longer.

        It is explained under what the text tells, and what other claims of it need.

        Args:
            claim: what is claimed.

        Raises:
            DimderivError: it cannot be judged.
        """
        said = {name: its for name, its in claim.said.items() if its != SIGNS}
        first, asked = self._first(replace(claim, said=said))
        usual = self._usual(first, claim)
        for name, its in {**self.met, **claim.told}.items():
            if its != SIGNS and (name, its) in usual:
                asked = _with(asked, first, name, its)
        derived = self.derived(asked)
        return Outcome(self._graded(derived, claim.text), derived)

    def _first(self, claim: Claim) -> tuple[Derived, Asked]:
        """The right answer without what is said of symbols, and the question with that."""
        first, asked = self.derived(claim.asked), claim.asked
        for name, its in claim.said.items():
            asked = _with(asked, first, name, its)
        return first, asked

    def _usual(self, first: Derived, claim: Claim) -> list[tuple[str, str]]:
        """Conditions that may have been meant; those that other claims needed come first."""
        usual = [each for each in _usual(first, claim.told) if each[0] not in claim.said]
        return sorted(usual, key=lambda each: self.met.get(each[0]) != each[1])

    def _approved(self, derived: Derived, claim: str) -> Verdict | None:
        return approved(derived, claim + _IN_LATEX, self.words, "latex")

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
            verdict = self._approved(found, claim)
        except DimderivError:
            return None
        return Outcome(verdict, found, conditions) if verdict else None


def _with(asked: Asked, derived: Derived, name: str, its: str) -> Asked:
    """A question in which a symbol has a property besides its shape."""
    symbol = derived.question.typed.symbols.get(name)
    if symbol is None:
        return asked
    shapes = dict(asked.shapes)
    if its != SIGNS:
        shapes[name] = f"{symbol.shape} {its}"
        return asked._replace(shapes=tuple(shapes.items()))
    # The sign of anything is 1 or -1, and its slope is 0.
    taken = {*derived.question.typed.names, *shapes}
    other = next(f"q_{k}" for k in count(1) if f"q_{k}" not in taken)
    shapes.pop(name, None)
    shapes[other] = str(symbol.shape)
    written = rf"{render.latex(Name(name))} = \operatorname{{sign}}({other}) ; "
    return asked._replace(expression=written + asked.expression, shapes=tuple(shapes.items()))


def _together(each: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Each condition alone, and one for every name together."""
    for condition in each:
        yield (condition,)
    together = dict(reversed(each))
    if len(together) > 1:
        yield tuple(together.items())


def _usual(derived: Derived, told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Properties that authors do not write down, and those that the text tells in words."""
    typed = derived.question.typed
    factors, weights = _factors(typed.program), _weights(typed.program)
    functions = {part.function for part in typed.program.parts if isinstance(part, Call)}
    for name, known in typed.symbols.items():
        shape, its = known.shape, told.get(name, "")
        is_square = shape.is_matrix and shape.rows == shape.cols
        if known.properties or shape.has_more_axes:
            continue
        if its == SYMMETRIC and is_square:
            yield name, its
        if name in derived.question.wrt or shape.is_scalar:
            continue
        if its == ONE_HOT:
            yield name, its
        if name in weights:
            yield name, "probability"
        if name in factors:
            yield name, "binary"
            if functions & _OF_LABELS and not shape.is_matrix:
                yield name, SIGNS


def _factors(program: Program) -> set[str]:
    """The names that are factors entry by entry, as masks and labels are."""
    found: set[str] = set()
    for part in program.parts:
        match part:
            case Binary(".*", left, right):
                found |= {each.name for each in (left, right) if isinstance(each, Name)}
            case Entry(Name(name)):
                found.add(name)
    return found


def _weights(program: Program) -> set[str]:
    """The names that logarithms are multiplied by, as probabilities are in a cross-entropy."""
    found: set[str] = set()
    for part in program.parts:
        match part:
            case Call("cross_entropy", (_, weights)):
                found |= {each for tree in walk(weights) for each in _named(tree)}
            case Binary("*" | ".*", left, right):
                for one, other in ((left, right), (right, left)):
                    if any(_is_logarithm(each) for each in walk(one)):
                        found |= {each for tree in walk(other) for each in _named(tree)}
    return found


def _named(tree: Tree) -> set[str]:
    return {tree.name} if isinstance(tree, Name) else set()


def _is_logarithm(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.function in _LOGARITHMS

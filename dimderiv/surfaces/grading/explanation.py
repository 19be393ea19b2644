"""What is wrong with an answer: the simplest explanation that makes it right.

Explanations are tried from the most likely on.  Each one ends in an answer that agrees with the
right one at two points, so none is a guess.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice

from dimderiv.language import Program
from dimderiv.surfaces.grading.edits import LATE, Edit, Vocabulary, applied, arrangements, edits
from dimderiv.surfaces.grading.insertions import insertions
from dimderiv.surfaces.grading.mistake import Mistake, edited
from dimderiv.surfaces.grading.multiples import (
    mended_terms,
    missing_of_several,
    missing_term,
    multiple,
    multiples_of_terms,
    other_term,
)
from dimderiv.surfaces.grading.other_layout import other_layout
from dimderiv.surfaces.grading.reading import with_shapes
from dimderiv.surfaces.grading.subject import Subject
from dimderiv.surfaces.grading.tied import other_entries
from dimderiv.surfaces.grading.undeclared import nearly_where_declared, where_declared
from dimderiv.surfaces.grading.vocabulary import vocabulary
from dimderiv.surfaces.grading.wrong_rules import wrong_rule

# How many candidates are tried at most: with factors, in other orders, with two edits.
MOST_INSERTIONS, MOST_ARRANGEMENTS, MOST_PAIRS = 1000, 600, 1000
# So many of the first edits are tried again after each other.
MOST_FIRST = 60
# Seconds, the last guard of a search that is bounded by these numbers.
PATIENCE = 4.0

Candidate = tuple[tuple[Edit, ...], Program]
# What needs no search, the simplest first.
FIRST = (
    multiple,
    other_layout,
    other_entries,
    multiples_of_terms,
    missing_term,
    where_declared,
)


def explained(subject: Subject) -> Mistake:
    """What is wrong with an answer that is.

    Args:
        subject: the answer, beside the right one.
    """
    for explain in FIRST:
        found = explain(subject)
        if found is not None and subject.is_confirmed(found.fix):
            return found
    return _Search(subject).explained()


class _Search:
    """The search among edits.

    Args:
        subject: the answer, beside the right one.

    Attributes:
        nearly: an edit that makes the answer right but for a number.
        deadline: when the search ends in any case.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.nearly: Mistake | None = None
        self.deadline = time.perf_counter() + PATIENCE

    @cached_property
    def known(self) -> Vocabulary:
        """What edits may bring in."""
        return vocabulary(self.subject)

    def explained(self) -> Mistake:
        """The simplest explanation."""
        subject, program = self.subject, self.subject.program
        return (
            self._first(_with(program, edits(program, self.known)))
            or wrong_rule(subject)
            or missing_of_several(subject)
            or self._first(_with(program, edits(program, self.known, LATE)))
            or self._first(_with(program, islice(insertions(subject), MOST_INSERTIONS)))
            or other_term(subject)
            or mended_terms(subject)
            or self.nearly
            or nearly_where_declared(subject)
            or self._first(
                _with(program, islice(arrangements(program, self.known), MOST_ARRANGEMENTS))
            )
            or self._first(islice(_pairs(program, self.known), MOST_PAIRS))
            or Mistake("shape" if subject.standing == "misfit" else "unknown", {}, subject.right)
        )

    def _first(self, candidates: Iterable[Candidate]) -> Mistake | None:
        """The first candidate that is right, and whose shapes conform letter by letter."""
        for made, program in candidates:
            if time.perf_counter() > self.deadline:
                return None
            factor = self.subject.factor(program)
            if factor is None or (factor != 1 and self.nearly) or not self._conforms(program):
                continue
            if factor == 1:
                if self.subject.is_confirmed(program):
                    return edited(made, program)
                continue
            number = multiple(replace(self.subject, program=program))
            if number is not None:
                self.nearly = replace(edited(made, number.fix), further=(number,))
        return None

    def _conforms(self, program: Program) -> bool:
        return with_shapes(program, self.subject.question, self.subject.shape).misfit is None


def _pairs(program: Program, known: Vocabulary) -> Iterator[Candidate]:
    """Two edits, those first that are made wrong most often."""
    first = list(islice(edits(program, known), MOST_FIRST))
    programs = [applied(program, edit) for edit in first]
    after = [list(islice(edits(once, known), MOST_FIRST)) for once in programs]
    for total in range(2 * MOST_FIRST):
        for k in range(max(0, total - MOST_FIRST), min(total + 1, len(first))):
            if total - k < len(after[k]):
                again = after[k][total - k]
                yield (first[k], again), applied(programs[k], again)


def _with(program: Program, found: Iterable[Edit]) -> Iterator[Candidate]:
    return (((edit,), applied(program, edit)) for edit in found)

"""What is wrong with an answer: the simplest explanation that makes it right.

Explanations are tried from the most likely on.  Each one ends in an answer that agrees with the
right one at two points, so none is a guess.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from dimderiv.language import Program
from dimderiv.surfaces.grading.edits import Edit, Vocabulary, applied, arrangements, edits
from dimderiv.surfaces.grading.insertions import insertions
from dimderiv.surfaces.grading.mistake import Mistake, edited
from dimderiv.surfaces.grading.multiples import (
    missing_part,
    missing_term,
    multiple,
    multiples_of_terms,
)
from dimderiv.surfaces.grading.other_layout import other_layout
from dimderiv.surfaces.grading.reading import with_shapes
from dimderiv.surfaces.grading.subject import Subject
from dimderiv.surfaces.grading.symmetry import where_symmetric
from dimderiv.surfaces.grading.vocabulary import vocabulary
from dimderiv.surfaces.grading.wrong_rules import wrong_rule

# How many candidates are tried at most: with one edit, with factors, with two edits.
MOST_EDITS, MOST_INSERTIONS, MOST_ARRANGEMENTS, MOST_PAIRS = 600, 1200, 800, 2000
# So many of the first edits are tried again after each other.
MOST_FIRST = 60

Candidate = tuple[tuple[Edit, ...], Program]


def explained(subject: Subject) -> Mistake:
    """What is wrong with an answer that is.

    Args:
        subject: the answer, beside the right one.
    """
    for explain in EXPLANATIONS:
        found = explain(subject)
        if found is not None:
            return found
    return Mistake("shape" if subject.standing == "misfit" else "unknown", {}, subject.right)


def _one_edit(subject: Subject) -> Mistake | None:
    return _first(subject, _with(subject.program, edits(subject.program, vocabulary(subject))))


def _insertion(subject: Subject) -> Mistake | None:
    found = _with(subject.program, insertions(subject))
    return _first(subject, islice(found, MOST_INSERTIONS))


def _arrangement(subject: Subject) -> Mistake | None:
    found = _with(subject.program, arrangements(subject.program, vocabulary(subject)))
    return _first(subject, islice(found, MOST_ARRANGEMENTS))


def _two_edits(subject: Subject) -> Mistake | None:
    return _first(subject, islice(_pairs(subject.program, vocabulary(subject)), MOST_PAIRS))


def _pairs(program: Program, known: Vocabulary) -> Iterator[Candidate]:
    first = list(islice(edits(program, known), MOST_FIRST))
    for edit in first:
        once = applied(program, edit)
        for again in islice(edits(once, known), MOST_FIRST):
            yield (edit, again), applied(once, again)


def _with(program: Program, found: Iterable[Edit]) -> Iterator[Candidate]:
    return (((edit,), applied(program, edit)) for edit in found)


def _first(subject: Subject, candidates: Iterable[Candidate]) -> Mistake | None:
    """The first candidate that is right, and whose shapes conform letter by letter."""
    for made, program in candidates:
        if subject.is_right(program) and _conforms(subject, program):
            return edited(made, program)
    return None


def _conforms(subject: Subject, program: Program) -> bool:
    return with_shapes(program, subject.question, subject.shape).misfit is None


EXPLANATIONS: tuple[Callable[[Subject], Mistake | None], ...] = (
    multiple,
    other_layout,
    multiples_of_terms,
    missing_term,
    where_symmetric,
    _one_edit,
    wrong_rule,
    _insertion,
    missing_part,
    _arrangement,
    _two_edits,
)

"""Answers that are right by the other convention for entries that a property ties."""

from dataclasses import replace

from dimderiv.derivation import derived
from dimderiv.errors import DimderivError
from dimderiv.surfaces.grading.mistake import Mistake
from dimderiv.surfaces.grading.subject import Subject


def other_entries(subject: Subject) -> Mistake | None:
    """The derivative by entries that move together, in the place of free ones, or the other way."""
    question = subject.question
    if not question.gives_gradients:
        return None
    try:
        other = derived(replace(question, structured=not question.structured))
    except DimderivError:
        return None
    if not subject.is_same(other.derivatives[subject.names].program):
        return None
    key = "structured_not" if question.structured else "structured"
    return Mistake("structured", {}, subject.mended, key)

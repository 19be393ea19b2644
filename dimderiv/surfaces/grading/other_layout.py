"""Answers that are right with rows and columns exchanged."""

from dimderiv.surfaces.grading.edits import is_scalar
from dimderiv.surfaces.grading.forms import turned
from dimderiv.surfaces.grading.mistake import Mistake
from dimderiv.surfaces.grading.subject import Subject, near
from dimderiv.surfaces.grading.vocabulary import vocabulary


def other_layout(subject: Subject) -> Mistake | None:
    """The answer transposed, where that is right."""
    for sample in subject.samples:
        if not near(sample.entries(subject.program, turned=True), sample.expected):
            return None
    known = vocabulary(subject)
    fix = subject.with_last(turned(subject.last, lambda part: is_scalar(part, known)))
    if not subject.samples or not subject.is_right(fix):
        return None
    key = "layout_gradient" if subject.derived.extents[subject.names].of.is_scalar else "layout"
    return Mistake("layout", {"shape": str(subject.shape)}, fix, key)

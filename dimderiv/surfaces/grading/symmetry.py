"""Answers that are right where a matrix is symmetric, and nowhere else."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dimderiv import verify
from dimderiv.language import Program
from dimderiv.surfaces.grading.mistake import Mistake
from dimderiv.surfaces.grading.subject import Subject, near


def where_symmetric(subject: Subject) -> Mistake | None:
    """The matrices that must be symmetric for the answer to be right."""
    if subject.standing == "misfit":
        return None
    for names in _choices(subject):
        if _is_right_if(names, subject):
            return Mistake("symmetric", {"names": ", ".join(names)}, subject.patched)
    return None


def _choices(subject: Subject) -> Iterator[Sequence[str]]:
    """The square matrices of which nothing is known: each, and all together."""
    symbols = subject.question.typed.symbols.items()
    square = [
        name
        for name, known in symbols
        if known.shape.is_matrix
        and not known.shape.has_more_axes
        and known.shape.rows == known.shape.cols
        and not known.properties
    ]
    yield from ([name] for name in square)
    if len(square) > 1:
        yield square


def _is_right_if(names: Sequence[str], subject: Subject) -> bool:
    """Whether the answer is right at points where some matrices are symmetric."""
    claim = subject.claim
    symbols = {
        name: replace(known, properties=known.properties | {"symmetric"})
        if name in names
        else known
        for name, known in claim.symbols.items()
    }
    samples = verify.sampled(replace(claim, symbols=symbols))
    for sample in samples:
        sample.remember(Program(subject.definitions))
        if not near(sample.entries(subject.program), sample.expected):
            return False
    return bool(samples)

"""Answers that are right where a matrix is symmetric, and nowhere else."""

from collections.abc import Iterator
from dataclasses import replace

from dimderiv.surfaces.grading.mistake import Mistake
from dimderiv.surfaces.grading.multiples import missing_term, multiple, multiples_of_terms
from dimderiv.surfaces.grading.subject import Subject


def where_symmetric(subject: Subject) -> Mistake | None:
    """The matrices that must be symmetric for the answer to be right."""
    for names, symmetric in _choices(subject):
        if symmetric.is_right(subject.program):
            return Mistake("symmetric", {"names": names}, subject.mended)
    return None


def nearly_where_symmetric(subject: Subject) -> Mistake | None:
    """The same, where a number or a term is wrong besides."""
    for names, symmetric in _choices(subject):
        for explain in (multiple, multiples_of_terms, missing_term):
            further = explain(symmetric)
            if further is not None:
                fields = {"names": names}
                return Mistake("symmetric", fields, subject.mended, further=(further,))
    return None


def _choices(subject: Subject) -> Iterator[tuple[str, Subject]]:
    """Where square matrices of which nothing is known are symmetric: each, and all together."""
    if subject.standing == "misfit":
        return
    symbols = subject.question.typed.symbols.items()
    shapes = [(name, known.shape) for name, known in symbols if not known.properties]
    square = [
        name
        for name, shape in shapes
        if shape.is_matrix and not shape.has_more_axes and shape.rows == shape.cols
    ]
    for names in [*([name] for name in square), *([square] if len(square) > 1 else [])]:
        yield ", ".join(names), replace(subject, symmetric=tuple(names))

"""Where the shapes of an answer do not conform."""

from collections.abc import Sequence
from typing import NamedTuple

from dimderiv.errors import DimderivError
from dimderiv.language import (
    Add,
    Binary,
    Call,
    Program,
    Shape,
    Statement,
    Transpose,
    Tree,
    children,
)
from dimderiv.surfaces.grading.reading import typed_beside
from dimderiv.surfaces.grading.subject import Subject


class Misfit(NamedTuple):
    """A part whose operands do not conform.

    Attributes:
        part: the part.
        operands: its operands, each with its shape, where that is known.
    """

    part: Tree
    operands: Sequence[tuple[Tree, Shape]]


def misfit_of(subject: Subject) -> Misfit:
    """The smallest part whose operands do not conform.

    Args:
        subject: an answer with such a part.
    """
    statements = subject.program.statements
    shapes = [_shape(subject, statements[:k], each.value) for k, each in enumerate(statements)]
    k = shapes.index(None)
    before, part = statements[:k], statements[k].value
    while True:
        operands = [(each, _shape(subject, before, each)) for each in children(part)]
        wrong = [each for each, shape in operands if shape is None and _has_shape(each, subject)]
        if not wrong:
            return Misfit(part, [(each, shape) for each, shape in operands if shape is not None])
        part = wrong[0]


def is_misfit(subject: Subject) -> bool:
    """Whether shapes are what is wrong, rather than the way that something is written.

    Args:
        subject: an answer that has no shape.
    """
    part = misfit_of(subject).part
    return isinstance(part, Add | Binary | Transpose) or _has_shape(part, subject)


def _has_shape(part: Tree, subject: Subject) -> bool:
    """Whether a part has a shape of its own, whatever stands beside it: `I` has none."""
    if isinstance(part, Call):
        return part.function in subject.question.rulebook
    return bool(children(part))


def _shape(subject: Subject, before: Sequence[Statement], tree: Tree) -> Shape | None:
    program = Program((*before, Statement(None, tree)), subject.program.source)
    try:
        return typed_beside(program, subject.question).value
    except DimderivError:
        return None

"""Factors of the right answer, tried beside each part of an answer that lacks one."""

from collections.abc import Iterator
from itertools import islice

from dimderiv.language import (
    Add,
    Binary,
    Negative,
    Number,
    Program,
    Statement,
    Tree,
    walk,
)
from dimderiv.render import text
from dimderiv.surfaces.grading.edits import Edit, flipped, parts_of
from dimderiv.surfaces.grading.subject import Subject

# How many parts of the right answer are tried as factors.
MOST_FACTORS = 16
Lengths = tuple[int, ...]


def insertions(subject: Subject) -> Iterator[Edit]:
    """Each part of the answer with a factor more, whose shape fits.

    Args:
        subject: the answer, beside the right one.
    """
    factors = list(islice(_factors(subject), MOST_FACTORS))
    terms = list(islice(_terms(subject), MOST_FACTORS))
    for part in parts_of(subject.program):
        lengths = _lengths(subject, part)
        if lengths is None or isinstance(part, Number):
            continue
        for factor, size in factors:
            for new in _beside(part, lengths, factor, size):
                yield Edit("factor", part, new, "factor_missing", {"factor": text(factor)})
        for term, size in terms:
            if size == lengths and term != part:
                new = Add((term, *part.terms) if isinstance(part, Add) else (term, part))
                yield Edit("term", part, new, "term_inside", {"term": text(term)})


def _factors(subject: Subject) -> Iterator[tuple[Tree, Lengths]]:
    """What the right answer is made of, and the transposes of that."""
    seen: set[Tree] = set()
    for part in walk(subject.right_tree):
        if isinstance(part, Number | Negative) or part in seen:
            continue
        seen.add(part)
        lengths = _lengths(subject, part)
        if lengths is not None and len(lengths) == 2:
            yield part, lengths
            other = flipped(part)
            if max(lengths) > 1 and other not in seen:
                seen.add(other)
                yield other, lengths[::-1]


def _terms(subject: Subject) -> Iterator[tuple[Tree, Lengths]]:
    """The terms of the sums that the right answer is made of."""
    sums = [part for part in walk(subject.right_tree) if isinstance(part, Add)]
    for term in dict.fromkeys(term for part in sums for term in part.terms):
        lengths = _lengths(subject, term)
        if lengths is not None:
            yield term, lengths


def _lengths(subject: Subject, part: Tree) -> Lengths | None:
    found = subject.samples[0].array(Program((*subject.before, Statement(None, part))))
    return found and found[0]


def _beside(part: Tree, lengths: Lengths, factor: Tree, size: Lengths) -> Iterator[Tree]:
    """A part with a factor on either side, or entry by entry."""
    if max(size) == 1:
        yield Binary("*", factor, part)
        yield Binary("/", part, factor)
        return
    if lengths == size:
        yield Binary(".*", part, factor)
        yield Binary(".*", factor, part)
    if max(lengths) > 1 and len(lengths) == 2:
        if size[1] == lengths[0]:
            yield Binary("*", factor, part)
        if lengths[1] == size[0]:
            yield Binary("*", part, factor)
    elif max(lengths) == 1:
        yield Binary("*", part, factor)

"""Factors and terms of the right answer, tried beside each part of an answer that lacks one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from dimderiv.language import (
    Add,
    Binary,
    Call,
    Name,
    Number,
    Program,
    Statement,
    Transpose,
    Tree,
    walk,
)
from dimderiv.render import text
from dimderiv.surfaces.grading.edits import ONE, Edit, flipped, places_of, size_of_tree
from dimderiv.surfaces.grading.subject import Subject

# How many parts of the right answer are tried as factors, and as terms.
MOST_FACTORS, MOST_TERMS = 24, 12
# How much of the right answer a factor may be: what is nearly all of it explains little.
LARGEST_FACTOR = 0.7
Lengths = tuple[int, ...]
Part = tuple[Tree, Lengths]


def insertions(subject: Subject) -> Iterator[Edit]:
    """Each part of the answer with a factor or a term more, whose shape fits.

    Args:
        subject: the answer, beside the right one.
    """
    factors, terms = _factors(subject), _terms(subject)
    places = places_of(subject.program)
    is_bare = {id(part) for part, above in places if isinstance(above, Binary | Call | Transpose)}
    trees = [part for part, _ in places if not (isinstance(part, Number) and id(part) in is_bare)]
    parts = list(_sized(subject, trees))
    most = LARGEST_FACTOR * size_of_tree(subject.right_tree)
    small = [factor for factor in factors if size_of_tree(factor[0]) <= most]
    yield from _with_factors(parts, small, _beside)
    yield from _with_factors(parts, factors, _stretched)
    for part, lengths in parts:
        for term, size in terms:
            if term != part and _broadcast(lengths, size):
                new = Add((term, *part.terms) if isinstance(part, Add) else (term, part))
                yield Edit("term", part, new, "term_inside", {"term": text(term)})
    yield from _with_factors(parts, factors[len(small) :], _beside)


def _with_factors(
    parts: Sequence[Part], factors: Sequence[Part], beside: Callable[..., Iterator[Tree]]
) -> Iterator[Edit]:
    """Each part with each factor, wherever its shape fits."""
    for part, lengths in parts:
        for factor, size in factors:
            for new in beside(part, lengths, factor, size):
                yield Edit("factor", part, new, "factor_missing", {"factor": text(factor)})


def _factors(subject: Subject) -> list[Part]:
    """What the right answer is made of, and the transposes of that, the shortest first."""
    parts = dict.fromkeys(walk(subject.right_tree))
    parts |= dict.fromkeys(flipped(part) for part in parts if isinstance(part, Name | Transpose))
    found = [part for part in parts if part not in (ONE, subject.right_tree)]
    return list(islice(_sized(subject, sorted(found, key=size_of_tree)), MOST_FACTORS))


def _terms(subject: Subject) -> list[Part]:
    """The terms of the sums that the right answer is made of."""
    sums = [part for part in walk(subject.right_tree) if isinstance(part, Add)]
    found = dict.fromkeys(term for part in sums for term in part.terms)
    return list(islice(_sized(subject, found), MOST_TERMS))


def _sized(subject: Subject, trees: Iterable[Tree]) -> Iterator[Part]:
    for tree in trees:
        lengths = _lengths(subject, tree)
        if lengths is not None and len(lengths) == 2:
            yield tree, lengths


def _lengths(subject: Subject, part: Tree) -> Lengths | None:
    found = subject.samples[0].array(Program((*subject.before, Statement(None, part))))
    return found and found[0]


def _stretched(part: Tree, lengths: Lengths, factor: Tree, size: Lengths) -> Iterator[Tree]:
    """A part with a factor entry by entry, where one of them is repeated along an axis."""
    if size != lengths and max(lengths) > 1 < max(size) and _broadcast(lengths, size):
        yield Binary(".*", part, factor)


def _broadcast(first: Lengths, second: Lengths) -> bool:
    """Whether arrays of these lengths can be added."""
    return all(a == b or 1 in (a, b) for a, b in zip(first, second, strict=True))


def _beside(part: Tree, lengths: Lengths, factor: Tree, size: Lengths) -> Iterator[Tree]:
    """A part with a factor on either side, or entry by entry."""
    if max(size) == 1:
        yield Binary("*", factor, part)
        yield Binary("/", part, factor)
        return
    if max(lengths) == 1:
        yield Binary("*", part, factor)
        return
    if lengths == size:
        yield Binary(".*", part, factor)
    if size[1] == lengths[0]:
        yield Binary("*", factor, part)
    if lengths[1] == size[0]:
        yield Binary("*", part, factor)

"""Indices that are sums of letters: `2i + r - 1`, and how far a letter may run in them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dimderiv.errors import ShapeError
from dimderiv.infer.bound import DECLARED, Bound, Sum
from dimderiv.infer.clashes import ClashError
from dimderiv.infer.indexed import index_refusals as refusals
from dimderiv.infer.scope import Scope
from dimderiv.infer.sizes import is_counted
from dimderiv.infer.unify import is_open, resolved
from dimderiv.language import NOTHING, ONE, Dim, size_of, syntax


class Affine(NamedTuple):
    """A sum of letters, each with a whole number or a size before it, and of an offset."""

    offset: Dim
    steps: Mapping[Bound, Dim]


def affine(scope: Scope, index: syntax.Tree) -> Affine:
    """The sum that an index is."""
    offset, steps = NOTHING, dict[Bound, Dim]()
    for factor, part in _terms(scope, index, ONE):
        if isinstance(part, Bound):
            steps[part] = steps.get(part, NOTHING) + factor
        else:
            offset += factor * part
    return Affine(offset, {letter: step for letter, step in steps.items() if step.monomials})


def _terms(scope: Scope, node: syntax.Tree, factor: Dim) -> Iterable[tuple[Dim, Bound | Dim]]:
    match node:
        case syntax.Name():
            yield factor, letter_of(scope, node) or _size(scope, node)
        case syntax.Negative(operand):
            yield from _terms(scope, operand, NOTHING - factor)
        case syntax.Add(terms):
            for term in terms:
                yield from _terms(scope, term, factor)
        case syntax.Binary("*", left, right) if not _has_letters(scope, left):
            yield from _terms(scope, right, factor * _size(scope, left))
        case syntax.Binary("*", left, right) if not _has_letters(scope, right):
            yield from _terms(scope, left, factor * _size(scope, right))
        case _:
            yield factor, _size(scope, node)


def _has_letters(scope: Scope, node: syntax.Tree) -> bool:
    return any(isinstance(n, syntax.Name) and letter_of(scope, n) for n in syntax.walk(node))


def _size(scope: Scope, node: syntax.Tree) -> Dim:
    try:
        return size_of(node, scope.sizes)
    except ShapeError as error:
        raise refusals.index_refused(scope, node, error) from None


def letter_alone(scope: Scope, index: syntax.Tree) -> Bound | None:
    """The letter that an index is; `i + 0` is a sum, which may leave the array."""
    return letter_of(scope, index) if isinstance(index, syntax.Name) else None


def letter_of(scope: Scope, node: syntax.Name) -> Bound | None:
    """The letter that a name in brackets is.

    One that nothing binds is summed within its term; what the parser reads has no such letters.
    """
    if scope.letters is None:
        return None
    name = node.name
    bound = scope.letters.get(name)
    if bound is None and not (name in scope.sizes or name in scope.declared or name in scope.names):
        bound = scope.letters[name] = Bound(name, node)
    return bound


def ends_of(index: Sum, letter: Bound | None) -> tuple[Dim, Dim] | None:
    """The least and the largest value of a sum, perhaps while a letter in it is 0, if known."""
    low = high = index.offset
    for other, step in index.steps.items():
        if other is letter:
            continue
        if other.size is None or is_open(other.size):
            return None
        reach = step * (resolved(other.size) - ONE)
        if is_counted(step):
            high += reach
        else:
            low += reach
    return low, high


def largest_range(index: Sum, letter: Bound) -> Dim | None:
    """How far a letter runs so that every entry lies inside; nothing while sizes are missing."""
    ends = ends_of(index, letter)
    step = index.steps[letter].number
    if ends is None or is_open(index.place.size):
        return None
    if step is None:
        raise ClashError(index.place.entry, refusals.letter_undetermined(letter))
    below, above = ends[0], resolved(index.place.size) - ONE - ends[1]
    if step < 0:
        below, above = above, below
    if not is_counted(below):
        raise ClashError(index.place.entry, refusals.entry_outside(letter, index, *ends))
    size = above // abs(step) + ONE
    if size.number is not None and size.number < 1:
        raise ClashError(index.place.entry, refusals.entry_outside(letter, index, *ends))
    return size


def ranges(letter: Bound) -> list[Dim] | None:
    """How far a letter may run in each sum; nothing while sizes are missing."""
    found = [largest_range(index, letter) for index in letter.sums]
    known = [size for size in found if size is not None]
    return known if len(known) == len(found) else None


def is_declared_alone(letter: Bound) -> bool:
    """Whether only the declaration of what is defined tells how far a letter runs."""
    if letter.because != DECLARED or letter.places:
        return False
    try:
        sizes = ranges(letter)
        return not sizes or smallest(letter, sizes) != resolved(letter.known())
    except ClashError:
        return True


def smallest(letter: Bound, sizes: Iterable[Dim]) -> Dim:
    """The size that is at most each of some."""
    candidates = list(dict.fromkeys(sizes))
    for size in candidates:
        if all(is_counted(other - size) for other in candidates):
            return size
    raise ClashError(letter.sums[0].place.entry, refusals.ranges_differ(letter, candidates))

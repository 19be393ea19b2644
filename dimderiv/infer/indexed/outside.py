"""Entries outside their arrays, which are 0: what is said of them, and how to leave them out."""

from collections.abc import Iterator

from dimderiv.infer.bound import INSIDE, Bound, Place, Sum
from dimderiv.infer.clashes import ClashError
from dimderiv.infer.indexed.affine import ends_of, ranges, smallest
from dimderiv.infer.indexed.index_refusals import axis_in_words, with_size
from dimderiv.infer.scope import Scope
from dimderiv.infer.sizes import is_counted
from dimderiv.infer.unify import resolved
from dimderiv.language import ONE, Dim


def entries_outside(scope: Scope) -> list[str]:
    """The entries that may lie outside their arrays, where no letter in them has a written size."""
    indices = {
        (id(index.place.entry), index.place.axis): index
        for letters in scope.bound.values()
        for letter in letters.values()
        for index in letter.sums
    }
    found = [index.place.entry for index in indices.values() if _is_outside(index)]
    return list(
        dict.fromkeys(
            f"{scope.text(entry)} is 0 where it lies outside {scope.text(entry.operand)}"
            for entry in found
        )
    )


def ranges_in_doubt(scope: Scope) -> list[str]:
    """Letters that may be meant to run otherwise.

    For `x[i+1] - x[i]`, where an axis has i alone and in a sum, most mean entries inside.  The k
    of `x[i] x[i+k]` is 0 alone, as i runs over all of x.

    Args:
        scope: what is known, with every size.
    """
    bound = [letter for letters in scope.bound.values() for letter in letters.values()]
    doubts = (said for letter in bound for said in (*_lone(scope, letter), *_doubts(scope, letter)))
    return list(dict.fromkeys(doubts))


def _lone(scope: Scope, letter: Bound) -> Iterator[str]:
    """What is said of a letter that has one value, for no more leave every entry inside."""
    if letter.because == INSIDE and resolved(letter.known()) == ONE:
        entry = letter.sums[0].place.entry
        yield (
            f"{letter.name} is 0 alone, so that {scope.text(entry)} lies inside "
            f"{scope.text(entry.operand)} wherever the other letters run: write "
            f"{with_size(letter)} if it runs further, and entries outside are 0"
        )


def _doubts(scope: Scope, letter: Bound) -> Iterator[str]:
    for index in letter.sums:
        place = index.place
        alone = next((own for own in letter.places if _is_same_axis(own, place)), None)
        if alone is not None and _is_outside(index):
            inside = _inside(letter)
            hint = f"write {with_size(letter, inside)} if only entries inside are meant"
            if not inside:
                hint = f"let no index start below 0, and {hint}"
            yield (
                f"{letter.name} runs over all of {axis_in_words(scope, place)}, since "
                f"{scope.text(alone.entry)} has it alone, and {scope.text(place.entry)} is 0 "
                f"outside: {hint}"
            )
            return


def _is_same_axis(one: Place, other: Place) -> bool:
    return one.axis == other.axis and one.entry.operand == other.entry.operand


def _inside(letter: Bound) -> Dim | None:
    """How far a letter runs with every entry inside; nothing where the first one is outside."""
    try:
        return smallest(letter, [*(ranges(letter) or ()), resolved(letter.known())])
    except ClashError:
        return None


def _is_outside(index: Sum) -> bool:
    ends = ends_of(index, None)
    is_alone = not index.offset.monomials and len(index.steps) == 1
    if ends is None or (not is_alone and any(letter.because for letter in index.steps)):
        return False
    return not (is_counted(ends[0]) and is_counted(resolved(index.place.size) - ONE - ends[1]))

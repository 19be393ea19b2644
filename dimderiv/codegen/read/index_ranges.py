"""How far the letters of an index form run that are no index by themselves.

An entry outside of its array is zero, so that a letter need not run further than any entry of a
product allows: in `V[t + l]` no further than the axis of V.
"""

from collections.abc import Iterable, Mapping

from dimderiv.language import ONE, Add, Dim, Name, Negative
from dimderiv.language import Node as Tree

# Bounds are compared at sizes where those that are taken off others are small, as kernels are.
TAKEN_OFF, MEDIUM = 3, 1000


def ranges(
    places: Iterable[tuple[Tree, Dim]], sizes: Mapping[str, Dim], dimensions: Iterable[str]
) -> dict[str, Dim]:
    """The ranges of letters that can be told by the axes that they run along with others."""
    found, known = dict(sizes), {*dimensions}
    signed = [(signs, dim) for index, dim in places if (signs := _signs(index, known)) is not None]
    waiting = True
    while waiting:
        bounds: dict[str, list[Dim]] = {}
        for signs, dim in signed:
            new = [letter for letter in signs if letter not in found]
            if len(new) == 1:
                bounds.setdefault(new[0], []).append(_bound(new[0], signs, dim, found))
        for letter, each in bounds.items():
            found[letter] = _least(each)
        waiting = bool(bounds)
    return found


def _signs(index: Tree, dimensions: set[str]) -> dict[str, int] | None:
    """The sign of each letter of an index; nothing where it is no sum of letters."""
    signs: dict[str, int] = {}
    for term in index.terms if isinstance(index, Add) else (index,):
        letter = term.operand if isinstance(term, Negative) else term
        if not isinstance(letter, Name) or letter.name in signs or letter.name in dimensions:
            return None
        signs[letter.name] = -1 if isinstance(term, Negative) else 1
    return signs


def _bound(letter: str, signs: Mapping[str, int], dim: Dim, sizes: Mapping[str, Dim]) -> Dim:
    """How far a letter can run with the index inside of its axis."""
    others = [other for other in signs if signs[other] != signs[letter]]
    total = dim if signs[letter] > 0 else ONE
    for other in others:
        total = total + sizes[other] - ONE
    return total


def _least(bounds: list[Dim]) -> Dim:
    names = {name for dim in bounds for name in dim.names}
    off = {n for dim in bounds for each, c in dim.monomials for n in each if c < 0}
    at = {name: TAKEN_OFF if name in off else MEDIUM for name in names}
    return min(bounds, key=lambda dim: dim.evaluate(at))

"""Indices that are sums of letters: `2i + k - 1` as the step of each letter, and an offset."""

from collections.abc import Container, Mapping
from typing import NamedTuple

from dimderiv.errors import ShapeError
from dimderiv.language import NOTHING, Dim, size_of, syntax


class Affine(NamedTuple):
    """How far one step of each letter goes, and the place where all letters are 0."""

    steps: Mapping[str, int]
    offset: Dim

    def __neg__(self) -> "Affine":
        return self.scaled(-1)

    def plus(self, other: "Affine") -> "Affine":
        """The sum of two indices."""
        steps = dict(self.steps)
        for letter, step in other.steps.items():
            steps[letter] = steps.get(letter, 0) + step
        moving = {letter: step for letter, step in steps.items() if step}
        return Affine(moving, self.offset + other.offset)

    def scaled(self, number: int) -> "Affine":
        """An index times a whole number."""
        steps = {letter: step * number for letter, step in self.steps.items() if number}
        return Affine(steps, self.offset * Dim.of(number))


def affine(tree: syntax.Tree, letters: Container[str]) -> Affine | None:
    """An index as a sum of letters and sizes; nothing where it is something else.

    Args:
        tree: the index.
        letters: what is a letter here; other names are those of sizes.
    """
    match tree:
        case syntax.Name(name) if name in letters:
            return Affine({name: 1}, NOTHING)
        case syntax.Negative(operand):
            inner = affine(operand, letters)
            return None if inner is None else -inner
        case syntax.Add(terms):
            total = Affine({}, NOTHING)
            for term in terms:
                inner = affine(term, letters)
                if inner is None:
                    return None
                total = total.plus(inner)
            return total
        case syntax.Binary("*", left, right):
            return _product(affine(left, letters), affine(right, letters))
        case _:
            return _size(tree)


def _product(left: Affine | None, right: Affine | None) -> Affine | None:
    if left is None or right is None:
        return None
    if not left.steps and not right.steps:
        return Affine({}, left.offset * right.offset)
    for number, other in ((left, right), (right, left)):
        if not number.steps and number.offset.number is not None:
            return other.scaled(number.offset.number)
    return None


def _size(tree: syntax.Tree) -> Affine | None:
    try:
        return Affine({}, size_of(tree))
    except ShapeError:
        return None

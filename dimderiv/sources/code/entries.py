"""Arrays that are given entry by entry, put together entry by entry: `X[:, None, :] - Z[None]`.

Without this each would be an operand of its own, and what was read hard to read.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from dimderiv.language import (
    Binary,
    Entry,
    IndexForm,
    Letter,
    Name,
    Negative,
    Number,
    Operator,
    Tree,
    replaced,
    walk,
)
from dimderiv.sources.code.values import Array, Place

_DOTLESS: Mapping[str, Operator] = {".*": "*", "./": "/", ".^": "^"}
ONE = Number(Fraction(1))
Make = Callable[[Sequence[Tree]], Tree]


def by_entries(
    at: Place, arrays: Sequence[Array], names: Sequence[str], make: Make
) -> Array | None:
    """What is made of arrays entry by entry, if one of them is an index statement.

    Args:
        at: where.
        arrays: the arrays; one that may have an axis of size 1 unseen is none of them.
        names: letters that none of them has.
        make: what is made of their entries.
    """
    axes = max(array.axes for array in arrays)
    letters = names[:axes]
    if not any(isinstance(array.tree, IndexForm) for array in arrays):
        return None
    entries = [entry(at, array, letters[axes - array.axes :]) for array in arrays]
    if any(each is None for each in entries):
        return None
    body = _of_numbers(make([each for each in entries if each is not None]))
    used = names_of(body)
    head: tuple[Letter, ...] = tuple(
        (letter, None if letter in used else ONE) for letter in letters
    )
    return Array(IndexForm(head, body, span=at.span), axes)


def _of_numbers(made: Tree) -> Tree:
    """An operation of arrays as one of their entries, which are numbers."""
    match made:
        case Negative(operand):
            return Negative(_of_numbers(operand), made.span)
        case Binary(operator, left, right):
            return Binary(_DOTLESS.get(operator, operator), left, right, made.span)
    return made


def entry(at: Place, array: Array, letters: Sequence[str]) -> Tree | None:
    """The entry of an array at letters, if it is known which of its axes have size 1."""
    match array.tree:
        case IndexForm(head, body) if all(size in (None, ONE) for _, size in head):
            pairs = zip(head, letters, strict=True)
            new = {old: Name(letter, at.span) for (old, size), letter in pairs if size is None}
            return renamed(body, new)
        case Name(name) if name in at.whole and not array.is_row:
            indices = tuple(Name(letter, at.span) for letter in letters)
            return Entry(array.tree, indices, at.span) if indices else array.tree
    return None if array.axes else array.tree


def renamed(tree: Tree, names: Mapping[str, Tree]) -> Tree:
    """A tree with other letters."""

    def change(part: Tree) -> Tree | None:
        match part:
            case Name(name):
                return names.get(name)
            case Entry(operand, indices):
                inner = tuple(renamed(index, names) for index in indices)
                return Entry(renamed(operand, names), inner, part.span)
        return None

    return replaced(tree, change)


def names_of(tree: Tree) -> set[str]:
    """The names in a tree, those of letters too."""
    return {part.name for part in walk(tree) if isinstance(part, Name)}

"""Sums over letters that need not be written, since whoever reads the text puts them back.

A letter that the head lacks is summed in the smallest product that has all of its occurrences, and
one that occurs once inside of a power or a function outside of that.
"""

from collections.abc import Collection, Sequence

from dimderiv.errors import ParseError
from dimderiv.language import (
    Add,
    Binary,
    Call,
    Entry,
    IndexForm,
    Name,
    Negative,
    Tree,
    walk,
)
from dimderiv.language.indexed import explicit

PRODUCTS = frozenset({"*", ".*", "/", "./"})


def is_clear(form: IndexForm, sizes: Collection[str]) -> bool:
    """Whether the sums that a statement leaves out can be put back.

    Args:
        form: the statement.
        sizes: the names in indices that are no letters.
    """
    try:
        explicit(form, sizes)
    except ParseError:
        return False
    return True


def is_restored(letter: str, factors: Sequence[Tree], *, is_inside: bool) -> bool:
    """Whether a sum over a letter of a product may be left out.

    Args:
        letter: the letter.
        factors: the factors of the product, above and below the line.
        is_inside: whether the product stands inside of a function, a power or a bracket.
    """
    met = [factor for factor in factors if occurs(letter, factor)]
    terms = factors[0].terms if len(factors) == 1 and isinstance(factors[0], Add) else ()
    if not all(_is_alone(letter, term) for term in terms):
        # Whoever reads it sums each term by itself, and wants to know there how far it runs.
        return False
    if len(met) == 1 and any(isinstance(part, Call) and part.over for part in walk(met[0])):
        # It might be summed inside of the other reduction.
        return False
    if any(_repeats(letter, factor) for factor in met if not isinstance(factor, Entry)):
        return False
    # The terms of `X[i,q] - M[j,q]` have the letter once each.
    is_diagonal = any(isinstance(factor, Entry) and _count(letter, factor) > 1 for factor in met)
    return not is_inside or len(met) > 1 or is_diagonal


def occurs(letter: str, tree: Tree) -> bool:
    """Whether an index has a letter.

    Args:
        letter: the letter.
        tree: any expression.
    """
    return _count(letter, tree) > 0


def _count(letter: str, tree: Tree) -> int:
    """How often a letter stands in the indices of a tree."""
    entries = [part for part in walk(tree) if isinstance(part, Entry)]
    indices = [index for entry in entries for index in entry.indices]
    return sum(Name(letter) in set(walk(index)) for index in indices)


def _is_alone(letter: str, tree: Tree) -> bool:
    """Whether a letter is an index by itself."""
    return any(isinstance(part, Entry) and Name(letter) in part.indices for part in walk(tree))


def _repeats(letter: str, tree: Tree) -> bool:
    """Whether a letter occurs twice in a product inside of a factor, where it would be summed."""
    match tree:
        case Add(terms):
            return any(_repeats(letter, term) for term in terms)
        case Call(_, arguments):
            return any(_repeats(letter, argument) for argument in arguments)
        case Negative(operand):
            return _repeats(letter, operand)
        case Binary(operator, left, right) if operator not in PRODUCTS:
            return _repeats(letter, left) or _repeats(letter, right)
        case _:
            return _count(letter, tree) > 1

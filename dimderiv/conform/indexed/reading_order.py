"""The order of factors and terms in a statement.

Where the user has letters, factors stand as in the program.  Elsewhere numbers come first, then
vectors, matrices and identities; equal arrays stand side by side, and terms that differ by an
exchange of letters come one after the other, as on a board:
`x[i] I[j,k] + x[j] I[i,k] + x[k] I[i,j]`.
"""

from collections.abc import Sequence

from dimderiv.conform.lettering import UserLetters
from dimderiv.language import (
    COMPARISONS,
    Binary,
    Call,
    Entry,
    Name,
    Negative,
    Number,
    Tree,
    names_in,
    replaced,
    walk,
)

LAST = 100


def factors_in_order(factors: Sequence[Tree], user: UserLetters, axes: int) -> list[Tree]:
    """Factors as they stand in a program with letters; for more axes, those of fewer axes first.

    Args:
        factors: of one product of entries.
        user: the letters of the program.
        axes: how many axes the product has; those of a matrix product stay in its order.
    """
    if user.are_used or axes < 3 or not all(map(_is_at_letters, factors)):
        return sorted(factors, key=lambda f: (not isinstance(f, Name | Number), user.place(f)))
    kind = _kinds(factors)
    return sorted(factors, key=lambda each: (_axes(each), kind[id(each)], _letters(each)))


def terms_in_order(terms: Sequence[Tree]) -> list[Tree]:
    """Terms, each beside those with other letters, and one that is added first.

    Args:
        terms: of one sum.
    """
    kind = _kinds(terms)
    added = [kind[id(term)] for term in terms if not isinstance(term, Negative)]
    first = min(added, default=0)
    return sorted(terms, key=lambda each: (kind[id(each)] != first, kind[id(each)], _letters(each)))


def _kinds(trees: Sequence[Tree]) -> dict[int, int]:
    """A number for each object, the same for those that differ in their letters alone."""
    numbers = dict[Tree, int]()
    return {id(tree): numbers.setdefault(_without_letters(tree), len(numbers)) for tree in trees}


def _without_letters(tree: Tree) -> Tree:
    return replaced(tree, lambda part: part.operand if isinstance(part, Entry) else None)


def _indices(tree: Tree) -> list[Tree]:
    entries = [part for part in walk(tree) if isinstance(part, Entry)]
    return [index for entry in entries for index in entry.indices]


def _letters(tree: Tree) -> list[str]:
    return [name for index in _indices(tree) for name in names_in(index)]


def _is_at_letters(tree: Tree) -> bool:
    return all(isinstance(index, Name) for index in _indices(tree))


def _axes(factor: Tree) -> int:
    """How many axes the arrays have that a factor is an entry of."""
    match factor:
        case Entry(Call("eye")):
            return LAST
        case Binary(operator) if operator in COMPARISONS:
            return LAST
    return max((len(part.indices) for part in walk(factor) if isinstance(part, Entry)), default=0)

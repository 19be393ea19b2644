"""The letters of index statements: which names in square brackets are letters, and which are free.

>>> i, m = Name("i"), Name("m")
>>> entry = Entry(Name("x"), (Add((Binary("*", i, m), Name("k"))),))
>>> list(free_letters(entry, {"m"}))
['i', 'k']
"""

from collections.abc import Collection, Iterator

from dimderiv.language.syntax import (
    Add,
    Binary,
    Call,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Tree,
    children,
    walk,
)
from dimderiv.language.vocabulary import COMPARISONS


def free_letters(node: Tree, sizes: Collection[str] = ()) -> dict[str, None]:
    """The letters of the entries in an expression that no head and no reduction in it names.

    Args:
        node: the expression; letters do not leave an index statement.
        sizes: the names in square brackets that are no letters.

    Returns:
        The letters as keys, in the order of their first occurrences.
    """
    found: dict[str, None] = {}
    _collect(node, sizes, found)
    return found


def _collect(node: Tree, sizes: Collection[str], found: dict[str, None]) -> None:
    match node:
        case IndexForm():
            return
        case Entry(operand, indices):
            _collect(operand, sizes, found)
            for index in indices:
                found.update(dict.fromkeys(letters_of(index, sizes)))
        case Call(over=over) if over:
            named = {letter for letter, _ in over}
            inside = free_letters(node.arguments[0], sizes)
            found.update(dict.fromkeys(letter for letter in inside if letter not in named))
        case _:
            for part in children(node):
                _collect(part, sizes, found)


def letters_of(index: Tree, sizes: Collection[str] = ()) -> Iterator[str]:
    """The letters of one index, from left to right.

    Args:
        index: an index; a product of names that is all of it is an axis of several letters.
        sizes: the names that are no letters.
    """
    match index:
        case Binary():
            yield from (name for name in _factors(index) if name not in sizes)
        case Entry(_, indices):
            for each in indices:
                yield from letters_of(each, sizes)
        case _:
            yield from _letters_of_terms(index, sizes)


def _letters_of_terms(index: Tree, sizes: Collection[str]) -> Iterator[str]:
    match index:
        case Name(name) if name not in sizes:
            yield name
        case Negative(operand):
            yield from _letters_of_terms(operand, sizes)
        case Add(terms):
            for term in terms:
                yield from _letters_of_terms(term, sizes)
        case Binary("*", left, right):
            # In a multiple such as `j m` only one is a letter, the first where both may be.
            found = list(_letters_of_terms(left, sizes)) or list(_letters_of_terms(right, sizes))
            yield from found


def _factors(node: Tree) -> Iterator[str]:
    """The names that a product is made of."""
    if isinstance(node, Name):
        yield node.name
    elif isinstance(node, Binary):
        yield from _factors(node.left)
        yield from _factors(node.right)
    elif isinstance(node, Negative | Add):
        yield from _letters_of_terms(node, ())


def index_names(part: Tree) -> Iterator[str]:
    """The names in the indices of a part of a tree, if it is an entry.

    Args:
        part: the part; what its operands have is not among them.
    """
    if not isinstance(part, Entry):
        return
    stack = list(part.indices)
    while stack:
        index = stack.pop()
        if isinstance(index, Name):
            yield index.name
        else:
            stack.extend(children(index))


def names_outside_brackets(node: Tree) -> Iterator[Name]:
    """The names in an expression that stand in no index and in no size of a letter.

    Args:
        node: the expression.
    """
    match node:
        case Name():
            yield node
        case Binary() if compares_places(node):
            return
        case Entry(operand):
            yield from names_outside_brackets(operand)
        case IndexForm(_, body):
            yield from names_outside_brackets(body)
        case Call(_, arguments):
            for argument in arguments:
                yield from names_outside_brackets(argument)
        case _:
            for part in children(node):
                yield from names_outside_brackets(part)


def compares_places(node: Tree) -> bool:
    """Whether a part compares what may be letters, as `(j <= i)` and `(j == i + 1)` do.

    Args:
        node: the part; whether its names are letters is for the rest of the statement to say.
    """
    if not isinstance(node, Binary) or node.operator not in COMPARISONS:
        return False
    inside = (part for side in (node.left, node.right) for part in walk(side))
    return all(isinstance(part, Name | Number | Negative | Add) for part in inside)


def named_letters(node: Tree) -> Iterator[str]:
    """The letters that the head of a statement, or a reduction, names.

    Args:
        node: the statement or the reduction; of anything else there are none.
    """
    if isinstance(node, IndexForm):
        yield from (letter for letter, _ in node.letters)
    elif isinstance(node, Call):
        yield from (letter for letter, _ in node.over)


def letters_within(node: Tree) -> Iterator[str]:
    """Every name that a tree has in square brackets, letters of heads and reductions among them.

    Args:
        node: the tree.
    """
    for part in walk(node):
        yield from named_letters(part)
        yield from index_names(part)

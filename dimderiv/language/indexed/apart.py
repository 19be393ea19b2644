"""Statements in which no reduction takes a letter of what is around it: its own is renamed.

`[i] f[i,d] / sum[d] g[i,d]` sums over d twice, and each d is another one.  Where every sum is
written, as on paper, one of the two has to have another letter.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from dimderiv.language.inline import names_in
from dimderiv.language.letters import compares_places, free_letters, letters_within
from dimderiv.language.names import unused_letters
from dimderiv.language.syntax import Add, Call, Entry, IndexForm, Name, Tree, with_operands

_LETTERS = "klrstijpquvabch"


def with_own_letters(tree: Tree, sizes: Collection[str] = ()) -> Tree:
    """A statement of the same value in which letters that are bound within each other differ.

    Args:
        tree: a statement; some of its letters may be summed though nothing names them.
        sizes: the names in square brackets that are no letters.

    >>> from dimderiv.language import parse_expression
    >>> form = with_own_letters(parse_expression("[i] f[i,d] / sum[d] g[i,d]"))
    >>> (inner := form.body.arguments[0].right).over, inner.arguments[0].indices
    ((('k', None),), (Name(name='i'), Name(name='k')))
    """
    taken = {*sizes, *names_in(tree), *letters_within(tree)}
    return _Renaming(sizes, taken).scope(tree, frozenset())


class _Renaming:
    """Gives reductions letters of their own; `taken` are the names that exist."""

    def __init__(self, sizes: Collection[str], taken: set[str]) -> None:
        self.sizes = sizes
        self.taken = taken

    def scope(self, node: Tree, named: frozenset[str], new: Mapping[str, str] = {}) -> Tree:
        """What letters are bound for, by name or because nothing else names them."""
        if isinstance(node, Add):
            return with_operands(node, lambda term: self.scope(term, named, new))
        return self.apart(node, named | {*free_letters(node, self.sizes)}, new)

    def apart(self, node: Tree, bound: frozenset[str], new: Mapping[str, str]) -> Tree:
        """The node below letters that are bound, some of which have new names."""
        match node:
            case IndexForm(letters):
                # Letters do not enter a statement.
                named = frozenset(letter for letter, _ in letters)
                return with_operands(node, lambda part: self.scope(part, named))
            case Call(over=over) if over:
                return self.reduction(node, bound, new)
            case Entry(operand, indices):
                return replace(
                    node,
                    operand=self.apart(operand, bound, new),
                    indices=tuple(_index(index, new) for index in indices),
                )
            case _ if compares_places(node):
                return _index(node, new)
        return with_operands(node, lambda part: self.apart(part, bound, new))

    def reduction(self, call: Call, bound: frozenset[str], new: Mapping[str, str]) -> Tree:
        """A reduction whose letters nothing around it has."""
        own = {letter: self.unbound(letter, bound) for letter, _ in call.over}
        over = tuple((own[letter], size) for letter, size in call.over)
        inside = bound | {*own.values()}
        arguments = tuple(self.scope(each, inside, {**new, **own}) for each in call.arguments)
        return replace(call, arguments=arguments, over=over)

    def unbound(self, letter: str, bound: Collection[str]) -> str:
        """The letter, or one that nothing has where it is bound already."""
        if letter not in bound:
            return letter
        fresh = next(unused_letters(_LETTERS, self.taken))
        self.taken.add(fresh)
        return fresh


def _index(index: Tree, new: Mapping[str, str]) -> Tree:
    """An index with new letters; the arrays of labels in it keep their names."""
    if isinstance(index, Entry):
        return replace(index, indices=tuple(_index(each, new) for each in index.indices))
    if isinstance(index, Name):
        return replace(index, name=new.get(index.name, index.name))
    return with_operands(index, lambda part: _index(part, new))

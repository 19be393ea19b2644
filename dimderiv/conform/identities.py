"""Identity matrices in an answer: `I` where the place says how large it is, else `eye(n)`."""

from collections.abc import Iterator

from dimderiv.language import (
    Add,
    Binary,
    Call,
    Entry,
    Group,
    IndexForm,
    Name,
    Negative,
    Transpose,
    Tree,
    children,
    with_operands,
)

IDENTITY = Name("I")


def with_bare_identities(tree: Tree, *, sized: bool = True) -> Tree:
    """A tree in which an identity says its size only where nothing else does.

    >>> from dimderiv.language.parser import parse_expression
    >>> from dimderiv.render.text import text
    >>> text(with_bare_identities(parse_expression("c eye(n) + exp(eye(n)) kron(A, eye(m))")))
    'c I + exp(eye(n)) kron(A, eye(m))'
    """
    return _Identities().bare(tree, sized)


class _Identities:
    """Visits each part of a tree once, however often it stands there."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, bool], Tree] = {}

    def bare(self, tree: Tree, sized: bool) -> Tree:
        """A part, whose size is known from its place or is not."""
        place = (id(tree), sized)
        if place not in self.known:
            self.known[place] = self._bare(tree, sized)
        return self.known[place]

    def _bare(self, tree: Tree, sized: bool) -> Tree:
        match tree:
            case Call("eye") if sized:
                return IDENTITY
            case Add(terms):
                inside = sized or not all(_is_identity(term) for term in terms)
                return with_operands(tree, lambda term: self.bare(term, inside))
            case Negative() | Group() | Transpose():
                return with_operands(tree, lambda operand: self.bare(operand, sized))
            case Binary("*", left, right):
                # Only scalars stand before an identity.
                return self._binary(tree, self.bare(left, False), self.bare(right, sized))
            case Binary("/" | "^", left, right):
                return self._binary(tree, self.bare(left, sized), self.bare(right, False))
            case Binary(_, left, right):
                first = sized or not _is_identity(right)
                second = sized or not _is_identity(left)
                return self._binary(tree, self.bare(left, first), self.bare(right, second))
            case IndexForm(letters):
                shown = {name for name, _ in letters}
                return with_operands(tree, lambda term: self._term(term, shown))
            case _:
                return with_operands(tree, lambda operand: self.bare(operand, False))

    def _term(self, term: Tree, shown: set[str]) -> Tree:
        """A term of an index form, in which a letter that is shown or has an array is known."""
        if isinstance(term, Add):
            return with_operands(term, lambda each: self._term(each, shown))
        arrays = [entry for entry in _entries(term) if not _is_identity(entry.operand)]
        return self._entrywise(term, shown.union(*map(_letters, arrays)))

    def _entrywise(self, tree: Tree, known: set[str]) -> Tree:
        """A part of a term, with the letters whose range is known without its identities."""
        match tree:
            case Entry(Call("eye"), indices) if known & _letters(tree):
                return Entry(IDENTITY, indices, tree.span)
            case Entry():
                return with_operands(tree, lambda operand: self.bare(operand, False))
            case _:
                return with_operands(tree, lambda operand: self._entrywise(operand, known))

    @staticmethod
    def _binary(tree: Binary, left: Tree, right: Tree) -> Tree:
        is_same = left is tree.left and right is tree.right
        return tree if is_same else Binary(tree.operator, left, right, tree.span)


def _entries(tree: Tree) -> Iterator[Entry]:
    """The entries in a term, without those inside of what they are entries of."""
    if isinstance(tree, Entry):
        yield tree
    else:
        for child in children(tree):
            yield from _entries(child)


def _letters(entry: Entry) -> set[str]:
    """The letters that are an index by themselves."""
    return {index.name for index in entry.indices if isinstance(index, Name)}


def _is_identity(tree: Tree) -> bool:
    """Whether a tree is a multiple of the identity."""
    match tree:
        case Call("eye"):
            return True
        case Negative(operand) | Group(operand) | Binary("/", operand, _):
            return _is_identity(operand)
        case Binary("*", _, right):
            return _is_identity(right)
        case _:
            return False

"""How the names of a program are used, as far as the text alone tells.

This says what an undeclared name is usually taken for, and which other kinds it may have: a name
that is transposed is no scalar, and a Greek letter is a column where it stands as one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from dimderiv.infer.clashes import unsigned
from dimderiv.infer.scope import Kind
from dimderiv.language import GREEK_NAMES, children, is_extreme_of_two, names_in, syntax
from dimderiv.lazy import pattern
from dimderiv.rulebook import is_entrywise

_LETTERS = pattern(r"[A-Za-z]+")
_GREEK = frozenset(GREEK_NAMES)
# Functions of one argument that people apply to vectors, not to numbers.
OF_ARRAYS = frozenset(
    {"sum", "mean", "max", "min", "logsumexp", "softmax", "logsoftmax", "diag", "vec"}
    | {"norm1", "norm2", "normInf", "normF", "normN"}
)


@dataclass
class Use:
    """How one name is used.

    Attributes:
        count: how often it occurs.
        is_array: whether it is transposed, or stands beside an `@`, so that it is no scalar.
        is_vector: whether it stands where a vector stands: behind a product, beside another term.
        is_behind: whether it stands behind a capital, as a vector behind its matrix does.
        leads: whether it stands before another factor, as a row before its matrix does.
        beside: the sums and products by entry in which it stands.
        counts: how often it multiplies, divides, or is an exponent.
        added: how often it is a term beside others that are no names.
        indices: how many indices its entries have, at most.
        is_rows: whether a part of it with one index stands where a vector stands.
    """

    count: int = 0
    is_array: bool = False
    is_vector: bool = False
    is_behind: bool = False
    leads: bool = False
    beside: list[syntax.Tree] = field(default_factory=list)
    counts: int = 0
    added: int = 0
    indices: int = 0
    is_rows: bool = False

    @property
    def is_count(self) -> bool:
        """Whether it multiplies, divides or counts, and does no more than that and be added."""
        return self.counts > 0 and self.counts + self.added >= self.count


def uses_of(program: syntax.Program) -> Mapping[str, Use]:
    """How every name of a program is used."""
    uses: defaultdict[str, Use] = defaultdict(Use)
    is_numpy = "@" in program.source
    for node in program.parts:
        match node:
            case syntax.Name(name):
                uses[name].count += 1
            case syntax.Transpose(syntax.Name(name)):
                uses[name].is_array = True
            case syntax.Add(terms):
                _note_beside(node, terms, uses)
                if any(map(_is_number, terms)) and _is_count(node):
                    _note_counts(node, uses)
                else:
                    for term in map(unsigned, terms):
                        if isinstance(term, syntax.Name):
                            uses[term.name].added += 1
            case syntax.Binary(".*" | "./", left, right):
                _note_beside(node, (left, right), uses)
            case syntax.Call(_, (left, right)) if is_extreme_of_two(node):
                _note_beside(node, (left, right), uses)
            case syntax.Binary("*", left, right):
                _note_product(left, right, uses)
                if is_numpy and "@" in program.source[left.span[1] : right.span[0]]:
                    for side in (_last_factor(left), right):
                        if isinstance(side, syntax.Name):
                            uses[side.name].is_array = True
            case syntax.Binary("/", left, right):
                _note_counts(right, uses)
                if isinstance(unsigned(left), syntax.Name):
                    _note_counts(left, uses)
            case syntax.Binary("^" | ".^", _, exponent):
                _note_counts(exponent, uses)
            case syntax.Call(function, (argument,)) if function in OF_ARRAYS and not node.over:
                inner = bare(argument)
                if inner is not None:
                    uses[inner].is_vector = True
            case syntax.Transpose(operand):
                for part in operand.terms if isinstance(operand, syntax.Add) else (operand,):
                    _note_row(part, uses)
            case syntax.Entry(syntax.Name(name), indices):
                use = uses[name]
                use.indices = max(use.indices, len(indices))
                use.is_array = True
    return dict(uses)


def _note_beside(
    node: syntax.Tree, parts: Collection[syntax.Tree], uses: defaultdict[str, Use]
) -> None:
    """Note the names that are combined, entry by entry, with something that is no number."""
    many = sum(not isinstance(unsigned(part), syntax.Number) for part in parts) > 1
    # A sum may have thousands of terms of one name.
    for name in dict.fromkeys(filter(None, map(bare, parts))):
        use = uses[name]
        use.beside.append(node)
        use.is_vector |= many


def _note_product(left: syntax.Tree, right: syntax.Tree, uses: defaultdict[str, Use]) -> None:
    first = _last_factor(left)
    if isinstance(right, syntax.Entry) and (
        isinstance(first, syntax.Transpose) or _is_capital(first)
    ):
        _note_row(right, uses)
    if isinstance(right, syntax.Name):
        use = uses[right.name]
        use.is_behind |= _is_capital(first)
        use.is_vector |= use.is_behind or isinstance(first, syntax.Transpose)
        use.counts += _is_number(left)
    if isinstance(first, syntax.Name):
        use = uses[first.name]
        use.leads |= _is_capital(right)
        use.counts += first is unsigned(left)


def _note_row(node: syntax.Tree, uses: defaultdict[str, Use]) -> None:
    """Note a part with one index that stands where a vector stands: `w' x[i]`."""
    match unsigned(node):
        case syntax.Entry(syntax.Name(name), (_,)):
            uses[name].is_rows = True


def _note_counts(node: syntax.Tree, uses: defaultdict[str, Use]) -> None:
    """Note the names in a divisor, an exponent or a sum of names and numbers."""
    match node:
        case syntax.Name(name):
            uses[name].counts += 1
        case syntax.Negative() | syntax.Add() | syntax.Binary("*" | "/") | syntax.Call("sqrt"):
            for part in children(node):
                _note_counts(part, uses)


def _is_number(node: syntax.Tree) -> bool:
    """Whether a part has no names."""
    return next(names_in(node), None) is None


def _is_count(node: syntax.Tree) -> bool:
    """Whether a part is made of names and numbers, with no more than signs and numbers before."""
    terms = [unsigned(term) for term in (node.terms if isinstance(node, syntax.Add) else (node,))]
    return all(isinstance(term, syntax.Name) or _is_number(term) for term in terms)


def _last_factor(node: syntax.Tree) -> syntax.Tree:
    node = unsigned(node)
    while isinstance(node, syntax.Binary) and node.operator == "*":
        node = node.right
    return node


def _is_capital(node: syntax.Tree) -> bool:
    """Whether a factor is a matrix by its letter, or its transpose."""
    operand = node.operand if isinstance(node, syntax.Transpose) else node
    return isinstance(operand, syntax.Name) and operand.name[0].isupper()


def bare(node: syntax.Tree) -> str | None:
    """The name that a part is, apart from its sign, a number before it and a function of entries.

    >>> bare(syntax.Negative(syntax.Call("log", (syntax.Name("p"),))))
    'p'
    """
    while True:
        match node:
            case syntax.Name(name):
                return name
            case syntax.Negative(inner) | syntax.Binary("*", syntax.Number(), inner):
                node = inner
            case syntax.Binary("/" | ".^", inner, syntax.Number()):
                node = inner
            case syntax.Call(function, (inner,)) if is_entrywise(function):
                node = inner
            case _:
                return None


def is_greek(name: str) -> bool:
    """Whether a name is a Greek letter, spelled out."""
    letters = _LETTERS.match(name)
    return letters is not None and letters[0] in _GREEK


def usual_kind(name: str, use: Use | None = None) -> Kind:
    """The kind that an undeclared symbol is taken to have, if that conforms.

    >>> [usual_kind(name).value for name in ("W1", "x", "lambda", "Sigma")]
    ['matrix', 'column', 'scalar', 'matrix']
    """
    if use and use.indices > 2:
        return Kind.ARRAY
    if name[0].isupper() or (use and (use.indices == 2 or use.is_rows)):
        return Kind.MATRIX
    if is_greek(name) and not (use and (use.is_vector or use.is_array)):
        return Kind.SCALAR
    return Kind.COLUMN


def axes_of_array(use: Use) -> int:
    """How many axes a symbol has that is no matrix: with few indices, those that they leave too."""
    return use.indices if use.indices > 2 else use.indices + 2

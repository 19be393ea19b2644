"""The syntax tree of the language: what the parser reads and what every printer writes.

An answer is built as such a tree too, so that it can be printed, read back, checked and turned
into code by the same functions that serve the user's own expression.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from operator import attrgetter, is_
from typing import Any, Literal, TypeAlias

from dimderiv.errors import Span
from dimderiv.language import frozen
from dimderiv.language.vocabulary import EXTREMES, REDUCTIONS

# `//` stands in sizes alone: a quotient rounded down.
Operator = Literal["*", "@", ".*", "/", "./", "//", "^", ".^", ">", "<", ">=", "<=", "=="]

NOWHERE: Span = (0, 0)

# A letter, and the size that it runs over where that is written.
Letter: TypeAlias = "tuple[str, Tree | None]"
# An axis by its number, or by the letter that it has in the statement that defined the array.
AxisName: TypeAlias = int | str


@frozen.by_value
class Number:
    """An exact, non-negative number; `0.5` is the fraction 1/2."""

    value: Fraction
    span: Span = field(default=NOWHERE, compare=False, repr=False)


ZERO = Number(Fraction(0))


@frozen.by_value
class Name:
    """A symbol, a named intermediate, a dimension used as a number, `I` or `pi`."""

    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@frozen.by_value
class Negative:
    """A minus sign before an operand."""

    operand: "Tree"
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@frozen.by_value
class Add:
    """A sum of two or more terms; `a - b` is `Add((a, Negative(b)))`."""

    terms: tuple["Tree", ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@frozen.by_value
class Binary:
    """Two operands and an operator; juxtaposition and `@` are `*`.

    Only what is printed has `@`, between arrays with more than two axes.
    """

    operator: Operator
    left: "Tree"
    right: "Tree"
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@frozen.by_value
class Transpose:
    """The transpose of an operand."""

    operand: "Tree"
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@frozen.by_value
class Call:
    """A function of arguments; norms in bars are calls of `norm2`, `norm1`, `normF` and others.

    `axis` is where it runs along: one axis, several, or all where it is not given.  A reduction
    `over` letters, `sum[k] A[i,k] B[k,j]`, runs over the values of its argument for each of them.
    """

    function: str
    arguments: tuple["Tree", ...]
    axis: AxisName | tuple[AxisName, ...] | None = None
    over: tuple[Letter, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def number(self) -> int | None:
        """The axis of a call that runs along one axis of a matrix, or along all of them."""
        assert self.axis is None or isinstance(self.axis, int), "only matrices are read here"
        return self.axis


@frozen.by_value
class Entry:
    """A part of an operand: an index for each of its first axes; the others are left as they are.

    An index is a sum of letters, sizes and numbers, with whole numbers before letters; a product of
    letters, which is an axis of several, the first one slowest; a slice; or an entry of labels.
    """

    operand: "Tree"
    indices: tuple["Tree", ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@frozen.by_value
class IndexForm:
    """An array given entry by entry: `[i:m, j:n] A[i,k] B[k,j]`.

    Each letter comes with the size of its axis where that is written.  A letter that is not in the
    brackets is summed; what is read says where, as a sum over it (see `summation`), and what is
    printed leaves that out.  An entry outside its array is zero.

    An axis may be made of several letters, the first one slowest: `[(i:m, k:p), j:n] A[i,j] B[k]`.
    `groups` then says how many letters each axis takes; it is empty where each takes one.
    """

    letters: tuple[Letter, ...]
    body: "Tree"
    groups: tuple[int, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def axes(self) -> tuple[tuple[Letter, ...], ...]:
        """The letters of each axis."""
        ends = list(accumulate(self.groups or (1,) * len(self.letters)))
        return tuple(self.letters[start:end] for start, end in pairwise([0, *ends]))


@frozen.by_value
class Slice:
    """The places of an axis from `start` up to `stop`, which is left out; both may be."""

    start: "Tree | None" = None
    stop: "Tree | None" = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@frozen.by_value
class Blocks:
    """A matrix made of blocks: rows of operands, `[A, B; C, D]`."""

    rows: tuple[tuple["Tree", ...], ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@frozen.by_value
class Group:
    """Brackets that help the reader and change nothing: `(x' y) x`; no parser makes one."""

    operand: "Tree"
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Tree: TypeAlias = (
    Number
    | Name
    | Negative
    | Add
    | Binary
    | Transpose
    | Call
    | Entry
    | IndexForm
    | Slice
    | Blocks
    | Group
)


@frozen.by_value
class Statement:
    """`name = value`, or a value alone."""

    name: str | None
    value: Tree
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@frozen.record
class Program:
    """Statements in order; the last one is the value of the whole.

    `assumptions` says how signs were read that could mean something else.
    """

    statements: tuple[Statement, ...]
    source: str = field(default="", compare=False, repr=False)
    assumptions: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @cached_property
    def parts(self) -> tuple[Tree, ...]:
        """Every part of every statement, each before its operands."""
        return tuple([part for each in self.statements for part in walk(each.value)])

    @property
    def kinds(self) -> frozenset[type]:
        """The kinds of nodes that occur."""
        return frozenset(map(type, self.parts))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The calls that occur."""
        return tuple([part for part in self.parts if isinstance(part, Call)])

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that occur, other than on the left of an equals sign."""
        return frozenset([part.name for part in self.parts if isinstance(part, Name)])


def is_extreme_of_two(call: Call) -> bool:
    """Whether a call is the larger or the smaller of two arrays, entry by entry."""
    return call.function in EXTREMES and len(call.arguments) == 2 and call.axis is None


def along(definition: Tree, axes: AxisName | tuple[AxisName, ...] | None) -> Tree:
    """A definition of a reduction by others, which run along its axes.

    Args:
        definition: the definition.
        axes: the axis of the call, or several; nothing where it runs over all entries.

    >>> along(Call("sum", (Name("A"),)), 1).axis, along(Call("sum", (Name("A"),)), (0, 2)).axis
    (1, (0, 2))
    """
    axis = axes[0] if isinstance(axes, tuple) and len(axes) == 1 else axes

    def turned(part: Tree) -> Tree | None:
        if not isinstance(part, Call) or part.function not in REDUCTIONS or len(part.arguments) > 1:
            return None
        return replace(part, arguments=(along(part.arguments[0], axes),), axis=axis)

    return definition if axis is None else replaced(definition, turned)


def children(node: Tree) -> tuple[Tree, ...]:
    """The operands of a node, from left to right."""
    return _CHILDREN[type(node)](node)


def _sizes(letters: Iterable[Letter]) -> list[Tree]:
    return [size for _, size in letters if size is not None]


def _operand(node: Any) -> tuple[Tree, ...]:
    return (node.operand,)


# By the kind of the node, since each part of each answer is asked for them again and again.
_CHILDREN: Mapping[type, Callable[[Any], tuple[Tree, ...]]] = {
    Number: lambda _: (),
    Name: lambda _: (),
    Negative: _operand,
    Transpose: _operand,
    Group: _operand,
    Add: attrgetter("terms"),
    Binary: attrgetter("left", "right"),
    Call: lambda node: (*_sizes(node.over), *node.arguments) if node.over else node.arguments,
    Entry: lambda node: (node.operand, *node.indices),
    IndexForm: lambda node: (*_sizes(node.letters), node.body),
    Slice: lambda node: tuple([end for end in (node.start, node.stop) if end is not None]),
    Blocks: lambda node: tuple([block for row in node.rows for block in row]),
}


def walk(node: Tree) -> Iterator[Tree]:
    """Every part of a tree, each before its operands."""
    stack = [node]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(children(part))


def all_occur(parts: Iterable[Tree], tree: Tree) -> bool:
    """Whether each of some parts is found in a tree."""
    missing = set(parts)
    for part in walk(tree):
        missing.discard(part)
        if not missing:
            return True
    return not missing


def replaced(node: Tree, change: Callable[[Tree], Tree | None]) -> Tree:
    """A tree in which every part that `change` has something for is exchanged for it.

    What nothing is exchanged in stays the same object, and one object stays one.
    """
    return replacing(change)(node)


def replacing(change: Callable[[Tree], Tree | None]) -> Callable[[Tree], Tree]:
    """`replaced` for trees that share parts: one object stays one in all of them."""
    known: dict[int, Tree] = {}

    def inner(part: Tree) -> Tree:
        new = known.get(id(part))
        if new is None:
            new = change(part)
            new = known[id(part)] = with_operands(part, inner) if new is None else new
        return new

    return inner


def copied(node: Tree) -> Tree:
    """A tree of new nodes that is equal to another."""
    return replaced(node, lambda part: replace(part) if isinstance(part, Name | Number) else None)


def with_operands(node: Tree, inner: Callable[[Tree], Tree]) -> Tree:
    """A tree with its operands changed; the same object where none of them is."""
    match node:
        case Number() | Name():
            return node
        case Add(terms):
            new = tuple([inner(term) for term in terms])
            return node if _are(new, terms) else replace(node, terms=new)
        case Binary(_, left, right):
            sides = (inner(left), inner(right))
            return node if _are(sides, (left, right)) else Binary(node.operator, *sides, node.span)
        case Call(_, arguments):
            new = tuple([inner(argument) for argument in arguments])
            return node if _are(new, arguments) else replace(node, arguments=new)
        case IndexForm(_, body):
            changed = inner(body)
            return node if changed is body else replace(node, body=changed)
        case Blocks(rows):
            blocks = tuple([tuple([inner(block) for block in row]) for row in rows])
            return node if all(map(_are, blocks, rows)) else replace(node, rows=blocks)
        case Slice():
            return node
        case _:
            changed = inner(node.operand)
            return node if changed is node.operand else replace(node, operand=changed)


def _are(some: tuple[Tree, ...], others: tuple[Tree, ...]) -> bool:
    return all(map(is_, some, others))

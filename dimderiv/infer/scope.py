"""What is known while the axes of a program are found: names, sizes, kinds of symbols.

With the kind of each symbol fixed (matrix, column, row, scalar, array), each axis either has size 1
or is a dimension, so it is clear where an operand is broadcast and where a product scales.  What
remains, which dimensions are the same one, is left to the unifier.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from typing import Any, Literal, NamedTuple

from dimderiv.errors import ShapeError, UnknownNameError
from dimderiv.infer.bound import Bound, Late
from dimderiv.infer.clashes import Axes, ClashError, Facts, WriteSize, square_misfit
from dimderiv.infer.unify import Mark, MismatchError, SizeTerm, Unifier, Variable
from dimderiv.language import ONE, OPEN, Call, Declaration, Name, Shape, Tree, copied
from dimderiv.rulebook import Rulebook

Meaning = Literal["symbol", "definition", "identity", "pi", "size"]
Visitor = Callable[["Scope", Any], Axes]

# The letters of each axis of an array that an index statement defines.
Heads = tuple[tuple[str, ...], ...]

SCALAR_AXES: Axes = (ONE, ONE)


class Kind(Enum):
    """What a symbol is, apart from its sizes."""

    MATRIX = "matrix"
    COLUMN = "column"
    ROW = "row"
    SCALAR = "scalar"
    ARRAY = "array"


class ScopeMark(NamedTuple):
    """How far a scope had come, for `undo`."""

    unifier: Mark
    introduced: int
    unsized: int
    late: int


class Scope(Facts):
    """The names of a program and the axes of its nodes, as far as they have been visited.

    Args:
        visitors: finds the axes of each kind of node.
        source: the text of the program.
        rulebook: the functions.
        declared: the declared symbols.
        sizes: names of dimensions.
    """

    def __init__(
        self,
        visitors: Mapping[type[Tree], Visitor],
        source: str,
        rulebook: Rulebook,
        declared: Mapping[str, Declaration],
        sizes: Collection[str],
    ) -> None:
        self.visitors = visitors
        self.source = source
        self.rulebook = rulebook
        self.declared = declared
        self.sizes = sizes
        self.kinds: Mapping[str, Kind] = {}
        self.usual: Mapping[str, Kind] = {}
        self.unifier = Unifier()
        self.axes: dict[int, Axes] = {}
        self.bodies: dict[int, Tree] = {}
        self.names: dict[str, Axes] = {}
        self.meanings: dict[str, Meaning] = {}
        self.introduced: list[str] = []
        self.unsized: list[tuple[Tree, SizeTerm]] = []
        self.assumed: dict[str, str] = {}
        self.letters: dict[str, Bound] | None = None
        self.bound: dict[int, Mapping[str, Bound]] = {}
        self.heads: dict[str, Heads] = {}
        self.head: Mapping[str, SizeTerm] = {}
        self.indexed: dict[int, Heads] = {}
        self.along: dict[int, tuple[int, ...]] = {}
        self.ranks: dict[str, int] = {}
        self.labels: dict[str, SizeTerm] = {}
        self.late: list[Late] = []
        self.caller: Call | None = None
        self.calls = 0
        self.steps = 0

    def visit(self, node: Tree) -> Axes:
        """Find the axes of a node, and of all nodes in it."""
        self.steps += 1
        axes = self.axes[id(node)] = self.visitors[type(node)](self, node)
        return axes

    def unify(self, left: SizeTerm, right: SizeTerm, node: Tree) -> None:
        """Make two sizes equal, because of a node."""
        if left is not right:
            self.unifier.unify(left, right, self.caller or node)

    def agree(self, left: SizeTerm, right: SizeTerm, node: Tree, write: WriteSize) -> None:
        """Make two sizes equal, or say that they clash at a node."""
        try:
            self.unify(left, right, node)
        except MismatchError as misfit:
            raise ClashError(node, write, misfit.sizes) from None

    def agree_square(self, axes: Axes, node: Tree) -> None:
        """Make the axes of a matrix equal, because a node needs a square one."""
        rows, cols = axes
        self.agree(rows, cols, node, square_misfit)

    def unsized_axis(self, node: Tree) -> Variable:
        """A new size that the surroundings of a node must tell."""
        size = Variable()
        self.unsized.append((self.caller or node, size))
        return size

    def name(self, node: Name) -> Axes:
        """The axes of a name, which may occur for the first time."""
        if self.letters and node.name in self.letters and self.caller is None:
            raise _letter_as_number(node)
        axes = self.names.get(node.name)
        return self._introduced(node) if axes is None else axes

    def _introduced(self, node: Name) -> Axes:
        name = node.name
        if self.caller is not None and name not in {"I", "pi"}:
            raise UnknownNameError(
                f"the rule {self.caller.function} uses {name}, which is none of its arguments",
                span=self.caller.span,
            )
        if name in self.declared and self.caller is None:
            return self.add(name, "symbol", declared_axes(self.declared[name]))
        # In the formula of a rule an argument may have the name of a function.
        if name in self.rulebook.declared:
            raise UnknownNameError(
                f"{name} is declared as a function, and here it is no function",
                span=node.span,
                hint=f"write {name}(...), or choose another name for one of them",
            )
        if name == "I":
            size = self.unsized_axis(node)
            return size, size
        if name == "pi" and name not in self.ranks:
            return SCALAR_AXES
        if name in self.sizes:
            return self.add(name, "size", SCALAR_AXES)
        return self.add(name, "symbol", new_axes(self.kind(name), self.ranks.get(name, 3)))

    def is_identity(self, node: Tree) -> bool:
        """Whether a part is the identity."""
        return (
            isinstance(node, Name) and node.name == "I" and "I" not in {*self.names, *self.declared}
        )

    def kind(self, name: str) -> Kind:
        """The kind that an undeclared symbol has in this try, or usually."""
        return self.kinds.get(name) or self.usual.get(name) or Kind.COLUMN

    def add(self, name: str, meaning: Meaning, axes: Axes) -> Axes:
        """Enter a name that was not known before."""
        self.names[name] = axes
        self.meanings[name] = meaning
        self.introduced.append(name)
        return axes

    def body(self, node: Call, definition: Tree) -> Tree:
        """A copy of a definition for one call: it has other shapes in each."""
        body = self.bodies[id(node)] = copied(definition)
        return body

    def mark(self) -> ScopeMark:
        """How far it has come, for `undo`."""
        counts = len(self.introduced), len(self.unsized), len(self.late)
        return ScopeMark(self.unifier.mark(), *counts)

    def undo(self, mark: ScopeMark) -> None:
        """Forget everything since a mark; the axes of nodes are overwritten when visited again."""
        self.unifier.undo(mark.unifier)
        for name in self.introduced[mark.introduced :]:
            del self.names[name], self.meanings[name]
        del self.introduced[mark.introduced :]
        del self.unsized[mark.unsized :]
        del self.late[mark.late :]
        self.letters = self.caller = None
        self.calls = 0

    def named_sizes(self) -> list[SizeTerm]:
        """The sizes of all names, in the order in which open ones get a name of their own."""
        own = [size for name in self.introduced for size in self.names[name]]
        return [*own, *(size for name, size in self.labels.items() if name in self.names)]

    def open_sizes(self) -> list[SizeTerm]:
        """The sizes of what has no name, some of which nothing may have told."""
        letters = [
            *(self.letters or {}).values(),
            *(late.bound for late in self.late if late.bound),
        ]
        told = [late.size for late in self.late if late.size is not None]
        return [*(size for _, size in self.unsized), *told, *(one.known() for one in letters)]


def kind_of_axes(axes: Axes) -> Kind:
    """Which axes have a size other than 1."""
    if len(axes) > 2:
        return Kind.ARRAY
    rows, cols = axes
    if rows is ONE:
        return Kind.SCALAR if cols is ONE else Kind.ROW
    return Kind.COLUMN if cols is ONE else Kind.MATRIX


def new_axes(kind: Kind, rank: int = 3) -> Axes:
    """Axes of unknown sizes; so many where there are more than two."""
    if kind is Kind.ARRAY:
        return tuple([Variable() for _ in range(rank)])
    rows: SizeTerm = Variable() if kind in {Kind.MATRIX, Kind.COLUMN} else ONE
    cols: SizeTerm = Variable() if kind in {Kind.MATRIX, Kind.ROW} else ONE
    return rows, cols


def declared_axes(declaration: Declaration) -> Axes:
    """The axes of a declared shape; those that are declared open are of unknown sizes."""
    axes = axes_of(declaration.shape)
    if OPEN[0] not in declaration.shape:
        return axes
    sizes: dict[SizeTerm, SizeTerm] = {dim: Variable() for dim in OPEN}
    return tuple([sizes.get(size, size) for size in axes])


def axes_of(shape: Shape) -> Axes:
    """The axes of a shape; everywhere here the size 1 is the object `ONE`."""
    return tuple([ONE if size.is_one else size for size in shape])


def _letter_as_number(node: Name) -> ShapeError:
    return ShapeError(
        f"{node.name} is an index letter here, and stands in no brackets",
        span=node.span,
        hint=f"another letter for the index, or for what {node.name} stands for",
    )


def array_axes(sizes: Sequence[SizeTerm]) -> Axes:
    """The axes of an array that has so many; a single one makes a column."""
    return (*sizes, *(ONE, ONE)[len(sizes) :])

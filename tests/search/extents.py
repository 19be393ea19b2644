"""The sizes of every part of a program, worked out apart from dimderiv's own inference.

A size is a pair: a generic number, by which sizes are told apart (all different, none of them 1),
and the actual one.  So `n` that happens to be 1 is still no scalar's size, and `I` takes its size
from where it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from dimderiv.language.syntax import (
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Program,
    Slice,
    Transpose,
    Tree,
    children,
)

SCALARS = [
    "tr",
    "det",
    "logdet",
    "eigmax",
    "eigmin",
    "cond",
    "norm1",
    "norm2",
    "normInf",
    "normF",
    "normN",
    "cross_entropy",
    "sum",
    "mean",
    "max",
    "min",
    "logsumexp",
]
EIGEN = ("eigmax", "eigmin", "eigvec", "eigvals", "eigvecs")
DIRECTED = ("dexpm", "dlogm", "dpower")
SQUARES = ("tr", "det", "logdet", "inv", "expm", *DIRECTED, "logm", "sqrtm", "chol", *EIGEN)
REDUCTIONS = ("sum", "mean", "max", "min", "logsumexp")


class UnreadableError(Exception):
    """A text that means nothing by itself, such as an identity whose size nothing says."""


class Unknown:
    """A size that is not known yet."""

    def __init__(self) -> None:
        self.found: Size | None = None


@dataclass(frozen=True)
class Size:
    """A size: two numbers, or a multiple of what is not known yet."""

    generic: Fraction
    actual: Fraction
    of: Unknown | None = None

    @property
    def now(self) -> "Size":
        """The size by what is known by now."""
        if self.of is None or self.of.found is None:
            return self
        found = self.of.found.now
        return Size(self.generic * found.generic, self.actual * found.actual, found.of)

    @property
    def number(self) -> int:
        """The actual number.

        Raises:
            UnreadableError: nothing says it.
        """
        if self.now.of is not None:
            raise UnreadableError("a size is not determined")
        return int(self.now.actual)

    @property
    def is_one(self) -> bool:
        return self.now.of is None and self.now.generic == 1

    def times(self, other: "Size") -> "Size":
        one, two = self.now, other.now
        if one.of is not None and two.of is not None:
            return unknown()
        return Size(one.generic * two.generic, one.actual * two.actual, one.of or two.of)

    def plus(self, other: "Size", sign: int = 1) -> "Size":
        one, two = self.now, other.now
        if one.of is not None or two.of is not None:
            return unknown()
        return Size(one.generic + sign * two.generic, one.actual + sign * two.actual)


def unknown() -> Size:
    """A size that is found out later."""
    return Size(Fraction(1), Fraction(1), Unknown())


def known(generic: float, actual: float) -> Size:
    """A size that is a number."""
    return Size(Fraction(generic), Fraction(actual))


ONE = known(1, 1)
Extent: TypeAlias = tuple[Size, Size]


def unify(one: Size, two: Size) -> Size:
    """Two sizes that have to be equal."""
    one, two = one.now, two.now
    if one.of is None and two.of is None:
        if one.generic != two.generic:
            raise UnreadableError(f"sizes {one.generic} and {two.generic} do not conform")
    elif one.of is not two.of:
        if one.of is None:
            one, two = two, one
        assert one.of is not None
        one.of.found = Size(two.generic / one.generic, two.actual / one.actual, two.of)
    return two


def broadcast(one: Size, two: Size) -> Size:
    """The size of an axis of an entrywise operation."""
    if one.is_one or two.is_one:
        return two if one.is_one else one
    return unify(one, two)


def _in_all(sizes: list[Size]) -> Size:
    first, *others = sizes
    for other in others:
        first = first.plus(other)
    return first


class Extents:
    """The sizes of the parts of a program.

    Args:
        symbols: the sizes of the symbols.
        sizes: the numbers of the named sizes, generic and actual.
    """

    def __init__(self, symbols: Mapping[str, Extent], sizes: Mapping[str, Size]) -> None:
        self.symbols, self.sizes = dict(symbols), sizes
        self.found: dict[int, Extent] = {}

    def program(self, program: Program, wanted: Extent | None = None) -> None:
        """Work out every part, the last statement fitting what is wanted."""
        for statement in program.statements:
            extent = self.extent(statement.value)
            if statement.name:
                self.symbols[statement.name] = extent
        for own, other in zip(extent, wanted or (), strict=False):
            if own.now.of is not None:
                unify(own, other)

    def extent(self, node: Tree) -> Extent:
        """The rows and columns of a part."""
        found = self._extent(node)
        self.found[id(node)] = found
        return found

    def _extent(self, node: Tree) -> Extent:
        match node:
            case Number():
                return ONE, ONE
            case Name(name):
                return self._name(name)
            case Negative(operand):
                return self.extent(operand)
            case Transpose(operand):
                return self.extent(operand)[::-1]
            case Add(terms):
                return self._together(*map(self.extent, terms))
            case Binary(operator, left, right):
                return self._binary(operator, self.extent(left), self.extent(right))
            case Call():
                return self._call(node)
            case IndexForm():
                return self._index_form(node)
            case Entry(operand, indices) if len(indices) == 2:
                axes = zip(indices, self.extent(operand), strict=True)
                rows, cols = [self._part(index, axis) for index, axis in axes]
                return rows, cols
            case Entry(operand, (index,)) if self.extent(operand)[1].is_one:
                return self._part(index, self.found[id(operand)][0]), ONE
            case Blocks(rows):
                parts = [[self.extent(block) for block in row] for row in rows]
                return _in_all([row[0][0] for row in parts]), _in_all([e[1] for e in parts[0]])
        raise UnreadableError(f"no value of its own: {node}")

    def _part(self, index: Tree, axis: Size) -> Size:
        """How many places of an axis an index takes."""
        if not isinstance(index, Slice):
            return ONE
        stop = axis if index.stop is None else self.size(index.stop)
        return stop if index.start is None else stop.plus(self.size(index.start), -1)

    def _name(self, name: str) -> Extent:
        if name in self.symbols:
            return self.symbols[name]
        if name == "I":
            size = unknown()
            return size, size
        if name != "pi" and name not in self.sizes:
            raise UnreadableError(f"{name} is not known")
        return ONE, ONE

    def _together(self, first: Extent, *others: Extent) -> Extent:
        for other in others:
            first = broadcast(first[0], other[0]), broadcast(first[1], other[1])
        return first

    def _binary(self, operator: str, left: Extent, right: Extent) -> Extent:
        if operator in ("/", "^"):
            return left
        if operator != "*":
            return self._together(left, right)
        for one, other in ((left, right), (right, left)):
            if one[0].is_one and one[1].is_one:
                return other
        unify(left[1], right[0])
        return left[0], right[1]

    def _call(self, node: Call) -> Extent:
        name = node.function
        if name in ("ones", "eye", "K", "commutation"):
            sizes = [self.size(argument) for argument in node.arguments]
            rows, cols = sizes[0], sizes[-1]
            return (rows, cols) if name in ("ones", "eye") else (rows.times(cols),) * 2
        first, *others = map(self.extent, node.arguments)
        rows, cols = first
        if name in SQUARES:
            unify(rows, cols)
        if name in REDUCTIONS and others:
            return self._together(first, *others)
        if name in REDUCTIONS and node.axis is not None:
            return (ONE, cols) if node.axis == 0 else (rows, ONE)
        if name in SCALARS:
            if others:
                self._together(first, *others)
            return ONE, ONE
        return self._function(name, first, others)

    def _function(self, name: str, first: Extent, others: list[Extent]) -> Extent:
        rows, cols = first
        match name:
            case "vector" | "matrix":
                return unknown(), ONE if name == "vector" else unknown()
            case "pinv":
                return cols, rows
            case "eigvec" | "eigvals":
                return rows, ONE
            case "svdvals" | "svdV":
                return cols, ONE if name == "svdvals" else cols
            case "vec":
                return rows.times(cols), ONE
            case "diag" if rows.is_one or cols.is_one:
                size = cols if rows.is_one else rows
                return size, size
            case "diag":
                return unify(rows, cols), ONE
            case "kron":
                return rows.times(others[0][0]), cols.times(others[0][1])
            case "conv2" | "convfull2":
                sign = -1 if name == "conv2" else 1
                pairs = zip(first, *others, strict=True)
                return tuple(a.plus(b, sign).plus(ONE, -sign) for a, b in pairs)
            case "dexpm" | "dlogm" | "dpower" if len(others) < (2 if name == "dpower" else 1):
                return (rows.times(rows),) * 2
            case "sylvester" if len(others) == 1:
                return (rows.times(others[0][0]),) * 2
            case "sylvester" | "lyap":
                return others[-1]
        if name.startswith("∇²"):
            return (rows.times(cols),) * 2
        if name.startswith("∇") or name in ENTRYWISE_AND_SQUARE:
            return first
        return ONE, ONE

    def _index_form(self, form: IndexForm) -> Extent:
        for part in _entries(form.body):
            if part.operand != Name("I"):
                self.extent(part.operand)
        self._scalars(form.body)
        sizes = []
        for axis in form.axes:
            size = ONE
            for letter, each in axis:
                assert each is not None, f"the size of {letter} is not written"
                size = size.times(self.size(each))
            sizes.append(size)
        return (*sizes, ONE, ONE)[0], (*sizes, ONE, ONE)[1]

    def _scalars(self, body: Tree) -> None:
        """What in an index form has no letters is a value of its own."""
        if isinstance(body, Entry):
            return
        if not _entries(body):
            self.extent(body)
            return
        for child in children(body):
            self._scalars(child)

    def size(self, node: Tree) -> Size:
        """A size written as an expression."""
        match node:
            case Number(value):
                return Size(value, value)
            case Name(name) if name in self.sizes:
                return self.sizes[name]
            case Negative(operand):
                return known(0, 0).plus(self.size(operand), -1)
            case Add(terms):
                total = known(0, 0)
                for term in terms:
                    total = total.plus(self.size(term))
                return total
            case Binary("*", left, right):
                return self.size(left).times(self.size(right))
            case Binary("^", left, Number(power)):
                size = ONE
                for _ in range(int(power)):
                    size = size.times(self.size(left))
                return size
        raise UnreadableError(f"no size: {node}")


def _entries(node: Tree) -> list[Entry]:
    if isinstance(node, Entry):
        return [node]
    return [entry for child in children(node) for entry in _entries(child)]


ENTRYWISE_AND_SQUARE = frozenset(
    [
        "exp",
        "log",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "arcsin",
        "arccos",
        "arctan",
        "abs",
        "sign",
        "stop",
        "relu",
        "sigmoid",
        "softplus",
        "logsigmoid",
        "erf",
        "gelu",
        "silu",
        "inv",
        "expm",
        "dexpm",
        "dpower",
        "logm",
        "dlogm",
        "sqrtm",
        "polar",
        "svdU",
        "chol",
        "eigvecs",
        "cumsum",
        "tril",
        "triu",
        "softmax",
        "logsoftmax",
    ]
)

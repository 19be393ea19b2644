"""From typed syntax to the typed graph: every operation becomes labelled products, maps, functions.

Goes in: the program with its shapes.  Comes out: the named intermediates in order, and the value.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from dimderiv import graph
from dimderiv.errors import LimitError, NotDifferentiableError
from dimderiv.graph import Factor, Function, Index, Merged, Named, Node, Product, Shifted
from dimderiv.infer import Typed
from dimderiv.language import syntax
from dimderiv.language.parser import parse_expression
from dimderiv.language.vocabulary import COMMUTATIONS
from dimderiv.products import ONCE, arranged, elementwise, number, product, scaled
from dimderiv.rules import Rule, Rulebook
from dimderiv.shapes import ONE, SCALAR, Dim, Shape, size_of
from dimderiv.sums import total

MAX_POWER = 32


class Array(NamedTuple):
    """A node and the two axes, rows and columns, that it has in matrix notation."""

    node: Node
    shape: Shape

    def at(self, row: int, column: int) -> tuple[int, ...]:
        """The letters of the axes that the node has, out of one for the rows and one for the columns."""
        letters = zip((row, column), self.shape, strict=True)
        return tuple([letter for letter, dim in letters if not dim.is_one])


@dataclass(frozen=True)
class Lowered:
    """A program as a graph.

    Attributes:
        definitions: the named intermediates, in the order written.
        value: what is differentiated.
        shape: rows and columns of the value.
        symbols: the symbols, by name.
    """

    definitions: tuple[Named, ...]
    value: Node
    shape: Shape
    symbols: Mapping[str, graph.Symbol]


def lower(typed: Typed, rulebook: Rulebook, *, free: Collection[str] = ()) -> Lowered:
    """The graph of a program whose shapes are known.

    Args:
        typed: the program and the shape of each part.
        rulebook: the rules, for the functions that are defined by others.
        free: symbols whose properties must not be used.

    Raises:
        LimitError: a matrix power is too high to be written out.
        NotDifferentiableError: a construct has no graph, such as an index form.
    """
    builder = _Builder(typed, rulebook, free)
    definitions = []
    value = Array(number(0), SCALAR)
    for statement in typed.program.statements:
        value = builder.array(statement.value)
        if statement.name is not None:
            node = graph.named(statement.name, value.node, row=value.shape.is_row)
            definitions.append(node)
            builder.names[statement.name] = Array(node, value.shape)
    return Lowered(tuple(definitions), value.node, value.shape, builder.symbols)


class _Builder:
    def __init__(self, typed: Typed, rulebook: Rulebook, free: Collection[str]) -> None:
        self.typed = typed
        self.rulebook = rulebook
        self.symbols = {
            name: graph.symbol(
                name,
                declared.shape.axes,
                row=declared.shape.is_row,
                properties=() if name in free else declared.properties,
            )
            for name, declared in typed.symbols.items()
        }
        self.names = {
            name: Array(self.symbols[name], declared.shape)
            for name, declared in typed.symbols.items()
        }

    def array(self, node: syntax.Node) -> Array:
        match node:
            case syntax.Number(value):
                return Array(number(value), SCALAR)
            case syntax.Name():
                return self._name(node)
            case syntax.Negative(operand):
                inner = self.array(operand)
                return Array(scaled(-1, inner.node), inner.shape)
            case syntax.Transpose(operand):
                return transpose(self.array(operand))
            case syntax.Add(terms):
                return plus([self.array(term) for term in terms])
            case syntax.Binary(operator, left, right):
                return self._binary(operator, self.array(left), self.array(right), node)
            case syntax.Call():
                return self._call(node)
            case syntax.Entry() | syntax.IndexForm():
                raise NotDifferentiableError(
                    "an index form can be read and evaluated, not differentiated", span=node.span
                )

    def _name(self, node: syntax.Name) -> Array:
        if node.name in self.names:
            return self.names[node.name]
        match self.typed.meaning(node.name):
            case "identity":
                return identity(self.typed.shape(node))
            case "pi":
                return Array(graph.constant("pi"), SCALAR)
            case _:
                return Array(_size(Dim.of(node.name)), SCALAR)

    def _binary(
        self, operator: syntax.Operator, left: Array, right: Array, node: syntax.Binary
    ) -> Array:
        match operator:
            case "*":
                return times(left, right)
            case ".*":
                return hadamard(left, right)
            case "/" | "./":
                return hadamard(left, right, power=-1)
            case "^" if not left.shape.is_scalar:
                return matrix_power(left, right, node)
            case "^" | ".^":
                return entrywise_power(left, right)
            case _:
                return mapped(operator, left, right)

    def _call(self, node: syntax.Call) -> Array:
        if node.function in {"ones", "eye", "vector", "matrix"}:
            return self._constant(node)
        if node.function in COMMUTATIONS and node.function not in self.rulebook.rules:
            return self._commutation(node)
        arguments = [self.array(argument) for argument in node.arguments]
        if node.function in SPECIAL:
            return SPECIAL[node.function](*arguments)
        rule = self.rulebook[node.function]
        match rule.kind:
            case "elementwise":
                return mapped(rule.name, *arguments)
            case "reduction":
                return reduce(rule.name, arguments[0], node.axis)
            case "rows":
                return along_rows(rule.name, arguments[0])
            case "composite":
                return self._composite(rule, arguments)
            case _:
                return Array(
                    graph.apply_function(
                        rule.name, tuple(a.node for a in arguments), self.typed.shape(node).axes
                    ),
                    self.typed.shape(node),
                )

    def _constant(self, node: syntax.Call) -> Array:
        shape = self.typed.shape(node)
        if node.function == "eye":
            return identity(shape)
        filled = spread(Array(number(1), SCALAR), shape)
        if node.function == "ones":
            return Array(filled, shape)
        return hadamard(self.array(node.arguments[0]), Array(filled, shape))

    def _commutation(self, node: syntax.Call) -> Array:
        """The matrix that is 1 where a place in `vec(X')` and one in `vec(X)` are of one entry."""
        shape = self.typed.shape(node)
        dims = dict(enumerate(size_of(size) for size in node.arguments))
        if any(dim.is_one for dim in dims.values()):
            return identity(shape)
        return Array(_labelled(ONCE, [], (Merged((0, 1)), Merged((1, 0))), dims), shape)

    def _composite(self, rule: Rule, arguments: list[Array]) -> Array:
        """The definition with the arguments in place of its parameters."""
        text = rule.column if rule.column and arguments[0].shape.is_column else rule.definition
        outer = self.names
        self.names = dict(zip(rule.arguments, arguments, strict=True))
        try:
            return self.array(_definition(text, self.rulebook.functions))
        finally:
            self.names = outer


@cache
def _definition(text: str, functions: frozenset[str]) -> syntax.Node:
    return parse_expression(text, functions=functions)


def _size(dim: Dim) -> Node:
    return number(dim.number) if dim.number is not None else graph.size(dim)


def identity(shape: Shape) -> Array:
    """The identity matrix of a square shape."""
    if shape.is_scalar:
        return Array(number(1), shape)
    return Array(product(ONCE, (), (0, 0), (shape.rows,)), shape)


def spread(array: Array, shape: Shape) -> Node:
    """A node broadcast to a shape; axes that have their size already are left alone."""
    if array.shape == shape:
        return array.node
    whole = Array(array.node, shape).at(0, 1)
    return _labelled(ONCE, [Factor(array.node, array.at(0, 1))], whole, {0: shape.rows, 1: shape.cols})


def _labelled(
    coefficient: Fraction, factors: list[Factor], result: tuple[Index, ...], dims: Mapping[int, Dim]
) -> Node:
    """A product whose letters need not be numbered without gaps."""
    used = [letter for letter in sorted(dims) if not dims[letter].is_one]
    place = {letter: k for k, letter in enumerate(used)}

    def renamed(index: Index) -> Index:
        if isinstance(index, int):
            return place[index]
        letters = tuple(place[letter] for letter in index.letters if letter in place)
        return letters[0] if len(letters) == 1 else type(index)(letters)

    moved = [
        factor._replace(indices=tuple(renamed(index) for index in factor.indices))
        for factor in factors
    ]
    sizes = [dims[letter] for letter in used]
    return product(coefficient, moved, tuple(renamed(index) for index in result), sizes)


def broadcast_shape(arrays: list[Array]) -> Shape:
    """The shape that arrays have together, where an axis of size 1 stretches."""
    rows = next((a.shape.rows for a in arrays if not a.shape.rows.is_one), ONE)
    cols = next((a.shape.cols for a in arrays if not a.shape.cols.is_one), ONE)
    return Shape(rows, cols)


def plus(terms: list[Array]) -> Array:
    """The sum of arrays that broadcast."""
    shape = broadcast_shape(terms)
    return Array(total([(ONCE, spread(term, shape)) for term in terms], shape.axes), shape)


def hadamard(left: Array, right: Array, power: int = 1) -> Array:
    """Left times right entry by entry, right raised to a power first."""
    shape = broadcast_shape([left, right])
    factors = [
        Factor(left.node, left.at(0, 1)),
        Factor(right.node, right.at(0, 1), Fraction(power)),
    ]
    whole = Array(left.node, shape).at(0, 1)
    return Array(_labelled(ONCE, factors, whole, {0: shape.rows, 1: shape.cols}), shape)


def times(left: Array, right: Array) -> Array:
    """The matrix product, or a scalar multiple."""
    if left.shape.is_scalar or right.shape.is_scalar:
        return hadamard(left, right)
    shape = Shape(left.shape.rows, right.shape.cols)
    factors = [Factor(left.node, left.at(0, 2)), Factor(right.node, right.at(2, 1))]
    dims = {0: shape.rows, 1: shape.cols, 2: left.shape.cols}
    return Array(_labelled(ONCE, factors, Array(left.node, shape).at(0, 1), dims), shape)


def transpose(array: Array) -> Array:
    """Rows and columns exchanged."""
    shape = array.shape.transposed
    if not array.shape.is_matrix:
        return Array(array.node, shape)
    return Array(arranged(array.node, (0, 1), (1, 0), array.node.axes), shape)


def mapped(function: str, *arguments: Array) -> Array:
    """An elementwise function of arrays that broadcast."""
    shape = broadcast_shape(list(arguments))
    if function == "sqrt":
        return entrywise_power(arguments[0], Array(number(Fraction(1, 2)), SCALAR))
    return Array(graph.apply_map(function, *(spread(a, shape) for a in arguments)), shape)


def constant_value(node: Node) -> Fraction | None:
    """The number that a node is, where it is one."""
    if graph.is_zero(node):
        return Fraction(0)
    if isinstance(node, Product) and not node.factors and not node.axes:
        return node.coefficient
    return None


def entrywise_power(base: Array, exponent: Array) -> Array:
    """Every entry raised to a power."""
    power = constant_value(exponent.node)
    if power is None:
        return mapped("power", base, exponent)
    shape = broadcast_shape([base, exponent])
    whole = spread(base, shape)
    if power.denominator != 1 and graph.is_zero(base.node):
        return Array(whole, shape)
    return Array(elementwise(1, (whole, power)), shape)


def matrix_power(base: Array, exponent: Array, node: syntax.Binary) -> Array:
    """A whole power of a square matrix, written out as a product."""
    power = constant_value(exponent.node)
    assert power is not None and power.denominator == 1, "infer refuses any other power"
    if abs(power) > MAX_POWER:
        raise LimitError(
            f"the matrix power {power} is higher than {MAX_POWER}",
            span=node.span,
            hint="name a smaller power and multiply: X8 = X^8; X8 X8",
        )
    if power < 0:
        base = Array(inverse(base.node), base.shape)
    result = identity(base.shape)
    for _ in range(abs(int(power))):
        result = times(result, base)
    return result


def reduce(function: str, array: Array, axis: int | None) -> Array:
    """A sum, mean, maximum, minimum or log-sum-exp over all entries or along one axis."""
    kept = [axis is not None and axis != k for k in (0, 1)]
    shape = Shape(*(dim if keep else ONE for keep, dim in zip(kept, array.shape, strict=True)))
    letters = array.at(0, 1)
    result = tuple(letter for letter in letters if kept[letter])
    over = tuple(k for k, letter in enumerate(letters) if not kept[letter])
    dims = {0: array.shape.rows, 1: array.shape.cols}
    if function in {"sum", "mean"}:
        factors = [Factor(array.node, letters)]
        if function == "mean":
            factors += [Factor(_size(array.node.axes[k]), (), Fraction(-1)) for k in over]
        return Array(_labelled(ONCE, factors, result, dims), shape)
    if not over:
        return array
    return Array(graph.apply_function(function, (array.node,), shape.axes, over), shape)


def along_rows(function: str, array: Array) -> Array:
    """A function of each row, or of a vector as a whole."""
    if array.shape.is_scalar:
        return Array(number(1 if function == "softmax" else 0), SCALAR)
    axes = array.node.axes
    return Array(graph.apply_function(function, (array.node,), axes, (len(axes) - 1,)), array.shape)


def inverse(node: Node) -> Node:
    """The inverse of a square matrix, opened where it is an inverse, a transpose or a product."""
    if not node.axes:
        return elementwise(1, (node, -1))
    if isinstance(node, Function) and node.function == "inv":
        return node.arguments[0]
    if isinstance(node, Product) and _is_chain(node):
        factors = [
            Factor(inverse(factor.node), factor.indices[::-1])
            if factor.indices
            else factor._replace(power=-factor.power)
            for factor in reversed(node.factors)
        ]
        return product(1 / node.coefficient, factors, node.result[::-1], node.dims)
    if isinstance(node, Product) and _is_diagonal(node):
        factors = [factor._replace(power=-factor.power) for factor in node.factors]
        return product(1 / node.coefficient, factors, node.result, node.dims)
    return graph.apply_function("inv", (node,), node.axes)


def _is_chain(node: Product) -> bool:
    """Whether a product is a chain of square matrices, from its first axis to its second."""
    matrices = [factor for factor in node.factors if factor.indices]
    if not matrices or any(len(f.indices) != 2 or f.power != 1 for f in matrices):
        return False
    if any(dim != node.axes[0] for dim in node.dims) or len(set(node.result)) != 2:
        return False
    degree: dict[Index, int] = {}
    for factor in matrices:
        if factor.indices[0] == factor.indices[1]:
            return False
        for index in factor.indices:
            degree[index] = degree.get(index, 0) + 1
    ends = [index for index, uses in degree.items() if uses == 1]
    return (
        all(isinstance(index, int) and uses <= 2 for index, uses in degree.items())
        and set(ends) == set(node.result)
        and len(matrices) == len(degree) - 1
        and _runs_forward(matrices, node.result)
    )


def _runs_forward(matrices: list[Factor], ends: tuple[Index, ...]) -> bool:
    """Whether no step of the chain is lost: following the letters from one end reaches the other."""
    place, left = ends[0], list(matrices)
    while left:
        step = next((factor for factor in left if place in factor.indices), None)
        if step is None:
            return False
        left.remove(step)
        place = step.indices[1] if step.indices[0] == place else step.indices[0]
    return place == ends[1]


def _is_diagonal(node: Product) -> bool:
    return node.result == (0, 0) and all(
        index == 0 for factor in node.factors for index in factor.indices
    )


def invert(array: Array) -> Array:
    """The inverse of an array."""
    return Array(inverse(array.node), array.shape)


def trace(array: Array) -> Array:
    """The sum of the diagonal."""
    if array.shape.is_scalar:
        return array
    return Array(arranged(array.node, (0, 0), (), (array.shape.rows,)), SCALAR)


def diag(array: Array) -> Array:
    """The diagonal matrix of a vector, or the diagonal of a matrix as a column."""
    if array.shape.is_scalar:
        return array
    dim = array.node.axes[0]
    if array.shape.is_matrix:
        return Array(arranged(array.node, (0, 0), (0,), (dim,)), Shape(dim, ONE))
    return Array(arranged(array.node, (0,), (0, 0), (dim,)), Shape(dim, dim))


def vec(array: Array) -> Array:
    """The columns of a matrix one below the other."""
    if not array.shape.is_matrix:
        return Array(array.node, Shape(array.shape.rows * array.shape.cols, ONE))
    node = arranged(array.node, (0, 1), (Merged((1, 0)),), array.node.axes)
    return Array(node, Shape(node.axes[0], ONE))


def kron(left: Array, right: Array) -> Array:
    """The Kronecker product."""
    shape = Shape(left.shape.rows * right.shape.rows, left.shape.cols * right.shape.cols)
    dims = {0: left.shape.rows, 1: left.shape.cols, 2: right.shape.rows, 3: right.shape.cols}
    factors = [Factor(left.node, left.at(0, 1)), Factor(right.node, right.at(2, 3))]
    merged = (Merged((0, 2)), Merged((1, 3)))
    result = tuple([m for m, dim in zip(merged, shape, strict=True) if not dim.is_one])
    return Array(_labelled(ONCE, factors, result, dims), shape)


def conv2(image: Array, kernel: Array) -> Array:
    """The valid cross-correlation of an image with a kernel."""
    shape = Shape(*(v - k + ONE for v, k in zip(image.shape, kernel.shape, strict=True)))
    dims = {0: shape.rows, 1: shape.cols, 2: kernel.shape.rows, 3: kernel.shape.cols}
    shifted = (Shifted((0, 2)), Shifted((1, 3)))
    places = [s for s, dim in zip(shifted, image.shape, strict=True) if not dim.is_one]
    factors = [Factor(image.node, tuple(places)), Factor(kernel.node, kernel.at(2, 3))]
    return Array(_labelled(ONCE, factors, Array(image.node, shape).at(0, 1), dims), shape)


SPECIAL: Mapping[str, Callable[..., Array]] = {
    "tr": trace,
    "diag": diag,
    "vec": vec,
    "kron": kron,
    "conv2": conv2,
    "inv": invert,
}

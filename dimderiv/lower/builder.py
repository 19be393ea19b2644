"""From typed syntax to the typed graph: every operation becomes labelled products, maps, functions.

Goes in: the program with its shapes.  Comes out: the named intermediates in order, and the value.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction

from dimderiv import graph
from dimderiv.errors import DimderivError, NotDifferentiableError
from dimderiv.graph import Named, Node, number, scaled
from dimderiv.infer import Typed
from dimderiv.language import (
    COMMUTATIONS,
    COMPARISONS,
    EXTREMES,
    SCALAR,
    Dim,
    Shape,
    frozen,
    names_in,
    reciprocal,
    size_of,
    syntax,
)
from dimderiv.lower import arrays, handwritten, indexed, reductions
from dimderiv.lower.arrays import Array, all_letters, constant_value, number_of, spread
from dimderiv.lower.matrix_functions import function_of
from dimderiv.lower.matrix_powers import inverted, matrix_power
from dimderiv.lower.said import with_properties
from dimderiv.lower.shapes_asked import refuse_asymmetric, refuse_wide
from dimderiv.lower.signatures import by_signature
from dimderiv.lower.typed_formulas import typed_formula
from dimderiv.rulebook import Rule, Rulebook, read_signature


@frozen.record
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
    return Builder(typed, rulebook, free).lowered()


class Builder:
    """Makes the graph of one program; the code generator reads some constructs in its own way.

    Args:
        typed: the program and the shape of each part.
        rulebook: the rules, for the functions that are defined by others.
        free: symbols whose properties must not be used.
    """

    # Whether it is what was asked: written-out functions are recognised, domains are watched.
    recognises = True
    # What a division by a number multiplies by: an answer has quotients where they were written.
    reciprocal: Callable[[Fraction], Fraction] = staticmethod(reciprocal)

    def __init__(self, typed: Typed, rulebook: Rulebook, free: Collection[str] = ()) -> None:
        self.typed = typed
        self.rulebook = rulebook
        self.free = free
        self.names: dict[str, Array] = {}
        self.letters: dict[str, Dim] = {}

    def lowered(self) -> Lowered:
        """The whole program as a graph."""
        symbols = {
            name: graph.symbol(
                name,
                declared.shape.axes,
                row=declared.shape.is_row,
                properties=() if name in self.free else declared.properties,
            )
            for name, declared in self.typed.symbols.items()
        }
        self.names = {
            name: Array(symbol, self.typed.symbols[name].shape) for name, symbol in symbols.items()
        }
        definitions = []
        value = Array(number(0), SCALAR)
        for statement in self.typed.program.statements:
            value = self.written(statement)
            if statement.name is not None:
                node = graph.named(statement.name, value.node, row=value.shape.is_row)
                words = self.typed.said.get(statement.name)
                if words and self.recognises and not self.free:
                    node = with_properties(node, value, words, statement.span)
                definitions.append(node)
                self.names[statement.name] = self.definition(node, value)
        return Lowered(tuple(definitions), value.node, value.shape, symbols)

    def written(self, statement: syntax.Statement) -> Array:
        """The value of a statement."""
        return self.array(statement.value)

    def definition(self, node: Named, value: Array) -> Array:
        """What a name stands for where it is used after its definition."""
        return Array(node, value.shape)

    def array(self, node: syntax.Tree) -> Array:
        """A part of the program as a node with rows and columns."""
        match node:
            case syntax.Number(value):
                return Array(number(value), SCALAR)
            case syntax.Name():
                return self._name(node)
            case syntax.Negative(operand):
                inner = self.array(operand)
                return inner.with_node(scaled(-1, inner.node))
            case syntax.Transpose(operand):
                return arrays.transpose(self.array(operand))
            case syntax.Add(terms):
                found = arrays.plus([self.array(term) for term in terms])
                return handwritten.plus(found) if self.recognises else found
            case syntax.Binary(operator) if self.letters and operator in COMPARISONS:
                return self._comparison(node)
            case syntax.Binary(operator, left, right):
                return self._binary(operator, self.array(left), self.array(right), node)
            case syntax.Call():
                try:
                    return self._call(node)
                except DimderivError as error:
                    error.span = error.span or node.span
                    raise
            case syntax.Group(operand):
                return self.array(operand)
            case syntax.Entry() | syntax.IndexForm() | syntax.Slice() | syntax.Blocks():
                return self.entries(node)

    def entries(self, node: syntax.Tree) -> Array:
        """What is written entry by entry, or by parts."""
        match node:
            case syntax.Entry(operand):
                whole = self.array(operand)
                return indexed.entries_of(whole, node, self.letters, self.array, self.names)
            case syntax.IndexForm():
                with self._running(self.typed.extents(node)):
                    return indexed.laid_out(self.array(node.body), node, self.letters)
            case syntax.Blocks(rows):
                blocks = [[self._block(block) for block in row] for row in rows]
                return indexed.placed(blocks, self.typed.shape(node))
        raise NotDifferentiableError("a slice stands only in brackets", span=node.span)

    def _block(self, node: syntax.Tree) -> Array:
        """A block; a zero among others is as large as they make it."""
        found, shape = self.array(node), self.typed.shape(node)
        return found if found.shape == shape else Array(graph.total((), shape.axes), shape)

    @contextmanager
    def _running(self, letters: Mapping[str, Dim]) -> Iterator[None]:
        """Read a part that has more letters than what surrounds it."""
        outer, self.letters = self.letters, {**self.letters, **letters}
        try:
            yield
        finally:
            self.letters = outer

    def _comparison(self, node: syntax.Binary) -> Array:
        """A comparison of letters is a constant, any other one of arrays."""
        is_of_letters = self.letters.keys() & names_in(node) and self.names.keys().isdisjoint(
            names_in(node) - self.letters.keys()
        )
        if is_of_letters:
            return indexed.compared(node, self.letters)
        left, right = self.array(node.left), self.array(node.right)
        return self._binary(node.operator, left, right, node)

    def expanded(self, rule: Rule, arguments: list[Array]) -> Array | None:
        """A function by its definition, where it has no place of its own in the graph."""
        return None

    def _name(self, node: syntax.Name) -> Array:
        if node.name in self.letters:
            raise indexed.no_value(node)
        if node.name in self.names:
            return self.names[node.name]
        match self.typed.meaning(node.name):
            case "identity":
                return arrays.identity(self.typed.shape(node))
            case "pi":
                return Array(graph.constant("pi"), SCALAR)
            case _:
                return Array(number_of(Dim.of(node.name)), SCALAR)

    def _binary(
        self, operator: syntax.Operator, left: Array, right: Array, node: syntax.Binary
    ) -> Array:
        match operator:
            case "*":
                found = arrays.times(left, right)
                return handwritten.multiple(found) if self.recognises else found
            case ".*":
                return arrays.hadamard(left, right)
            case "/" | "./":
                _refuse_zero_below(right, node)
                if isinstance(node.right, syntax.Number) and node.right.value != 1:
                    found = left.with_node(scaled(self.reciprocal(node.right.value), left.node))
                    return handwritten.multiple(found) if self.recognises else found
                found = arrays.hadamard(left, right, power=-1)
                return handwritten.quotient(found) if self.recognises else found
            case "^" if not left.shape.is_scalar:
                return matrix_power(left, right, node)
            case "^" | ".^":
                if (constant_value(right.node) or 0) < 0:
                    _refuse_zero_below(left, node)
                return arrays.entrywise_power(left, right)
            case _:
                return arrays.mapped(operator, left, right)

    def _call(self, node: syntax.Call) -> Array:
        if node.function in {"ones", "eye", "vector", "matrix"}:
            return self._constant(node)
        if node.function in COMMUTATIONS and node.function not in self.rulebook.rules:
            return indexed.commutation([size_of(size) for size in node.arguments])
        if node.over:
            return self._over(node)
        if node.function in {"onehot", "reshape", "permute", "size"}:
            return self._of_axes(node)
        arguments = [self.array(argument) for argument in node.arguments]
        if syntax.is_extreme_of_two(node):
            return arrays.mapped(EXTREMES[node.function], *arguments)
        rule = self.rulebook[node.function]
        expanded = self.expanded(rule, arguments)
        if expanded is not None:
            return expanded
        if rule.tall:
            refuse_wide(rule, arguments[0], node)
        match rule.kind:
            case "product" if rule.name == "diag" and arguments[0].shape.is_matrix:
                return arrays.diagonal(arguments[0])
            case "product":
                return by_signature(rule.signature, arguments)
            case "matrix" if rule.name == "inv":
                return inverted(arguments[0])
            case "elementwise":
                may_be = self.recognises and rule.name == "log"
                logarithm = handwritten.logarithm(arguments[0]) if may_be else None
                return logarithm or arrays.mapped(rule.name, *arguments)
            case "reduction":
                return reductions.reduce(rule.name, arguments[0], self._axes(node), _slope(rule))
            case "rows":
                return reductions.along_rows(rule.name, arguments[0], self._axes(node))
            case "composite":
                known = dict(zip(rule.arguments, arguments, strict=True))
                return self.within(self.typed.body(node), known)
            case "matrix" if not _are_matrices(rule, arguments):
                return self._of_no_matrix(rule, arguments)
            case "declared":
                if any(argument.letters for argument in arguments):
                    raise _of_letters(rule)
                given, shape = tuple([each.node for each in arguments]), self.typed.shape(node)
                declared = rule.declared
                value = graph.apply_function(rule.name, given, shape.axes, declared=declared)
                return Array(value, shape)
            case _:
                if self.recognises and not self.free:
                    refuse_asymmetric(rule, arguments[0], node)
                shape, letters = self.typed.shape(node), all_letters(arguments)
                # One exponent for all matrices has none of their letters.
                inside = [
                    spread(each, each.shape, letters if each.node.axes else {})
                    for each in arguments
                ]
                axes = (*letters.values(), *shape.axes)
                return Array(function_of(rule.name, inside, axes), shape, tuple(letters))

    def _axes(self, node: syntax.Call) -> tuple[int, ...] | None:
        """The axes that a call runs along; none are written where it runs along all of them."""
        if node.axis is None or (isinstance(node.axis, int) and node.axis >= 0):
            return None if node.axis is None else (node.axis,)
        return self.typed.axes_along(node)

    def _over(self, node: syntax.Call) -> Array:
        """A reduction over letters."""
        rule, over = self.rulebook[node.function], self.typed.extents(node)
        with self._running(over):
            argument = self.array(node.arguments[0])
        if rule.kind != "reduction":
            raise NotDifferentiableError(f"{rule.name} does not run over letters")
        return reductions.reduce_letters(rule.name, argument, over, _slope(rule))

    def _of_axes(self, node: syntax.Call) -> Array:
        """What only places entries: `onehot`, `reshape`, `permute`, and the size of an axis."""
        argument, shape = self.array(node.arguments[0]), self.typed.shape(node)
        match node.function:
            case "onehot":
                return indexed.onehot(argument, shape)
            case "reshape":
                return indexed.reshaped(argument, shape)
            case "permute":
                order = [int(size_of(axis).number or 0) for axis in node.arguments[1:]]
                return indexed.permuted(argument, order)
            case _:
                axis = size_of(node.arguments[1]).number or 0
                return Array(number_of(argument.shape[axis]), SCALAR)

    def _constant(self, node: syntax.Call) -> Array:
        shape = self.typed.shape(node)
        if node.function == "eye":
            return arrays.identity(shape)
        filled = arrays.spread(Array(number(1), SCALAR), shape)
        if node.function == "ones":
            return Array(filled, shape)
        return arrays.hadamard(self.array(node.arguments[0]), Array(filled, shape))

    def _of_no_matrix(self, rule: Rule, arguments: list[Array]) -> Array:
        """A function of matrices of a vector or of a 1 x 1 matrix, by a definition of its own."""
        first = arguments[0].shape
        if rule.scalar and all(each.shape.is_scalar for each in arguments):
            ones = [Array(number(1), SCALAR)] * (len(rule.arguments) - len(arguments))
            tree = self.rulebook.formula(rule, rule.scalar)
            return self.defined(rule, [*arguments, *ones], tree)
        if not first.is_scalar and rule.column:
            tree = self.rulebook.formula(rule, rule.column)
            if first.is_column:
                return self.defined(rule, arguments, tree)
            return arrays.transpose(self.defined(rule, [arrays.transpose(arguments[0])], tree))
        wrong = next(each.shape for each in arguments if not each.shape.is_matrix)
        raise NotDifferentiableError(
            f"{rule.name} has a rule for matrices, and its argument is {wrong}"
        )

    def defined(self, rule: Rule, arguments: Sequence[Array], tree: syntax.Tree) -> Array:
        """A definition that a rule has, with the arguments in place of its parameters."""
        known = dict(zip(rule.arguments, arguments, strict=True))
        return self.within(typed_formula(tree, known, self.rulebook), known)

    def within(self, typed: Typed, known: Mapping[str, Array]) -> Array:
        """The value of another program, whose symbols stand for arrays."""
        outer = self.names, self.typed, self.letters
        self.names, self.typed, self.letters = dict(known), typed, {}
        try:
            return self.array(typed.program.statements[0].value)
        except DimderivError as error:
            error.span = None  # it is a place in the text of a rule
            raise
        finally:
            self.names, self.typed, self.letters = outer


def _are_matrices(rule: Rule, arguments: Sequence[Array]) -> bool:
    """Whether arguments are matrices: the first, or all that a linear function has letters for."""
    axes = read_signature(rule.signature).arguments if rule.linear else ()
    lettered = [each for each, letters in zip(arguments, axes, strict=False) if letters]
    return all(each.shape.is_matrix for each in lettered or arguments[:1])


def _slope(rule: Rule) -> str:
    return rule.derivative.get(rule.arguments[0], "")


def _of_letters(rule: Rule) -> NotDifferentiableError:
    return NotDifferentiableError(
        f"{rule.name} is a declared function, and its argument has letters",
        hint="call it outside of an index statement",
    )


def _refuse_zero_below(divisor: Array, node: syntax.Tree) -> None:
    if constant_value(divisor.node) == 0:
        raise NotDifferentiableError("this divides by zero", span=node.span)

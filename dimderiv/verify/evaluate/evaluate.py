"""The value of a syntax tree, entry by entry: a second reading of the language, for checking.

It shares the syntax tree with the rest of the program and nothing else.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce

from dimderiv.errors import ShapeError
from dimderiv.language import (
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    Group,
    IndexForm,
    Name,
    Negative,
    Number,
    Program,
    Slice,
    Transpose,
    Tree,
    along,
)
from dimderiv.verify.claim import Functions, NotVerifiableError
from dimderiv.verify.evaluate.arithmetic import ONE, ZERO, Arithmetic, Scalar
from dimderiv.verify.evaluate.calls import (
    EXTREMES,
    MATRIX_FUNCTIONS,
    NORMS,
    PAIR_FUNCTIONS,
    REDUCTIONS,
    ROW_FUNCTIONS,
    along_rows,
    reduced,
)
from dimderiv.verify.evaluate.declared import put_in_place
from dimderiv.verify.evaluate.functions import ELEMENTWISE, entry_operation, power
from dimderiv.verify.evaluate.index_form import IndexReader
from dimderiv.verify.evaluate.matrices import matrix_power
from dimderiv.verify.evaluate.rearranged import (
    blocks,
    one_hot,
    permuted,
    reshaped,
    whole_numbers,
)
from dimderiv.verify.evaluate.special import special
from dimderiv.verify.evaluate.tables import commutation, diagonal, each, stretched
from dimderiv.verify.evaluate.unsized import (
    ANY_SIZE,
    IDENTITY,
    Expected,
    Unsized,
    Value,
    beside,
    beside_all,
    cofactor_size,
    entrywise,
    mapped,
    multiplied,
    of_constant,
    sized,
    sizes_beside,
    square_below,
    together,
)
from dimderiv.verify.layout import (
    Array,
    Key,
    Letters,
    Size,
    Sized,
    SizeUnknownError,
    Table,
    declared_part,
    entries,
    filled,
    is_single,
    lettered,
    number_of,
    shaped,
    size_of,
    square_size,
    transposed,
    two_axes,
)

_EUCLIDEAN = frozenset({"norm2", "normF"})
_SHAPE_KEEPING = frozenset({"inv", "expm", "polar", "tril", "triu"})


_SLIDING = frozenset({"conv2", "convfull2"})
_ALONG = frozenset({*REDUCTIONS, *NORMS, *ROW_FUNCTIONS})


def _axes(node: Call) -> Collection[int] | None:
    """The numbers of the axes that a call runs along; nothing where it gives none."""
    axes = node.axis if isinstance(node.axis, tuple) or node.axis is None else (node.axis,)
    if axes is None:
        return None
    if not all(isinstance(axis, int) and axis >= 0 for axis in axes):
        raise NotVerifiableError("an axis that is not given by its number", span=node.span)
    return [axis for axis in axes if isinstance(axis, int)]


@dataclass
class Evaluator:
    """Values of nodes.

    Attributes:
        arithmetic: the arithmetic of the entries.
        sizes: a number for each named dimension.
        names: the value of each symbol and of each definition so far.
        functions: what functions mean that are not built in.
        known: values of nodes that need not be computed again, by identity and by the numbers that
            the letters in them stand for.
        keep: whether to add to `known`.
        watched: where the nodes are noted, by identity, whose value carries a perturbation.
        declared: the size of the argument of each function that is declared only.
        classes: how many classes there are, for each symbol of labels.
    """

    arithmetic: Arithmetic
    sizes: Mapping[str, int]
    names: dict[str, Value]
    functions: Functions = field(default_factory=Functions)
    known: dict[Key, Value] = field(default_factory=dict)
    keep: bool = False
    declared: Mapping[str, Size] = field(default_factory=dict)
    watched: set[int] | None = None
    classes: Mapping[str, int] = field(default_factory=dict)
    # Values at places of letters, which are needed again at others.
    _placed: dict[Key, Value] = field(init=False, repr=False)
    _reader: IndexReader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._placed = {}
        letters = Letters(self.sizes, {}, {}, lambda node: whole_numbers(self.value(node)))
        self._reader = IndexReader(self.arithmetic, letters, self.value, self.classes)

    def define(self, program: Program) -> None:
        """Evaluate all statements but the last one.

        Args:
            program: whose definitions are added to the names.
        """
        for statement in program.statements[:-1]:
            value = self.value(statement.value, ANY_SIZE)
            if statement.name is not None:
                self.names[statement.name] = value

    def result(self, program: Program, expected: Expected = ANY_SIZE) -> Sized:
        """The value of a program, as an array.

        Args:
            program: its definitions are added to the names.
            expected: what is known of the size of the result.

        Raises:
            ShapeError: sizes do not conform.
            OutOfDomain: there is no value for these entries.
            NotVerifiableError: a function or form that is not known here.
        """
        self.define(program)
        return self.array(program.statements[-1].value, expected)

    def array(self, node: Tree, expected: Expected = ANY_SIZE) -> Sized:
        """The value of a node, with every constant of its full size.

        Args:
            node: what to evaluate.
            expected: what is known of the size.
        """
        return sized(self.value(node, expected), expected)

    def table(self, node: Tree, expected: Expected = ANY_SIZE) -> Table:
        """The value of a node that has two axes, with every constant of its full size.

        Args:
            node: what to evaluate.
            expected: what is known of the size.
        """
        return two_axes(self.array(node, expected))

    def scalar(self, node: Tree) -> Scalar:
        """The value of a node of size 1 x 1.

        Args:
            node: what to evaluate.
        """
        table = self.table(node, Expected(1, 1))
        if not is_single(table):
            raise ShapeError(f"a scalar is needed, not {size_of(table)}", span=node.span)
        return table[0][0]

    def value(self, node: Tree, expected: Expected = ANY_SIZE) -> Value:
        """The value of a node.

        Args:
            node: what to evaluate.
            expected: what is known of the size.
        """
        placed = self._reader.letters.bound
        key = self._reader.letters.key(node) if placed else id(node)
        known = self.known.get(key)
        if known is None and placed:
            known = self._placed.get(key)
        if known is not None:
            return known
        self.arithmetic.tick()
        result = self._computed(node, expected)
        if self.keep:
            self.known[key] = result
        if placed:
            self._placed[key] = result
        if self.watched is not None and self._is_moving(result):
            self.watched.add(id(node))
        return result

    def _is_moving(self, value: Value) -> bool:
        found = [value.on, value.off] if isinstance(value, Unsized) else entries(value)
        return any(map(self.arithmetic.is_moving, found))

    def _computed(self, node: Tree, expected: Expected) -> Value:
        match node:
            case Number(value):
                # What it is compared with remembers nothing of how it was written.
                return [[value if type(value) is Fraction else Fraction(value)]]
            case Name(name):
                return self._named(name, node)
            case Group(operand):
                return self.value(operand, expected)
            case Negative(operand):
                return mapped(self.value(operand, expected), self.arithmetic.negative)
            case Add(terms):
                add, values = self.arithmetic.add, self._operands(terms, expected)
                return reduce(lambda a, b: entrywise(a, b, add, expected), values)
            case Transpose(operand):
                inner = self.value(operand, expected.transposed())
                if isinstance(inner, Unsized):
                    return inner.transposed()
                return transposed(two_axes(inner))
            case Binary():
                return self._binary(node, expected)
            case Call():
                return self._call(node, expected)
            case IndexForm():
                found = self.form(node)
                return shaped(found.lengths, found.entries)
            case Entry():
                return self._reader.part(node)
            case Blocks(rows):
                return blocks([[self.value(block) for block in row] for row in rows])
            case Slice():
                raise NotVerifiableError("a slice of nothing", span=node.span)

    def form(self, form: IndexForm) -> Array:
        """The entries of an index form, of any number of axes.

        Args:
            form: the form.
        """
        return self._reader.form(form)

    def _named(self, name: str, node: Tree) -> Value:
        if name in self.names:
            return self.names[name]
        if name == "I":
            return IDENTITY
        if name == "pi":
            return [[+self.arithmetic.context.pi]]
        for numbers in (self._reader.letters.bound, self.sizes):
            if name in numbers:
                return [[Fraction(numbers[name])]]
        raise NotVerifiableError(f"{name} has no value", span=node.span)

    def _operands(self, nodes: Sequence[Tree], expected: Expected) -> list[Value]:
        """The operands of an entrywise operation; each may get its size from the others."""
        found: dict[int, Value] = {}
        for index, node in enumerate(nodes):
            with suppress(SizeUnknownError):
                found[index] = self.value(node, expected)
        if len(found) < len(nodes):
            sizes = sizes_beside(found.values())
            if sizes:
                expected = beside_all(sizes)
        for index, node in enumerate(nodes):
            if index not in found:
                found[index] = self.value(node, expected)
        return [found[index] for index in range(len(nodes))]

    def _binary(self, node: Binary, expected: Expected) -> Value:
        match node.operator:
            case "*":
                return multiplied(self.arithmetic, *self._factors(node, expected))
            case "/":
                divisor, left = self.scalar(node.right), self.value(node.left, expected)
                return mapped(left, lambda x: self.arithmetic.div(x, divisor))
            case "^":
                return self._power(node, expected)
        left, right = self._operands((node.left, node.right), expected)
        self.arithmetic.branches.site = id(node)
        return entrywise(left, right, entry_operation(self.arithmetic, node.operator), expected)

    def _factors(self, node: Binary, expected: Expected) -> tuple[Value, Value]:
        try:
            left = self.value(node.left, Expected(expected.rows, None))
        except SizeUnknownError:
            right = self.value(node.right, Expected(None, expected.cols))
            left = self.value(node.left, beside(right, expected, axis=0))
        else:
            right = self.value(node.right, beside(left, expected, axis=1))
        if isinstance(left, Unsized) and not left.is_square and left.rows is None:
            left = left._replace(rows=expected.rows)
        if isinstance(right, Unsized) and not right.is_square and right.cols is None:
            right = right._replace(cols=expected.cols)
        return left, right

    def _power(self, node: Binary, expected: Expected) -> Value:
        exponent = self.scalar(node.right)
        if isinstance(node.left, Call) and node.left.function in _EUCLIDEAN and exponent == 2:
            # The square of a norm is rational where the norm is not.
            squares = each(self.array(node.left.arguments[0]), lambda x: self.arithmetic.mul(x, x))
            return reduced(self.arithmetic, "sum", squares, None)
        base = self.value(node.left, expected)
        if isinstance(base, Unsized):
            if base.is_diagonal:
                return base._replace(on=power(self.arithmetic, base.on, exponent))
            base = sized(base, expected)
        base = two_axes(base)
        if is_single(base):
            return each(base, lambda x: power(self.arithmetic, x, exponent))
        square_size(base)
        if exponent != int(exponent):
            raise ShapeError("a matrix has whole powers only", span=node.right.span)
        return matrix_power(self.arithmetic, base, int(exponent))

    def _call(self, node: Call, expected: Expected) -> Value:
        name, arguments = node.function, node.arguments
        if node.over:
            return self._reader.over(node, expected)
        if name in self.functions.definitions:
            return self._defined(node)
        if name in self.functions.values or name in self.functions.products:
            return self._told(name, [self.array(argument) for argument in arguments])
        if declared_part(name)[0] in self.declared and len(arguments) == 1:
            return self._stood_in_for(name, arguments[0])
        if name in ELEMENTWISE and len(arguments) == 1:
            function = ELEMENTWISE[name]
            inner = self.value(arguments[0], expected)
            self.arithmetic.branches.site = id(node)
            return mapped(inner, lambda x: function(self.arithmetic, x))
        if len(arguments) == 1 and name in _ALONG:
            return self._along(node, expected)
        if name in MATRIX_FUNCTIONS and len(arguments) == 1:
            return self._matrix_function(node, expected)
        if len(arguments) == 2 and (name in PAIR_FUNCTIONS or name in EXTREMES):
            return self._pair(node, expected)
        if name in {"reshape", "permute", "onehot"}:
            return self._rearranged(node)
        return self._constant(node)

    def _along(self, node: Call, expected: Expected) -> Sized:
        """A function of the entries along some axes, or of all."""
        name, axes = node.function, _axes(node)
        same = expected if name in ROW_FUNCTIONS else ANY_SIZE
        value = self.array(node.arguments[0], same)
        self.arithmetic.branches.site = id(node)
        if name in NORMS:
            return [[NORMS[name](self.arithmetic, entries(value))]]
        if name in ROW_FUNCTIONS:
            return along_rows(self.arithmetic, name, value, axes)
        return reduced(self.arithmetic, name, value, axes)

    def _rearranged(self, node: Call) -> Sized:
        """The entries of an argument at other places."""
        first, *others = node.arguments
        if node.function == "onehot":
            labels = whole_numbers(self.value(first))
            named = self.classes.get(first.name) if isinstance(first, Name) else None
            classes = number_of(others[0], self.sizes) if others else named
            if classes is None:
                raise NotVerifiableError("how many classes there are", span=node.span)
            return one_hot(labels, classes)
        numbers = [number_of(other, self.sizes) for other in others]
        value = self.array(first)
        return (reshaped if node.function == "reshape" else permuted)(value, numbers)

    def _told(self, name: str, values: Sequence[Sized]) -> Sized:
        """A function that the rules say in other words than the language's."""
        a = self.arithmetic
        if name in self.functions.products:
            return lettered(self.functions.products[name]).of(values, a.mul, a.total)
        return stretched(lambda *xs: special(self.functions.values[name], a, *xs), *values)

    def _stood_in_for(self, name: str, node: Tree) -> Table:
        """A declared function, its gradient or its Hessian, of which a concrete one is put."""
        base, order = declared_part(name)
        size = self.declared[base]
        argument = self.table(node, Expected(*size))
        if size_of(argument) != size:
            raise ShapeError(f"{base} takes {size}, not {size_of(argument)}", span=node.span)
        return put_in_place(base, order, self.arithmetic, argument)

    def _matrix_function(self, node: Call, expected: Expected) -> Value:
        name = node.function
        same = expected if name in _SHAPE_KEEPING else ANY_SIZE
        same = expected.transposed() if name == "pinv" else same
        inner = self.value(node.arguments[0], same)
        constant = of_constant(self.arithmetic, name, inner)
        if constant is not None:
            return constant
        if isinstance(inner, Unsized) and inner.is_square and name == "vec":
            same = square_below(expected.rows)
        table = two_axes(sized(inner, same))
        self.arithmetic.branches.site = id(node)
        return MATRIX_FUNCTIONS[name](self.arithmetic, table)

    def _pair(self, node: Call, expected: Expected) -> Sized:
        name, (first, second) = node.function, node.arguments
        left, right = self.value(first), self.value(second)
        if name == "kron":
            left = sized(left, cofactor_size(expected, right))
            right = sized(right, cofactor_size(expected, left))
        elif name in _SLIDING:
            left, right = sized(left, ANY_SIZE), self.table(second)
        else:
            left, right = together([left, right], expected)
        self.arithmetic.branches.site = id(node)
        if name in EXTREMES:
            return EXTREMES[name](self.arithmetic, left, right)
        return PAIR_FUNCTIONS[name](self.arithmetic, two_axes(left), two_axes(right))

    def _constant(self, node: Call) -> Value:
        match node.function, node.arguments:
            case (("ones" | "zeros" | "eye"), (rows, *others)) if len(others) < 2:
                last = number_of(others[0], self.sizes) if others else None
                if node.function == "eye":
                    return diagonal(number_of(rows, self.sizes))
                fill = ONE if node.function == "ones" else ZERO
                return filled((number_of(rows, self.sizes), last or 1), lambda i, j: fill)
            case (("commutation" | "K"), (rows, cols)):
                return commutation(number_of(rows, self.sizes), number_of(cols, self.sizes))
            case ((("vector" | "matrix") as shape), (fill_node,)):
                fill = self.scalar(fill_node)
                return Unsized(None, 1 if shape == "vector" else None, fill, fill, False)
        raise NotVerifiableError(
            f"the function {node.function} cannot be evaluated entry by entry", span=node.span
        )

    def _defined(self, node: Call) -> Value:
        names, body = self.functions.definitions[node.function]
        if len(names) != len(node.arguments):
            raise ShapeError(f"{node.function} takes {len(names)} arguments", span=node.span)
        arguments = [self.array(argument) for argument in node.arguments]
        size = size_of(arguments[0])
        if len(size) == 2 and size.cols == 1 < size.rows:
            body = self.functions.columns.get(node.function, body)
        inner = replace(self, known={}, keep=False, names={})
        if node.function not in self.functions.elementwise:
            inner.names = dict(zip(names, arguments, strict=True))
            return inner.value(along(body, node.axis))

        def function(*scalars: Scalar) -> Scalar:
            inner.names = {name: [[x]] for name, x in zip(names, scalars, strict=True)}
            return inner.scalar(body)

        return stretched(function, *arguments)

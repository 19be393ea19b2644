"""The value of a syntax tree, entry by entry: a second reading of the language, for checking.

It shares the syntax tree with the rest of the program and nothing else.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from itertools import chain

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
from dimderiv.verify.evaluate.calls import MATRIX_FUNCTIONS, PAIR_FUNCTIONS, REDUCTIONS, reduced
from dimderiv.verify.evaluate.declared import put_in_place
from dimderiv.verify.evaluate.functions import ELEMENTWISE, entry_operation, power
from dimderiv.verify.evaluate.index_form import IndexReader
from dimderiv.verify.evaluate.matrices import matrix_power
from dimderiv.verify.evaluate.special import special
from dimderiv.verify.evaluate.tables import broadcast_size, commutation, diagonal, each, stretched
from dimderiv.verify.evaluate.unsized import (
    ANY_SIZE,
    IDENTITY,
    Expected,
    Unsized,
    Value,
    beside,
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
    Form,
    FormEntries,
    Size,
    SizeUnknownError,
    Table,
    declared_part,
    filled,
    is_single,
    lettered,
    number_of,
    size_of,
    square_size,
    transposed,
)

_EUCLIDEAN = frozenset({"norm2", "normF"})
_SHAPE_KEEPING = frozenset({"inv", "expm", "polar", "softmax", "logsoftmax", "tril", "triu"})


@dataclass
class Evaluator:
    """Values of nodes.

    Attributes:
        arithmetic: the arithmetic of the entries.
        sizes: a number for each named dimension.
        names: the value of each symbol and of each definition so far.
        functions: what functions mean that are not built in.
        known: values of nodes that need not be computed again, by identity.
        keep: whether to add to `known`.
        watched: where the nodes are noted, by identity, whose value carries a perturbation.
        declared: the size of the argument of each function that is declared only.
    """

    arithmetic: Arithmetic
    sizes: Mapping[str, int]
    names: dict[str, Value]
    functions: Functions = field(default_factory=Functions)
    known: dict[int, Value] = field(default_factory=dict)
    keep: bool = False
    declared: Mapping[str, Size] = field(default_factory=dict)
    watched: set[int] | None = None

    def define(self, program: Program) -> None:
        """Evaluate all statements but the last one.

        Args:
            program: whose definitions are added to the names.
        """
        for statement in program.statements[:-1]:
            value = self.value(statement.value, ANY_SIZE)
            if statement.name is not None:
                self.names[statement.name] = value

    def result(self, program: Program, expected: Expected = ANY_SIZE) -> Table:
        """The value of a program, as a table.

        Args:
            program: its definitions are added to the names.
            expected: what is known of the size of the result.

        Raises:
            ShapeError: sizes do not conform.
            OutOfDomain: there is no value for these entries.
            NotVerifiableError: a function or form that is not known here.
        """
        self.define(program)
        return self.table(program.statements[-1].value, expected)

    def table(self, node: Tree, expected: Expected = ANY_SIZE) -> Table:
        """The value of a node, with every constant of its full size.

        Args:
            node: what to evaluate.
            expected: what is known of the size.
        """
        return sized(self.value(node, expected), expected)

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
        known = self.known.get(id(node))
        if known is not None:
            return known
        self.arithmetic.tick()
        result = self._computed(node, expected)
        if self.keep:
            self.known[id(node)] = result
        if self.watched is not None and self._is_moving(result):
            self.watched.add(id(node))
        return result

    def _is_moving(self, value: Value) -> bool:
        entries = [value.on, value.off] if isinstance(value, Unsized) else chain(*value)
        return any(map(self.arithmetic.is_moving, entries))

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
                return inner.transposed() if isinstance(inner, Unsized) else transposed(inner)
            case Binary():
                return self._binary(node, expected)
            case Call():
                return self._call(node, expected)
            case IndexForm():
                return self.form(node).table()
            case Entry():
                raise NotVerifiableError("an entry outside an index form", span=node.span)
            case Slice() | Blocks():
                raise NotVerifiableError("a part of an array", span=node.span)

    def form(self, form: IndexForm) -> FormEntries:
        """The entries of an index form of any number of axes.

        Args:
            form: the form.
        """
        return IndexReader(Form(form, self.sizes), self.arithmetic, self.value).entries()

    def _named(self, name: str, node: Tree) -> Value:
        if name in self.names:
            return self.names[name]
        if name == "I":
            return IDENTITY
        if name == "pi":
            return [[+self.arithmetic.context.pi]]
        if name in self.sizes:
            return [[Fraction(self.sizes[name])]]
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
                expected = Expected(*broadcast_size(sizes))
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
            squares = each(self.table(node.left.arguments[0]), lambda x: self.arithmetic.mul(x, x))
            return reduced(self.arithmetic, "sum", squares, None)
        base = self.value(node.left, expected)
        if isinstance(base, Unsized):
            if base.is_diagonal:
                return base._replace(on=power(self.arithmetic, base.on, exponent))
            base = sized(base, expected)
        if is_single(base):
            return each(base, lambda x: power(self.arithmetic, x, exponent))
        square_size(base)
        if exponent != int(exponent):
            raise ShapeError("a matrix has whole powers only", span=node.right.span)
        return matrix_power(self.arithmetic, base, int(exponent))

    def _call(self, node: Call, expected: Expected) -> Value:
        name, arguments = node.function, node.arguments
        if name in self.functions.definitions:
            return self._defined(node)
        if name in self.functions.values or name in self.functions.products:
            return self._told(name, [self.table(argument) for argument in arguments])
        if declared_part(name)[0] in self.declared and len(arguments) == 1:
            return self._stood_in_for(name, arguments[0])
        if name in ELEMENTWISE and len(arguments) == 1:
            function = ELEMENTWISE[name]
            inner = self.value(arguments[0], expected)
            self.arithmetic.branches.site = id(node)
            return mapped(inner, lambda x: function(self.arithmetic, x))
        if name in REDUCTIONS and len(arguments) == 1:
            table = self.table(arguments[0])
            self.arithmetic.branches.site = id(node)
            return reduced(self.arithmetic, name, table, node.number)
        if name in MATRIX_FUNCTIONS and len(arguments) == 1:
            return self._matrix_function(node, expected)
        if name in PAIR_FUNCTIONS and len(arguments) == 2:
            return self._pair(node, expected)
        return self._constant(node)

    def _told(self, name: str, tables: Sequence[Table]) -> Table:
        """A function that the rules say in other words than the language's."""
        a = self.arithmetic
        if name in self.functions.products:
            return lettered(self.functions.products[name]).of(tables, a.mul, a.total)
        return stretched(lambda *xs: special(self.functions.values[name], a, *xs), *tables)

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
        table = sized(inner, same)
        self.arithmetic.branches.site = id(node)
        return MATRIX_FUNCTIONS[name](self.arithmetic, table)

    def _pair(self, node: Call, expected: Expected) -> Table:
        name, (first, second) = node.function, node.arguments
        left, right = self.value(first), self.value(second)
        if name == "kron":
            left = sized(left, cofactor_size(expected, right))
            right = sized(right, cofactor_size(expected, left))
        elif name == "conv2":
            left, right = sized(left, ANY_SIZE), self.table(second)
        else:
            left, right = together([left, right], expected)
        self.arithmetic.branches.site = id(node)
        return PAIR_FUNCTIONS[name](self.arithmetic, left, right)

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
        arguments = [self.table(argument) for argument in node.arguments]
        rows, cols = size_of(arguments[0])
        if cols == 1 < rows:
            body = self.functions.columns.get(node.function, body)
        inner = replace(self, known={}, keep=False, names={})
        if node.function not in self.functions.elementwise:
            inner.names = dict(zip(names, arguments, strict=True))
            return inner.value(along(body, node.number))

        def function(*scalars: Scalar) -> Scalar:
            inner.names = {name: [[x]] for name, x in zip(names, scalars, strict=True)}
            return inner.scalar(body)

        return stretched(function, *arguments)

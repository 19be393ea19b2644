"""The value of a syntax tree, entry by entry: a reading of the language made for this judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dimderiv.errors import ShapeError
from dimderiv.language import (
    Add,
    Binary,
    Call,
    Group,
    IndexForm,
    Name,
    Negative,
    Number,
    Program,
    Transpose,
    Tree,
    along,
    declared_part,
    places_of,
)
from dimderiv.language import Entry as Indexed
from dimderiv.verify.claim import Functions, NotVerifiableError
from dimderiv.verify.layout import (
    COMPARISONS,
    Array,
    Key,
    Letters,
    Linear,
    Size,
    SizedSignature,
    Table,
    entries,
    filled,
    is_single,
    lettered,
    linear_map,
    number_of,
    shaped,
    size_of,
    transposed,
    two_axes,
)
from dimderiv.verify.symbolic import matrices
from dimderiv.verify.symbolic.arithmetic import ELEMENTWISE, Arithmetic
from dimderiv.verify.symbolic.declared import unknown_entries
from dimderiv.verify.symbolic.entries import LetterReader
from dimderiv.verify.symbolic.functions import (
    OF_ONE,
    OF_SQUARE,
    OF_TWO,
    OTHER_SIZE,
    REDUCTIONS,
    SAME_SIZE,
    SCALARS,
    reduced,
)
from dimderiv.verify.symbolic.spectral import LINEAR
from dimderiv.verify.symbolic.spectral import power as power_of_matrix
from dimderiv.verify.symbolic.tables import (
    Entry,
    Open,
    Value,
    changed,
    closed,
    entrywise,
    is_scalar,
    mapped,
    multiplied,
    sides_of,
    stacked,
    turned,
)

# Functions of rows, which may run along columns.
ROWS = frozenset({"softmax", "logsoftmax"})


def _axis(node: Call) -> int | None:
    """The axis that a call runs along; nothing where it runs over all entries."""
    axes = node.axis if isinstance(node.axis, tuple) else (node.axis,)
    if len(axes) == 2:
        return None
    if not isinstance(axes[0], int | None):
        raise NotVerifiableError("an axis that is not given by its number", span=node.span)
    return axes[0]


@dataclass
class Reader:
    """Values of nodes.

    Attributes:
        a: the arithmetic of the entries.
        sizes: a number for each dimension.
        names: the value of each symbol, and of each definition so far.
        functions: what functions mean that are not built in.
        declared: what each function takes and returns that is declared only.
    """

    a: Arithmetic
    sizes: Mapping[str, int]
    names: dict[str, Value]
    functions: Functions = field(default_factory=Functions)
    declared: Mapping[str, SizedSignature] = field(default_factory=dict)
    _placed: dict[Key, Value] = field(init=False, repr=False)
    _letters: LetterReader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._placed = {}
        letters = Letters(self.sizes, {}, {}, self._places)
        self._letters = LetterReader(self.a, letters, self.value)

    def _places(self, node: Tree) -> Array:
        raise NotVerifiableError("labels are left to the check at points", span=node.span)

    def last(self, program: Program) -> Tree:
        """The last statement's value, after the definitions before it have been evaluated."""
        for statement in program.statements[:-1]:
            if statement.name is not None:
                self.names[statement.name] = self.value(statement.value)
        return program.statements[-1].value

    def table(self, node: Tree, size: Size | None = None) -> Table:
        """The value of a node as a table."""
        return closed(self.value(node), *(size or ()))

    def scalar(self, node: Tree) -> Entry:
        """The value of a node with one entry."""
        table = self.table(node, Size(1, 1))
        if not is_single(table):
            raise ShapeError(f"a scalar is needed, not {size_of(table)}", span=node.span)
        return table[0][0]

    def form(self, form: IndexForm) -> Array:
        """The entries of an index form of any number of axes."""
        return self._letters.form(form)

    def value(self, node: Tree) -> Value:
        """The value of a node; where there are letters it is remembered."""
        if not self._letters.letters.bound:
            return self._computed(node)
        key = self._letters.letters.key(node)
        if key not in self._placed:
            self._placed[key] = self._computed(node)
        return self._placed[key]

    def _computed(self, node: Tree) -> Value:
        match node:
            case Number(value):
                return [[self.a.number(value)]]
            case Name(name):
                return self._named(name, node)
            case Group(operand):
                return self.value(operand)
            case Negative(operand):
                return mapped(self.value(operand), lambda x: -x)
            case Add(terms):
                return entrywise(lambda *xs: self.a.total(xs), *map(self.value, terms))
            case Transpose(operand):
                return turned(self.value(operand))
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)
            case IndexForm():
                found = self.form(node)
                return two_axes(shaped(found.lengths, found.entries))
            case Indexed():
                return self._letters.part(node)
        raise NotVerifiableError(f"{type(node).__name__} is left to the check at points")

    def _named(self, name: str, node: Tree) -> Value:
        if name in self.names:
            return self.names[name]
        for numbers in (self._letters.letters.bound, self.sizes):
            if name in numbers:
                return [[self.a.number(numbers[name])]]
        if name == "I":
            return Open(None, None, lambda m, _: matrices.identity(self.a, m), square=True)
        if name == "pi":
            return [[self.a.pi]]
        raise NotVerifiableError(f"{name} has no value", span=node.span)

    def _binary(self, node: Binary) -> Value:
        if node.operator == "^":
            return self._power(node)
        left, right = self.value(node.left), self.value(node.right)
        match node.operator:
            case "*":
                return multiplied(self.a.total, left, right)
            case "/":
                divisor = self.scalar(node.right)
                return mapped(left, lambda x: x / divisor)
            case ".*":
                return entrywise(lambda x, y: x * y, left, right)
            case "./":
                return entrywise(lambda x, y: x / y, left, right)
            case ".^":
                return entrywise(self.a.power, left, right)
        wanted = COMPARISONS[node.operator]
        return entrywise(lambda x, y: self.a.number(int(self.a.sign(x - y) in wanted)), left, right)

    def _power(self, node: Binary) -> Value:
        base, exponent = self.value(node.left), self.scalar(node.right)
        if is_scalar(base):
            return mapped(base, lambda x: self.a.power(x, exponent))
        return changed(base, lambda table: power_of_matrix(self.a, table, exponent))

    def _call(self, node: Call) -> Value:
        a, name, count = self.a, node.function, len(node.arguments)
        if node.over:
            return self._letters.over(node)
        if name in self.functions.definitions:
            return self._defined(node)
        if name in self.functions.values:
            called = self.functions.values[name]
            return entrywise(lambda *xs: a.function(called, *xs), *map(self.value, node.arguments))
        if declared_part(name)[0] in self.declared:
            return self._unknown(node)
        if name in self.functions.products:
            operands = [closed(self.value(argument)) for argument in node.arguments]
            product = lettered(self.functions.products[name])
            return two_axes(product.of(operands, lambda x, y: x * y, a.total))
        if count == 1 and (name in ELEMENTWISE or name in OF_ONE):
            value = self.value(node.arguments[0])
            if name in ROWS and isinstance(node.axis, tuple):
                table = closed(value)
                column = SAME_SIZE[name](a, [[entry] for entry in entries(table)])
                return two_axes(shaped(size_of(table), entries(column)))
            return self._of_one(name, value, _axis(node))
        if name in LINEAR:
            return self._linear(LINEAR[name], [self.value(each) for each in node.arguments])
        if count == 2 and name in OF_TWO:
            return OF_TWO[name](a, *map(self.value, node.arguments))
        return self._constant(node)

    def _linear(self, linear: Linear, values: list[Value]) -> Table:
        """A function that is linear in its last argument, or the matrix of that map."""
        last = next(iter(values[linear.before :]), None)
        rows, cols = (None, None) if last is None else sides_of(last)
        sides = {linear.cols: cols, linear.rows: rows}
        given = [
            closed(value, sides.get(place, 1), sides.get(place, 1))
            for place, value in enumerate(values[: linear.before])
        ]
        if last is None:
            return linear_map(linear, self.a, given, self.a.number)
        size = len(given[linear.rows]), len(given[linear.cols])
        found: Table = linear.value(self.a, *given, closed(last, *size))
        return found

    def _of_one(self, name: str, value: Value, axis: int | None) -> Value:
        a = self.a
        if name in ELEMENTWISE:
            return mapped(value, lambda x: ELEMENTWISE[name](a, x))
        if name == "vec":
            return stacked(value)
        if name in ROWS and axis == 0:
            return turned(self._of_one(name, turned(value), None))
        if name in SAME_SIZE:
            return changed(value, lambda table: SAME_SIZE[name](a, table))
        if name == "pinv":
            return turned(
                changed(value, lambda table: transposed(matrices.pseudo_inverse(a, table)))
            )
        if name == "diag" and isinstance(value, Open) and 1 in (value.rows, value.cols):
            return Open(None, None, lambda m, _: matrices.diagonal(a, closed(value, m, 1)), True)
        side = (value.rows or value.cols) if isinstance(value, Open) and name in OF_SQUARE else None
        table = closed(value, side, side)
        if name in SCALARS:
            return [[SCALARS[name](a, table)]]
        if name in OTHER_SIZE:
            return OTHER_SIZE[name](a, table)
        return reduced(lambda xs: REDUCTIONS[name](a, xs), table, axis)

    def _unknown(self, node: Call) -> Value:
        """A declared function or a derivative of it."""
        name = declared_part(node.function)[0]
        known = self.declared[name]
        if len(node.arguments) != len(known.arguments):
            message = f"{name} takes {len(known.arguments)} arguments"
            raise ShapeError(message, span=node.span)
        if known.is_of_numbers:
            places = places_of(node.function)
            return mapped(
                self.value(node.arguments[0]), lambda x: self.a.declared(name, places, [x])
            )
        given = list[Entry]()
        for argument, size in zip(node.arguments, known.arguments, strict=True):
            table = self.table(argument, size)
            if size_of(table) != size:
                raise ShapeError(f"{name} takes {size}, not {size_of(table)}", span=node.span)
            given += entries(table)
        found = unknown_entries(self.a, node.function, known, given)
        return two_axes(known.placed(node.function, found))

    def _constant(self, node: Call) -> Value:
        a, arguments = self.a, node.arguments
        match node.function, len(arguments):
            case (("ones" | "zeros"), (1 | 2)):
                lengths = [*[number_of(each, self.sizes) for each in arguments], 1]
                fill = a.number(int(node.function == "ones"))
                return filled((lengths[0], lengths[1]), lambda i, j: fill)
            case "eye", 1:
                return matrices.identity(a, number_of(arguments[0], self.sizes))
            case (("commutation" | "K"), 2):
                rows, cols = (number_of(each, self.sizes) for each in arguments)
                return matrices.commutation(a, rows, cols)
            case (("vector" | "matrix"), 1):
                entry = self.scalar(arguments[0])
                width = 1 if node.function == "vector" else None
                return Open(None, width, lambda m, n: filled((m, n), lambda i, j: entry))
        raise NotVerifiableError(
            f"the function {node.function} cannot be evaluated entry by entry", span=node.span
        )

    def _defined(self, node: Call) -> Value:
        names, body = self.functions.definitions[node.function]
        if len(names) != len(node.arguments):
            raise ShapeError(f"{node.function} takes {len(names)} arguments", span=node.span)
        arguments = [self.value(argument) for argument in node.arguments]
        if node.function in self.functions.elementwise:

            def function(*xs: Entry) -> Entry:
                own: dict[str, Value] = {name: [[x]] for name, x in zip(names, xs, strict=True)}
                return replace(self, names=own).scalar(body)

            return entrywise(function, *arguments)
        tables, axis = [closed(argument) for argument in arguments], _axis(node)
        is_column = len(tables[0][0]) == 1 < len(tables[0])
        if is_column if axis is None else axis == 0:
            body = self.functions.columns.get(node.function, body)
        inner = replace(self, names=dict(zip(names, tables, strict=True)))
        return inner.value(along(body, node.axis))

"""The value of a syntax tree, entry by entry: a second reading of the language, for checking.

It shares the syntax tree with the rest of the program and nothing else.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

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
    Slice,
    Transpose,
    Tree,
)
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate.called import CallEvaluation
from dimderiv.verify.evaluate.calls import reduced
from dimderiv.verify.evaluate.functions import entry_operation, power
from dimderiv.verify.evaluate.linear_maps import power as power_of_matrix
from dimderiv.verify.evaluate.rearranged import blocks
from dimderiv.verify.evaluate.tables import each
from dimderiv.verify.evaluate.unsized import (
    IDENTITY,
    ZEROS,
    Expected,
    Unsized,
    Value,
    beside,
    beside_all,
    entrywise,
    mapped,
    multiplied,
    sized,
    sizes_beside,
)
from dimderiv.verify.layout import (
    Array,
    SizeUnknownError,
    is_single,
    shaped,
    square_size,
    transposed,
    two_axes,
)

_EUCLIDEAN = frozenset({"norm2", "normF"})


@dataclass
class Evaluator(CallEvaluation):
    """Values of nodes."""

    def form(self, form: IndexForm) -> Array:
        """The entries of an index form, of any number of axes.

        Args:
            form: the form.
        """
        return self._reader.form(form)

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
                return blocks([[self._block(block) for block in row] for row in rows])
            case Slice():
                raise NotVerifiableError("a slice of nothing", span=node.span)

    def _block(self, node: Tree) -> Value:
        """A block; a zero is as large as those beside it."""
        return ZEROS if isinstance(node, Number) and node.value == 0 else self.value(node)

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
        return power_of_matrix(self.arithmetic, base, exponent)

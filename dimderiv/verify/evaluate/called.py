"""The values of calls."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from dimderiv.errors import ShapeError
from dimderiv.language import DERIVATIVES, Call, Name, along, declared_part
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate.arithmetic import ONE, ZERO, Scalar
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
from dimderiv.verify.evaluate.derivatives import derivative
from dimderiv.verify.evaluate.evaluation import Evaluation
from dimderiv.verify.evaluate.functions import ELEMENTWISE
from dimderiv.verify.evaluate.linear_maps import LINEAR
from dimderiv.verify.evaluate.rearranged import one_hot, permuted, reshaped, whole_numbers
from dimderiv.verify.evaluate.special import special
from dimderiv.verify.evaluate.tables import commutation, diagonal, stretched
from dimderiv.verify.evaluate.unsized import (
    ANY_SIZE,
    Expected,
    Unsized,
    Value,
    cofactor_size,
    expected_beside,
    mapped,
    of_constant,
    sized,
    square_below,
    together,
)
from dimderiv.verify.layout import (
    Sized,
    Table,
    entries,
    filled,
    labels_of,
    lettered,
    linear_map,
    number_of,
    size_of,
    two_axes,
)

_SHAPE_KEEPING = frozenset({"inv", "expm", "logm", "sqrtm", "polar", "tril", "triu"})
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
class CallEvaluation(Evaluation):
    """Values of calls, by the values of their arguments."""

    def _call(self, node: Call, expected: Expected) -> Value:
        name, arguments = node.function, node.arguments
        if node.over:
            return self._reader.over(node, expected)
        if name in self.functions.definitions:
            return self._defined(node)
        if name in DERIVATIVES:
            return derivative(self, node)
        if name in self.functions.values or name in self.functions.products:
            return self._told(name, [self.array(argument) for argument in arguments])
        if declared_part(name)[0] in self.declared:
            return self._stood_in_for(node, expected)
        if name in ELEMENTWISE and len(arguments) == 1:
            function = ELEMENTWISE[name]
            inner = self.value(arguments[0], expected)
            self.arithmetic.branches.site = id(node)
            return mapped(inner, lambda x: function(self.arithmetic, x))
        if len(arguments) == 1 and name in _ALONG:
            return self._along(node, expected)
        if name in MATRIX_FUNCTIONS and len(arguments) == 1:
            return self._matrix_function(node, expected)
        if name in LINEAR:
            return self._linear(node)
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
            named = self.classes.get(first.name) if isinstance(first, Name) else None
            classes = number_of(others[0], self.sizes) if others else named
            if classes is None:
                raise NotVerifiableError("how many classes there are", span=node.span)
            return one_hot(labels_of(first, whole_numbers(self.array(first))), classes)
        numbers = [number_of(other, self.sizes) for other in others]
        value = self.array(first)
        return (reshaped if node.function == "reshape" else permuted)(value, numbers)

    def _told(self, name: str, values: Sequence[Sized]) -> Sized:
        """A function that the rules say in other words than the language's."""
        a = self.arithmetic
        if name in self.functions.products:
            return lettered(self.functions.products[name]).of(values, a.mul, a.total)
        return stretched(lambda *xs: special(self.functions.values[name], a, *xs), *values)

    def _stood_in_for(self, node: Call, expected: Expected) -> Value:
        """A declared function or a derivative of it, of which a concrete one is put."""
        name = declared_part(node.function)[0]
        known = self.declared[name]
        if len(node.arguments) != len(known.arguments):
            message = f"{name} takes {len(known.arguments)} arguments"
            raise ShapeError(message, span=node.span)
        function = partial(put_in_place, node.function, known, self.arithmetic)
        if known.is_of_numbers:
            inner = self.value(node.arguments[0], expected)
            return mapped(inner, lambda x: entries(function([[[x]]]))[0])
        given = list[Table]()
        for argument, size in zip(node.arguments, known.arguments, strict=True):
            given.append(self.table(argument, Expected(*size)))
            if size_of(given[-1]) != size:
                raise ShapeError(f"{name} takes {size}, not {size_of(given[-1])}", span=node.span)
        return function(given)

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

    def _linear(self, node: Call) -> Sized:
        """A function that is linear in its last argument, or the matrix of that map."""
        linear, values = LINEAR[node.function], [self.value(each) for each in node.arguments]
        last = next(iter(values[linear.before :]), None)
        known = ANY_SIZE if last is None else expected_beside(last)
        sides = {linear.cols: known.cols, linear.rows: known.rows}
        given = [
            two_axes(sized(value, Expected(sides.get(place, 1), sides.get(place, 1))))
            for place, value in enumerate(values[: linear.before])
        ]
        self.arithmetic.branches.site = id(node)
        if last is None:
            return linear_map(linear, self.arithmetic, given, (ZERO, ONE).__getitem__)
        size = Expected(len(given[linear.rows]), len(given[linear.cols]))
        return linear.value(self.arithmetic, *given, two_axes(sized(last, size)))

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
        size, axes = size_of(arguments[0]), _axes(node)
        is_column = len(size) == 2 and size.cols == 1 < size.rows
        if is_column if axes is None else axes == [0]:
            body = self.functions.columns.get(node.function, body)
        inner = replace(self, known={}, keep=False, names={})
        if node.function not in self.functions.elementwise:
            inner.names = dict(zip(names, arguments, strict=True))
            return inner.value(along(body, node.axis))

        def function(*scalars: Scalar) -> Scalar:
            inner.names = {name: [[x]] for name, x in zip(names, scalars, strict=True)}
            return inner.scalar(body)

        return stretched(function, *arguments)

"""An expression of Python as an array of the language, read part by part and never run."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from dimderiv.errors import DimderivError, Span
from dimderiv.language import Call, Name, Negative, Number, Operator
from dimderiv.sources.code import indexing, modules, operators
from dimderiv.sources.code.arranging import exchanged, reversed_axes
from dimderiv.sources.code.functions.matrices import count
from dimderiv.sources.code.slopes import Slopes
from dimderiv.sources.code.values import (
    Array,
    Function,
    Kind,
    Module,
    Parts,
    Place,
    Value,
    Written,
    whole_number,
)

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Place, Array, Array], Array]] = {
    ast.Add: operators.added,
    ast.Sub: lambda at, left, right: operators.added(at, left, right, subtract=True),
    ast.Mult: operators.multiplied,
    ast.Div: operators.divided,
    ast.Pow: operators.raised,
    ast.MatMult: operators.product,
    ast.BitAnd: operators.multiplied,
}
_COMPARISONS: Mapping[type[ast.cmpop], Operator] = {
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "==",
}
# What arrays have that is no function.
_ATTRIBUTES: Mapping[str, Callable[[Place, Array], Array]] = {
    "T": reversed_axes,
    "mT": lambda at, array: exchanged(at, array, -2, -1),
    "real": lambda _, array: array,
    "data": lambda at, array: operators.entrywise(at, "stop", array),
}


class Expressions(Slopes):
    """Reads expressions: what names are known, and how many axes those have that nobody defined."""

    def value(self, node: ast.expr) -> Value:
        """What an expression is.

        Raises:
            DimderivError: it is not read, or its arrays do not fit each other.
        """
        try:
            return self._value(node)
        except DimderivError:
            self.blame(node)
            raise

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value):
                return self._constant(value, node)
            case ast.Name(name):
                return self.named(name, node)
            case ast.Call():
                return self.called(node)
            case ast.BinOp(left, operator, right):
                return self._operation(node, operator, left, right)
            case ast.UnaryOp(operator, operand):
                return self._unary(node, operator, operand)
            case ast.Compare(left, [operator], [right]):
                return self._comparison(node, operator, left, right)
            case ast.Subscript(ast.Name(owner), ast.Constant(str() as name)) if self.is_open(owner):
                return self.member(name, node)
            case ast.Attribute(ast.Name("self"), name) if self.is_open("self"):
                return self.member(name, node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript(base, index):
                return indexing.part(self.place(node), self.value(base), index, self.value)
            case ast.Tuple(elements) | ast.List(elements):
                return tuple([self.value(each) for each in elements])
            case ast.Lambda(parameters, body):
                return Written("lambda", parameters, body, self.env)
        self.refuse(node, "this is not read", "operators, functions and methods of arrays")

    def array(self, node: ast.expr) -> Array:
        """The array that an expression is."""
        return self.place(node).array(self.value(node))

    def _constant(self, value: object, node: ast.Constant) -> Value:
        span = self.span(node)
        match value:
            case bool() | str() | None:
                return value
            case int():
                return Array(whole_number(value, span), 0)
            case float():
                if value in (float("inf"), float("-inf")):
                    self.refuse(node, "an infinite number is not read")
                return Array(Number(Fraction(repr(value)), span), 0)
        self.refuse(node, "this constant is not read", "a number")

    def named(self, name: str, node: ast.expr) -> Value:
        """What a name stands for."""
        if name in self.env:
            value = self.env[name]
            if isinstance(value, Array) and value.name:
                # An error shows the place where a name stands, not where it was defined.
                return replace(value, tree=Name(value.name, self.span(node)))
            return value
        module = modules.usual(name)
        if module is not None and name in self.known.modules:
            return module
        if self.is_formula:
            return Array(Name(name), 0) if name == "pi" else Function(name, "")
        if name in modules.BUILTINS:
            return Kind() if name == "float" else Function(name, "python")
        return self.symbol(name, self.span(node))

    def _attribute(self, node: ast.Attribute) -> Value:
        base, name = self.value(node.value), node.attr
        match base:
            case Module():
                found = modules.within(base, name)
                is_constant = isinstance(found, Function) and name in modules.CONSTANTS
                return self._constant_of(name, self.span(node)) if is_constant else found
            case Array():
                return self._of_array(node, base, name)
            case Parts(_, values) if values.get(name) is not None:
                return values[name]
        at = self.place(node)
        at.refuse(f"{at.text} is not read")

    def _constant_of(self, name: str, span: Span) -> Value:
        if name == "newaxis":
            return None
        if name == "e":
            return Array(Call("exp", (Number(Fraction(1), span),), span=span), 0)
        return Array(Name(name, span), 0)

    def _of_array(self, node: ast.Attribute, array: Array, name: str) -> Value:
        at = self.place(node)
        if name in _ATTRIBUTES:
            return _ATTRIBUTES[name](at, array)
        if name == "shape":
            return tuple([self.size(array, axis) for axis in range(array.axes)])
        if name == "ndim":
            return Array(whole_number(array.axes, at.span), 0)
        if name == "size":
            return count(at, array)
        if name == "dtype":
            return Kind()
        at.refuse(f"{at.text} is not read")

    def _operation(
        self, node: ast.BinOp, operator: ast.operator, left: ast.expr, right: ast.expr
    ) -> Array:
        apply = _ARITHMETIC.get(type(operator))
        if apply is None:
            self.refuse(node, "this operator is not read", "+ - * / @ **")
        return apply(self.place(node), self.array(left), self.array(right))

    def _unary(self, node: ast.UnaryOp, operator: ast.unaryop, operand: ast.expr) -> Value:
        value, at = self.value(operand), self.place(node)
        match operator:
            case ast.USub():
                array = at.array(value)
                return Array(Negative(array.tree, self.span(node)), array.axes, array.is_row)
            case ast.UAdd():
                return at.array(value)
            case ast.Invert():
                one = Array(Number(Fraction(1)), 0)
                return operators.added(at, one, at.array(value), subtract=True)
        self.refuse(node, "'not' is not read", "1 - (x > 0)")

    def _comparison(
        self, node: ast.Compare, operator: ast.cmpop, left: ast.expr, right: ast.expr
    ) -> Array:
        sides = self.array(left), self.array(right)
        at = self.place(node)
        if type(operator) in _COMPARISONS:
            return operators.compared(at, _COMPARISONS[type(operator)], *sides)
        if isinstance(operator, ast.NotEq):
            one = Array(Number(Fraction(1)), 0)
            return operators.added(at, one, operators.compared(at, "==", *sides), subtract=True)
        self.refuse(node, "this comparison is not read", "> >= < <= ==")

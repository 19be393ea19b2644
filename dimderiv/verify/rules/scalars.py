"""A scalar formula of the language as an expression of sympy, which differentiates it.

>>> from dimderiv.language.parser import parse_expression
>>> from sympy import Symbol, diff
>>> x = Symbol("x", real=True)
>>> diff(scalar_formula(parse_expression("x exp(-x)"), {"x": x}, {}), x)
-x*exp(-x) + exp(-x)
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import sympy

from dimderiv.language import Add, Binary, Call, Name, Negative, Node, Number
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate import PRIMITIVES

# An expression of sympy, which has no types.
Formula: TypeAlias = Any
Definitions: TypeAlias = Mapping[str, tuple[tuple[str, ...], Node]]

_PRIMITIVES = {ours: getattr(sympy, theirs) for ours, theirs in PRIMITIVES.items()} | {
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "max": sympy.Max,
    "min": sympy.Min,
    "relu": lambda x: sympy.Max(x, 0),
}
_COMPARISONS = {">": sympy.Gt, "<": sympy.Lt, ">=": sympy.Ge, "<=": sympy.Le}


def scalar_formula(node: Node, values: Mapping[str, Formula], definitions: Definitions) -> Formula:
    """The formula in sympy."""

    def formula(part: Node) -> Formula:
        return scalar_formula(part, values, definitions)

    match node:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Name(name):
            if name not in values and name != "pi":
                raise NotVerifiableError(f"{name} has no meaning in it", span=node.span)
            return values.get(name, sympy.pi)
        case Negative(operand):
            return -formula(operand)
        case Add(terms):
            return sympy.Add(*map(formula, terms))
        case Binary(operator, left, right):
            return _operation(operator, formula(left), formula(right))
        case Call(function, arguments):
            return _called(node, function, [formula(each) for each in arguments], definitions)
    raise NotVerifiableError("this is no formula of scalars", span=node.span)


def _operation(operator: str, left: Formula, right: Formula) -> Formula:
    match operator:
        case "*" | ".*":
            return left * right
        case "/" | "./":
            return left / right
        case "^" | ".^":
            return left**right
    return sympy.Piecewise((1, _COMPARISONS[operator](left, right)), (0, True))


def _called(
    node: Call, function: str, arguments: list[Formula], definitions: Definitions
) -> Formula:
    if function in definitions:
        names, body = definitions[function]
        # Without its own definition, so that a function cannot be defined by itself.
        others = {name: found for name, found in definitions.items() if name != function}
        return scalar_formula(body, dict(zip(names, arguments, strict=True)), others)
    if function in _PRIMITIVES:
        return _PRIMITIVES[function](*arguments)
    raise NotVerifiableError(f"{function} has no meaning in it", span=node.span)

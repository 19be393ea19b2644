"""The axes of sums, products, powers and the other operators."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from dimderiv.infer import clashes, indexed, refusals
from dimderiv.infer.clashes import Axes, ClashError
from dimderiv.infer.scope import SCALAR_AXES, Scope
from dimderiv.infer.sizes import mark_as_scalar
from dimderiv.infer.unify import MismatchError
from dimderiv.language import (
    ONE,
    Add,
    Binary,
    Negative,
    Number,
    Transpose,
    Tree,
    compares_places,
    names_in,
)


def number_axes(scope: Scope, node: Number) -> Axes:
    """A number is a scalar."""
    return SCALAR_AXES


def negative_axes(scope: Scope, node: Negative) -> Axes:
    """A sign changes no axes."""
    return scope.visit(node.operand)


def transpose_axes(scope: Scope, node: Transpose) -> Axes:
    """A transpose exchanges the axes."""
    axes = scope.visit(node.operand)
    if len(axes) > 2:
        raise ClashError(node, indexed.transpose_refused)
    return axes[1], axes[0]


def sum_axes(scope: Scope, node: Add) -> Axes:
    """The terms of a sum are broadcast."""
    return broadcast(scope, node, node.terms, [scope.visit(term) for term in node.terms])


def binary_axes(scope: Scope, node: Binary) -> Axes:
    """Two operands, by their operator; letters may be compared, which is a number for each."""
    if (
        scope.letters
        and compares_places(node)
        and not scope.letters.keys().isdisjoint(names_in(node))
    ):
        mark_as_scalar(scope, node)
        return SCALAR_AXES
    left, right = scope.visit(node.left), scope.visit(node.right)
    combine = _OPERATORS.get(node.operator)
    if combine is None:
        return broadcast(scope, node, (node.left, node.right), (left, right))
    return combine(scope, node, left, right)


def broadcast(scope: Scope, node: Tree, parts: Sequence[Tree], axes: Sequence[Axes]) -> Axes:
    """The axes that operands have together, where an axis of size 1 stretches."""
    for own in axes:
        if len(own) > 2:
            return indexed.stretched(scope, node, parts, axes)
    rows, cols = axes[0]
    for part, (other_rows, other_cols) in zip(parts[1:], axes[1:], strict=True):
        try:
            if rows is ONE:
                rows = other_rows
            elif other_rows is not ONE:
                scope.unify(rows, other_rows, node)
            if cols is ONE:
                cols = other_cols
            elif other_cols is not ONE:
                scope.unify(cols, other_cols, node)
        except MismatchError as misfit:
            first = _first_with(misfit.sizes[0], parts, axes)
            write = clashes.broadcast_misfit(first, clashes.unsigned(part))
            raise ClashError(node, write, misfit.sizes) from None
    return rows, cols


def _first_with(size: object, parts: Sequence[Tree], axes: Sequence[Axes]) -> Tree:
    return next(
        clashes.unsigned(part)
        for part, own in zip(parts, axes, strict=True)
        if own[0] is size or own[1] is size
    )


def _product(scope: Scope, node: Binary, left: Axes, right: Axes) -> Axes:
    if left[0] is ONE and left[1] is ONE and len(left) == 2:
        return right
    if right[0] is ONE and right[1] is ONE and len(right) == 2:
        return left
    if len(left) > 2 or len(right) > 2:
        return indexed.stacked_product(scope, node, left, right)
    scope.agree(left[1], right[0], node, clashes.product_misfit)
    return left[0], right[1]


def _quotient(scope: Scope, node: Binary, left: Axes, right: Axes) -> Axes:
    if right[0] is ONE and right[1] is ONE and len(right) == 2:
        return left
    raise ClashError(node, refusals.divisor_refused)


def _power(scope: Scope, node: Binary, base: Axes, exponent: Axes) -> Axes:
    if exponent[0] is not ONE or exponent[1] is not ONE or len(exponent) > 2:
        raise ClashError(node, refusals.exponent_refused)
    if len(base) > 2:
        raise ClashError(node, indexed.power_refused)
    if base[0] is ONE and base[1] is ONE:
        return SCALAR_AXES
    if base[0] is ONE or base[1] is ONE:
        raise ClashError(node, refusals.vector_power_refused)
    scope.agree_square(base, node)
    return base


_OPERATORS: Mapping[str, Callable[[Scope, Binary, Axes, Axes], Axes]] = {
    "*": _product,
    "/": _quotient,
    "^": _power,
}


def constant(node: Tree) -> Fraction | None:
    """The number that an expression of numbers alone is.

    >>> constant(Binary("/", Number(Fraction(1)), Number(Fraction(2))))
    Fraction(1, 2)
    """
    match node:
        case Number(value):
            return value
        case Negative(operand):
            inner = constant(operand)
            return None if inner is None else -inner
        case Binary("/", Number(left), Number(right)) if right:
            return left / right
    return None

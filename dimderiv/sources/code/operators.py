"""The operators between arrays, with NumPy's meaning: entry by entry, and `@`.

Arrays of different shapes are broadcast from the last axis: a 1-D array beside a matrix lies as a
row.
"""

from collections.abc import Sequence
from functools import reduce

from dimderiv.errors import Span
from dimderiv.language import Add, Binary, Call, Negative, Operator, Tree
from dimderiv.sources.code.arranging import by_letters, letters, product_of_stacks
from dimderiv.sources.code.entries import Make, by_entries
from dimderiv.sources.code.habits import WHOLE_TERM, hesitation
from dimderiv.sources.code.values import Array, Place, transposed

_PRODUCTS = frozenset({"*", ".*", "/", "./"})


def broadcast(at: Place, arrays: Sequence[Array]) -> tuple[list[Tree], int, bool]:
    """Arrays as they lie beside each other, the axes of what is made of them, and if it is a row.

    Args:
        at: where.
        arrays: the arrays.
    """
    axes = max(array.axes for array in arrays)
    if axes > 2:
        arrays = [_with_as_many(at, array, axes) for array in arrays]
    if axes > 1:
        return [a.row if a.axes == 1 else a.tree for a in arrays], axes, False
    is_row = all(array.is_row for array in arrays if array.axes == 1) and axes == 1
    trees = [a.column if a.axes == 1 and not is_row else a.tree for a in arrays]
    return trees, axes, is_row


def _with_as_many(at: Place, array: Array, axes: int) -> Array:
    """An array with axes of size 1 in front, where the language does not put them itself."""
    if array.axes < 3 or array.axes == axes:
        return array
    return by_letters(at, array, [*[None] * (axes - array.axes), *range(array.axes)])


def entrywise(at: Place, function: str, *arrays: Array) -> Array:
    """A function of each entry."""
    return _together(at, arrays, lambda trees: Call(function, tuple(trees), span=at.span))


def _together(at: Place, arrays: Sequence[Array], make: Make) -> Array:
    """What is made of arrays as they lie beside each other."""
    if max(array.axes for array in arrays) > 2:
        names = letters(at, *(array.tree for array in arrays))
        found = by_entries(at, arrays, names, make)
        if found is not None:
            return found
    trees, axes, is_row = broadcast(at, arrays)
    return Array(make(trees), axes, is_row)


def extreme(at: Place, function: str, left: Array, right: Array) -> Array:
    """A function of two arrays; the larger of an array and 0 is a rectifier."""
    if function == "max" and left.number == 0:
        return entrywise(at, "relu", right)
    if function == "max" and right.number == 0:
        return entrywise(at, "relu", left)
    return entrywise(at, function, left, right)


def added(at: Place, left: Array, right: Array, *, subtract: bool = False) -> Array:
    """A sum or a difference; of nothing where a formula has a default of 0."""
    if right.number == 0 and at.is_formula:
        return left
    at.hesitate(hesitation(left, right, is_sum=True))

    def make(trees: Sequence[Tree]) -> Tree:
        first, second = trees
        second = Negative(second, second.span) if subtract else second
        terms = (*(first.terms if isinstance(first, Add) else (first,)), second)
        return Add(terms, at.span)

    return _together(at, (left, right), make)


def multiplied(at: Place, left: Array, right: Array) -> Array:
    """A product of entries; of one where a formula has a default of 1."""
    if left.number == 1 and at.is_formula:
        return right
    at.hesitate(hesitation(left, right, is_sum=False))
    return _binary(at, ".*" if left.axes and right.axes else "*", left, right)


def divided(at: Place, left: Array, right: Array) -> Array:
    """A quotient of entries."""
    if right.number == 1 and at.is_formula:
        return left
    at.hesitate(hesitation(left, right, is_sum=False))
    return _binary(at, "./" if right.axes else "/", left, right)


def raised(at: Place, base: Array, exponent: Array) -> Array:
    """A power of entries."""
    if exponent.name and exponent.axes:
        at.hesitate(WHOLE_TERM)
    return _binary(at, ".^" if base.axes or exponent.axes else "^", base, exponent)


def compared(at: Place, operator: Operator, left: Array, right: Array) -> Array:
    """A comparison, which is 1 or 0."""
    return _binary(at, operator, left, right)


def _binary(at: Place, operator: Operator, left: Array, right: Array) -> Array:
    apply = _signed if operator in _PRODUCTS else Binary

    def make(trees: Sequence[Tree]) -> Tree:
        first, second = trees
        return apply(operator, first, second, at.span)

    return _together(at, (left, right), make)


def _signed(operator: Operator, left: Tree, right: Tree, span: Span) -> Tree:
    """A product, with the sign of its first factor in front, as people write it."""
    if isinstance(left, Negative):
        return Negative(Binary(operator, left.operand, right, span), span)
    return Binary(operator, left, right, span)


def product(at: Place, left: Array, right: Array) -> Array:
    """What `@` is: a product of matrices, or of 1-D arrays as they fit."""
    match left.axes, right.axes:
        case (0, _) | (_, 0):
            at.misfit("@ needs arrays, and one of these is a number", "* for a number")
        case 1, 1:
            return Array(_times(at, left.row, right.column), 0)
        case 1, 2:
            turned = _times(at, transposed(right.tree), left.column)
            return Array(_times(at, left.row, right.tree), 1, is_row=True, turned=turned)
        case 2, 1:
            return Array(_times(at, left.tree, right.column), 1)
        case (1, _) | (_, 1):
            return product_of_stacks(at, left, right)
    if left.axes == right.axes == 2 or at.has_sign("@", left.tree, right.tree):
        return Array(_times(at, left.tree, right.tree), max(left.axes, right.axes))
    return product_of_stacks(at, left, right)


def chained(at: Place, arrays: Sequence[Array]) -> Array:
    """A product of several arrays."""
    return reduce(lambda left, right: product(at, left, right), arrays)


def _times(at: Place, left: Tree, right: Tree) -> Tree:
    if isinstance(right, Binary) and right.operator == "*":
        # `r @ (A @ x)` is `r' A x`: products need no brackets.
        return _times(at, _times(at, left, right.left), right.right)
    return _signed("*", left, right, at.span)

"""Sizes that are written out, as in `ones(m, n)`, and what is sure of a size without its value."""

from collections.abc import Sequence
from functools import reduce

from dimderiv.errors import LimitError, ShapeError
from dimderiv.infer.scope import SCALAR_AXES, Scope
from dimderiv.language import ONE, SIZE_LIMIT, Dim, Tree, size_of, walk


def size(scope: Scope, node: Tree) -> Dim:
    """The size that an expression is."""
    mark_as_scalar(scope, node)
    try:
        dim = size_of(node, scope.sizes)
    except ShapeError as error:
        raise ShapeError(
            f"{' '.join(scope.source[slice(*error.span or (0, 0))].split())} is no size",
            span=error.span,
            hint="the name of a dimension or a whole number, as in ones(m, 1)",
        ) from None
    return checked(dim, node)


def checked(dim: Dim, node: Tree) -> Dim:
    """A size that is positive and not too large; 1 is the object `ONE`."""
    number = dim.number
    if number is None:
        return dim
    if number < 1:
        raise ShapeError(f"a size is positive, not {number}", span=node.span)
    if number > SIZE_LIMIT:
        raise LimitError(f"a size is larger than {SIZE_LIMIT}", span=node.span)
    return ONE if number == 1 else dim


def product_of(sizes: Sequence[Dim]) -> Dim:
    """The size of an axis that runs over several letters."""
    whole = reduce(Dim.__mul__, sizes, ONE)
    return ONE if whole == ONE else whole


def is_negative(dim: Dim) -> bool:
    """Whether a size is below zero whatever its names are, which are at least 1.

    >>> is_negative(Dim.of(2) - Dim.of("n")), is_negative(Dim.of(0) - Dim.of("n"))
    (False, True)
    """
    return is_counted(Dim.of(-1) - dim)


def is_counted(dim: Dim) -> bool:
    """Whether a size is at least zero whatever its names are, which are at least 1.

    >>> is_counted(Dim.of("n") - ONE), is_counted(Dim.of("n") - Dim.of(2))
    (True, False)
    """
    least = 0
    for monomial, coefficient in dim.monomials:
        if monomial and coefficient < 0:
            return False
        least += coefficient if all(map(_is_name, monomial)) else 0
    return least >= 0


def _is_name(factor: str) -> bool:
    """A quotient that is rounded down may be 0; a named size is at least 1."""
    return type(factor) is str


def mark_as_scalar(scope: Scope, node: Tree) -> None:
    """Give every part of a size or an index a shape, for whoever walks the whole tree."""
    scope.axes.update((id(part), SCALAR_AXES) for part in walk(node))

"""What operations cost, in units of one multiplication in a large matrix product.

The weights are rounded from measurements on one core: a matrix product does some ten operations in
the time in which an elementwise operation writes one entry, and an exponential takes three times
that.
"""

from collections.abc import Callable, Sequence
from typing import Any

from dimderiv.codegen.plan.details import Asked, Detail, Ends, Entrywise, Multiplied, Subscripts
from dimderiv.codegen.plan.regimes import Sizes
from dimderiv.language import Dim

CALL = 8000.0
READ = 6
ENTRY = 10
FUNCTION = 50
# An entry that is kept for many uses weighs as much as some that are written and forgotten.
KEPT = 30
ROW = 500
# For each cube of a size; an inverse is made of factors.
CHOLESKY, LU, INVERSE, OTHER = 1.0, 2.0, 4.0, 40.0
ARITHMETIC = frozenset(
    {
        "+",
        "-",
        "*",
        "/",
        "negative",
        ">",
        "<",
        ">=",
        "<=",
        "==",
        "relu",
        "abs",
        "maximum",
        "minimum",
    }
)

Dims = tuple[Dim, ...]
# What one operation costs by its detail, the axes of its arguments and of its value, and sizes.
Cost = Callable[[Any, Sequence[Dims], Dims, Sizes], float]


def free(detail: Detail, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """What is there, or shows what is there, costs nothing."""
    return 0.0


def passing(detail: Detail, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """What goes over its arguments once."""
    return reading(detail, arguments, dims, sizes) + ENTRY * sizes.entries(dims)


def reading(detail: Detail, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """What goes over its arguments once and gives a number."""
    return CALL + READ * sum(map(sizes.entries, arguments))


def entrywise(detail: Entrywise, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """A function of each entry."""
    each = ENTRY if detail.function in ARITHMETIC else FUNCTION
    return CALL / (1 if dims else 10) + each * sizes.entries(dims)


def multiplied(detail: Multiplied, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """A matrix product; one with its own transpose takes half the time."""
    inner = sizes[arguments[0][-1]]
    return _product(inner / 2 if detail.is_gram else inner, arguments, dims, sizes)


def contracted(detail: Ends, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """A product that is summed over some axes, which are copied if they lie among others."""
    inner = sizes.entries(arguments[0][axis] for axis in detail.left)
    copied = [
        each
        for own, each in zip(detail, arguments, strict=True)
        if own not in {tuple(range(len(own))), tuple(range(len(each) - len(own), len(each)))}
    ]
    copies = 2 * ENTRY * sum(map(sizes.entries, copied))
    return copies + _product(inner, arguments, dims, sizes)


def _product(inner: float, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    out, read = sizes.entries(dims), sum(map(sizes.entries, arguments))
    return CALL + READ * read + ENTRY * out + (out * inner if out > 1 else 0)


def convolved(detail: Detail, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """A convolution: what windows show is written as columns, which are multiplied."""
    inner, rest = sizes.entries(arguments[1][1:]), sizes.entries((dims[0], *dims[2:]))
    return 4 * CALL + inner * (ENTRY * rest + sizes.entries(dims))


def unconvolved(detail: Detail, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """What undoes a convolution: columns are written, and added up."""
    (count, inner, *places), (_, *columns) = arguments
    entries = sizes.entries((count, *places, *columns))
    return 4 * CALL + entries * (3 * ENTRY + sizes[inner])


def batched(detail: Subscripts, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """A sum of products that is no matrix product."""
    axes = dict(zip(detail.left + detail.right, (*arguments[0], *arguments[1]), strict=True))
    return CALL + ENTRY * sizes.entries(axes.values())


def of_rows(detail: Detail, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """A function of rows: each row of an array as it lies costs a loop, whichever is reduced."""
    (axes,) = arguments
    return 4 * CALL + 2 * FUNCTION * sizes.entries(axes) + ROW * sizes.entries(axes[:-1])


def of_matrix(weight: float) -> Cost:
    """A function of a matrix, or of its factors if it is not asked of the whole."""

    def cost(detail: Detail, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
        *stack, last = arguments[0]
        rows, count = float(sizes[last]), sizes.entries(stack[:-1])
        return CALL + count * (_of_whole(detail, rows) + weight * rows**3)

    return cost


def solved(detail: Asked, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """A system of equations."""
    rows = float(sizes[arguments[0][0]])
    return CALL + _of_whole(detail, rows) + 4 * sizes.entries(arguments[1]) * rows


def determinant(detail: Asked, arguments: Sequence[Dims], dims: Dims, sizes: Sizes) -> float:
    """A determinant, of factors the product of their diagonal."""
    *stack, last = arguments[0]
    rows, count = float(sizes[last]), sizes.entries(stack[:-1])
    return CALL + count * (_of_whole(detail, rows) + FUNCTION * rows)


def _of_whole(detail: Detail, rows: float) -> float:
    return LU * rows**3 if isinstance(detail, Asked) and detail.whole else 0.0


def cost_with(cost: float, repeats: float, dims: Dims, sizes: Sizes) -> float:
    """What an operation costs that may be computed once for many uses, and then takes up memory."""
    kept = KEPT * sizes.entries(dims) if cost and repeats < 1 else 0
    return repeats * cost + (1 - repeats) * kept

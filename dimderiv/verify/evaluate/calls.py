"""The functions of the language on tables: reductions, rows, matrix functions, rearrangements."""

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from functools import cmp_to_key, reduce
from typing import TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.verify.evaluate.arithmetic import ZERO, Arithmetic, Scalar
from dimderiv.verify.evaluate.functions import ELEMENTWISE, log_sum_exp, primitive
from dimderiv.verify.evaluate.linear_maps import LINEAR, logarithm, square_root
from dimderiv.verify.evaluate.matrices import (
    exponential,
    inverse,
    nuclear_norm,
    polar_factor,
    pseudo_inverse,
    trace,
)
from dimderiv.verify.evaluate.spectral import (
    eigenvalues,
    eigenvectors,
    largest_eigenvalue,
    leading_eigenvector,
    left_vectors,
    right_vectors,
    singular_values,
    smallest_eigenvalue,
)
from dimderiv.verify.evaluate.tables import combined, eliminated
from dimderiv.verify.evaluate.triangular import cholesky
from dimderiv.verify.layout import (
    Size,
    Sized,
    Table,
    entries,
    filled,
    lines,
    shaped,
    size_of,
    transposed,
    two_axes,
)

Reducer: TypeAlias = Callable[[Arithmetic, list[Scalar]], Scalar]
RowFunction: TypeAlias = Callable[[Arithmetic, list[Scalar]], list[Scalar]]
MatrixFunction: TypeAlias = Callable[[Arithmetic, Table], Table]
PairFunction: TypeAlias = Callable[[Arithmetic, Table, Table], Table]


def _mean(arithmetic: Arithmetic, values: list[Scalar]) -> Scalar:
    return arithmetic.div(arithmetic.total(values), Fraction(len(values)))


REDUCTIONS: Mapping[str, Reducer] = {
    "sum": lambda arithmetic, values: arithmetic.total(values),
    "mean": _mean,
    "max": lambda arithmetic, values: arithmetic.extreme(values, 1),
    "min": lambda arithmetic, values: arithmetic.extreme(values, -1),
    "prod": lambda arithmetic, values: reduce(arithmetic.mul, values),
    "logsumexp": log_sum_exp,
}


def reduced(arithmetic: Arithmetic, name: str, value: Sized, axes: Collection[int] | None) -> Sized:
    """A reduction over all entries, or along some axes, which are kept with size 1."""
    reduction, size = REDUCTIONS[name], size_of(value)
    if axes is None:
        return [[reduction(arithmetic, entries(value))]]
    kept = [1 if axis in axes else length for axis, length in enumerate(size)]
    return shaped(kept, [reduction(arithmetic, line) for line in _lines(value, axes)])


def _lines(value: Sized, axes: Collection[int]) -> list[list[Scalar]]:
    """The entries along some axes, for each place of the others."""
    flat, size = entries(value), size_of(value)
    return [[flat[i] for i in line] for line in lines(size, tuple(sorted(axes)))]


def row_axes(size: Size) -> Collection[int]:
    """The axis that rows run along: the last one, and of a column the only one."""
    return (0,) if size.cols == 1 and len(size) == 2 else (len(size) - 1,)


def along_rows(
    arithmetic: Arithmetic, name: str, value: Sized, axes: Collection[int] | None
) -> Sized:
    """A function of the entries along some axes, together, with as many values."""
    function, size = ROW_FUNCTIONS[name], size_of(value)
    axes = tuple(sorted(row_axes(size) if axes is None else axes))
    found: dict[int, Scalar] = {}
    for places, line in zip(lines(size, axes), _lines(value, axes), strict=True):
        found |= zip(places, function(arithmetic, line), strict=True)
    return shaped(size, [found[place] for place in range(size.entries)])


def _log_softmax(arithmetic: Arithmetic, line: list[Scalar]) -> list[Scalar]:
    total = log_sum_exp(arithmetic, line)
    return [arithmetic.sub(x, total) for x in line]


def _softmax(arithmetic: Arithmetic, line: list[Scalar]) -> list[Scalar]:
    return [primitive("exp", arithmetic, x) for x in _log_softmax(arithmetic, line)]


def _ascending(arithmetic: Arithmetic, line: list[Scalar]) -> list[int]:
    """The places of entries, by their values."""

    def compare(i: int, j: int) -> int:
        return arithmetic.order(line[i], line[j])

    found = sorted(range(len(line)), key=cmp_to_key(compare))
    # Of an order that is its own inverse one cannot tell places from ranks.
    arithmetic.branches.note(1 if all(found[place] == i for i, place in enumerate(found)) else -1)
    return found


def _sorted(arithmetic: Arithmetic, line: list[Scalar]) -> list[Scalar]:
    return [line[i] for i in _ascending(arithmetic, line)]


def _ranks(arithmetic: Arithmetic, line: list[Scalar]) -> list[Scalar]:
    """How many entries each one comes after."""
    places = _ascending(arithmetic, line)
    return [Fraction(places.index(i)) for i in range(len(line))]


# Functions of the entries of a row, or along other axes, that keep the size.
ROW_FUNCTIONS: Mapping[str, RowFunction] = {
    "softmax": _softmax,
    "logsoftmax": _log_softmax,
    "sort": _sorted,
    "rank": _ranks,
}


def _determinant(arithmetic: Arithmetic, table: Table) -> Table:
    return [[eliminated(arithmetic, table, [[] for _ in table])[0]]]


def _log_determinant(arithmetic: Arithmetic, table: Table) -> Table:
    return [[primitive("log", arithmetic, _determinant(arithmetic, table)[0][0])]]


def _stacked(_: Arithmetic, table: Table) -> Table:
    return [[entry] for entry in entries(transposed(table))]


def _diagonal(_: Arithmetic, table: Table) -> Table:
    rows, cols = size_of(table)
    if rows == cols:
        return [[table[i][i]] for i in range(rows)]
    if min(rows, cols) > 1:
        raise ShapeError(f"diag of {size_of(table)}")
    values = entries(table)
    return filled((len(values), len(values)), lambda i, j: values[i] if i == j else ZERO)


def _lower(_: Arithmetic, table: Table) -> Table:
    return [[x if i >= j else ZERO for j, x in enumerate(row)] for i, row in enumerate(table)]


def _upper(_: Arithmetic, table: Table) -> Table:
    return [[x if i <= j else ZERO for j, x in enumerate(row)] for i, row in enumerate(table)]


def _euclidean_norm(arithmetic: Arithmetic, values: list[Scalar]) -> Scalar:
    squares = [arithmetic.mul(x, x) for x in values]
    return primitive("sqrt", arithmetic, arithmetic.total(squares))


def _absolute_sum(arithmetic: Arithmetic, values: list[Scalar]) -> Scalar:
    return arithmetic.total([ELEMENTWISE["abs"](arithmetic, x) for x in values])


def _largest_size(arithmetic: Arithmetic, values: list[Scalar]) -> Scalar:
    return arithmetic.extreme([ELEMENTWISE["abs"](arithmetic, x) for x in values], 1)


# Functions of all entries, wherever they stand.
NORMS: Mapping[str, Reducer] = {
    "norm1": _absolute_sum,
    "normInf": _largest_size,
    "norm2": _euclidean_norm,
    "normF": _euclidean_norm,
}


MATRIX_FUNCTIONS: Mapping[str, MatrixFunction] = {
    "inv": inverse,
    "det": _determinant,
    "logdet": _log_determinant,
    "pinv": pseudo_inverse,
    "expm": exponential,
    "logm": logarithm,
    "sqrtm": square_root,
    "polar": polar_factor,
    "eigmax": largest_eigenvalue,
    "eigmin": smallest_eigenvalue,
    "eigvec": leading_eigenvector,
    "chol": cholesky,
    "eigvals": eigenvalues,
    "eigvecs": eigenvectors,
    "svdvals": singular_values,
    "svdU": left_vectors,
    "svdV": right_vectors,
    "tr": trace,
    "vec": _stacked,
    "diag": _diagonal,
    "tril": _lower,
    "triu": _upper,
    "normN": nuclear_norm,
}


def _kronecker(arithmetic: Arithmetic, a: Table, b: Table) -> Table:
    rows = []
    for upper in a:
        for lower in b:
            arithmetic.tick()
            rows.append([arithmetic.mul(x, y) for x in upper for y in lower])
    return rows


def _cross_correlation(arithmetic: Arithmetic, image: Table, kernel: Table) -> Table:
    (height, width), (rows, cols) = size_of(image), size_of(kernel)
    if rows > height or cols > width:
        raise ShapeError(f"a kernel of {size_of(kernel)} on an image of {size_of(image)}")

    def entry(o: int, p: int) -> Scalar:
        arithmetic.tick()
        return arithmetic.total(
            [
                arithmetic.mul(image[o + k][p + l], kernel[k][l])
                for k in range(rows)
                for l in range(cols)  # noqa: E741 - the letter it has in print
            ]
        )

    return filled((height - rows + 1, width - cols + 1), entry)


def _full_convolution(arithmetic: Arithmetic, image: Table, kernel: Table) -> Table:
    (height, width), (rows, cols) = size_of(image), size_of(kernel)

    def entry(i: int, j: int) -> Scalar:
        arithmetic.tick()
        return arithmetic.total(
            [
                arithmetic.mul(image[i - k][j - l], kernel[k][l])
                for k in range(rows)
                for l in range(cols)  # noqa: E741 - the letter it has in print
                if 0 <= i - k < height and 0 <= j - l < width
            ]
        )

    return filled((height + rows - 1, width + cols - 1), entry)


def _cross_entropy(arithmetic: Arithmetic, scores: Table, targets: Table) -> Table:
    logarithms = two_axes(along_rows(arithmetic, "logsoftmax", scores, None))
    terms = combined(targets, logarithms, arithmetic.mul)
    records = 1 if len(terms[0]) == 1 else len(terms)
    total = arithmetic.negative(arithmetic.total(entries(terms)))
    return [[arithmetic.div(total, Fraction(records))]]


def _extreme_pair(side: int) -> Callable[[Arithmetic, Sized, Sized], Sized]:
    def function(arithmetic: Arithmetic, a: Sized, b: Sized) -> Sized:
        return combined(a, b, lambda x, y: x if arithmetic.compare(x, y) == side else y)

    return function


PAIR_FUNCTIONS: Mapping[str, PairFunction] = {
    "kron": _kronecker,
    "conv2": _cross_correlation,
    "convfull2": _full_convolution,
    "cross_entropy": _cross_entropy,
}
# Functions of the entries of two arrays of any size.
EXTREMES: Mapping[str, Callable[[Arithmetic, Sized, Sized], Sized]] = {
    "max": _extreme_pair(1),
    "min": _extreme_pair(-1),
}

# What the verifier knows without being told.
KNOWN = frozenset(
    {
        *ELEMENTWISE,
        *REDUCTIONS,
        *NORMS,
        *ROW_FUNCTIONS,
        *MATRIX_FUNCTIONS,
        *PAIR_FUNCTIONS,
        *LINEAR,
        *EXTREMES,
    }
)

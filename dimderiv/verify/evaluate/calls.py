"""The functions of the language on tables: reductions, rows, matrix functions, rearrangements."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.verify.evaluate.arithmetic import ZERO, Arithmetic, Scalar
from dimderiv.verify.evaluate.functions import ELEMENTWISE, log_sum_exp, primitive
from dimderiv.verify.evaluate.matrices import (
    exponential,
    exponential_derivative,
    exponential_map,
    inverse,
    largest_eigenvalue,
    leading_eigenvector,
    nuclear_norm,
    polar_factor,
    pseudo_inverse,
    trace,
)
from dimderiv.verify.evaluate.tables import combined, each, eliminated
from dimderiv.verify.layout import Table, entries, filled, size_of, transposed

Reducer: TypeAlias = Callable[[Arithmetic, list[Scalar]], Scalar]
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


def reduced(arithmetic: Arithmetic, name: str, table: Table, axis: int | None) -> Table:
    """A reduction over all entries, or along one axis, which is kept with size 1."""
    reduction = REDUCTIONS[name]
    if axis is None:
        return [[reduction(arithmetic, entries(table))]]
    if axis == 0:
        return [[reduction(arithmetic, column) for column in transposed(table)]]
    return [[reduction(arithmetic, row)] for row in table]


def _log_softmax(arithmetic: Arithmetic, table: Table) -> Table:
    if len(table[0]) == 1 and len(table) > 1:
        return transposed(_log_softmax(arithmetic, transposed(table)))
    totals = [log_sum_exp(arithmetic, row) for row in table]
    return [[arithmetic.sub(x, t) for x in row] for row, t in zip(table, totals, strict=True)]


def _softmax(arithmetic: Arithmetic, table: Table) -> Table:
    logarithms = _log_softmax(arithmetic, table)
    return each(logarithms, lambda entry: primitive("exp", arithmetic, entry))


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


def _euclidean_norm(arithmetic: Arithmetic, table: Table) -> Table:
    squares = [arithmetic.mul(entry, entry) for entry in entries(table)]
    return [[primitive("sqrt", arithmetic, arithmetic.total(squares))]]


def _absolute_sum(arithmetic: Arithmetic, table: Table) -> Table:
    return [[arithmetic.total([ELEMENTWISE["abs"](arithmetic, x) for x in entries(table)])]]


MATRIX_FUNCTIONS: Mapping[str, MatrixFunction] = {
    "softmax": _softmax,
    "logsoftmax": _log_softmax,
    "inv": inverse,
    "det": _determinant,
    "logdet": _log_determinant,
    "pinv": pseudo_inverse,
    "expm": exponential,
    "dexpm": exponential_map,
    "polar": polar_factor,
    "eigmax": largest_eigenvalue,
    "eigvec": leading_eigenvector,
    "tr": trace,
    "vec": _stacked,
    "diag": _diagonal,
    "tril": _lower,
    "triu": _upper,
    "norm1": _absolute_sum,
    "norm2": _euclidean_norm,
    "normF": _euclidean_norm,
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


def _cross_entropy(arithmetic: Arithmetic, scores: Table, targets: Table) -> Table:
    terms = combined(targets, _log_softmax(arithmetic, scores), arithmetic.mul)
    records = 1 if len(terms[0]) == 1 else len(terms)
    total = arithmetic.negative(arithmetic.total(entries(terms)))
    return [[arithmetic.div(total, Fraction(records))]]


def _extreme_pair(side: int) -> PairFunction:
    def function(arithmetic: Arithmetic, a: Table, b: Table) -> Table:
        return combined(a, b, lambda x, y: x if arithmetic.compare(x, y) == side else y)

    return function


PAIR_FUNCTIONS: Mapping[str, PairFunction] = {
    "kron": _kronecker,
    "dexpm": exponential_derivative,
    "conv2": _cross_correlation,
    "cross_entropy": _cross_entropy,
    "max": _extreme_pair(1),
    "min": _extreme_pair(-1),
}

# What the verifier knows without being told.
KNOWN = frozenset({*ELEMENTWISE, *REDUCTIONS, *MATRIX_FUNCTIONS, *PAIR_FUNCTIONS})

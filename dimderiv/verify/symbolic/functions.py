"""The functions of the language on tables, by name."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod

from dimderiv.verify.layout import Table, entries, transposed
from dimderiv.verify.symbolic import matrices, spectral
from dimderiv.verify.symbolic.arithmetic import Arithmetic, extreme, log_sum_exp
from dimderiv.verify.symbolic.tables import Entry, Value, closed, entrywise, kronecker

# Functions of a square matrix, or of any, whose value has the size of the argument.
SAME_SIZE: Mapping[str, Callable[[Arithmetic, Table], Table]] = {
    "inv": matrices.inverse,
    "expm": spectral.exponential,
    "logm": spectral.logarithm,
    "sqrtm": spectral.square_root,
    "polar": spectral.polar_factor,
    "eigvecs": spectral.eigenvectors,
    "svdU": spectral.left_vectors,
    "chol": matrices.cholesky,
    "softmax": matrices.softmax,
    "logsoftmax": matrices.log_softmax,
    "tril": matrices.masked(lambda i, j: i >= j),
    "triu": matrices.masked(lambda i, j: i <= j),
}
OTHER_SIZE: Mapping[str, Callable[[Arithmetic, Table], Table]] = {
    "diag": matrices.diagonal,
    "eigvec": spectral.leading_eigenvector,
    "eigvals": lambda a, table: [[x] for x in spectral.eigenvalues(a, table)],
    "svdvals": spectral.singular_values,
    "svdV": spectral.right_vectors,
}
SCALARS: Mapping[str, Callable[[Arithmetic, Table], Entry]] = {
    "tr": matrices.trace,
    "det": matrices.determinant,
    "logdet": lambda a, table: a.function("log", matrices.determinant(a, table)),
    "norm1": matrices.absolute_sum,
    "normInf": lambda a, table: extreme(a, matrices.sizes(a, table), 1),
    "norm2": matrices.euclidean_norm,
    "normF": matrices.euclidean_norm,
    "normN": spectral.nuclear_norm,
    "eigmax": lambda a, table: spectral.extreme_eigenvalue(a, table, -1),
    "eigmin": lambda a, table: spectral.extreme_eigenvalue(a, table, 0),
}

REDUCTIONS: Mapping[str, Callable[[Arithmetic, list[Entry]], Entry]] = {
    "sum": lambda a, xs: a.total(xs),
    "mean": lambda a, xs: a.total(xs) * a.number(Fraction(1, len(xs))),
    "max": lambda a, xs: extreme(a, xs, 1),
    "min": lambda a, xs: extreme(a, xs, -1),
    "prod": lambda a, xs: prod(xs),
    "logsumexp": log_sum_exp,
}

OF_SQUARE = frozenset(
    {"tr", "det", "logdet", "chol"} | {"eigmax", "eigmin", "eigvec", "eigvals", "eigvecs"}
)
OF_ONE = frozenset(
    {"vec", "pinv"} | SAME_SIZE.keys() | OTHER_SIZE.keys() | SCALARS.keys() | REDUCTIONS.keys()
)


def _cross_entropy(a: Arithmetic, scores: Value, targets: Value) -> Value:
    logarithms = matrices.log_softmax(a, closed(scores))
    terms = closed(entrywise(lambda x, y: x * y, targets, logarithms))
    records = 1 if len(terms[0]) == 1 else len(terms)
    return [[-a.total(entries(terms)) / records]]


OF_TWO: Mapping[str, Callable[[Arithmetic, Value, Value], Value]] = {
    "kron": lambda a, left, right: kronecker(left, right),
    "conv2": lambda a, x, y: matrices.cross_correlation(a, closed(x), closed(y)),
    "convfull2": lambda a, x, y: matrices.full_convolution(a, closed(x), closed(y)),
    "cross_entropy": _cross_entropy,
    "max": lambda a, x, y: entrywise(lambda *xs: extreme(a, xs, 1), x, y),
    "min": lambda a, x, y: entrywise(lambda *xs: extreme(a, xs, -1), x, y),
}


def reduced(function: Callable[[list[Entry]], Entry], table: Table, axis: int | None) -> Table:
    """A reduction over all entries, or along one axis, which is kept with size 1."""
    if axis is None:
        return [[function(entries(table))]]
    if axis == 0:
        return [[function(column) for column in transposed(table)]]
    return [[function(row)] for row in table]

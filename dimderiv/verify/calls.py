"""The functions of the language on tables: reductions, rows, matrix functions, rearrangements."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import TypeAlias, cast

from dimderiv.errors import ShapeError
from dimderiv.verify.arithmetic import (
    ONE,
    ZERO,
    Arithmetic,
    Jet,
    OutOfDomain,
    Scalar,
    leading,
    repeated,
)
from dimderiv.verify.functions import log_sum_exp, primitive
from dimderiv.verify.tables import (
    Table,
    combined,
    diagonal,
    each,
    eliminated,
    entries,
    filled,
    matrix_product,
    size_of,
    square_size,
    transposed,
)

Reduction: TypeAlias = Callable[[Arithmetic, list[Scalar]], Scalar]
MatrixFunction: TypeAlias = Callable[[Arithmetic, Table], Table]
PairFunction: TypeAlias = Callable[[Arithmetic, Table, Table], Table]

LARGEST_NORM = 1000
EXPM_HALVINGS = 8
MOST_ITERATIONS = 200


def _mean(arithmetic: Arithmetic, values: list[Scalar]) -> Scalar:
    return arithmetic.div(arithmetic.total(values), Fraction(len(values)))


REDUCTIONS: Mapping[str, Reduction] = {
    "sum": lambda arithmetic, values: arithmetic.total(values),
    "mean": _mean,
    "max": lambda arithmetic, values: arithmetic.extreme(values, 1),
    "min": lambda arithmetic, values: arithmetic.extreme(values, -1),
    "logsumexp": log_sum_exp,
}


def reduced(arithmetic: Arithmetic, name: str, table: Table, axis: int | None) -> Table:
    """A reduction over all entries, or along one axis, which is kept with size 1.

    Args:
        arithmetic: the arithmetic of the entries.
        name: a key of `REDUCTIONS`.
        table: what is reduced.
        axis: 0 for each column, 1 for each row, `None` for everything.
    """
    reduction = REDUCTIONS[name]
    if axis is None:
        return [[reduction(arithmetic, entries(table))]]
    if axis == 0:
        return [[reduction(arithmetic, list(column)) for column in zip(*table, strict=True)]]
    return [[reduction(arithmetic, row)] for row in table]


def _log_softmax(arithmetic: Arithmetic, table: Table) -> Table:
    if len(table[0]) == 1 and len(table) > 1:
        return transposed(_log_softmax(arithmetic, transposed(table)))
    result = []
    for row in table:
        total = log_sum_exp(arithmetic, row)
        result.append([arithmetic.sub(entry, total) for entry in row])
    return result


def _softmax(arithmetic: Arithmetic, table: Table) -> Table:
    logarithms = _log_softmax(arithmetic, table)
    return each(logarithms, lambda entry: primitive("exp", arithmetic, entry))


def inverse(arithmetic: Arithmetic, table: Table) -> Table:
    """The inverse of a square matrix.

    Args:
        arithmetic: the arithmetic of the entries.
        table: the matrix.

    Raises:
        OutOfDomain: the matrix is singular.
    """
    return eliminated(arithmetic, table, diagonal(square_size(table)))[1]


def matrix_power(arithmetic: Arithmetic, table: Table, exponent: int) -> Table:
    """A whole power of a square matrix.

    Args:
        arithmetic: the arithmetic of the entries.
        table: the matrix.
        exponent: of either sign.
    """
    if exponent < 0:
        table = inverse(arithmetic, table)
    multiply = partial(matrix_product, arithmetic)
    return cast(Table, repeated(multiply, table, abs(exponent), diagonal(square_size(table))))


def _determinant(arithmetic: Arithmetic, table: Table) -> Table:
    return [[eliminated(arithmetic, table, [[] for _ in table])[0]]]


def _log_determinant(arithmetic: Arithmetic, table: Table) -> Table:
    return [[primitive("log", arithmetic, _determinant(arithmetic, table)[0][0])]]


def _pseudo_inverse(arithmetic: Arithmetic, table: Table) -> Table:
    turned = transposed(table)
    if len(table) < len(turned):
        gram = matrix_product(arithmetic, table, turned)
        return matrix_product(arithmetic, turned, inverse(arithmetic, gram))
    gram = matrix_product(arithmetic, turned, table)
    return matrix_product(arithmetic, inverse(arithmetic, gram), turned)


def _exponential(arithmetic: Arithmetic, table: Table) -> Table:
    """Taylor's series of a fraction of the matrix, squared back."""
    norm = max(abs(arithmetic.inexact(leading(entry))) for entry in entries(table))
    if norm > LARGEST_NORM:
        raise OutOfDomain("a matrix too large to exponentiate")
    halvings = max(0, int(norm * len(table)).bit_length()) + EXPM_HALVINGS
    scale = arithmetic.inexact(Fraction(1, 2**halvings))
    step = each(table, lambda entry: arithmetic.mul(entry, scale))
    result = term = diagonal(square_size(table))
    for k in range(1, MOST_ITERATIONS):
        scaled = each(step, partial(arithmetic.mul, Fraction(1, k)))
        term = matrix_product(arithmetic, term, scaled)
        result = combined(result, term, arithmetic.add)
        if k > 2 and all(_is_negligible(arithmetic, entry) for entry in entries(term)):
            break
    for _ in range(halvings):
        result = matrix_product(arithmetic, result, result)
    return result


def _is_negligible(arithmetic: Arithmetic, x: Scalar) -> bool:
    if type(x) is Jet:
        return _is_negligible(arithmetic, x.value) and _is_negligible(arithmetic, x.slope)
    return bool(abs(arithmetic.inexact(x)) < arithmetic.context.eps / 1000)


def _nuclear_norm(arithmetic: Arithmetic, table: Table) -> Table:
    """The trace of the square root of the smaller Gram matrix, by Denman and Beavers' iteration."""
    a, b = table, transposed(table)
    if len(a) > len(b):
        a, b = b, a
    unit = arithmetic.inexact(ONE)
    root = each(matrix_product(arithmetic, a, b), lambda x: arithmetic.mul(x, unit))
    other = diagonal(len(root))
    half = Fraction(1, 2)

    def halfway(x: Scalar, y: Scalar) -> Scalar:
        return arithmetic.mul(half, arithmetic.add(x, y))

    for _ in range(MOST_ITERATIONS):
        inverted = inverse(arithmetic, other)
        change = combined(root, inverted, arithmetic.sub)
        if all(_is_settled(arithmetic, entry) for entry in entries(change)):
            return _trace(arithmetic, root)
        inverse_root = inverse(arithmetic, root)
        root, other = combined(root, inverted, halfway), combined(other, inverse_root, halfway)
    raise OutOfDomain("a nuclear norm that does not converge")


def _is_settled(arithmetic: Arithmetic, x: Scalar) -> bool:
    if type(x) is Jet:
        return _is_settled(arithmetic, x.value) and _is_settled(arithmetic, x.slope)
    return arithmetic.is_zero(x)


def _trace(arithmetic: Arithmetic, table: Table) -> Table:
    return [[arithmetic.total([table[i][i] for i in range(square_size(table))])]]


def _stacked(_: Arithmetic, table: Table) -> Table:
    return [[entry] for column in zip(*table, strict=True) for entry in column]


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
    sizes = [arithmetic.negative(x) if arithmetic.sign(x) < 0 else x for x in entries(table)]
    return [[arithmetic.total(sizes)]]


MATRIX_FUNCTIONS: Mapping[str, MatrixFunction] = {
    "softmax": _softmax,
    "logsoftmax": _log_softmax,
    "inv": inverse,
    "det": _determinant,
    "logdet": _log_determinant,
    "pinv": _pseudo_inverse,
    "expm": _exponential,
    "tr": _trace,
    "vec": _stacked,
    "diag": _diagonal,
    "tril": _lower,
    "triu": _upper,
    "norm1": _absolute_sum,
    "norm2": _euclidean_norm,
    "normF": _euclidean_norm,
    "normN": _nuclear_norm,
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
    "conv2": _cross_correlation,
    "cross_entropy": _cross_entropy,
    "max": _extreme_pair(1),
    "min": _extreme_pair(-1),
}

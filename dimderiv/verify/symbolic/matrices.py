"""Functions of whole matrices: in closed form on symbols, by mpmath on floats."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.verify.layout import Table, entries, filled, size_of, square_size, transposed
from dimderiv.verify.symbolic.arithmetic import (
    Arithmetic,
    Floats,
    NoClosedForm,
    Outside,
    log_sum_exp,
)
from dimderiv.verify.symbolic.tables import Entry, matrix_product

OfTable: TypeAlias = Callable[[Arithmetic, Table], Table]

LARGEST_MINOR = 6


def identity(a: Arithmetic, size: int) -> Table:
    """Ones on the diagonal."""
    return filled((size, size), lambda i, j: a.number(int(i == j)))


def determinant(a: Arithmetic, table: Table) -> Entry:
    """The determinant: of symbols by cofactors."""
    size = square_size(table)
    if isinstance(a, Floats):
        return _eliminated(a, table)[0]
    if size > LARGEST_MINOR:
        raise NoClosedForm(f"a determinant of {size} rows")
    return _minor(a, table)(tuple(range(size)), tuple(range(size)))


def _minor(a: Arithmetic, table: Table) -> Callable[[tuple[int, ...], tuple[int, ...]], Entry]:
    @cache
    def minor(rows: tuple[int, ...], cols: tuple[int, ...]) -> Entry:
        if not rows:
            return a.number(1)
        first = table[rows[0]]
        terms = []
        for k, col in enumerate(cols):
            if first[col] != 0:
                rest = minor(rows[1:], cols[:k] + cols[k + 1 :])
                terms.append(first[col] * rest * (-1) ** k)
        return a.total(terms)

    return minor


def inverse(a: Arithmetic, table: Table) -> Table:
    """The inverse: of symbols by cofactors."""
    size = square_size(table)
    if isinstance(a, Floats):
        found = _eliminated(a, table)[1]
        if not found:
            raise Outside("a singular matrix")
        return found
    whole = determinant(a, table)
    refuse_zero(a, whole)
    minor, places = _minor(a, table), tuple(range(size))

    def entry(i: int, j: int) -> Entry:
        rows, cols = places[:j] + places[j + 1 :], places[:i] + places[i + 1 :]
        return minor(rows, cols) * (-1) ** (i + j) / whole

    return filled((size, size), entry)


def _eliminated(a: Floats, table: Table) -> tuple[Entry, Table]:
    """The determinant of floats, and the inverse where it is not 0, by Gauss and Jordan."""
    size, whole = len(table), a.number(1)
    rows = [[*row, *unit] for row, unit in zip(table, identity(a, size), strict=True)]
    for k in range(size):
        best = max(range(k, size), key=lambda i: abs(rows[i][k]))
        if abs(rows[best][k]) < a.tiny:
            return a.number(0), []
        whole *= rows[best][k] if best == k else -rows[best][k]
        rows[k], rows[best] = rows[best], rows[k]
        pivot = rows[k] = [x / rows[k][k] for x in rows[k]]
        for i, row in enumerate(rows):
            if i != k:
                rows[i] = [x - row[k] * y for x, y in zip(row, pivot, strict=True)]
    return whole, [row[size:] for row in rows]


def refuse_zero(a: Arithmetic, x: Entry) -> None:
    """Refuse a point where something that is divided by is 0."""
    if abs(a.at_point(x)) < a.tiny:
        raise Outside("a singular matrix")


def pseudo_inverse(a: Arithmetic, table: Table) -> Table:
    """The inverse of Moore and Penrose, where entries can move without a change of rank.

    A matrix of rank `r` is `C inv(W) R`, with `r` of its columns, `r` of its rows, and what these
    have in common.
    """
    rows, cols = _independent(a, table)
    if not rows:
        return [[a.number(0)] * len(table) for _ in table[0]]
    left = [[row[j] for j in cols] for row in table]
    right = [table[i] for i in rows]
    common = [[row[j] for j in cols] for row in right]
    if len(rows) == len(table):
        return _inverse_of_rows(a, right)
    if len(cols) == len(table[0]):
        return transposed(_inverse_of_rows(a, transposed(left)))
    after = transposed(_inverse_of_rows(a, transposed(left)))
    return matrix_product(
        a.total, matrix_product(a.total, _inverse_of_rows(a, right), common), after
    )


def _inverse_of_rows(a: Arithmetic, table: Table) -> Table:
    turned = transposed(table)
    return matrix_product(a.total, turned, inverse(a, matrix_product(a.total, table, turned)))


def _independent(a: Arithmetic, table: Table) -> tuple[list[int], list[int]]:
    """As many rows and columns as the rank at the point, independent there."""
    rest = [[a.at_point(entry) for entry in row] for row in table]
    rows, cols = list[int](), list[int]()
    while True:
        left = [(i, j) for i in range(len(rest)) for j in range(len(rest[0])) if i not in rows]
        if not left:
            break
        i, j = max(left, key=lambda place: abs(rest[place[0]][place[1]]))
        if abs(rest[i][j]) < a.tiny:
            break
        rows.append(i)
        cols.append(j)
        for k, row in enumerate(rest):
            if k not in rows:
                factor = row[j] / rest[i][j]
                rest[k] = [x - factor * y for x, y in zip(row, rest[i], strict=True)]
    return sorted(rows), sorted(cols)


def power(a: Arithmetic, table: Table, exponent: int) -> Table:
    """A whole power of a square matrix."""
    if exponent < 0:
        table = inverse(a, table)
    result = identity(a, square_size(table))
    for _ in range(abs(exponent)):
        result = matrix_product(a.total, result, table)
    return result


def _by_rows(row_of: Callable[[Arithmetic, list[Entry]], list[Entry]]) -> OfTable:
    """A function of each row, or of a column."""

    def function(a: Arithmetic, table: Table) -> Table:
        if len(table[0]) == 1 < len(table):
            return transposed(function(a, transposed(table)))
        return [row_of(a, row) for row in table]

    return function


@_by_rows
def softmax(a: Arithmetic, row: list[Entry]) -> list[Entry]:
    """The exponentials, divided by their sum."""
    powers = [a.function("exp", entry) for entry in row]
    total = a.total(powers)
    return [x / total for x in powers]


@_by_rows
def log_softmax(a: Arithmetic, row: list[Entry]) -> list[Entry]:
    """The logarithms of softmax."""
    total = log_sum_exp(a, row)
    return [x - total for x in row]


def diagonal(a: Arithmetic, table: Table) -> Table:
    """The diagonal of a square table; the diagonal matrix of a vector."""
    rows, cols = size_of(table)
    if rows == cols:
        return [[table[i][i]] for i in range(rows)]
    if min(rows, cols) > 1:
        raise ShapeError(f"diag of {rows} x {cols}")
    values = entries(table)
    size = (len(values), len(values))
    return filled(size, lambda i, j: values[i] if i == j else a.number(0))


def masked(keep: Callable[[int, int], bool]) -> OfTable:
    """Entries where they are to be kept, and zeros."""
    return lambda a, table: filled(
        size_of(table), lambda i, j: table[i][j] if keep(i, j) else a.number(0)
    )


def euclidean_norm(a: Arithmetic, table: Table) -> Entry:
    """The root of the sum of squares."""
    return a.function("sqrt", a.total([x * x for x in entries(table)]))


def absolute_sum(a: Arithmetic, table: Table) -> Entry:
    """The sum of absolute values."""
    return a.total(sizes(a, table))


def sizes(a: Arithmetic, table: Table) -> list[Entry]:
    """The absolute values of the entries."""
    return [a.sign(x) * x for x in entries(table)]


def trace(a: Arithmetic, table: Table) -> Entry:
    """The sum of the diagonal."""
    return a.total([table[i][i] for i in range(square_size(table))])


def cross_correlation(a: Arithmetic, image: Table, kernel: Table) -> Table:
    """What `conv2` is: the kernel laid on each place of the image."""
    (height, width), (rows, cols) = size_of(image), size_of(kernel)
    if rows > height or cols > width:
        raise ShapeError(f"a kernel of {rows} x {cols} on an image of {height} x {width}")

    def entry(o: int, p: int) -> Entry:
        return a.total(
            [image[o + k][p + m] * kernel[k][m] for k in range(rows) for m in range(cols)]
        )

    return filled((height - rows + 1, width - cols + 1), entry)


def full_convolution(a: Arithmetic, image: Table, kernel: Table) -> Table:
    """What `convfull2` is: each entry of the image times the kernel, laid where it stands."""
    (height, width), (rows, cols) = size_of(image), size_of(kernel)

    def entry(y: int, x: int) -> Entry:
        places = [
            (k, m)
            for k in range(rows)
            for m in range(cols)
            if 0 <= y - k < height and 0 <= x - m < width
        ]
        return a.total([image[y - k][x - m] * kernel[k][m] for k, m in places])

    return filled((height + rows - 1, width + cols - 1), entry)


def symmetric_part(a: Arithmetic, table: Table) -> Table:
    """The mean of a square matrix and its transpose."""
    half, size = a.number(Fraction(1, 2)), square_size(table)
    return filled((size, size), lambda i, j: (table[i][j] + table[j][i]) * half)


def cholesky(a: Arithmetic, table: Table) -> Table:
    """The lower triangular factor of the symmetric part of a positive definite matrix."""
    size, table = square_size(table), symmetric_part(a, table)
    lower = filled((size, size), lambda i, j: a.number(0))
    for j in range(size):
        for i in range(j, size):
            left = table[i][j] - a.total([lower[i][k] * lower[j][k] for k in range(j)])
            if i == j and a.at_point(left) < a.tiny:
                raise Outside("a matrix that is not positive definite")
            lower[i][j] = a.function("sqrt", left) if i == j else left / lower[j][j]
    return lower


def commutation(a: Arithmetic, rows: int, cols: int) -> Table:
    """The matrix that takes the stacked columns of a table to those of its transpose."""

    def entry(row: int, col: int) -> Entry:
        # Row i * cols + j of the one is entry (i, j), which stands at j * rows + i in the other.
        i, j = divmod(row, cols)
        return a.number(int(col == j * rows + i))

    return filled((rows * cols, rows * cols), entry)

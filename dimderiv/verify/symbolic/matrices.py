"""Functions of whole matrices: in closed form on symbols, by mpmath on floats."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import sympy

from dimderiv.errors import ShapeError
from dimderiv.verify.symbolic.arithmetic import Arithmetic, Floats, NoClosedForm, Outside, Symbols
from dimderiv.verify.symbolic.tables import (
    Entry,
    Table,
    entries,
    filled,
    flipped,
    mapped,
    matrix_product,
    size_of,
)

LARGEST_MINOR = 6
LARGEST_EXPONENTIAL = 300


def order_of(table: Table) -> int:
    """Rows, and columns, of a square table.

    Raises:
        ShapeError: it is not square.
    """
    rows, cols = size_of(table)
    if rows != cols:
        raise ShapeError(f"a square matrix is needed, not one of {rows} x {cols}")
    return rows


def identity(a: Arithmetic, size: int) -> Table:
    """Ones on the diagonal."""
    return filled((size, size), lambda i, j: a.number(int(i == j)))


def determinant(a: Arithmetic, table: Table) -> Entry:
    """The determinant: of symbols by cofactors."""
    size = order_of(table)
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
    """The inverse: of symbols by cofactors.

    Raises:
        Outside: the matrix is singular.
    """
    size = order_of(table)
    if isinstance(a, Floats):
        found = _eliminated(a, table)[1]
        if not found:
            raise Outside("a singular matrix")
        return found
    whole = determinant(a, table)
    _refuse_zero(a, whole)
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


def _refuse_zero(a: Arithmetic, x: Entry) -> None:
    if abs(a.at_point(x)) < a.tiny:
        raise Outside("a singular matrix")


def pseudo_inverse(a: Arithmetic, table: Table) -> Table:
    """The inverse of Moore and Penrose, where entries can move without a change of rank.

    A matrix of rank `r` is `C inv(W) R`, with `r` of its columns, `r` of its rows, and what these
    have in common.
    """
    rows, cols = _independent(a, table)
    if not rows:
        return mapped_to(flipped(table), a.number(0))
    left = [[row[j] for j in cols] for row in table]
    right = [table[i] for i in rows]
    common = [[row[j] for j in cols] for row in right]
    if len(rows) == len(table):
        return _inverse_of_rows(a, right)
    if len(cols) == len(table[0]):
        return flipped(_inverse_of_rows(a, flipped(left)))
    after = flipped(_inverse_of_rows(a, flipped(left)))
    return matrix_product(
        a.total, matrix_product(a.total, _inverse_of_rows(a, right), common), after
    )


def _inverse_of_rows(a: Arithmetic, table: Table) -> Table:
    turned = flipped(table)
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


def mapped_to(table: Table, entry: Entry) -> Table:
    """A table of the same size with one entry everywhere."""
    return filled(size_of(table), lambda i, j: entry)


def power(a: Arithmetic, table: Table, exponent: int) -> Table:
    """A whole power of a square matrix."""
    if exponent < 0:
        table = inverse(a, table)
    result = identity(a, order_of(table))
    for _ in range(abs(exponent)):
        result = matrix_product(a.total, result, table)
    return result


def exponential(a: Arithmetic, table: Table) -> Table:
    """The exponential of a square matrix.

    Of two rows in closed form: with `M` the matrix without its mean diagonal `s`, `M^2 = q^2 I`.
    """
    size = order_of(table)
    if isinstance(a, Floats):
        if max(abs(entry) for entry in entries(table)) > LARGEST_EXPONENTIAL:
            raise Outside("a matrix too large to exponentiate")
        found: Table = a.context.expm(a.context.matrix(table), method="taylor").tolist()
        return found
    if size == 1:
        return [[a.function("exp", table[0][0])]]
    (p, b), (c, d) = _two_rows(table)
    mean, half = (p + d) / 2, (p - d) / 2
    square = half**2 + b * c
    scale = a.function("exp", mean)
    if square == 0:
        even, odd = a.number(1), a.number(1)
    else:
        _refuse_zero(a, square)
        root = a.function("sqrt", square)
        even, odd = a.function("cosh", root), a.function("sinh", root) / root
    return [
        [scale * (even + odd * half), scale * odd * b],
        [scale * odd * c, scale * (even - odd * half)],
    ]


def _two_rows(table: Table) -> Table:
    if size_of(table) != (2, 2):
        raise NoClosedForm(f"no closed form for {len(table)} rows")
    return mapped_to_sympy(table)


def mapped_to_sympy(table: Table) -> Table:
    """A table whose entries are all of sympy's classes."""
    return [[sympy.sympify(entry) for entry in row] for row in table]


def exponential_along(a: Arithmetic, table: Table, direction: Table) -> Table:
    """The derivative of the exponential along a direction.

    Of floats it is a block of the exponential of a block matrix (Higham, Functions of Matrices,
    2008, equation 3.16).
    """
    size = order_of(table)
    if isinstance(a, Floats):
        upper = [[*own, *other] for own, other in zip(table, direction, strict=True)]
        lower = [[a.number(0)] * size + list(row) for row in table]
        return [row[size:] for row in exponential(a, upper + lower)[:size]]
    step = sympy.Dummy("step")
    moved = [
        [x + step * y for x, y in zip(own, other, strict=True)]
        for own, other in zip(table, direction, strict=True)
    ]
    at_zero = Symbols(lambda x: a.at_point(x.xreplace({step: sympy.Integer(0)})))
    return [
        [entry.diff(step).xreplace({step: sympy.Integer(0)}) for entry in row]
        for row in mapped_to_sympy(exponential(at_zero, moved))
    ]


def exponential_map(a: Arithmetic, table: Table) -> Table:
    """The matrix of the derivative of the exponential, for columns stacked."""
    size = order_of(table)
    columns = []
    for q in range(size):
        for p in range(size):
            unit = filled((size, size), lambda i, j: a.number(int((i, j) == (p, q))))  # noqa: B023
            columns.append(entries(flipped(exponential_along(a, table, unit))))
    return flipped(columns)


def nuclear_norm(a: Arithmetic, table: Table) -> Entry:
    """The sum of the singular values of a matrix of full rank."""
    gram = _smaller_gram(a, table)
    if isinstance(a, Floats):
        values = a.context.eigsy(a.context.matrix(gram), eigvals_only=True)
        return a.total([a.function("sqrt", value) for value in values])
    return _trace_of_root(a, gram)[0] if len(gram) > 1 else a.function("sqrt", gram[0][0])


def _smaller_gram(a: Arithmetic, table: Table) -> Table:
    turned = flipped(table)
    factors = (table, turned) if len(table) <= len(turned) else (turned, table)
    return matrix_product(a.total, *factors)


def _trace_of_root(a: Arithmetic, gram: Table) -> tuple[Entry, Entry]:
    """Trace and determinant of the root of a positive definite matrix of two rows."""
    (p, b), (c, d) = _two_rows(gram)
    product = a.function("sqrt", p * d - b * c)
    _refuse_zero(a, product)
    return a.function("sqrt", p + d + 2 * product), product


def polar_factor(a: Arithmetic, table: Table) -> Table:
    """The factor of the polar decomposition that has orthonormal columns or rows."""
    if len(table) > len(table[0]):
        return flipped(polar_factor(a, flipped(table)))
    gram = _smaller_gram(a, table)
    return matrix_product(a.total, _inverse_root(a, gram), table)


def _inverse_root(a: Arithmetic, gram: Table) -> Table:
    if isinstance(a, Floats):
        values, vectors = a.context.eigsy(a.context.matrix(gram))
        if min(values) < a.tiny:
            raise Outside("a matrix that has not full rank")
        scale = a.context.diag([1 / a.context.sqrt(value) for value in values])
        found: Table = (vectors * scale * vectors.T).tolist()
        return found
    if len(gram) == 1:
        return [[1 / a.function("sqrt", gram[0][0])]]
    trace, product = _trace_of_root(a, gram)
    root = [[(x + product * int(i == j)) / trace for j, x in enumerate(row)] for i, row in enumerate(gram)]
    (p, b), (c, d) = root
    return [[d / product, -b / product], [-c / product, p / product]]


def leading_pair(a: Arithmetic, table: Table) -> tuple[Entry, Table]:
    """The largest eigenvalue, and its unit eigenvector with a positive entry of largest size."""
    if order_of(table) == 1:
        return table[0][0], identity(a, 1)
    if isinstance(a, Floats):
        return _pair_of_floats(a, table)
    (p, b), (c, d) = _two_rows(table)
    root = a.function("sqrt", ((p - d) / 2) ** 2 + b * c)
    _refuse_zero(a, root)
    value = (p + d) / 2 + root
    assert isinstance(a, Symbols)
    candidates = [[b, value - p], [value - d, c]]
    vector = max(candidates, key=lambda v: max(abs(a.at_point(x)) for x in v))
    return value, _unit(a, vector, max(map(a.at_point, vector), key=abs))


def _pair_of_floats(a: Floats, table: Table) -> tuple[Entry, Table]:
    values, vectors = a.context.eig(a.context.matrix(table))
    order = sorted(range(len(values)), key=lambda k: a.context.re(values[k]))
    best, second = order[-1], order[-2]
    if abs(values[best] - values[second]) < TOO_CLOSE:
        raise Outside("a largest eigenvalue that is not simple")
    vector = [vectors[i, best] for i in range(len(table))]
    largest = max(vector, key=abs)
    real = [a.context.re(x / largest) for x in vector]
    return a.context.re(values[best]), _unit(a, real, 1)


TOO_CLOSE = 1e-6


def _unit(a: Arithmetic, vector: list[Entry], sign: Any) -> Table:
    length = a.function("sqrt", a.total([x * x for x in vector]))
    return [[x / length if sign > 0 else -x / length] for x in vector]


def largest_eigenvalue(a: Arithmetic, table: Table) -> Entry:
    """The largest eigenvalue of a symmetric matrix."""
    return leading_pair(a, table)[0]


def leading_eigenvector(a: Arithmetic, table: Table) -> Table:
    """The eigenvector of the largest eigenvalue of a symmetric matrix."""
    return leading_pair(a, table)[1]


def softmax(a: Arithmetic, table: Table) -> Table:
    """Of each row, or of a column."""
    if len(table[0]) == 1 < len(table):
        return flipped(softmax(a, flipped(table)))
    rows = []
    for row in table:
        powers = [a.function("exp", entry) for entry in row]
        total = a.total(powers)
        rows.append([x / total for x in powers])
    return rows


def log_softmax(a: Arithmetic, table: Table) -> Table:
    """The logarithms of softmax."""
    if len(table[0]) == 1 < len(table):
        return flipped(log_softmax(a, flipped(table)))
    rows = []
    for row in table:
        total = a.function("log", a.total([a.function("exp", entry) for entry in row]))
        rows.append([x - total for x in row])
    return rows


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


def _masked(keep: Callable[[int, int], bool]) -> Callable[[Arithmetic, Table], Table]:
    return lambda a, table: filled(
        size_of(table), lambda i, j: table[i][j] if keep(i, j) else a.number(0)
    )


def _euclidean(a: Arithmetic, table: Table) -> Entry:
    return a.function("sqrt", a.total([x * x for x in entries(table)]))


def _absolute(a: Arithmetic, table: Table) -> Entry:
    return a.total([a.sign(x) * x for x in entries(table)])


def _trace(a: Arithmetic, table: Table) -> Entry:
    return a.total([table[i][i] for i in range(order_of(table))])


# Functions of a square matrix, or of any, whose value has the size of the argument.
SAME_SIZE: Mapping[str, Callable[[Arithmetic, Table], Table]] = {
    "inv": inverse,
    "expm": exponential,
    "polar": polar_factor,
    "softmax": softmax,
    "logsoftmax": log_softmax,
    "tril": _masked(lambda i, j: i >= j),
    "triu": _masked(lambda i, j: i <= j),
}
OTHER_SIZE: Mapping[str, Callable[[Arithmetic, Table], Table]] = {
    "diag": diagonal,
    "eigvec": leading_eigenvector,
    "dexpm": exponential_map,
}
SCALARS: Mapping[str, Callable[[Arithmetic, Table], Entry]] = {
    "tr": _trace,
    "det": determinant,
    "logdet": lambda a, table: a.function("log", determinant(a, table)),
    "norm1": _absolute,
    "norm2": _euclidean,
    "normF": _euclidean,
    "normN": nuclear_norm,
    "eigmax": largest_eigenvalue,
}


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


def commutation(a: Arithmetic, rows: int, cols: int) -> Table:
    """The matrix that takes the stacked columns of a table to those of its transpose."""

    def entry(row: int, col: int) -> Entry:
        # Row i * cols + j of the one is entry (i, j), which stands at j * rows + i in the other.
        i, j = divmod(row, cols)
        return a.number(int(col == j * rows + i))

    return filled((rows * cols, rows * cols), entry)


def scaled(table: Table, factor: Entry) -> Table:
    """Every entry times a factor."""
    result = mapped(table, lambda x: factor * x)
    assert isinstance(result, list)
    return result

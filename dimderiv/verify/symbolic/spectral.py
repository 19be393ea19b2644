"""Matrix functions by eigenvalues: of two rows in closed form, of floats by mpmath."""

from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from typing import Any, TypeAlias

import sympy

from dimderiv.errors import ShapeError
from dimderiv.verify.layout import Linear, Table, entries, filled, size_of, square_size, transposed
from dimderiv.verify.symbolic.arithmetic import (
    Arithmetic,
    Floats,
    NoClosedForm,
    Outside,
    Symbols,
    TooLarge,
)
from dimderiv.verify.symbolic.matrices import identity, inverse, refuse_zero, symmetric_part
from dimderiv.verify.symbolic.matrices import power as raised
from dimderiv.verify.symbolic.tables import Entry, matrix_product

OfTable: TypeAlias = Callable[[Arithmetic, Table], Table]

LARGEST_EXPONENTIAL = 300
TOO_CLOSE = 1e-6
MOST_STEPS = 60
# Exponentials of logarithms, as powers are, have many, and sympy does not stop for a clock.
MOST_OPERATIONS = 600
NEAR_ONE = 0.1


def exponential(a: Arithmetic, table: Table) -> Table:
    """The exponential of a square matrix.

    Of two rows in closed form: with `M` the matrix without its mean diagonal `s`, `M^2 = q^2 I`.
    """
    size = square_size(table)
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
        refuse_zero(a, square)
        root = a.function("sqrt", square)
        even, odd = a.function("cosh", root), a.function("sinh", root) / root
    return [
        [scale * (even + odd * half), scale * odd * b],
        [scale * odd * c, scale * (even - odd * half)],
    ]


def _two_rows(table: Table) -> Table:
    if size_of(table) != (2, 2):
        raise NoClosedForm(f"no closed form for {len(table)} rows")
    return _of_sympy(table)


def _of_sympy(table: Table) -> Table:
    """A table whose entries are all of sympy's classes."""
    return [[sympy.sympify(entry) for entry in row] for row in table]


def derivative(
    function: OfTable, a: Arithmetic, table: Table, direction: Table, most: float = inf
) -> Table:
    """The derivative of a function of a matrix along a direction.

    Of floats it is a block of the function of a block matrix (Higham, Functions of Matrices, 2008,
    equation 3.16).
    """
    size = square_size(table)
    if size_of(direction) != (size, size):
        raise ShapeError(f"a product of {size_of(table)} and {size_of(direction)}")
    if isinstance(a, Floats):
        upper = [[*own, *other] for own, other in zip(table, direction, strict=True)]
        lower = [[a.number(0)] * size + list(row) for row in table]
        return [row[size:] for row in function(a, upper + lower)[:size]]
    step = sympy.Dummy("step")
    moved = [
        [x + step * y for x, y in zip(own, other, strict=True)]
        for own, other in zip(table, direction, strict=True)
    ]
    at_zero = Symbols(lambda x: a.at_point(x.xreplace({step: sympy.Integer(0)})))
    value = _of_sympy(function(at_zero, moved))
    if any(entry.count_ops() > most for entry in entries(value)):
        raise TooLarge("a derivative that takes sympy minutes")
    return [[entry.diff(step).xreplace({step: sympy.Integer(0)}) for entry in row] for row in value]


def power(a: Arithmetic, table: Table, exponent: Entry) -> Table:
    """A power of a square matrix; one that is not half a whole number by the logarithm."""
    is_known = not getattr(exponent, "free_symbols", None)
    if is_known and exponent == int(exponent):
        return raised(a, table, int(exponent))
    if is_known and 2 * exponent == int(2 * exponent):
        return raised(a, square_root(a, table), int(2 * exponent))
    inner = [[exponent * entry for entry in row] for row in logarithm(a, table)]
    return exponential(a, inner)


def power_along(a: Arithmetic, table: Table, exponent: Table, direction: Table) -> Table:
    """The derivative of a power."""
    ((number,),) = exponent

    def of_table(b: Arithmetic, matrix: Table) -> Table:
        return power(b, matrix, number)

    return derivative(of_table, a, table, direction, MOST_OPERATIONS)


def sylvester(a: Arithmetic, left: Table, right: Table, value: Table) -> Table:
    """The solution of `A X + X B = C`."""
    rows, cols = square_size(left), square_size(right)

    def coefficient(place: int, other: int) -> Entry:
        (j, i), (q, p) = divmod(place, rows), divmod(other, rows)
        return left[i][p] * int(j == q) + right[q][j] * int(i == p)

    system = filled((rows * cols, rows * cols), coefficient)
    stacked = [[entry] for entry in entries(transposed(value))]
    found = matrix_product(a.total, inverse(a, system), stacked)
    return filled((rows, cols), lambda i, j: found[j * rows + i][0])


def nuclear_norm(a: Arithmetic, table: Table) -> Entry:
    """The sum of the singular values of a matrix of full rank."""
    gram = _smaller_gram(a, table)
    if isinstance(a, Floats):
        values = a.context.eigsy(a.context.matrix(gram), eigvals_only=True)
        return a.total([a.function("sqrt", value) for value in values])
    return _trace_of_root(a, gram)[0] if len(gram) > 1 else a.function("sqrt", gram[0][0])


def _smaller_gram(a: Arithmetic, table: Table) -> Table:
    turned = transposed(table)
    factors = (table, turned) if len(table) <= len(turned) else (turned, table)
    return matrix_product(a.total, *factors)


def _trace_of_root(a: Arithmetic, gram: Table) -> tuple[Entry, Entry]:
    """Trace and determinant of the root of a positive definite matrix of two rows."""
    (p, b), (c, d) = _two_rows(gram)
    product = a.function("sqrt", p * d - b * c)
    refuse_zero(a, product)
    return a.function("sqrt", p + d + 2 * product), product


def square_root(a: Arithmetic, table: Table) -> Table:
    """The principal root of a square matrix without eigenvalues below zero."""
    size = square_size(table)
    if isinstance(a, Floats):
        root, other = table, identity(a, size)
        for _ in range(MOST_STEPS):
            before = root
            root, other = _halfway(root, inverse(a, other)), _halfway(other, inverse(a, root))
            if all(abs(x - y) < a.tiny**1.5 * abs(x) for x, y in _beside(root, before)):
                return root
        raise Outside("a root that does not converge")
    if size == 1:
        return [[a.function("sqrt", table[0][0])]]
    (p, b), (c, d) = _two_rows(table)
    if a.at_point(p * d - b * c) < a.tiny or a.at_point(p + d) < a.tiny:
        raise Outside("a root that is not real")
    trace, product = _trace_of_root(a, table)
    return [
        [(x + product * int(i == j)) / trace for j, x in enumerate(row)]
        for i, row in enumerate(table)
    ]


def _halfway(one: Table, other: Table) -> Table:
    return [
        [(x + y) / 2 for x, y in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)
    ]


def _beside(one: Table, other: Table) -> list[tuple[Entry, Entry]]:
    return list(zip(entries(one), entries(other), strict=True))


def logarithm(a: Arithmetic, table: Table) -> Table:
    """The principal logarithm of a square matrix without eigenvalues below zero.

    Of two rows in closed form: with `M` the matrix without its mean diagonal `s`, `M^2 = q^2 I`.
    """
    size = square_size(table)
    if isinstance(a, Floats):
        one, doublings = identity(a, size), 0
        while sum(abs(x - y) for x, y in _beside(table, one)) > NEAR_ONE:
            table, doublings = square_root(a, table), doublings + 1
        found: Table = (a.context.logm(a.context.matrix(table)) * 2**doublings).tolist()
        return found
    if size == 1:
        return [[a.function("log", table[0][0])]]
    (p, b), (c, d) = _two_rows(table)
    mean, half, determinant = (p + d) / 2, (p - d) / 2, p * d - b * c
    odd = _mean_slope_of_log(a, mean, half**2 + b * c, determinant)
    even = a.function("log", determinant) / 2
    return [[even + odd * half, odd * b], [odd * c, even - odd * half]]


def _mean_slope_of_log(a: Arithmetic, mean: Entry, square: Entry, determinant: Entry) -> Entry:
    """`(log(s + q) - log(s - q)) / (2 q)`, of which `q^2` is given, and `s^2 - q^2`."""
    if a.at_point(determinant) < a.tiny:
        raise Outside("a logarithm that is not real")
    if square == 0:
        return 1 / mean
    refuse_zero(a, square)
    if a.at_point(square) < 0:
        angle = a.function("acos", mean / a.function("sqrt", determinant))
        return angle / a.function("sqrt", -square)
    if a.at_point(mean) < a.tiny:
        raise Outside("a logarithm that is not real")
    root = a.function("sqrt", square)
    return a.function("atanh", root / mean) / root


def polar_factor(a: Arithmetic, table: Table) -> Table:
    """The factor of the polar decomposition that has orthonormal columns or rows."""
    if len(table) > len(table[0]):
        return transposed(polar_factor(a, transposed(table)))
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
    root = [
        [(x + product * int(i == j)) / trace for j, x in enumerate(row)]
        for i, row in enumerate(gram)
    ]
    (p, b), (c, d) = root
    return [[d / product, -b / product], [-c / product, p / product]]


def eigenvalues(a: Arithmetic, table: Table) -> list[Entry]:
    """All eigenvalues of the symmetric part, ascending."""
    return [value for value, _ in _pairs(a, symmetric_part(a, table))]


def eigenvectors(a: Arithmetic, table: Table) -> Table:
    """The matrix whose columns are the unit eigenvectors of the symmetric part, in that order."""
    return transposed([vector for _, vector in _pairs(a, symmetric_part(a, table))])


def singular_values(a: Arithmetic, table: Table) -> Table:
    """All singular values, descending."""
    return [[value] for value, _ in _singular(a, table)]


def left_vectors(a: Arithmetic, table: Table) -> Table:
    """The matrix whose columns are the left singular vectors, in that order."""
    pairs = _singular(a, table)
    images = matrix_product(a.total, table, transposed([vector for _, vector in pairs]))
    return [[x / value for x, (value, _) in zip(row, pairs, strict=True)] for row in images]


def right_vectors(a: Arithmetic, table: Table) -> Table:
    """The matrix whose columns are the right singular vectors, in that order."""
    return transposed([vector for _, vector in _singular(a, table)])


def _singular(a: Arithmetic, table: Table) -> list[tuple[Entry, list[Entry]]]:
    """Singular values, descending, with their right vectors: the eigenvectors of `A' A`."""
    if len(table) < len(table[0]):
        raise Outside("singular values of a matrix with fewer rows than columns")
    pairs = _pairs(a, matrix_product(a.total, transposed(table), table))
    for square, _ in pairs:
        refuse_zero(a, square)
    return [(a.function("sqrt", square), vector) for square, vector in pairs[::-1]]


def extreme_eigenvalue(a: Arithmetic, table: Table, place: int) -> Entry:
    """The smallest or the largest eigenvalue."""
    return _pairs(a, table, [place])[0][0]


def leading_eigenvector(a: Arithmetic, table: Table) -> Table:
    """The unit eigenvector of the largest eigenvalue, with a positive entry of largest size."""
    return [[x] for x in _pairs(a, table, [-1])[0][1]]


def _pairs(
    a: Arithmetic, table: Table, places: Sequence[int] | None = None
) -> list[tuple[Entry, list[Entry]]]:
    """Eigenvalues with their eigenvectors, at these places of the ascending order or at all."""
    size = square_size(table)
    wanted = range(size) if places is None else places
    if size == 1:
        return [(table[0][0], [a.number(1)]) for _ in wanted]
    if isinstance(a, Floats):
        return _pairs_of_floats(a, table, wanted)
    (p, b), (c, d) = _two_rows(table)
    root = a.function("sqrt", ((p - d) / 2) ** 2 + b * c)
    refuse_zero(a, root)
    found = []
    for value in ((p + d) / 2 - root, (p + d) / 2 + root):
        candidates = [[b, value - p], [value - d, c]]
        vector = max(candidates, key=lambda v: max(abs(a.at_point(x)) for x in v))
        found.append((value, _unit(a, vector, max(map(a.at_point, vector), key=abs))))
    return [found[place] for place in wanted]


def _pairs_of_floats(
    a: Floats, table: Table, wanted: Sequence[int]
) -> list[tuple[Entry, list[Entry]]]:
    try:
        values, vectors = a.context.eig(a.context.matrix(table))
    except RuntimeError as error:
        raise Outside("eigenvalues that do not converge") from error
    order = sorted(range(len(values)), key=lambda k: a.context.re(values[k]))
    found = []
    for k in (order[place] for place in wanted):
        if min(abs(values[k] - values[other]) for other in order if other != k) < TOO_CLOSE:
            raise Outside("an eigenvalue that is not simple")
        vector = [vectors[i, k] for i in range(len(table))]
        largest = max(vector, key=abs)
        real = [a.context.re(x / largest) for x in vector]
        found.append((a.context.re(values[k]), _unit(a, real, 1)))
    return found


def _unit(a: Arithmetic, vector: list[Entry], sign: Any) -> list[Entry]:
    length = a.function("sqrt", a.total([x * x for x in vector]))
    return [x / length if sign > 0 else -x / length for x in vector]


LINEAR = {
    "dexpm": Linear(partial(derivative, exponential)),
    "dlogm": Linear(partial(derivative, logarithm)),
    "dpower": Linear(power_along, 2),
    "sylvester": Linear(sylvester, 2, 0, 1),
}

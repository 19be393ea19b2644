"""Constants whose size comes from their surroundings: `I`, `vector(1)`, `matrix(1)`."""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from math import isqrt
from typing import NamedTuple, TypeAlias

from dimderiv.verify.arithmetic import Arithmetic, Scalar
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.tables import (
    Size,
    Table,
    broadcast_size,
    combined,
    diagonal,
    each,
    filled,
    is_single,
    matrix_product,
    size_of,
)


class Unsized(NamedTuple):
    """A table that is `fill` everywhere, or on the diagonal; `None` is a length not yet known."""

    rows: int | None
    cols: int | None
    fill: Scalar
    is_identity: bool

    def transposed(self) -> "Unsized":
        """Rows as columns."""
        return self._replace(rows=self.cols, cols=self.rows)


Value: TypeAlias = Table | Unsized


class Expected(NamedTuple):
    """What the surroundings say of the size of a value."""

    rows: int | None = None
    cols: int | None = None

    def transposed(self) -> "Expected":
        """Rows as columns."""
        return Expected(self.cols, self.rows)


ANY_SIZE = Expected()


class SizeUnknownError(NotVerifiableError):
    """The surroundings do not say how large a constant is."""

    def __init__(self) -> None:
        super().__init__("the place of `I`, `vector` or `matrix` does not say its size")


def sized(value: Value, expected: Expected | Size) -> Table:
    """A value as a table.

    Args:
        value: a table, or a constant.
        expected: what is known of its size.

    Raises:
        SizeUnknownError: it is not enough.
    """
    if not isinstance(value, Unsized):
        return value
    rows = expected.rows if value.rows is None else value.rows
    cols = expected.cols if value.cols is None else value.cols
    if value.is_identity:
        # Beside a row or a column it is as large as that is long: they broadcast.
        size = max(rows or 0, cols or 0)
        if not size:
            raise SizeUnknownError
        return diagonal(size, value.fill)
    if rows is None or cols is None:
        raise SizeUnknownError
    return filled((rows, cols), lambda i, j: value.fill)


def mapped(value: Value, function: Callable[[Scalar], Scalar]) -> Value:
    """A function of every entry.

    Args:
        value: a table, or a constant that stays one.
        function: the function; it keeps zero where the constant is an identity.
    """
    if isinstance(value, Unsized):
        return value._replace(fill=function(value.fill))
    return each(value, function)


def together(values: Sequence[Value], expected: Expected) -> list[Table]:
    """The operands of an entrywise operation, with constants as large as the others.

    Args:
        values: the operands.
        expected: what is known of the size of the result.

    Raises:
        SizeUnknownError: all are constants, of a size that is not known.
    """
    sizes = [size_of(value) for value in values if not isinstance(value, Unsized)]
    size: Expected | Size = broadcast_size(sizes) if sizes else expected
    if size == Size(1, 1) and None not in expected:
        size = expected
    return [sized(value, size) for value in values]


def added(arithmetic: Arithmetic, terms: Sequence[Value], expected: Expected) -> Value:
    """The sum, by entries.

    Args:
        arithmetic: the arithmetic of the entries.
        terms: two or more.
        expected: what is known of the size of the sum.
    """
    constants = [term for term in terms if isinstance(term, Unsized)]
    if len(constants) == len(terms) and len({c._replace(fill=None) for c in constants}) == 1:
        return constants[0]._replace(fill=arithmetic.total([c.fill for c in constants]))
    return reduce(lambda a, b: combined(a, b, arithmetic.add), together(terms, expected))


def multiplied(arithmetic: Arithmetic, left: Value, right: Value) -> Value:
    """The matrix product, or a multiple where one side is a scalar.

    Args:
        arithmetic: the arithmetic of the entries.
        left: the left factor.
        right: the right factor.

    Raises:
        SizeUnknownError: a constant has no size.
    """
    for factor, other in ((left, right), (right, left)):
        if isinstance(factor, Unsized) and factor.is_identity:
            return mapped(other, partial(arithmetic.mul, factor.fill))
        if not isinstance(factor, Unsized) and is_single(factor):
            return mapped(other, partial(arithmetic.mul, factor[0][0]))
    if isinstance(left, Unsized):
        inner = None if isinstance(right, Unsized) else len(right)
        left = sized(left, Expected(None, inner))
    right = sized(right, Expected(len(left[0]), None))
    return matrix_product(arithmetic, left, right)


def square_below(entries: int | None) -> Expected:
    """The size of a square table whose columns, stacked, have a length.

    Args:
        entries: the length, where it is known.
    """
    size = isqrt(entries or 0)
    return Expected(size, size) if size * size == entries else ANY_SIZE


def cofactor_size(expected: Expected, other: Value) -> Expected:
    """The size of one factor of a Kronecker product.

    Args:
        expected: what is known of the size of the product.
        other: the other factor.
    """
    if isinstance(other, Unsized):
        return ANY_SIZE
    shares = [
        None if whole is None or whole % part else whole // part
        for whole, part in zip(expected, size_of(other), strict=True)
    ]
    return Expected(*shares)

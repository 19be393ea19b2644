"""Constants whose size comes from their surroundings: `I`, `vector(1)`, `matrix(1)`."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from math import isqrt
from typing import NamedTuple, TypeAlias

from dimderiv.verify.evaluate.arithmetic import ONE, ZERO, Arithmetic, Scalar
from dimderiv.verify.evaluate.tables import (
    batched_product,
    broadcast_size,
    combined,
    each,
    matrix_product,
)
from dimderiv.verify.layout import (
    Array,
    Size,
    Sized,
    SizeUnknownError,
    entries,
    filled,
    is_single,
    size_of,
)


class Unsized(NamedTuple):
    """A table that is `on` on its diagonal and `off` elsewhere; `None` is a length not yet known.

    One that is not square has the same entry everywhere.
    """

    rows: int | None
    cols: int | None
    on: Scalar
    off: Scalar
    is_square: bool

    def transposed(self) -> "Unsized":
        """Rows as columns."""
        return self._replace(rows=self.cols, cols=self.rows)

    @property
    def is_diagonal(self) -> bool:
        """Whether it is a multiple of the identity."""
        return self.is_square and type(self.off) is Fraction and not self.off


IDENTITY = Unsized(None, None, ONE, ZERO, True)
ZEROS = Unsized(None, None, ZERO, ZERO, False)


Value: TypeAlias = Sized | Unsized


class Expected(NamedTuple):
    """What the surroundings say of the size of a value."""

    rows: int | None = None
    cols: int | None = None

    @staticmethod
    def of(size: Size) -> "Expected":
        """The surroundings of a value of a size; with more than two axes they say nothing."""
        return Expected(*size) if len(size) == 2 else ANY_SIZE

    def transposed(self) -> "Expected":
        """Rows as columns."""
        return Expected(self.cols, self.rows)


ANY_SIZE = Expected()


def sized(value: Value, expected: Expected) -> Sized:
    """A value as an array; a constant has two axes."""
    if not isinstance(value, Unsized):
        return value
    rows = expected.rows if value.rows is None else value.rows
    cols = expected.cols if value.cols is None else value.cols
    if value.is_square:
        # Beside a row or a column it is as large as that is long: they broadcast.
        rows = cols = max(rows or 0, cols or 0) or None
    if rows is None or cols is None:
        raise SizeUnknownError
    return filled((rows, cols), lambda i, j: value.on if i == j else value.off)


def expected_beside(value: Value) -> Expected:
    """What a value says of the size of one that stands beside it."""
    if isinstance(value, Unsized):
        return Expected(value.rows, value.cols)
    return Expected.of(size_of(value))


def mapped(value: Value, function: Callable[[Scalar], Scalar]) -> Value:
    """A function of every entry."""
    if not isinstance(value, Unsized):
        return each(value, function)
    on = function(value.on)
    return value._replace(on=on, off=function(value.off) if value.is_square else on)


def scaled(arithmetic: Arithmetic, value: Value, factor: Scalar) -> Value:
    """A multiple."""
    return mapped(value, partial(arithmetic.mul, factor))


def together(values: Sequence[Value], expected: Expected) -> list[Sized]:
    """Operands of one size, with constants as large as the others.

    Args:
        values: the operands.
        expected: what is known of their size.

    Raises:
        SizeUnknownError: all are constants, of a size that is not known.
    """
    sizes = sizes_beside(values)
    size = beside_all(sizes) if sizes else expected
    return [sized(value, size) for value in values]


def beside_all(sizes: Sequence[Size]) -> Expected:
    """What operands say of a constant beside them: it stretches along their last two axes."""
    return Expected(*broadcast_size(sizes)[-2:])


def sizes_beside(values: Iterable[Value]) -> list[Size]:
    """The sizes among operands that say how large a constant beside them is."""
    return [
        size_of(value)
        for value in values
        if not isinstance(value, Unsized) and not is_single(value)
    ]


def entrywise(
    left: Value, right: Value, function: Callable[[Scalar, Scalar], Scalar], expected: Expected
) -> Value:
    """A function of the entries of two operands, stretched along axes of size 1."""
    is_constant = isinstance(left, Unsized) or isinstance(right, Unsized)
    if not is_constant or sizes_beside([left, right]):
        first, second = together([left, right], expected)
        return combined(first, second, function)
    a, b = _unsized(left), _unsized(right)
    rows, cols = (x if x is not None else y for x, y in zip(a[:2], b[:2], strict=True))
    is_square = a.is_square or b.is_square
    if is_square and 1 in (rows, cols):
        # A column beside an identity stretches along it.
        first, second = together([left, right], expected)
        return combined(first, second, function)
    return Unsized(rows, cols, function(a.on, b.on), function(a.off, b.off), is_square)


def _unsized(value: Value) -> Unsized:
    if isinstance(value, Unsized):
        return value
    (entry,) = entries(value)
    return Unsized(None, None, entry, entry, False)


def multiplied(arithmetic: Arithmetic, left: Value, right: Value) -> Value:
    """The matrix product, of the last two axes, or a multiple where one side is a scalar."""
    pairs = ((left, right), (right, left))
    # Scalars first: `I tr(A)` is a multiple of an identity of any size.
    for factor, other in pairs:
        if not isinstance(factor, Unsized) and is_single(factor):
            return scaled(arithmetic, other, entries(factor)[0])
    for factor, other in pairs:
        if isinstance(factor, Unsized) and factor.is_diagonal:
            return scaled(arithmetic, other, factor.on)
    if isinstance(left, Unsized):
        inner = None if isinstance(right, Unsized) else size_of(right)[-2]
        left = sized(left, Expected(None, inner))
    right = sized(right, Expected(size_of(left)[-1], None))
    if isinstance(left, Array) or isinstance(right, Array):
        return batched_product(arithmetic, left, right)
    return matrix_product(arithmetic, left, right)


def of_constant(arithmetic: Arithmetic, name: str, inner: Value) -> Unsized | None:
    """A function of a constant that is a constant itself, whatever its size."""
    if not isinstance(inner, Unsized):
        return None
    if inner.is_diagonal and name in {"inv", "pinv"}:
        return inner._replace(on=arithmetic.div(ONE, inner.on))
    if inner.is_square and name == "diag":
        return Unsized(None, 1, inner.on, inner.on, False)
    return None


def square_below(length: int | None) -> Expected:
    """The size of a square table whose columns, stacked, have a length."""
    size = isqrt(length or 0)
    return Expected(size, size) if size * size == length else ANY_SIZE


def cofactor_size(expected: Expected, other: Value) -> Expected:
    """The size of one factor of a Kronecker product."""
    if isinstance(other, Unsized):
        return ANY_SIZE
    shares = [
        None if whole is None or whole % part else whole // part
        for whole, part in zip(expected, size_of(other), strict=True)
    ]
    return Expected(*shares)


def beside(factor: Value, expected: Expected, *, axis: int) -> Expected:
    """What a factor of a product says of the size of the other one, which has the outer axis."""
    if isinstance(factor, Unsized):
        return ANY_SIZE
    if is_single(factor):
        return expected
    *_, rows, cols = size_of(factor)
    return Expected(expected.rows, rows) if axis == 0 else Expected(cols, expected.cols)

"""Constants whose size comes from their surroundings: `I`, `vector(1)`, `matrix(1)`."""

from typing import NamedTuple, TypeAlias

from dimderiv.errors import ShapeError
from dimderiv.verify.arithmetic import Scalar
from dimderiv.verify.tables import Size, Table, diagonal, filled


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


class SizeUnknownError(ShapeError):
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
        size = cols if rows is None else rows
        if size is None:
            raise SizeUnknownError
        return diagonal(size, value.fill)
    if rows is None or cols is None:
        raise SizeUnknownError
    return filled((rows, cols), lambda i, j: value.fill)

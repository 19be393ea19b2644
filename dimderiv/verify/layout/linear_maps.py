"""Functions of matrices that are linear in their last argument, and the matrices of these maps."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dimderiv.verify.layout.tables import Table, entries, filled, square_size, transposed


class Linear(NamedTuple):
    """A function that is linear in its last argument.

    Attributes:
        value: its value, given an arithmetic and all arguments.
        before: how many arguments stand before the last one.
        rows: which argument has as many rows as the last one.
        cols: which argument has as many rows as the last one has columns.
    """

    value: Callable[..., Table]
    before: int = 1
    rows: int = 0
    cols: int = 0


def linear_map(
    linear: Linear, arithmetic: Any, given: Sequence[Table], number: Callable[[int], Any]
) -> Table:
    """The matrix of a function that is linear in its last argument, for columns stacked.

    Args:
        linear: the function.
        arithmetic: what it is computed with.
        given: the arguments before the last one.
        number: 0 and 1 as entries.
    """
    size = (square_size(given[linear.rows]), square_size(given[linear.cols]))
    columns = []
    for q in range(size[1]):
        for p in range(size[0]):
            unit = filled(size, lambda i, j: number(int((i, j) == (p, q))))  # noqa: B023
            columns.append(entries(transposed(linear.value(arithmetic, *given, unit))))
    return transposed(columns)

"""What only statements, slices and blocks need; loaded where an answer has them."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.conform.indexed.apart import with_places_apart
    from dimderiv.conform.indexed.grids import with_grids
    from dimderiv.conform.indexed.reshaped import as_matrix
    from dimderiv.conform.indexed.slices import Slices
    from dimderiv.conform.indexed.statements import Statements
else:
    __getattr__ = late(
        __name__,
        apart="with_places_apart",
        grids="with_grids",
        reshaped="as_matrix",
        slices="Slices",
        statements="Statements",
    )

__all__ = ["Slices", "Statements", "as_matrix", "with_grids", "with_places_apart"]

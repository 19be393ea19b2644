"""A claim in numbers: sizes, letters, what moves together, where entries stand; no values."""

from dimderiv.verify.layout.forms import Form, FormEntries, indexed
from dimderiv.verify.layout.layout import EntryOf, Placement, places
from dimderiv.verify.layout.lettered import lettered
from dimderiv.verify.layout.perturbations import Place, moves
from dimderiv.verify.layout.sizes import Dimensions, Size, assignments, number_of, size_at
from dimderiv.verify.layout.tables import (
    SizeUnknownError,
    Table,
    entries,
    filled,
    is_single,
    size_of,
    square_size,
    transposed,
)
from dimderiv.verify.layout.trees import (
    COMPARISONS,
    PRIMITIVES,
    constant_nodes,
    declared_part,
    has_branches,
)

__all__ = [
    "COMPARISONS",
    "PRIMITIVES",
    "Dimensions",
    "EntryOf",
    "Form",
    "FormEntries",
    "Place",
    "Placement",
    "Size",
    "SizeUnknownError",
    "Table",
    "assignments",
    "constant_nodes",
    "declared_part",
    "entries",
    "filled",
    "has_branches",
    "indexed",
    "is_single",
    "lettered",
    "moves",
    "number_of",
    "places",
    "size_at",
    "size_of",
    "square_size",
    "transposed",
]

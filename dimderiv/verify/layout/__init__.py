"""A claim in numbers: sizes, letters, what moves together, where entries stand; no values."""

from dimderiv.verify.layout.forms import at_each_place, ranges_of
from dimderiv.verify.layout.layout import EntryOf, Placement
from dimderiv.verify.layout.lengths import Size, number_of, size_at
from dimderiv.verify.layout.lettered import lettered
from dimderiv.verify.layout.linear_maps import Linear, linear_map
from dimderiv.verify.layout.parts import Key, Letters, labels_of, part
from dimderiv.verify.layout.perturbations import moves
from dimderiv.verify.layout.signatures import SizedSignature, entry_pairs
from dimderiv.verify.layout.sizes import Dimensions, assignments
from dimderiv.verify.layout.tables import (
    Array,
    Place,
    Sized,
    SizeUnknownError,
    Table,
    broadcast,
    entries,
    entry_at,
    filled,
    is_single,
    lines,
    offset,
    places,
    shaped,
    size_of,
    square_size,
    stretched_places,
    transposed,
    two_axes,
)
from dimderiv.verify.layout.trees import (
    COMPARISONS,
    PRIMITIVES,
    constant_nodes,
    has_branches,
)
from dimderiv.verify.layout.zeros_and_ones import zeros_and_ones

__all__ = [
    "COMPARISONS",
    "PRIMITIVES",
    "Array",
    "Dimensions",
    "EntryOf",
    "Key",
    "Letters",
    "Linear",
    "Place",
    "Placement",
    "Size",
    "SizeUnknownError",
    "Sized",
    "SizedSignature",
    "Table",
    "assignments",
    "at_each_place",
    "broadcast",
    "constant_nodes",
    "entries",
    "entry_at",
    "entry_pairs",
    "filled",
    "has_branches",
    "is_single",
    "labels_of",
    "lettered",
    "linear_map",
    "lines",
    "moves",
    "number_of",
    "offset",
    "part",
    "places",
    "ranges_of",
    "shaped",
    "size_at",
    "size_of",
    "square_size",
    "stretched_places",
    "transposed",
    "two_axes",
    "zeros_and_ones",
]

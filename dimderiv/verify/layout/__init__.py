"""A claim in numbers: sizes, what moves together, where derivatives stand; no values."""

from dimderiv.verify.layout.layout import EntryOf, Placement, places
from dimderiv.verify.layout.perturbations import Place, moves
from dimderiv.verify.layout.sizes import Dimensions, Size, assignments, size_at
from dimderiv.verify.layout.trees import constant_nodes, has_branches, targets_of_cross_entropy

__all__ = [
    "Dimensions",
    "EntryOf",
    "Place",
    "Placement",
    "Size",
    "assignments",
    "constant_nodes",
    "has_branches",
    "moves",
    "places",
    "size_at",
    "targets_of_cross_entropy",
]

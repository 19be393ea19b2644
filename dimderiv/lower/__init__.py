"""Typed programs, and the formulas of rules, as nodes of the graph."""

from dimderiv.lower.arrays import Array, number_of
from dimderiv.lower.builder import Builder, Lowered, lower
from dimderiv.lower.formulas import (
    entrywise,
    entrywise_tree,
    formula,
    lettered_terms,
    without_derivative,
)
from dimderiv.lower.inverses import inverse
from dimderiv.lower.matrix_functions import function_of, map_indices
from dimderiv.lower.matrix_powers import MAX_POWER, power_of
from dimderiv.lower.operands import with_operands

__all__ = [
    "MAX_POWER",
    "Array",
    "Builder",
    "Lowered",
    "entrywise",
    "entrywise_tree",
    "formula",
    "function_of",
    "inverse",
    "lettered_terms",
    "lower",
    "map_indices",
    "number_of",
    "power_of",
    "with_operands",
    "without_derivative",
]

"""Typed programs, and the formulas of rules, as nodes of the graph."""

from dimderiv.lower.arrays import Array, constant_value, triangle
from dimderiv.lower.builder import Builder, Lowered, lower
from dimderiv.lower.formulas import (
    Labelled,
    derivative_of,
    lettered_terms,
    matrix_formula,
    without_derivative,
)
from dimderiv.lower.inverses import inverse
from dimderiv.lower.matrix_functions import function_of, map_indices
from dimderiv.lower.rebuilt import rebuilt

__all__ = [
    "Array",
    "Builder",
    "Labelled",
    "Lowered",
    "constant_value",
    "derivative_of",
    "function_of",
    "inverse",
    "lettered_terms",
    "lower",
    "map_indices",
    "matrix_formula",
    "rebuilt",
    "triangle",
    "without_derivative",
]

"""Nodes as operations on arrays, in the order that costs least."""

from dimderiv.codegen.plan.cost import ARITHMETIC, CALL, ENTRY, LARGE, Sizes, regimes
from dimderiv.codegen.plan.factorizations import called, factorized
from dimderiv.codegen.plan.operations import (
    COMPARISONS,
    EXTREMES,
    FACTORS,
    LEAVES,
    MOST_OPERATIONS,
    VIEWS,
    Late,
    Operation,
    beneath_views,
    is_of_numbers,
    reachable,
)
from dimderiv.codegen.plan.programs import Layout, Programs
from dimderiv.codegen.plan.variants import MOST_REGIMES, Condition, Variant, chosen, is_used

__all__ = [
    "ARITHMETIC",
    "CALL",
    "COMPARISONS",
    "ENTRY",
    "EXTREMES",
    "FACTORS",
    "LARGE",
    "LEAVES",
    "MOST_OPERATIONS",
    "MOST_REGIMES",
    "VIEWS",
    "Condition",
    "Late",
    "Layout",
    "Operation",
    "Programs",
    "Sizes",
    "Variant",
    "beneath_views",
    "called",
    "chosen",
    "factorized",
    "is_of_numbers",
    "is_used",
    "reachable",
    "regimes",
]

"""Nodes as operations on arrays, in the order that costs least."""

from dimderiv.codegen.plan import details
from dimderiv.codegen.plan.cost import CALL, ENTRY
from dimderiv.codegen.plan.factorizations import called, factorized
from dimderiv.codegen.plan.kinds import COMPARISONS, EXTREMES, FACTORS, OF_PARTS
from dimderiv.codegen.plan.operations import (
    Operation,
    beneath_views,
    is_of_numbers,
    is_of_stack,
    reachable,
)
from dimderiv.codegen.plan.plan import MOST_OPERATIONS, Late
from dimderiv.codegen.plan.programs import Goals, Programs, Sides
from dimderiv.codegen.plan.regimes import LARGE, Sizes, regimes
from dimderiv.codegen.plan.running import Running
from dimderiv.codegen.plan.variants import Condition, Variant, chosen, is_used

__all__ = [
    "CALL",
    "COMPARISONS",
    "ENTRY",
    "EXTREMES",
    "FACTORS",
    "LARGE",
    "MOST_OPERATIONS",
    "OF_PARTS",
    "Condition",
    "Goals",
    "Late",
    "Operation",
    "Programs",
    "Running",
    "Sides",
    "Sizes",
    "Variant",
    "beneath_views",
    "called",
    "chosen",
    "details",
    "factorized",
    "is_of_numbers",
    "is_of_stack",
    "is_used",
    "reachable",
    "regimes",
]

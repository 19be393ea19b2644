"""The record of how a derivative was found, for a renderer to write in words.

Goes in: the visits of the reverse sweep.  Comes out: for each of them what arrived, what the scalar
rule says, in which order its factors conform by shape, which order is right, and why.
"""

from dimderiv.explain.record.forward import Directions, record_changes
from dimderiv.explain.record.hessian import BlockSources, record_hessian
from dimderiv.explain.record.model import (
    Added,
    Block,
    Changed,
    Derived,
    Operand,
    Passed,
    Received,
    Stacked,
    Step,
)
from dimderiv.explain.record.orders import Count, Order
from dimderiv.explain.record.reasons import Equation, Reason, Several
from dimderiv.explain.record.record import Sources, record_steps
from dimderiv.explain.record.repeats import Pattern, pattern, repeated
from dimderiv.explain.record.terms import Term

__all__ = [
    "Added",
    "Block",
    "BlockSources",
    "Changed",
    "Count",
    "Derived",
    "Directions",
    "Equation",
    "Operand",
    "Order",
    "Passed",
    "Pattern",
    "Reason",
    "Received",
    "Several",
    "Sources",
    "Stacked",
    "Step",
    "Term",
    "pattern",
    "record_changes",
    "record_hessian",
    "record_steps",
    "repeated",
]

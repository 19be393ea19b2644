"""The record of how a derivative was found, for a renderer to write in words.

Goes in: the visits of the reverse sweep.  Comes out: for each of them what arrived, what the scalar
rule says, in which order its factors conform by shape, which order is right, and why.
"""

from dimderiv.steps.blocks import BlockSources, record_hessian
from dimderiv.steps.forward import Directions, record_changes
from dimderiv.steps.model import (
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
from dimderiv.steps.patterns import Pattern, pattern, repeated
from dimderiv.steps.reasons import Equation, Reason, Several
from dimderiv.steps.record import Sources, record_steps
from dimderiv.steps.terms import Term

__all__ = [
    "Added",
    "Block",
    "BlockSources",
    "Changed",
    "Derived",
    "Directions",
    "Equation",
    "Operand",
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

"""The record of how a derivative was found, for a renderer to write in words.

Goes in: the visits of the reverse sweep.  Comes out: for each of them what arrived, what the scalar
rule says, in which order its factors conform by shape, which order is right, and why.
"""

from dimderiv.explain.record import recorded
from dimderiv.explain.record.orders import Order
from dimderiv.explain.record.record import record_steps
from dimderiv.explain.record.recorded import Step

__all__ = ["Order", "Step", "record_steps", "recorded"]

"""Derivatives of nodes: the reverse and the forward sweep, properties, tied entries."""

from dimderiv.differentiate.forward import Tangents, changes, forward_sweep
from dimderiv.differentiate.partials import Partial, partials
from dimderiv.differentiate.properties import Restorer, binds_entries
from dimderiv.differentiate.reverse import (
    Gradients,
    Hessian,
    Visit,
    higher,
    reverse_sweep,
    second_sweeps,
)
from dimderiv.differentiate.tied import CURVED, FORMULAS, binding, structure_of, tied

__all__ = [
    "CURVED",
    "FORMULAS",
    "Gradients",
    "Hessian",
    "Partial",
    "Restorer",
    "Tangents",
    "Visit",
    "binding",
    "binds_entries",
    "changes",
    "forward_sweep",
    "higher",
    "partials",
    "reverse_sweep",
    "second_sweeps",
    "structure_of",
    "tied",
]

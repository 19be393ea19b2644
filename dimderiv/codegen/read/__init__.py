"""Printed programs, and what was found, as nodes to plan."""

from dimderiv.codegen.read.axes import axes_of, laid_out
from dimderiv.codegen.read.lowering import CodeBuilder, conflicts, named_in

__all__ = [
    "CodeBuilder",
    "axes_of",
    "conflicts",
    "laid_out",
    "named_in",
]

"""The check of generated code: what it returns, beside what is printed."""

from dimderiv.verify.code.check import check_code, unequal_sizes
from dimderiv.verify.code.runs import Run, dense, layer, operator

__all__ = [
    "Run",
    "check_code",
    "dense",
    "layer",
    "operator",
    "unequal_sizes",
]

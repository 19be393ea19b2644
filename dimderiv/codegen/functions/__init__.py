"""Whole functions: dense, as operators, as layers."""

from dimderiv.codegen.functions.layer import layer_source
from dimderiv.codegen.functions.loaded import function
from dimderiv.codegen.functions.module import source
from dimderiv.codegen.functions.operator import operator_source
from dimderiv.codegen.functions.stages import Later

__all__ = [
    "Later",
    "function",
    "layer_source",
    "operator_source",
    "source",
]

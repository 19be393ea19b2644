"""The functions of NumPy, SciPy, JAX and PyTorch that are read, by their names."""

from collections.abc import Callable, Mapping

from dimderiv.sources.code.functions import (
    elementwise,
    formulas,
    matrices,
    reductions,
    shaping,
    sliding,
)
from dimderiv.sources.code.functions.elementwise import PLAIN
from dimderiv.sources.code.functions.formulas import FORMULAS
from dimderiv.sources.code.values import Value

FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **elementwise.FUNCTIONS,
    **reductions.FUNCTIONS,
    **matrices.FUNCTIONS,
    **shaping.FUNCTIONS,
    **sliding.FUNCTIONS,
    **formulas.FUNCTIONS,
}

__all__ = ["FORMULAS", "FUNCTIONS", "PLAIN"]

"""Gradients of matrix expressions in matrix notation, step by step and checked entry by entry.

>>> from dimderiv import derive
>>> print(derive("||Xw-y||^2", "w"))
2 X' (X w - y)
"""

from typing import TYPE_CHECKING

from dimderiv import errors
from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.derivation import Derivation, Result, derive, parse
    from dimderiv.stationarity import Stationary, stationary
    from dimderiv.surfaces import Verdict, check, load_ipython_extension
else:
    # A program that imports dimderiv, and may never derive, does not wait for the whole pipeline.
    __getattr__ = late(
        __name__,
        derivation="Derivation Result derive parse",
        stationarity="Stationary stationary",
        surfaces="Verdict check load_ipython_extension",
    )

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "Derivation",
    "Result",
    "Stationary",
    "Verdict",
    "check",
    "derive",
    "errors",
    "load_ipython_extension",
    "parse",
    "stationary",
]

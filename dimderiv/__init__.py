"""Gradients of matrix expressions in matrix notation, step by step and checked entry by entry.

>>> from dimderiv import derive
>>> print(derive("||Xw-y||^2", "w"))
2 X' (X w - y)
"""

from dimderiv import errors
from dimderiv.api import derive, parse
from dimderiv.derivation import Derivation
from dimderiv.result import Result

__all__ = ["Derivation", "Result", "derive", "errors", "parse"]

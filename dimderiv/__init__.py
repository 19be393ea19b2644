"""Gradients of matrix expressions in matrix notation, step by step and checked entry by entry.

>>> from dimderiv import derive
>>> print(derive("||Xw-y||^2", "w"))
2 X' (X w - y)
"""

from typing import TYPE_CHECKING

from dimderiv import errors

if TYPE_CHECKING:
    from dimderiv.derivation.api import derive, parse
    from dimderiv.derivation.derivation import Derivation
    from dimderiv.derivation.result import Result
else:
    # A program that imports dimderiv, and may never derive, does not wait for the whole pipeline.
    _MODULES = {
        "Derivation": "derivation.derivation",
        "Result": "derivation.result",
        "derive": "derivation.api",
        "parse": "derivation.api",
    }

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *_MODULES})


__all__ = ["Derivation", "Result", "derive", "errors", "parse"]

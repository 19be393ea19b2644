"""Rooms that are loaded, and patterns that are compiled, when they are first used."""

import re
import sys
from collections.abc import Callable
from importlib import import_module
from typing import cast


def late(package: str, **names: str) -> Callable[[str], object]:
    """A `__getattr__` for a package that imports the module of a name when it is asked for.

    Args:
        package: the package that shows the names.
        names: for each module of it, the names that it defines, with spaces between them.
    """
    modules = {name: module for module, listed in names.items() for name in listed.split()}

    def found(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{modules[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return found


class _Pattern:
    """A pattern that is compiled when it is first asked for something."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = text, flags

    def __getattr__(self, name: str) -> object:
        value = getattr(re.compile(*self._given), name)
        setattr(self, name, value)
        return value


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """A regular expression: to compile those that a text never meets takes a tenth of a start.

    Args:
        text: the expression.
        flags: those of `re`.

    >>> word = pattern("[a-z]+")
    >>> word.findall("of two words"), word.pattern
    (['of', 'two', 'words'], '[a-z]+')
    """
    return cast(re.Pattern[str], _Pattern(text, flags))

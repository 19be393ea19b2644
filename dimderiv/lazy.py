"""Rooms that are loaded when something of them is first used."""

import sys
from collections.abc import Callable
from importlib import import_module


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

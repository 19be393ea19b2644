r"""Generated source as a function that is called, and sent to other processes.

>>> function("def twice(x):\n    return 2 * x\n", "twice")(21)
42
"""

import copyreg
import hashlib
import linecache
import sys
from collections.abc import Callable
from functools import partial, update_wrapper
from types import ModuleType
from typing import Any


# A call of a `partial` costs what that of the function does; a `__call__` of our own, some more.
class GeneratedFunction(partial[Any]):
    """A function of generated source, which is pickled as its source."""

    source: str

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.source, self.func.__name__)


class GeneratedClass(type):
    """The class of layers of generated source, which are pickled as that and what they keep."""

    source: str


def _reduced(made: GeneratedClass) -> tuple[Any, ...]:
    return _again, (made.source, made.__name__)


copyreg.pickle(GeneratedClass, _reduced)


def function(source: str, name: str) -> Callable[..., Any]:
    """A function of generated source, or the class of its layers.

    Args:
        source: a module of Python.
        name: the name of the function in it.

    Returns:
        The function; a traceback through it shows the lines of the source.

    Raises:
        ImportError: the source needs a library that is not installed.
    """
    module = ModuleType(_module_name(source))
    file = f"<{module.__name__} {name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        exec(compile(source, file, "exec"), vars(module))
    except ModuleNotFoundError as error:
        missing = f"this code needs {error.name}, which is not installed: pip install {error.name}"
        raise ImportError(missing, name=error.name) from error
    # Where torch compiles a function it imports the module of what that calls.
    sys.modules[module.__name__] = module
    made = _travelling(vars(module)[name], source)
    # An operator is pickled as a call of the function that its module has under this name.
    setattr(module, name, made)
    return made


def _travelling(written: Any, source: str) -> Callable[..., Any]:
    """A function or a class that can be pickled."""
    if isinstance(written, type):
        about = {"__doc__": written.__doc__, "__module__": written.__module__, "source": source}
        return GeneratedClass(written.__name__, (written,), about)
    made = GeneratedFunction(written)
    made.source = source
    return update_wrapper(made, written)


def _again(source: str, name: str) -> Any:
    """What was pickled: the same object where it is known, and made again elsewhere."""
    module = sys.modules.get(_module_name(source))
    return function(source, name) if module is None else getattr(module, name)


def _module_name(source: str) -> str:
    return f"dimderiv_generated_{hashlib.sha256(source.encode()).hexdigest()[:12]}"

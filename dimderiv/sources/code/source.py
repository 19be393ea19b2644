"""The source of a Python function, which is read instead of being called."""

import ast
import inspect
from collections.abc import Callable, Iterator
from textwrap import dedent
from types import ModuleType

from dimderiv.errors import ParseError


def source_of(function: Callable[..., object]) -> str:
    """The text of a function, after what it uses: libraries, numbers, other functions.

    Args:
        function: a function or a lambda that Python can find the source of.

    Raises:
        ParseError: there is no source, as of functions that are built in or typed at a prompt.
    """
    unwrapped = inspect.unwrap(function)
    own = _text_of(unwrapped)
    return "\n".join([*_used(unwrapped, {getattr(unwrapped, "__name__", "")}), own])


def _text_of(function: Callable[..., object]) -> str:
    name = getattr(function, "__name__", repr(function))
    try:
        text = dedent(inspect.getsource(function))
    except (OSError, TypeError):
        message = f"Python does not know the source of {name}"
        raise ParseError(message, hint="the code as a text") from None
    return _lambda_in(text) if name == "<lambda>" else text


def _used(function: Callable[..., object], seen: set[str]) -> Iterator[str]:
    """What a function finds outside of it, as text; arrays are symbols, and need none."""
    code = getattr(function, "__code__", None)
    outside = {**getattr(function, "__globals__", {}), **_closed_over(function)}
    for name in (*code.co_names, *code.co_freevars) if code else ():
        if name in seen or name not in outside:
            continue
        seen.add(name)
        value = inspect.unwrap(outside[name]) if callable(outside[name]) else outside[name]
        if isinstance(value, ModuleType):
            yield f"import {value.__name__} as {name}"
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{name} = {value!r}"
        elif inspect.isfunction(value) and value.__module__ == function.__module__:
            yield from _used(value, seen)
            yield _text_of(value)
        elif callable(value) and hasattr(value, "__name__"):
            # A function of entries that NumPy knows tells no module.
            library = getattr(value, "__module__", None) or type(value).__module__
            yield f"from {library} import {value.__name__} as {name}"


def _closed_over(function: Callable[..., object]) -> dict[str, object]:
    found = inspect.getclosurevars(function).nonlocals if inspect.isfunction(function) else {}
    return dict(found)


def _lambda_in(text: str) -> str:
    """The lambda in the lines where one is written, whatever else they have."""
    found = [text[place:] for place in range(len(text)) if text.startswith("lambda", place)]
    if len(found) == 1:
        # The shortest end that leaves nothing open is that of the lambda.
        for end in range(len(found[0]), 0, -1):
            try:
                body = ast.parse(found[0][:end], mode="eval").body
            except (SyntaxError, ValueError):
                continue
            if isinstance(body, ast.Lambda):
                return found[0][:end]
    raise ParseError(
        "which lambda is meant cannot be told from its lines", hint="the code as a text, or a def"
    )

"""The text of the helper functions that generated code brings along."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class HelperFunction:
    """The text of a function, and every name that occurs in it."""

    text: str
    names: frozenset[str]


@cache
def helpers() -> dict[str, HelperFunction]:
    """The helper functions by name, in the order in which they are to be printed."""
    source = Path(__file__).with_name("numpy_helpers.py").read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            text = ast.get_source_segment(source, node) or ""
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            found[node.name] = HelperFunction(text, frozenset(names))
    return found


def helper_source(used: Iterable[str]) -> str:
    """The import lines and the functions that are used, and those that they use in turn.

    Args:
        used: names of helper functions.
    """
    wanted, waiting = set[str](), list(used)
    while waiting:
        name = waiting.pop()
        if name in helpers() and name not in wanted:
            wanted.add(name)
            waiting += helpers()[name].names
    parts = [helper.text for name, helper in helpers().items() if name in wanted]
    needs_math = any("math" in helpers()[name].names for name in wanted)
    imports = "import math\n\nimport numpy as np" if needs_math else "import numpy as np"
    return "\n\n\n".join([imports, *parts])

"""The text of the helper functions that generated code brings along."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class HelperFunction:
    """The text of a function or constant, and every name that occurs in it."""

    text: str
    names: frozenset[str]


@cache
def helpers(file: str) -> dict[str, HelperFunction]:
    """The helper functions of a target by name, in the order in which they are to be printed.

    Args:
        file: the name of the file beside this one that they stand in.
    """
    source = Path(__file__).with_name(file).read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            text = "\n".join(source.splitlines()[start - 1 : node.end_lineno])
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            found[node.name] = HelperFunction(text, frozenset(names))
    return found


def helper_source(file: str, used: Iterable[str], imports: str) -> str:
    """The import lines and the functions that are used, and those that they use in turn.

    Args:
        file: the file that the helper functions stand in.
        used: names of helper functions.
        imports: the line that imports the library of the target.
    """
    known = helpers(file)
    wanted, waiting = set[str](), list(used)
    while waiting:
        name = waiting.pop()
        if name in known and name not in wanted:
            wanted.add(name)
            waiting += known[name].names
    parts = [helper.text for name, helper in known.items() if name in wanted]
    needs_math = any("math" in known[name].names for name in wanted)
    return "\n\n\n".join([f"import math\n\n{imports}" if needs_math else imports, *parts])

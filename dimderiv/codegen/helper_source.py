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

    What a file imports from that of another target is printed from there.

    Args:
        file: the name of the file beside this one that they stand in.
    """
    source = Path(__file__).with_name(file).read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(source).body:
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        text = ast.get_source_segment(source, node) or ""
        match node:
            case ast.ImportFrom(module=module) if module and module.startswith("dimderiv."):
                others = helpers(f"{module.rpartition('.')[2]}.py")
                found.update({alias.name: others[alias.name] for alias in node.names})
            case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
                found[name] = HelperFunction(text, frozenset(names))
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
    above = "\n\n".join(["import math"] * needs_math + [imports] * bool(imports))
    return "\n\n\n".join([above] * bool(above) + parts)

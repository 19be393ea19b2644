"""The text of the helper functions that generated code brings along."""

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from dimderiv.language import frozen


@frozen.record
class HelperFunction:
    """The text of a function, constant or optional import, and every name that occurs in it."""

    text: str
    names: frozenset[str]


FOLDER = Path(__file__).parent / "helpers"
# What has a file of its own, beside the one that a target names.
SUBJECTS = ("matrix", "powers", "axes")


@cache
def helper_functions(file: str) -> dict[str, HelperFunction]:
    """The helper functions of a target by name, in the order in which they are to be printed.

    What a file imports from another one is printed from there.  Functions of a matrix as a whole,
    and those for arrays with more axes, have files of their own, and come last.

    Args:
        file: the name of the file in the folder `helpers` that they stand in.
    """
    found = _read(file)
    for subject in SUBJECTS:
        more = file.replace("_helpers", f"_{subject}_helpers")
        found = found | (_read(more) if (FOLDER / more).exists() else {})
    return found


@cache
def _read(file: str) -> dict[str, HelperFunction]:
    source = (FOLDER / file).read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(source).body:
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        text = ast.get_source_segment(source, node) or ""
        match node:
            case ast.ImportFrom(module=module) if module and module.startswith("dimderiv."):
                others = _read(f"{module.rpartition('.')[2]}.py")
                found.update({alias.name: others[alias.name] for alias in node.names})
            case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
                found[name] = HelperFunction(text, frozenset(names))
            case ast.Try(handlers=[ast.ExceptHandler(body=[ast.Assign(targets=[target])])]):
                found[ast.unparse(target)] = HelperFunction(text, frozenset(names))
    return found


def helper_source(file: str, used: Iterable[str], imports: str, body: str) -> str:
    """The import lines and the functions that are used, and those that they use in turn.

    Args:
        file: the file that the helper functions stand in.
        used: names of helper functions.
        imports: the lines that import the library of the target; those that are not used are left
            out.
        body: the text of the function that uses all this.
    """
    known = helper_functions(file)
    wanted, waiting = set[str](), list(used)
    while waiting:
        name = waiting.pop()
        if name in known and name not in wanted:
            wanted.add(name)
            waiting += known[name].names
    parts = [helper.text for name, helper in known.items() if name in wanted]
    parts.sort(key=lambda text: not text.startswith("try:"))  # what is imported comes first
    code = "\n".join([*parts, body])
    standard, library = (
        "\n".join(line for line in lines.splitlines() if _is_used(line.split()[-1], code))
        for lines in ("import itertools\nimport math", imports)
    )
    above = "\n\n".join(filter(None, [standard, library]))
    return "\n\n\n".join(filter(None, [above, *parts]))


def _is_used(module: str, code: str) -> bool:
    return re.search(rf"\b{module}\.", code) is not None

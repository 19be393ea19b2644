"""Imports point one way, and through the front door of each room."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from documents import ROOT

PACKAGE = ROOT / "dimderiv"
# The rooms in reading order; of those with rooms inside, these too.
ROOMS = {
    "": """lazy errors language rulebook infer graph lower differentiate simplify conform
        render sources answer explain verify codegen curvature derivation stationarity
        surfaces __init__ __main__""",
    "explain": "messages record words __init__",
    "verify": "claim layout evaluate symbolic points verdict code __init__",
    "codegen": "read plan blocks targets functions gradcheck __init__",
    "surfaces": "translation grading pictures notebook drawing notes page cli __init__",
}
MODULES = sorted(PACKAGE.rglob("*.py"))
# Text that generated code brings along; nothing imports these files.
TEXTS = sorted((PACKAGE / "codegen" / "targets" / "helpers").glob("*_helpers.py"))
SLOW = {"sympy", "mpmath", "numpy", "click"}
MAY_IMPORT_SLOW = {
    "verify": {"sympy", "mpmath", "numpy"},
    "codegen": {"numpy"},
    "surfaces": {"click"},
}
MOST_LINES = 400


def parts(file: Path) -> tuple[str, ...]:
    """The path of a module inside the package."""
    return file.relative_to(PACKAGE).with_suffix("").parts


def shown(file: Path) -> str:
    """The name of a case."""
    return "/".join(parts(file))


def of_every_module(check: Callable[[Path], None]) -> Callable[[], None]:
    """One test of all modules, which names those that fail: thousands of tests would take long."""

    def test() -> None:
        failed = {}
        for file in MODULES:
            try:
                check(file)
            except AssertionError as error:
                failed[shown(file)] = str(error)
        assert not failed

    test.__doc__ = check.__doc__
    return test


@cache
def tree(file: Path) -> ast.Module:
    """A module's syntax tree, read once for all tests."""
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def imports(file: Path) -> list[tuple[str, str]]:
    """What a module imports, wherever in it: the module, and the name from it."""
    found = []
    for node in ast.walk(tree(file)):
        match node:
            case ast.Import():
                found += [(alias.name, "") for alias in node.names]
            case ast.ImportFrom(module=module):
                assert module and not node.level, f"{file.name} imports by dots"
                found += [(module, alias.name) for alias in node.names]
    return found


def imported(file: Path) -> set[str]:
    """The modules that a module imports."""
    return {module for module, _ in imports(file)}


def own(file: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a module imports of dimderiv: the path of the module, and the name from it."""
    for module, name in imports(file):
        path = module.split(".")
        if path[0] == "dimderiv":
            inner = PACKAGE.joinpath(*path[1:], name)
            is_module = inner.is_dir() or inner.with_suffix(".py").exists()
            yield (*path[1:], *([name] if is_module else [])), "" if is_module else name


def rank(path: tuple[str, ...], house: str) -> int:
    """Where a module stands in the reading order of a house."""
    return ROOMS[house].split().index(path[0] if path else "__init__")


@of_every_module
def test_a_module_imports_only_from_earlier_rooms(file: Path) -> None:
    """Reading the rooms in order, nothing is used before it has been met."""
    here = parts(file)
    for path, name in own(file):
        seen = f"{'.'.join(path)} {name}"
        assert rank(path, "") <= rank(here, ""), seen
        if path[:1] == here[:1] and here[0] in ROOMS and len(path) > 1:
            assert rank(path[1:], here[0]) <= rank(here[1:], here[0]), seen


@of_every_module
def test_a_module_uses_what_another_room_shows(file: Path) -> None:
    """Of another room only the names in its `__all__` are used."""
    here = parts(file)
    for path, name in own(file):
        if not path or path[0] not in ROOMS[""].split() or not (PACKAGE / path[0]).is_dir():
            continue
        room = path[:1]
        if here[0] == path[0] or path[1:] == ("indexed",):
            if len(path) == 1 or here[:2] == path[:2]:
                continue
            room = path[:2]
            if not PACKAGE.joinpath(*room).is_dir():
                continue
        assert path == room or path[:-1] == room, f"{'.'.join(path)} is behind {'.'.join(room)}"
        used = name or (path[-1] if path != room else "")
        face = importlib.import_module(".".join(("dimderiv", *room))).__all__
        assert not used or used in face, f"{'.'.join(room)} does not show {used}"


@of_every_module
def test_what_only_letters_need_is_loaded_late(file: Path) -> None:
    """A room imports its inner one for index statements as a whole, whose names are loaded late."""
    here = parts(file)
    late = [path for path, name in own(file) if path[1:] == ("indexed",) and name]

    assert here[1:2] == ("indexed",) or all(path[0] != here[0] for path in late)


@of_every_module
def test_a_room_shows_what_it_has(file: Path) -> None:
    """Each name in `__all__` is there, and hides no module of the room that does not define it."""
    if file.name == "__init__.py":
        room = importlib.import_module(".".join(("dimderiv", *parts(file)[:-1])))
        for name in getattr(room, "__all__", ()):
            found = getattr(room, name)
            module = f"{room.__name__}.{name}"
            if (file.parent / f"{name}.py").exists():
                assert module in (found.__module__ if callable(found) else found.__name__)


@of_every_module
def test_imports_stand_at_the_top(file: Path) -> None:
    """What another room has late is loaded by that room, not by imports inside functions."""
    inside = [
        imported
        for function in ast.walk(tree(file))
        if isinstance(function, ast.FunctionDef)
        for imported in ast.walk(function)
        if isinstance(imported, ast.ImportFrom) and (imported.module or "").startswith("dimderiv")
    ]

    assert not inside


@of_every_module
def test_annotations_of_a_class_use_no_name_that_it_defines(file: Path) -> None:
    """From Python 3.14 on they are read when the class is there, and mean what stands in it."""
    for each in ast.walk(tree(file)):
        if isinstance(each, ast.ClassDef):
            defined = {part.name for part in each.body if isinstance(part, ast.FunctionDef)}
            annotated = [part for part in each.body if isinstance(part, ast.AnnAssign)]
            used = [name for part in annotated for name in ast.walk(part.annotation)]
            assert not defined & {name.id for name in used if isinstance(name, ast.Name)}


@of_every_module
def test_a_file_can_be_read_at_once(file: Path) -> None:
    """No file is longer than a sitting."""
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@of_every_module
def test_slow_libraries_are_imported_only_where_they_are_needed(file: Path) -> None:
    """The check has sympy, and numpy for code; the text of code numpy, the command line click."""
    outside = {module.split(".")[0] for module in imported(file)} & SLOW

    assert outside <= MAY_IMPORT_SLOW.get(parts(file)[0], set())


@of_every_module
def test_nothing_imports_the_text_of_generated_code(file: Path) -> None:
    """A target can be written where its library is not installed."""
    assert file in TEXTS or not [path for path, _ in own(file) if "helpers" in path]


def test_the_house_has_few_rooms() -> None:
    """Whoever opens the package sees the way that the data goes."""
    entries = {path.name for path in PACKAGE.iterdir()} - {"__pycache__", "py.typed"}

    assert len(entries) <= 22
    assert {name.removesuffix(".py") for name in entries} == set(ROOMS[""].split())


def test_what_is_imported_is_declared() -> None:
    """The package needs nothing that installing it would not bring.

    Helper functions are not imported: generated code has their text, where their library is.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {requirement.split(">")[0] for requirement in project["dependencies"]}
    roots = {name.split(".")[0] for f in MODULES if f not in TEXTS for name in imported(f)}
    foreign = roots - set(sys.stdlib_module_names) - {"dimderiv"}

    assert foreign - {"mpmath"} <= declared  # sympy brings mpmath


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
def test_generated_code_needs_its_library_alone(file: Path) -> None:
    """What the helper functions of a target import is that target, and the standard library.

    Operators of numpy are those of scipy, which is imported where one is made.
    """
    target = re.sub("(_special|_matrix|_powers|_axes)?_helpers$", "", file.stem)
    folder = "dimderiv.codegen.targets.helpers."
    roots = {name.split(".")[0] for name in imported(file) if not name.startswith(folder)}

    allowed = {"scipy"} if target == "numpy" else set[str]()
    assert roots <= {target, f"{target}_compat", "itertools", "math", *allowed}


def test_the_check_shares_the_language_alone() -> None:
    """What checks an answer has no code in common with what derives it."""
    command = "import sys; from dimderiv.verify import judged; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[1] for name in done.stdout.split() if name.startswith("dimderiv.")}

    assert {"errors", "language", "lazy", "verify"} == loaded
    assert "sympy" not in done.stdout.split()

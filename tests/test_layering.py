"""Imports point one way: a module imports only from earlier stages of the pipeline."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "dimderiv"
ORDER = """
    frozen errors language rulebook infer graph lower differentiate simplify conform answer
    render explain verify codegen derivation cli __init__ __main__
"""
STAGES = ORDER.split()
MODULES = sorted(PACKAGE.rglob("*.py"))
# Text that generated code brings along; nothing imports these files.
TEXTS = sorted(PACKAGE.rglob("codegen/targets/helpers/*_helpers.py"))
SLOW = {"sympy", "mpmath", "numpy", "click"}
MAY_IMPORT_SLOW = {
    "verify": {"sympy", "mpmath"},
    "codegen": {"numpy"},
    "derivation": {"numpy"},
    "cli": {"click"},
}


def stage(file: Path) -> str:
    """The stage that a module belongs to: its name, or its folder's."""
    return file.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(file: Path) -> set[str]:
    """The dotted names that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                found |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                assert not node.level, f"{file.name} imports by dots"
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imported_stages(file: Path) -> set[str]:
    """The stages of dimderiv that a module imports from."""
    own = {name.split(".")[1] for name in imported(file) if name.startswith("dimderiv.")}
    return {name if name in STAGES else "__init__" for name in own}


def test_every_module_has_a_stage() -> None:
    """The list above is complete, and nothing in it is gone."""
    assert sorted(STAGES) == sorted({stage(file) for file in MODULES})


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_imports_only_from_earlier_stages(file: Path) -> None:
    """Reading the modules in order, nothing is used before it has been met."""
    own = STAGES.index(stage(file))
    later = {name for name in imported_stages(file) if STAGES.index(name) > own}

    assert set() == later


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_slow_libraries_are_imported_only_where_they_are_needed(file: Path) -> None:
    """The check has sympy, the text of numpy code numpy, the command line click."""
    outside = {name.split(".")[0] for name in imported(file)} & SLOW

    assert outside <= MAY_IMPORT_SLOW.get(stage(file), set())


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_nothing_imports_the_text_of_generated_code(file: Path) -> None:
    """A target can be written where its library is not installed."""
    texts = {f"dimderiv.codegen.targets.helpers.{text.stem}" for text in TEXTS if file not in TEXTS}

    assert not [name for name in imported(file) if any(name.startswith(text) for text in texts)]


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
    target = file.stem.removesuffix("_helpers")
    texts = {text.stem for text in TEXTS}
    roots = {
        name.split(".")[0]
        for name in imported(file)
        if not (
            name.startswith("dimderiv.codegen.targets.helpers.") and name.split(".")[4] in texts
        )
    }

    own = {"scipy"} if target == "numpy" else set[str]()
    assert roots <= {target, f"{target}_compat", "math", *own}


def test_the_check_shares_the_language_alone() -> None:
    """What checks an answer has no code in common with what derives it."""
    command = "import sys, dimderiv.verify; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[1] for name in done.stdout.split() if name.startswith("dimderiv.")}

    assert {"errors", "frozen", "language", "verify"} == loaded
    assert "sympy" not in done.stdout.split()

"""The public door: what it offers, and what it waits for."""

import subprocess
import sys
from pathlib import Path

import pytest

import dimderiv

ROOT = Path(__file__).parent.parent


def modules_after(program: str) -> set[str]:
    """The modules that a program has loaded when it ends."""
    command = [sys.executable, "-c", f"{program}; import sys; print(*sys.modules)"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_waits_for_nothing_but_its_errors() -> None:
    """The pipeline is loaded when a name of it is first asked for."""
    loaded = modules_after("import dimderiv")

    assert {"dimderiv", "dimderiv.errors", "dimderiv.lazy"} == {
        m for m in loaded if m.startswith("dimderiv")
    }


def test_asking_for_a_name_loads_what_it_needs_and_not_the_check() -> None:
    """A derivation that nobody checks or prints as code needs neither verifier nor generator."""
    program = "from dimderiv import derive; str(derive('||A x - b||^2', 'x', verify=False))"
    loaded = modules_after(program)
    # A room that shows its names late is entered when one of them is used.
    rooms = {module.split(".")[1] for module in loaded if module.count(".") > 1}

    assert "derivation" in rooms
    assert not rooms & {"verify", "codegen", "explain", "sources", "surfaces"}
    assert not [module for module in loaded if ".indexed." in module]
    assert "dimderiv.render.latex_formula" not in loaded
    assert not loaded & {"sympy", "mpmath", "numpy", "click"}


def test_the_command_waits_for_nothing_that_it_may_not_show() -> None:
    """Its options name targets and languages; code, steps and the check load when asked for."""
    run = "from dimderiv.surfaces.cli.command import main; main(['(', '--wrt', 'x'])"
    loaded = modules_after(run)
    heavy = ("dimderiv.codegen.plan", "dimderiv.codegen.targets.", "dimderiv.explain.record")

    assert "dimderiv.codegen.targets" in loaded
    assert not [module for module in loaded if module.startswith((*heavy, "dimderiv.verify."))]
    assert "dimderiv.surfaces.translation.lookup" not in loaded


def test_every_public_name_is_there_and_listed() -> None:
    """Names that are loaded late are found, listed, and the same object each time."""
    for name in dimderiv.__all__:
        found = getattr(dimderiv, name)

        assert name in dir(dimderiv)
        assert found is getattr(dimderiv, name)


def test_a_name_that_does_not_exist_is_refused_as_always() -> None:
    """A misspelled import fails with Python's own error."""
    misspelled = "derivee"
    with pytest.raises(AttributeError, match="has no attribute 'derivee'"):
        getattr(dimderiv, misspelled)

"""The examples run as they stand, and have something to say."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SECONDS = 120
# What an example needs besides the package, and how it is told to be quick.
NEEDS = {
    "newton_factorization": ["scipy"],
    "sharded_regression": ["jax"],
    "out_of_memory_regression": ["distributed", "array_api_compat"],
}
ARGUMENTS = {"out_of_memory_regression": ["--rows", "200000"]}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_runs_and_explains_itself(file: Path, tmp_path: Path) -> None:
    """In a process of its own, from any folder, with warnings as errors."""
    if missing := [name for name in NEEDS.get(file.stem, []) if not find_spec(name)]:
        pytest.skip(f"{', '.join(missing)} is not installed")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(file), *ARGUMENTS.get(file.stem, [])],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert len(done.stdout.splitlines()) >= 5


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_begins_by_saying_what_it_shows(file: Path) -> None:
    """Its docstring is the first thing that a reader meets."""
    assert file.read_text(encoding="utf-8").startswith('"""')

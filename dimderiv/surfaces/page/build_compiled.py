"""What a page imports, compiled: Python then starts in less than half the time.

Only the Python of the page can do that, so it is run here, by node; where node is not installed,
the sources stay as they are.
"""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from dimderiv.errors import DimderivError

SCRIPT = Path(__file__).with_name("build_compiled.mjs")
ARCHIVES = ("python_stdlib.zip", "engine.zip")
# Seconds on a busy machine.
PATIENCE = 300


def compiled(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files; in the archives, modules that every start imports are compiled.

    Args:
        files: those of Pyodide, and the archive of the engine, by name.

    Raises:
        DimderivError: that Python does not run.
    """
    node = shutil.which("node")
    if node is None:
        return dict(files)
    with TemporaryDirectory() as name:
        folder = Path(name)
        for each, content in files.items():
            (folder / each).write_bytes(content)
        _run([node, str(SCRIPT), folder.as_uri() + "/"])
        return dict(files) | {each: (folder / each).read_bytes() for each in ARCHIVES}


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise DimderivError(f"node took longer than {PATIENCE} s") from None
    if done.returncode:
        told = done.stderr.strip().splitlines()
        raise DimderivError("node cannot run Pyodide", known=[each[:200] for each in told[-3:]])

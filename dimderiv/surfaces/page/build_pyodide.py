"""Python for the browser: the files of Pyodide that a page needs, each known by its digest."""

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from dimderiv.errors import DimderivError

VERSION = "314.0.7"
PACKAGE = f"pyodide@{VERSION}"
# The files by their SHA-256.
FILES: Mapping[str, str] = {
    "pyodide.mjs": "6f1d60f7bf529beb300f0f47983c921d3982363640ba20af0e38efdddbc66109",
    "pyodide.asm.mjs": "f7cdc8ece80678ceb712f8e65ebe6d3a83203a180c399865f49612a051693635",
    "pyodide.asm.wasm": "cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6",
    "python_stdlib.zip": "fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a",
    "pyodide-lock.json": "5dc2fc119108bc148c7457dc86e7675b5c87e1cafd420b9c34c1eaef7b36c010",
}
# Seconds that a registry may take.
PATIENCE = 300
BY_HAND = f"`npm pack {PACKAGE}` where npm is, and then --pyodide with the file that it makes"


def pyodide_files(given: Path | None = None) -> dict[str, bytes]:
    """The files of Pyodide, by name.

    Args:
        given: the package of npm, or the folder that it unpacks to; npm fetches it otherwise.

    Raises:
        DimderivError: it cannot be had, or is not what it ought to be.
    """
    if given is None:
        return _fetched()
    read = _in_folder(given) if given.is_dir() else _in_package(given)
    return {name: _known(name, read) for name in FILES}


def _fetched() -> dict[str, bytes]:
    npm = shutil.which("npm")
    if npm is None:
        raise DimderivError(
            "Python for the browser is fetched by npm, which is not installed", hint=BY_HAND
        )
    with TemporaryDirectory() as folder:
        command = [npm, "pack", PACKAGE, "--loglevel=error", "--pack-destination", folder]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            raise DimderivError(f"npm took longer than {PATIENCE} s", hint=BY_HAND) from None
        made = list(Path(folder).glob("*.tgz"))
        if done.returncode or len(made) != 1:
            told = done.stderr.strip().splitlines()
            raise DimderivError(f"npm did not get {PACKAGE}", known=told[:3], hint=BY_HAND)
        return pyodide_files(made[0])


def _in_folder(folder: Path) -> Callable[[str], bytes]:
    """How a file is read from the folder that the package unpacks to."""
    inner = folder / "package"
    return lambda name: ((inner if inner.is_dir() else folder) / name).read_bytes()


def _in_package(file: Path) -> Callable[[str], bytes]:
    """How a file is read from the package as npm has it."""

    def read(name: str) -> bytes:
        with tarfile.open(file) as package:
            member = package.extractfile(f"package/{name}")
            assert member is not None, "a file is no folder"
            return member.read()

    return read


def _known(name: str, read: Callable[[str], bytes]) -> bytes:
    """A file, once it is the one that it ought to be."""
    try:
        found = read(name)
    except (OSError, KeyError, tarfile.TarError) as error:
        raise DimderivError(f"{name} of {PACKAGE} cannot be read: {error}", hint=BY_HAND) from error
    if hashlib.sha256(found).hexdigest() != FILES[name]:
        raise DimderivError(f"this {name} is not that of {PACKAGE}", hint=BY_HAND)
    return found

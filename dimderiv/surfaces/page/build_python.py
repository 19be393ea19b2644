"""The engine as one archive of its sources, with the one library that it needs in a browser."""

import io
import zipfile
from importlib.metadata import PackagePath, files
from pathlib import Path

from dimderiv.language import rules_folder

PACKAGE = Path(__file__).parent.parent.parent
# Modules, and what they read as text beside them.
KINDS = frozenset({".py", ".toml"})
LIBRARY = "mpmath"
# An archive of the same files is the same, whenever it is made.
DATE = (2026, 1, 1, 0, 0, 0)


def engine_archive() -> bytes:
    """A zip of the package, its rules and mpmath, as they lie in a folder of libraries."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, file in sorted({**_package(), **_library()}.items()):
            archive.writestr(
                zipfile.ZipInfo(name, DATE), file.read_bytes(), zipfile.ZIP_DEFLATED, 9
            )
    return packed.getvalue()


def library_licence() -> bytes:
    """The licence of mpmath."""
    (found,) = (each for each in _installed() if each.name == "LICENSE")
    return found.read_binary()


def _package() -> dict[str, Path]:
    """The files of dimderiv by their names in the archive."""
    found = {}
    for folder, name in ((PACKAGE, "dimderiv"), (Path(rules_folder()), "dimderiv/rules")):
        for file in folder.rglob("*"):
            if file.suffix in KINDS:
                found[f"{name}/{file.relative_to(folder).as_posix()}"] = file
    return found


def _library() -> dict[str, Path]:
    """The files of mpmath, without its tests."""
    return {
        each.as_posix(): Path(str(each.locate()))
        for each in _installed()
        if each.parts[0] == LIBRARY and each.suffix in KINDS and "tests" not in each.parts
    }


def _installed() -> list[PackagePath]:
    return files(LIBRARY) or []

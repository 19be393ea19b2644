"""The page without a server: a folder for any web site, or one file that opens from disk.

Python for the browser is Pyodide's, and the engine its own sources beside it; nothing is loaded
from elsewhere, which a policy in the page sees to.
"""

from collections.abc import Mapping, Set
from functools import cache
from pathlib import Path

from dimderiv.errors import DimderivError
from dimderiv.surfaces.page.build_compiled import compiled
from dimderiv.surfaces.page.build_inlined import single_page
from dimderiv.surfaces.page.build_pyodide import VERSION, pyodide_files
from dimderiv.surfaces.page.build_python import engine_archive, library_licence
from dimderiv.surfaces.page.server import POLICY, SITE, TYPES

LICENSES = Path(__file__).parent / "licenses"
# The file of a folder that lists what was written, so that it may be written again.
LIST = "made_by_dimderiv.txt"
LISTED = "`dimderiv page --build` made these files, and replaces them when it is run again.\n"
MADE = "<!doctype html>\n<!-- Made by `dimderiv page --single`, of parts with these licences."
HEAD = '<meta charset="utf-8">\n'
# `engine.js` asks the engine inside of the page where it finds the first of these.
BUILT = f"""{HEAD}<meta name="dimderiv-engine" content="worker">
<meta http-equiv="Content-Security-Policy" content="{{}}">
"""
OF_FOLDER = f"{POLICY}; worker-src 'self'"
OF_FILE = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' data:; worker-src blob:; "
    "style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
)


def build_folder(folder: Path, pyodide: Path | None = None) -> int:
    """Write the page as files for any server, at any address.

    Args:
        folder: where; files in it that this function has not written are never replaced.
        pyodide: the package of Pyodide, or its folder; npm fetches it otherwise.

    Returns:
        How many bytes the files have.

    Raises:
        DimderivError: the folder has other files, or Pyodide cannot be had.
    """
    before = _written_before(folder)
    files = page_files(pyodide)
    files["index.html"] = _marked(files["index.html"].decode(), OF_FOLDER).encode()
    files[LIST] = (LISTED + "".join(f"{name}\n" for name in sorted(files))).encode()
    _refuse_foreign(folder, files.keys() - before)
    try:
        for name in before - files.keys():
            (folder / name).unlink(missing_ok=True)
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except OSError as error:
        raise DimderivError(f"{folder} cannot be written: {error.strerror}") from error
    return sum(map(len, files.values()))


def build_single(file: Path, pyodide: Path | None = None) -> int:
    """Write the page as one file, which a browser opens from disk.

    Args:
        file: where; a file that this function has not written is not replaced.
        pyodide: the package of Pyodide, or its folder; npm fetches it otherwise.

    Returns:
        How many bytes the file has.

    Raises:
        DimderivError: there is such a file already, or Pyodide cannot be had.
    """
    try:
        if file.exists() and not file.read_bytes().startswith(MADE.encode()):
            raise DimderivError(f"{file} exists, and dimderiv did not make it", hint="another name")
        files = page_files(pyodide)
        page = _marked(single_page(files), OF_FILE)
        content = page.replace("<!doctype html>", f"{MADE}\n\n{_licences(files)}\n-->", 1).encode()
        return file.write_bytes(content)
    except OSError as error:
        raise DimderivError(f"{file} cannot be written: {error.strerror}") from error


def page_files(pyodide: Path | None = None) -> dict[str, bytes]:
    """The files of the page by their addresses.

    Args:
        pyodide: the package of Pyodide, or its folder; npm fetches it otherwise.
    """
    found = {
        file.relative_to(SITE).as_posix(): file.read_bytes()
        for file in SITE.rglob("*")
        if file.suffix in TYPES
    }
    for name, content in _python(pyodide).items():
        # Some servers do not know that .mjs is a script.
        found[f"pyodide/{name.replace('.mjs', '.js')}"] = content
    for file in LICENSES.glob("*.txt"):
        found[f"licenses/{file.name}"] = file.read_bytes().replace(b"{version}", VERSION.encode())
    found["licenses/mpmath.txt"] = library_licence()
    found["licenses/katex.txt"] = (SITE / "katex" / "LICENSE").read_bytes()
    return found


@cache
def _python(pyodide: Path | None) -> Mapping[str, bytes]:
    """Python for the browser and the engine, made once for a folder and a file."""
    return compiled({**pyodide_files(pyodide), "engine.zip": engine_archive()})


def _marked(page: str, policy: str) -> str:
    """A page that knows that it was built, and whose browser loads nothing from elsewhere."""
    assert page.count(HEAD) == 1, "the page says its encoding"
    return page.replace(HEAD, BUILT.format(policy))


def _licences(files: Mapping[str, bytes]) -> str:
    """All licences as one text for a comment."""
    names = sorted(name for name in files if name.startswith("licenses/"))
    told = [f"{name.removeprefix('licenses/')}\n\n{files[name].decode()}" for name in names]
    return "\n\n".join(told).replace("-->", "-- >")


def _written_before(folder: Path) -> set[str]:
    """What was written into a folder when the page was last built there.

    Args:
        folder: it may hold hidden files, as those of git, besides.
    """
    if folder.exists() and not folder.is_dir():
        raise DimderivError(f"{folder} is a file", hint="the name of a folder")
    if (folder / LIST).is_file():
        text = (folder / LIST).read_text(encoding="utf-8").removeprefix(LISTED)
        inside = [name for name in text.splitlines() if _is_inside(folder, name)]
        return {LIST, *inside}
    others = [each.name for each in folder.glob("[!.]*")]
    if others:
        raise DimderivError(
            f"{folder} has other files in it, such as {min(others)}", hint="a folder of its own"
        )
    return set()


def _is_inside(folder: Path, name: str) -> bool:
    return (folder / name).resolve().is_relative_to(folder.resolve())


def _refuse_foreign(folder: Path, new: Set[str]) -> None:
    """Refuse to replace what this program has not written."""
    foreign = sorted(name for name in new if (folder / name).exists())
    if foreign:
        raise DimderivError(
            f"{folder / foreign[0]} exists, and dimderiv did not make it", hint="another folder"
        )

"""The page without a server: what is written, where, and what is refused."""

import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from base64 import b64decode
from pathlib import Path

import pytest
from documents import ROOT, text_of

from dimderiv.errors import DimderivError
from dimderiv.surfaces.cli.command import main
from dimderiv.surfaces.page import build, build_folder, build_pyodide, build_single
from dimderiv.surfaces.page.build_compiled import compiled
from dimderiv.surfaces.page.build_python import engine_archive

PARTS = {name: f"// {name}\n".encode() for name in build_pyodide.FILES}
DIGESTS = {name: hashlib.sha256(content).hexdigest() for name, content in PARTS.items()}


@pytest.fixture
def pyodide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of Pyodide, which is large."""
    monkeypatch.setattr(build_pyodide, "FILES", DIGESTS)
    folder = tmp_path / "unpacked" / "package"
    folder.mkdir(parents=True)
    for name, content in PARTS.items():
        (folder / name).write_bytes(content)
    return folder.parent


@pytest.fixture
def package(pyodide: Path, tmp_path: Path) -> Path:
    """The same as npm has it."""
    file = tmp_path / "pyodide.tgz"
    with tarfile.open(file, "w:gz") as archive:
        archive.add(pyodide / "package", "package")
    return file


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that is packed at once."""
    monkeypatch.setattr(build, "engine_archive", lambda: b"zip")
    monkeypatch.setattr(build, "compiled", dict)


def written(folder: Path) -> set[str]:
    """The files in a folder."""
    return {
        str(each.relative_to(folder).as_posix()) for each in folder.rglob("*") if each.is_file()
    }


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a script in the place of npm and node."""
    file = folder / "program"
    file.write_text(f"#!{sys.executable}\nimport shutil, sys\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(file))


def test_pyodide_is_read_from_a_folder_or_the_package(pyodide: Path, package: Path) -> None:
    """As npm has it, unpacked, or the folder inside."""
    for given in (pyodide, pyodide / "package", package):
        assert PARTS == build_pyodide.pyodide_files(given)


def test_another_pyodide_is_refused(pyodide: Path, package: Path) -> None:
    """Whatever stands in its place in a page, it is not what was tested."""
    (pyodide / "package" / "pyodide.asm.wasm").write_bytes(b"other")
    with pytest.raises(DimderivError, match=r"this pyodide\.asm\.wasm is not that of pyodide@314"):
        build_pyodide.pyodide_files(pyodide)
    (pyodide / "package" / "pyodide.asm.wasm").unlink()
    with pytest.raises(DimderivError, match=r"pyodide\.asm\.wasm of pyodide@.* cannot be read"):
        build_pyodide.pyodide_files(pyodide)
    package.write_bytes(b"no archive")
    with pytest.raises(DimderivError, match="cannot be read"):
        build_pyodide.pyodide_files(package)


def test_npm_fetches_it(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into a folder that is gone afterwards."""
    stand_in(tmp_path, f"shutil.copy({str(package)!r}, sys.argv[-1])", monkeypatch)

    assert PARTS == build_pyodide.pyodide_files()


def test_what_npm_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what can be done by hand."""
    stand_in(tmp_path, "sys.exit('npm error: no network')", monkeypatch)
    with pytest.raises(DimderivError) as failed:
        build_pyodide.pyodide_files()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(DimderivError, match="npm, which is not installed") as lacking:
        build_pyodide.pyodide_files()

    assert ["npm error: no network"] == list(failed.value.known)
    assert "--pyodide" in str(failed.value.hint) and "--pyodide" in str(lacking.value.hint)


def test_modules_are_compiled_by_the_python_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By node; without it they are sources, which start too."""
    files = {**PARTS, "engine.zip": b"sources"}
    script = """
from pathlib import Path
from urllib.parse import urlsplit
folder = Path(urlsplit(sys.argv[-1]).path)
(folder / "engine.zip").write_bytes(b"compiled")
"""
    stand_in(tmp_path, script, monkeypatch)
    assert {**files, "engine.zip": b"compiled"} == compiled(files)

    stand_in(tmp_path, "sys.exit('out of memory')", monkeypatch)
    with pytest.raises(DimderivError, match="node cannot run Pyodide") as failed:
        compiled(files)
    assert ["out of memory"] == list(failed.value.known)

    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert files == compiled(files)


@pytest.fixture(scope="module")
def engine() -> bytes:
    """The archive of the engine."""
    return engine_archive()


def test_the_archive_has_what_the_engine_reads_and_no_more(engine: bytes) -> None:
    """Modules, rules, sentences, the text of helper functions, mpmath; no page and no tests."""
    names = set(zipfile.ZipFile(io.BytesIO(engine)).namelist())
    modules = {f.relative_to(ROOT).as_posix() for f in (ROOT / "dimderiv").rglob("*.py")}

    assert modules <= names
    assert "dimderiv/rules/products.toml" in names
    assert "dimderiv/explain/messages/zh.toml" in names
    assert "mpmath/ctx_mp.py" in names
    assert {"dimderiv", "mpmath"} == {name.split("/")[0] for name in names}
    assert not [name for name in names if "/tests/" in name or "__pycache__" in name]
    assert {".py", ".toml"} == {Path(name).suffix for name in names}


def test_the_archive_is_all_that_a_reply_needs(engine: bytes, tmp_path: Path) -> None:
    """Beside the standard library: no other package can be seen by this process."""
    zipfile.ZipFile(io.BytesIO(engine)).extractall(tmp_path)
    program = f"""
import json, sys
sys.path.insert(0, {str(tmp_path)!r})
from dimderiv.surfaces.page import reply
asked = {{"expr": "||A x||^2", "wrt": "x"}}
print(json.loads(reply(json.dumps(asked)))["check"]["level"])
print(json.loads(reply(json.dumps({{**asked, "ask": "code"}})))["check"])
print(json.loads(reply(json.dumps({{**asked, "ask": "check", "answer": "2A'A x"}})))["kind"])
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ["exact", "None", "right"] == done.stdout.split()


@pytest.mark.usefixtures("little")
def test_a_folder_holds_all_that_it_names(pyodide: Path, tmp_path: Path) -> None:
    """At relative addresses, with a licence for each part."""
    folder = tmp_path / "site" / "page"
    size = build_folder(folder, pyodide)
    page = (folder / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    imported = [
        name
        for file in folder.glob("*.js")
        for name in re.findall(r'from "\./(.+?)"', file.read_text(encoding="utf-8"))
    ]

    assert {"page.js", "page.css"} <= set(named)
    assert {*named, *imported} - {"data:,"} <= written(folder)
    assert {f"licenses/{each}.txt" for each in ("dimderiv", "katex", "mpmath", "pyodide")} <= (
        written(folder)
    )
    assert "314.0.7" in (folder / "licenses" / "README.txt").read_text(encoding="utf-8")
    assert sum((folder / name).stat().st_size for name in written(folder)) == size
    assert 'name="dimderiv-engine"' in page
    assert "default-src 'none'" in page


@pytest.mark.usefixtures("little")
def test_a_folder_is_written_again(pyodide: Path, tmp_path: Path) -> None:
    """What was written before and is there no more goes; hidden files and files beside it stay."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / ".nojekyll").touch()
    (tmp_path / "mine").touch()
    build_folder(folder, pyodide)
    first = written(folder)
    with (folder / build.LIST).open("a", encoding="utf-8") as listed:
        listed.write("old.js\n../mine\n")
    (folder / "old.js").touch()
    (folder / "CNAME").touch()
    build_folder(folder, pyodide)

    assert {*first, "CNAME"} == written(folder)
    assert (tmp_path / "mine").exists()


@pytest.mark.usefixtures("little")
def test_a_folder_with_other_files_is_refused(pyodide: Path, tmp_path: Path) -> None:
    """Before anything is written."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "thesis.tex").touch()
    with pytest.raises(DimderivError, match=r"other files in it, such as thesis\.tex"):
        build_folder(folder, pyodide)
    with pytest.raises(DimderivError, match="is a file"):
        build_folder(folder / "thesis.tex", pyodide)
    (folder / build.LIST).touch()
    (folder / "page.js").touch()
    with pytest.raises(DimderivError, match=r"page\.js exists, and dimderiv did not make it"):
        build_folder(folder, pyodide)

    assert {"thesis.tex", "page.js", build.LIST} == written(folder)


@pytest.mark.usefixtures("little")
def test_one_file_has_everything_inside(pyodide: Path, tmp_path: Path) -> None:
    """Modules by name, fonts, the engine packed; no address of anything outside."""
    file = tmp_path / "page.html"
    size = build_single(file, pyodide)
    page = file.read_text(encoding="utf-8")
    texts = dict(
        re.findall(r'<script type="text/plain" data-file="(.+?)">(.*?)</script>', page, re.S)
    )
    found = re.search(r'<script type="importmap">(.*?)</script>', page, re.S)
    assert found is not None
    modules = {
        name: b64decode(address.partition("base64,")[2]).decode()
        for name, address in json.loads(found[1])["imports"].items()
    }
    imported = {name for each in modules.values() for name in re.findall(r'from "(.+?)"', each)}

    assert file.stat().st_size == size
    assert not re.findall(r'<(?:script|link)[^>]* (?:src|href)="(?!data:)', page)
    assert not re.findall(r"url\((?!data:)", page)
    assert imported <= modules.keys()
    assert {"dimderiv/page.js", "dimderiv/engine.js"} <= modules.keys()
    assert "onmessage" in texts.pop("worker.js")
    assert {"pyodide.js", "engine.zip", "pyodide.asm.wasm"} <= texts.keys()
    assert PARTS["pyodide.asm.wasm"] == gzip.decompress(b64decode(texts["pyodide.asm.wasm"]))
    assert page.count("<!--") == page.count("-->") == 1
    assert "Mozilla Public License" in page.partition("-->")[0]
    assert "default-src 'none'" in page


@pytest.mark.usefixtures("little")
def test_one_file_replaces_only_its_like(pyodide: Path, tmp_path: Path) -> None:
    """A page of somebody else stays as it is."""
    file = tmp_path / "page.html"
    build_single(file, pyodide)
    build_single(file, pyodide)
    file.write_text("<!doctype html>\nmine", encoding="utf-8")
    with pytest.raises(DimderivError, match="exists, and dimderiv did not make it"):
        build_single(file, pyodide)
    with pytest.raises(DimderivError, match="cannot be written"):
        build_single(tmp_path / "nowhere" / "page.html", pyodide)

    assert "<!doctype html>\nmine" == file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("little")
def test_the_command_says_what_it_wrote(
    pyodide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And how large it is."""
    folder, file = str(tmp_path / "site"), str(tmp_path / "page.html")
    status = main(["page", "--build", folder, "--single", file, "--pyodide", str(pyodide)])
    told = capsys.readouterr().out.splitlines()

    assert 0 == status
    assert [folder, file] == [line.partition(": ")[0] for line in told]
    assert all(re.fullmatch(r".*: 0\.\d MB", line) for line in told)
    assert 2 == main(["page", "--pyodide", str(pyodide)])


def test_the_guide_names_the_package() -> None:
    """Whoever fetches it by hand fetches this one."""
    assert f"npm pack {build_pyodide.PACKAGE}`" in text_of("docs/page.md")


def test_the_licence_is_the_one_of_the_project() -> None:
    """A copy, since an installed package does not have it at a known place."""
    assert (ROOT / "LICENSE").read_bytes() == (build.LICENSES / "dimderiv.txt").read_bytes()

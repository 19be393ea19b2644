"""The wheel is complete: installed somewhere else, it derives, and it has its rules."""

import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SECONDS = 120
LARGEST = 3_000_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the working tree without fetching anything."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run(
        [*build, str(folder)], cwd=ROOT, check=True, capture_output=True, timeout=SECONDS
    )
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment that the wheel is installed in.

    Its dependencies are those of this environment, by a path: installing them takes minutes.
    """
    pytest.importorskip("pip")
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=sys.platform != "win32")
    folders = {"base": str(home), "platbase": str(home)}
    commands = Path(sysconfig.get_path("scripts", "venv", folders))
    packages = Path(sysconfig.get_path("purelib", "venv", folders))
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n", encoding="utf-8")
    install = [sys.executable, "-m", "pip", "--python", str(commands / "python"), "install"]
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*install, *options, str(wheel)], check=True, timeout=SECONDS)
    return commands


def run_elsewhere(folder: Path, *command: str) -> str:
    """What a command prints, run in a folder that is not the project's."""
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS
    )
    return done.stdout


def test_the_wheel_holds_the_package_and_the_rules_and_nothing_else(wheel: Path) -> None:
    """No tests, no examples; every rule file, the format's description, and the type marker."""
    names = zipfile.ZipFile(wheel).namelist()
    rules = {f"dimderiv/rules/{file.name}" for file in (ROOT / "rules").glob("*.*")}

    assert {"dimderiv"} == {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert rules <= set(names)
    assert "dimderiv/py.typed" in names


def test_the_wheel_has_the_page_and_is_small(wheel: Path) -> None:
    """With the fonts of its formulas; what it needs to run without a server is fetched by npm."""
    site = ROOT / "dimderiv" / "surfaces" / "page" / "site"
    files = {file.relative_to(ROOT).as_posix() for file in site.rglob("*") if file.is_file()}

    assert files <= set(zipfile.ZipFile(wheel).namelist())
    assert wheel.stat().st_size < LARGEST


def test_the_wheel_declares_what_it_needs(wheel: Path) -> None:
    """Three run-time dependencies, one command."""
    archive = zipfile.ZipFile(wheel)
    texts = {name.split("/")[-1]: name for name in archive.namelist() if ".dist-info" in name}
    metadata = archive.read(texts["METADATA"]).decode().splitlines()
    needed = [
        line for line in metadata if line.startswith("Requires-Dist:") and "extra" not in line
    ]

    assert len(PROJECT["dependencies"]) == len(needed) == 3
    assert (
        "dimderiv = dimderiv.surfaces.cli.command:main"
        in archive.read(texts["entry_points.txt"]).decode()
    )


def test_the_installed_command_derives(scripts: Path, tmp_path: Path) -> None:
    """The command works outside the project's folder, checks, and knows its version."""
    command = str(scripts / "dimderiv")

    assert "2 X' (X w - y)\n" == run_elsewhere(tmp_path, command, "||Xw-y||^2", "--wrt", "w")
    version = f"dimderiv {PROJECT['version']}\n"

    assert version == run_elsewhere(tmp_path, command, "--version")


def test_the_installed_package_reads_its_own_rules(scripts: Path, tmp_path: Path) -> None:
    """Not those of the working tree, which the user does not have."""
    program = "from dimderiv.language import rules_folder; print(rules_folder())"
    folder = Path(run_elsewhere(tmp_path, str(scripts / "python"), "-c", program).strip())

    assert scripts.parent in folder.parents
    # Beside them lies what was kept of them when they were read.
    ours, theirs = ({file.name for file in each.glob("*.*")} for each in (ROOT / "rules", folder))
    assert ours == theirs

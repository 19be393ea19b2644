"""`dimderiv notes`: what is printed, which status, and what is written."""

import json
from pathlib import Path

import pytest

from dimderiv.surfaces.cli.command import main

WRONG = "# Notes\n\nThe gradient is $\\nabla_x \\|x\\|^2 = x$.\n"
BLANK = "$\\nabla_x \\|x\\|^2 = ?$\r\n"


def outcome(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    status = main(["notes", *map(str, words)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one mistake."""
    made = tmp_path / "notes.md"
    made.write_text(WRONG, encoding="utf-8")
    return made


def test_what_is_wrong_is_said_as_by_a_linter(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    """File, line, column, kind; below it what would be right, and at the end how many."""
    status, out, err = outcome(capsys, file)
    said, fix, summary = out.splitlines()

    assert (1, "") == (status, err)
    assert said.startswith(f"{file}:3:18: wrong: Right up to a factor")
    assert ("    2 x", f"{file}: 1 claim in 1 formula: 1 wrong.") == (fix, summary)


def test_a_right_file_is_status_0(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """And one with an open blank is not; what is not read is listed when it is asked for."""
    file.write_text("$\\nabla_x \\|x\\|^2 = 2x$, $a = \\int x$", encoding="utf-8")

    assert 0 == outcome(capsys, file)[0]
    assert "unread" not in outcome(capsys, file)[1]
    assert "\\int is an integral" in outcome(capsys, file, "--unread")[1]
    file.write_text(BLANK, encoding="utf-8")
    assert 1 == outcome(capsys, file)[0]


def test_blanks_are_filled_in_place(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """With the mode of the file, and nothing else beside it."""
    file.write_bytes(BLANK.encode())
    file.chmod(0o640)
    status, out, _ = outcome(capsys, file, "--fill")

    assert 0 == status
    assert "filled" in out
    assert BLANK.replace("?", "2 x").encode() == file.read_bytes()
    assert 0o640 == file.stat().st_mode & 0o777
    assert [file] == [*file.parent.iterdir()]


def test_a_link_stays_one(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """What it leads to is filled."""
    file.write_text(BLANK, encoding="utf-8")
    link = file.with_name("link.md")
    link.symlink_to(file)
    outcome(capsys, link, "--fill")

    assert link.is_symlink()
    assert "2 x" in file.read_text(encoding="utf-8")


def test_nothing_is_written_without_being_asked_for(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    """Not even the time of the file changes."""
    before = file.stat().st_mtime_ns
    outcome(capsys, file, "--fill")

    assert before == file.stat().st_mtime_ns


def test_files_that_cannot_be_read_hold_up_no_others(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    """Each is told, and the status is 2."""
    bytes_, cells, other = (file.with_name(n) for n in ("bytes.md", "cells.ipynb", "notes.doc"))
    bytes_.write_bytes(b"\xff\xfe$")
    cells.write_text('{"cells": 3}', encoding="utf-8")
    other.write_text("x", encoding="utf-8")
    status, out, err = outcome(capsys, bytes_, file.with_name("none.md"), cells, other, file)

    assert 2 == status
    assert "1 wrong" in out
    for told in ("bytes.md is no text in UTF-8", "none.md cannot be read", "no notebook", ".doc"):
        assert told in err


def test_json_says_everything(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """One document for all files."""
    status, out, _ = outcome(capsys, file, file, "--json")
    document = json.loads(out)
    first = document["findings"][0]

    assert 1 == status
    assert {"line": 3, "column": 38} == first["end"]
    assert ("x", "wrong", "factor", "2 x") == tuple(
        first[key] for key in ("claim", "kind", "mistake", "fix")
    )
    assert (2, 2) == (document["counts"]["wrong"], len(document["files"]))


def test_places_in_notebooks_are_those_of_the_file_and_of_the_cell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Editors jump to the first, readers look for the second."""
    file = tmp_path / "notes.ipynb"
    cells = [{"cell_type": "markdown", "source": ["# a\n", "$\\nabla_x \\|x\\|^2 = x$"]}]
    file.write_text(json.dumps({"cells": cells}, indent=1), encoding="utf-8")
    said = outcome(capsys, file)[1].splitlines()[0]

    assert f"{file}:7:7: wrong: cell 1, 2:2: Right up to a factor" in said


def test_what_is_said_is_said_in_chinese(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """On request."""
    assert "1 个错误" in outcome(capsys, file, "--lang", "zh")[1]


def test_it_is_a_hook_for_pre_commit() -> None:
    """Which hands over the names of files."""
    hooks = Path(__file__).parents[3] / ".pre-commit-hooks.yaml"

    assert "entry: dimderiv notes\n" in hooks.read_text(encoding="utf-8")

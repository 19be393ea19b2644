"""Code and the test beside it, in files and on standard output."""

import shlex
from pathlib import Path

import pytest

from dimderiv.codegen import function
from dimderiv.surfaces.cli.command import main

SQUARES = ("||X w - y||^2", "--wrt", "w", "--code", "numpy", "--test")


def outcome(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """The exit status and what was printed."""
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_a_test_is_printed_below_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    """In one module, which runs as it is."""
    status, out, _ = outcome(capsys, *SQUARES)

    assert 0 == status
    assert out.index("def gradient(") < out.index("def test_gradient(")
    function(out, "test_gradient")()


def test_a_test_is_written_beside_the_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It imports the code by the name of its file, and says how both were made."""
    words = [*SQUARES, "--output", str(tmp_path / "squares.py")]

    assert (0, "", "") == outcome(capsys, *words)
    assert (0, "", "") == outcome(capsys, *words)
    code, test = (
        (tmp_path / name).read_text(encoding="utf-8") for name in ("squares.py", "test_squares.py")
    )
    made_by = f"# Made by dimderiv: {shlex.join(['dimderiv', *words])}\n"
    assert code.startswith(made_by) and test.startswith(made_by)
    assert "test" not in code.removeprefix(made_by)
    assert "from squares import floats, gradient, misfit\n" in test


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--output", "a-b.py"], "Python cannot import a-b.py; write layer.py"),
        (["--output", "squares.txt"], "Python cannot import squares.txt"),
        (["--order", "3", "--shape", "w: scalar; X: scalar; y: scalar"], "the order is 3"),
    ],
)
def test_what_cannot_be_tested_is_refused(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    more: list[str],
    told: str,
) -> None:
    """Before anything is written."""
    monkeypatch.chdir(tmp_path)
    status, out, err = outcome(capsys, *SQUARES, *more)

    assert (2, "") == (status, out)
    assert told in err
    assert [] == list(tmp_path.iterdir())

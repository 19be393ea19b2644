"""What the command differentiates: a word, a file or standard input, in one of three languages."""

import io
from pathlib import Path

import pytest

from dimderiv.surfaces.cli import command as cli

LATEX = r"\|Xw - y\|_2^2"
SAID = "note: read as LaTeX: ||X w - y||^2\n"
ANSWER = "2 X' (X w - y)\n"


def outcome(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    status = cli.main(words)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_latex_is_recognised_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Into a pipe, too, and not once more among the assumptions."""
    assert (0, ANSWER, SAID) == outcome(capsys, LATEX, "--wrt", "w")

    _, _, said = outcome(capsys, LATEX, "--wrt", "w", "--verbose")
    assert 1 == said.count("read as LaTeX")


def test_standard_input_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lone `-` stands for it."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{LATEX}\n"))

    assert (0, ANSWER, SAID) == outcome(capsys, "-", "--wrt", "w")


def test_a_file_is_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """In any of the languages."""
    file = tmp_path / "loss.py"
    file.write_text("import numpy as np\nnp.sum((X @ w - y)**2)\n", encoding="utf-8")

    status, answer, said = outcome(capsys, "--file", str(file), "--wrt", "w")

    assert (0, ANSWER) == (status, answer)
    assert said == "note: read as code: sum((X w - y).^2)\n"


def test_the_language_is_said_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    """What is no LaTeX of itself is read as such; `x'x` is the same in both."""
    status, answer, said = outcome(capsys, "x'x", "--from", "latex", "--wrt", "x")

    assert (0, "2 x\n", "note: read as LaTeX: x' x\n") == (status, answer, said)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--file", "nowhere.tex"], "nowhere.tex cannot be read"),
        (["x'x", "--file", "nowhere.tex"], "two expressions"),
        (["x'x", "--from", "maple"], "'maple' is not one of"),
        ([r"\int x\,dx"], r"\int is an integral, which is not read"),
    ],
)
def test_what_cannot_be_read_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    """With status 2, and nothing on standard output."""
    status, answer, said = outcome(capsys, *words, "--wrt", "x")

    assert (2, "") == (status, answer)
    assert message in said

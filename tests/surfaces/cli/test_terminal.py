"""What a person on a terminal sees: colours, a word while they wait, completion, examples."""

import json
import re
import shlex
import time

import pytest

from dimderiv.surfaces.cli import process
from dimderiv.surfaces.cli.command import COMPLETE, derive_command, main


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Standard error is a terminal."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(process, "is_terminal", lambda: True)
    return monkeypatch


def test_what_is_wrong_and_where_is_red(
    on_terminal: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The hint is not, and nothing is where the user wants no colours, or reads a pipe."""
    main(["A x + (", "--wrt", "x"])
    coloured = capsys.readouterr().err
    on_terminal.setenv("NO_COLOR", "1")
    main(["A x + (", "--wrt", "x"])
    plain = capsys.readouterr().err

    assert coloured.startswith("\x1b[31man operand is missing after '('\x1b[0m\n")
    assert "\x1b[31m           ^\x1b[0m" in coloured
    assert "\x1b" not in plain
    assert plain == re.sub(r"\x1b\[\d+m", "", coloured)


def test_a_person_who_waits_is_told_so(
    on_terminal: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The word is gone when the answer is there; work of a moment says nothing."""
    with process.patience(0.01):
        time.sleep(0.1)
    told = capsys.readouterr().err
    with process.patience(60):
        pass

    assert told == f"deriving and checking ...{process.CLEAR_LINE}"
    assert "" == capsys.readouterr().err


def test_nobody_is_told_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """What reads standard error there looks for notes."""
    with process.patience(0.01):
        time.sleep(0.05)

    assert "" == capsys.readouterr().err


def test_a_shell_completes_options(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the words that an option takes."""
    monkeypatch.setenv(COMPLETE, "bash_complete")
    for words, place in (("dimderiv --up", "1"), ("dimderiv x --code ", "3")):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", place)
        main([])

    assert ["plain,--upstream", "plain,numpy", "plain,jax", "plain,torch", "plain,array_api"] == (
        capsys.readouterr().out.split()
    )


def test_the_examples_of_the_help_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Each of them gives an answer."""
    examples = [
        line.strip()
        for line in (derive_command.epilog or "").splitlines()
        if line.strip().startswith('dimderiv "')
    ]

    assert 4 == len(examples)
    for example in examples:
        assert 0 == main(shlex.split(example)[1:])
        assert capsys.readouterr().out


def test_markdown_is_a_formula_or_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """For notes and notebooks; LaTeX beside it would be another answer."""
    main(["A x", "--wrt", "x", "--upstream", "g", "--markdown"])
    assert "$$\nA^{\\top} g\n$$\n" == capsys.readouterr().out

    main(["A x", "--wrt", "x", "--upstream", "g", "--markdown", "--steps"])
    assert "**1.** $\\operatorname{sum}(g \\odot (A x))$, by $x$." in capsys.readouterr().out

    assert 2 == main(["A x", "--wrt", "x", "--markdown", "--latex"])


def test_json_has_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """As the text that `--steps` prints, beside the LaTeX of the whole answer."""
    main(["||Xw-y||^2", "--wrt", "w", "--json"])
    found = json.loads(capsys.readouterr().out)

    assert "dw = X' dr conforms" in found["steps"]
    assert "2 X^{\\top} (X w - y)" == found["latex"]

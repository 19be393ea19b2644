"""What README.md says is true: its commands, its Python, its tables, its links."""

import doctest
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import sympy
from documents import ROOT, blocks, code, commands, tables, text_of

from dimderiv import derive
from dimderiv.rulebook.rulebook import load_rules
from dimderiv.surfaces.cli import command as cli

DOCUMENTS = [
    str(file.relative_to(ROOT))
    for pattern in ("*.md", "docs/**/*.md", "rules/*.md")
    for file in ROOT.glob(pattern)
]
README = text_of("README.md")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_prints_what_is_shown(
    document: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console blocks show standard output, and with --verbose the notes around it."""
    monkeypatch.chdir(ROOT)
    for command, shown in commands(text_of(document)):
        program, *words = shlex.split(command)
        notes: list[str] = []
        monkeypatch.setattr(cli, "note", lambda text, verbose, to=notes: to.append(text))
        cli.main(words)
        printed = capfd.readouterr().out
        if "--verbose" in words:
            printed = "\n".join([*notes[:-1], printed.rstrip("\n"), notes[-1], ""])

        assert "dimderiv" == program
        assert doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS), printed


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_python_block_runs_as_shown(document: str) -> None:
    """The blocks of one document are one session."""
    session = "\n".join(blocks(text_of(document), "pycon"))
    test = doctest.DocTestParser().get_doctest(session, {}, document, document, 0)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS, verbose=False)
    runner.run(test, out=report.append)

    assert [] == report


def test_the_commands_that_install_run_the_example_and_the_tests() -> None:
    """One line each; the example is the first one of the document."""
    example, tests = (block.strip() for block in blocks(README, "sh"))
    first, _ = commands(README)[0]

    assert example.endswith(f".venv/bin/{first}")
    assert tests.endswith('-e ".[test]" && .venv/bin/python -m pytest -q -n auto')
    assert all("\n" not in line for line in (example, tests))


@pytest.mark.parametrize("row", tables(README)[0].rows, ids=lambda row: code(row[2])[0])
def test_the_comparison_holds(row: list[str]) -> None:
    """Both answers of each row, sympy's only where this is the version that is named."""
    (theirs,), (answer,), (ours, wrt), (gradient,) = map(code, row)

    assert gradient == str(derive(ours, wrt))
    if sympy.__version__.startswith("1.14"):
        assert answer == answer_of_sympy(theirs)


def answer_of_sympy(source: str) -> str:
    """What sympy answers, or the name of the exception that it raises."""
    m, n = sympy.symbols("m n", integer=True, positive=True)
    shapes = {"A": (n, n), "X": (m, n), "w": (n, 1), "x": (n, 1), "b": (n, 1), "y": (m, 1)}
    names: dict[str, Any] = {k: sympy.MatrixSymbol(k, *shape) for k, shape in shapes.items()}
    names |= vars(sympy) | names | {"one": sympy.OneMatrix(1, n)}
    try:
        return str(eval(source, names))
    except TypeError as error:
        return type(error).__name__


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_rule_that_is_shown_can_be_loaded(document: str, tmp_path: Path) -> None:
    """The rule files in the documents follow the format."""
    for block in blocks(text_of(document), "toml"):
        file = tmp_path / "shown.toml"
        file.write_text(block, encoding="utf-8")
        names = tomllib.loads(block)

        assert names.keys() <= load_rules(file).rules.keys()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    """The files that a document points to exist."""
    prose = re.sub(r"`[^`]*`", "", text_of(document))
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", prose):
        if "://" not in target:
            assert ((ROOT / document).parent / target).exists(), target

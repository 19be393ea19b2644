"""The site: its pages for students, in both languages, and what they derive while it is built."""

import re
import sys
from io import StringIO
from pathlib import Path

import pytest
from documents import ROOT, code, commands, tables, text_of

from dimderiv import parse
from dimderiv.surfaces.cli.command import derive_command

DOCS = ROOT / "docs"
COURSE = sorted((DOCS / "course").glob("*.md"))
LESSONS = [page for page in COURSE if page.stem not in {"why", "words"}]
DIRECTIVE = re.compile(r"^```\{derivation\} (.*?)^```$", re.MULTILINE | re.DOTALL)
ROWS = tables(text_of("docs/course/words.md"))[0].rows
OPTIONS = {name for option in derive_command.params for name in option.opts}


def derived(page: Path) -> list[str]:
    """What a page derives, in no language."""
    return [
        block.replace(":lang: zh\n", "") for block in DIRECTIVE.findall(page.read_text("utf-8"))
    ]


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_a_lesson_derives_and_ends_with_code_and_an_exercise(page: Path) -> None:
    """The exercise is checked by the command."""
    text = page.read_text("utf-8")
    first, exercise = derived(page)[0], text.partition("\n## Exercise\n")[2]

    assert ":show: command answer steps code" in first
    assert ["check"] == [command.split()[1] for command, _ in commands(exercise)]


@pytest.mark.parametrize("page", COURSE, ids=lambda page: page.stem)
def test_a_page_is_the_same_in_chinese(page: Path) -> None:
    """It derives and asks the same, and its tables have the same code; only the prose differs."""
    other = DOCS / "zh" / page.name
    english, chinese = page.read_text("utf-8"), other.read_text("utf-8")
    asked = [f"{command} --lang zh" for command, _ in commands(english)]
    written = [
        [code(row[1]) for table in tables(text) for row in table.rows]
        for text in (english, chinese)
    ]

    assert derived(page) == derived(other)
    assert len(derived(other)) == chinese.count(":lang: zh")
    assert asked == [command for command, _ in commands(chinese)]
    assert written[0] == written[1]


def test_every_document_is_on_the_site() -> None:
    """The front page lists each once."""
    listed = re.findall(r"^[\w/]+$", DOCS.joinpath("index.md").read_text("utf-8"), re.MULTILINE)
    files = [file.relative_to(DOCS).with_suffix("") for file in DOCS.rglob("*.md")]

    assert sorted(listed) == sorted(file.as_posix() for file in files if file.name != "index")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_is_written_here_can_be_read(row: list[str]) -> None:
    """An option exists, and an expression is one."""
    for piece in code(row[1]):
        if piece.startswith("--"):
            assert piece.split()[0] in OPTIONS
        elif not piece.startswith("dimderiv"):
            parse(piece)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with a directive, built."""
    pytest.importorskip("myst_parser")
    from sphinx.application import Sphinx

    folder = tmp_path_factory.mktemp("site")
    folder.joinpath("index.md").write_text(
        "# One\n\n```{derivation} X W + b\n:wrt: W, b\n:upstream: G\n:shape: b: 1 x M\n"
        ":lang: zh\n:show: command answer steps code\n```\n"
    )
    sys.path.insert(0, str(DOCS))
    told = {"extensions": ["myst_parser", "derivations"], "html_theme": "basic"}
    args = (folder, None, folder / "out", folder / "trees", "html", told)
    Sphinx(*args, status=None, warning=StringIO(), warningiserror=True).build()
    sys.path.remove(str(DOCS))
    return folder.joinpath("out", "index.html").read_text("utf-8")


def test_the_directive_shows_what_it_is_asked_for(page: str) -> None:
    """The command, the formula, the check, the steps with their pictures, and code."""
    typed = '--wrt W,b --upstream G --shape "b: 1 x M" --lang zh --steps'
    for part in (typed, "X^{\\top} G", "<ol>", "<svg", "def gradient", "逐步推导"):
        assert part in re.sub("</?span[^>]*>", "", page), part
    assert '<span class="formula display">' in page and "\\(" not in page


def test_the_code_is_what_is_computed(page: str) -> None:
    """Without the branches that refuse arguments."""
    shown = re.sub("<[^>]*>", "", page[page.index("highlight-python") : page.rindex("<details>")])

    assert "def gradient" in shown and "misfit" not in shown
    assert "misfit" in page

"""Pages as they stand in courses, with planted mistakes: all are found, and nothing else."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from dimderiv.surfaces.notes import Report, checked_notes, kind_of

PAGES = Path(__file__).parent / "pages"
LIST: dict[str, dict[str, Any]] = tomllib.loads((PAGES / "planted.toml").read_text("utf-8"))
ALARMS = {"wrong", "layout", "unsure"}


def text_of(page: str) -> str:
    """What is in a page, line ends and all."""
    file: str = LIST[page]["file"]
    return (PAGES / file).read_bytes().decode("utf-8")


def report_of(page: str, text: str, *, fill: bool = False) -> Report:
    """What is said of a page."""
    return checked_notes(text, kind_of(LIST[page]["file"]), fill=fill)


def without_answers(report: Report) -> str:
    """A text that was filled, with its question marks again."""
    text = report.text
    for each in report.findings:
        if each.kind == "filled":
            answer = json.dumps(each.answer)[1:-1] if each.place.cell else each.answer or ""
            start = each.stop - len("?")
            assert text.startswith(answer, start)
            text = f"{text[:start]}?{text[start + len(answer) :]}"
    return text


@pytest.mark.parametrize("page", LIST)
def test_every_planted_mistake_is_found_and_nothing_else(page: str) -> None:
    """All claims are read, all blanks filled, and nothing changes outside of the answers."""
    text, planted = text_of(page), LIST[page]["planted"]
    report = report_of(page, text, fill=True)
    lines = text.split("\n")
    alarms = [lines[each.place.line - 1] for each in report.findings if each.kind in ALARMS]

    assert len(planted) == len(alarms), report.findings
    assert all(piece in line for piece, line in zip(planted, alarms, strict=True)), alarms
    assert 0 == report.counts["unread claims"] == report.counts["open"]
    assert LIST[page]["blanks"] == report.counts["filled"]
    assert text == without_answers(report)

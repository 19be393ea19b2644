"""`dimderiv check`: the verdict on standard output, its status, and files of answers."""

import csv
import json
from pathlib import Path

import pytest

from dimderiv.surfaces.cli.command import main

LEAST_SQUARES = ["||Xw-y||^2", "--wrt", "w"]


def outcome(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    status = main(["check", *words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_a_right_answer_is_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    """It may begin with a minus."""
    assert (0, "Right.\n", "") == outcome(capsys, *LEAST_SQUARES, "-2X'(y-Xw)")


def test_a_wrong_answer_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong, where it shows, and what would be right."""
    status, out, _ = outcome(capsys, *LEAST_SQUARES, "X'(Xw-y)")
    says, entry, empty, fix = out.splitlines()

    assert 1 == status
    assert "Right up to a factor: it must be 2 times that." == says
    assert entry.startswith("dL/dw[0] is ")
    assert ("", "    2 X' (X w - y)") == (empty, fix)


@pytest.mark.parametrize(
    "words",
    [
        (*LEAST_SQUARES, "2 X' (X w - "),
        (*LEAST_SQUARES, "2 X' q"),
        (*LEAST_SQUARES, ""),
        (*LEAST_SQUARES,),
        ("||Xw-y||^2", "2 X' (X w - y)"),
        (*LEAST_SQUARES, "2 X' (X w - y)", "--wtr", "w"),
        ("--batch", "answers.csv", *LEAST_SQUARES),
        ("--batch", "no such file.csv"),
    ],
)
def test_what_cannot_be_read_is_status_2(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """Nothing is said of an answer that is none."""
    status, out, err = outcome(capsys, *words)

    assert (2, "") == (status, out)
    assert err


def test_the_verdict_in_chinese_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """All that is known, with a kind that is the same in every language."""
    words = (*LEAST_SQUARES, "2 X (X w - y)", "--lang", "zh", "--json")
    status, out, _ = outcome(capsys, *words)
    verdict = json.loads(out)

    assert 1 == status
    assert ["X: m x n", "w: n", "y: m"] == verdict["assumptions"]
    assert (False, "transpose", "2 X' (X w - y)") == (
        verdict["right"],
        verdict["kind"],
        verdict["fix"],
    )
    assert "形状不相容" in verdict["says"]


def test_a_file_of_answers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One line a student; the status is the largest one."""
    file = tmp_path / "answers.csv"
    rows = [
        ("Ann", "||Xw-y||^2", "w", "2 X' (X w - y)", ""),
        ("Bo", "||Xw-y||^2", "w", "2 X (X w - y)", ""),
        ("", "logdet(S)", "S", "inv(S)", "S: n x n symmetric"),
        ("Di", "||Xw-y||^2", "w", "2 X' (X w - ", ""),
        ("Ed", "||Xw-y||^2", "z", "2", ""),
    ]
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([("name", "expr", "wrt", "answer", "shapes"), *rows])
    status, out, _ = outcome(capsys, "--batch", str(file))
    table = list(csv.DictReader(out.splitlines()))

    assert 2 == status
    assert ["Ann", "Bo", "4", "Di", "Ed"] == [row["name"] for row in table]
    words = [row["verdict"] for row in table]
    assert ["right", "wrong", "right", "unreadable", "unreadable"] == words
    assert "transpose" == table[1]["kind"]
    assert "an operand is missing after '-'" == table[3]["says"]

    _, out, _ = outcome(capsys, "--batch", str(file), "--json")
    assert words == [row["verdict"] for row in json.loads(out)]


def test_a_file_without_a_column_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The first line says what the columns are."""
    file = tmp_path / "answers.csv"
    file.write_text("expr,answer\n||x||^2,2x\n", encoding="utf-8")

    assert "has no column wrt" in outcome(capsys, "--batch", str(file))[2]

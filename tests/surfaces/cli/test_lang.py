"""`--lang zh`: everything that a person reads is in Chinese."""

import json
import re
from pathlib import Path

import pytest

from dimderiv.surfaces.cli.command import COMMANDS, main
from dimderiv.surfaces.page.server import Server

# Two words of English beside each other; a formula has none.
ENGLISH = re.compile(r"\b[A-Za-z]?[a-z]{2,} [a-z]{2,}\b")
COMMAND = re.compile(r"^ *dimderiv .*$|dimderiv [a-z]+|`[^`]*`|\[[^]]*\]", re.MULTILINE)


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS)], ids=" ".join)
def test_the_help_is_in_chinese(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Headings, options, examples around which the text stands, and click's own line."""
    assert main([*words, "--lang", "zh", "--help"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("用法：dimderiv")
    assert "显示本帮助。" in said
    assert not ENGLISH.search(COMMAND.sub("", said))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x'x"], "没有指明对哪个变量求导；写 --wrt w，或 --wrt W1,b1"),
        (["x'x", "--wrt", "x", "--order", "q"], "'--order' 的值无效：'q' 不是有效的整数。"),
        (["x'x", "--wrt"], "选项 --wrt 在 --lang 之前缺少值"),
        (["x'x", "--wrt", "x", "--code", "c"], "'--code' 的值无效：'c' 不是"),
        (["x'x", "--steps=3"], "选项 '--steps' 不能有值。"),
        (["graph"], "缺少参数 'EXPR'。"),
        (["graph", "x'x"], "缺少选项 '--wrt'。"),
        (["rules", "f"], "多了参数 (f)"),
        (["x'x", "--frm", "latex"], "没有选项 --frm；最接近的是 --from"),
        (["--file", "nowhere", "--wrt", "x"], "nowhere 无法读取：没有这个文件或目录"),
        (["page", "--port", "70000"], "'--port' 的值无效：70000 不在范围 0<=x<=65535 之内。"),
        (["check", "x'x", "2 x", "--wrt", "q"], "表达式中没有 q"),
    ],
)
def test_what_is_refused_is_refused_in_chinese(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Click's own sentences too, and the line that points to the help."""
    assert main([*words, "--lang", "zh"]) == 2

    said = capsys.readouterr().err
    assert said.startswith(message)
    assert "Usage" not in said
    assert not ENGLISH.search(COMMAND.sub("", said))


def test_an_error_has_its_picture(capsys: pytest.CaptureFixture[str]) -> None:
    """The expression stands as it was written."""
    assert main(["--lang=zh", "(A x", "--wrt", "x"]) == 2

    picture = "    (A x\n        ^"
    parts = ["括号没有闭合：缺少 ')'", picture, "已知：'(' 从第 1 列开始", "试试：补上 ')'"]
    assert capsys.readouterr().err == "\n\n".join(parts) + "\n"


def test_what_stands_beside_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Assumptions, what the answer is, the layout, the check; the answer itself is a formula."""
    assert main(["[i] x[i+1] - x[i]", "--wrt", "x", "--lang", "zh", "--verbose"]) == 0

    assumed, form, doubt, layout, checked = capsys.readouterr().err.splitlines()
    assert assumed == "假设：x: n，x[i+1] 超出 x 时为 0"
    assert form.startswith("value 的各元素对 x 的各元素的导数，value 的维度在前")
    assert doubt.startswith("注意：i 取遍 x，")
    assert layout.startswith("布局：混合布局")
    assert re.fullmatch(r"验证：在 4 个点（.*）上，\d+ 个元素完全一致，用时 [\d.]+ 秒", checked)


def test_json_says_it_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """The keys, and what is no sentence, are the same in every language."""
    main(["[i] x[i+1] - x[i]", "--wrt", "x", "--lang", "zh", "--json", "--no-verify"])

    found = json.loads(capsys.readouterr().out)
    assert found["assumptions"] == ["x: n", "x[i+1] 超出 x 时为 0"]
    assert found["doubts"][0].startswith("i 取遍 x，")


def test_a_verdict_quotes_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """What grading takes from an error of the language is translated within its sentence."""
    main(["check", "x'x", "x(", "--wrt", "x", "--lang", "zh"])

    assert capsys.readouterr().err.startswith("'(' 后面缺少运算数")


def test_a_verdict_in_json_is_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """What was assumed and doubted too."""
    main(["check", "log(x) + a b", "1 ./ x", "--wrt", "x", "--lang", "zh", "--json"])

    assert json.loads(capsys.readouterr().out)["doubts"][0] == (
        "a 视为标量；视为列向量也合适：请声明 a"
    )


def test_the_page_says_where_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard output, as in English."""
    monkeypatch.setattr(Server, "serve_forever", lambda _: None)

    assert main(["page", "--port", "0", "--no-open", "--lang", "zh"]) == 0

    said = capsys.readouterr().out
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/? 已打开，按 Ctrl-C 结束\n", said)


def test_notes_say_why_they_are_not_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The reason is that of an error of LaTeX."""
    file = tmp_path / "notes.md"
    file.write_text("$J(w) = \\|w\\|^2$ and $$\\nabla_w J = \\int X dx$$", encoding="utf-8")

    main(["notes", str(file), "--unread", "--lang", "zh"])

    assert "未读懂：\\int 是积分，不能读入。" in capsys.readouterr().out

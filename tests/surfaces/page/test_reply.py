"""Whatever the page asks, there is a reply, and it says what is known."""

import json
import subprocess
import sys
from typing import Any

import pytest
from documents import ROOT

from dimderiv.surfaces.page import reply
from dimderiv.surfaces.page.asked import Asked


def asked(**question: Any) -> dict[str, Any]:
    """The reply to a question."""
    return dict(json.loads(reply(json.dumps(question))))


def test_a_derivation_says_all_that_the_page_shows() -> None:
    """The answer, what it is, its shapes, how it was checked, and the steps."""
    found = asked(expr="||Xw-y||^2", wrt="w", shapes="X: m x n")

    assert "2 X' (X w - y)" == found["text"]
    assert r"\nabla_{w} f = 2 X^{\top} (X w - y)" == found["latex"]
    assert "gradient" == found["kind"]
    assert [{"name": "dw", "wrt": ["w"], "shape": "n"}] == found["results"]
    assert [("X", "m x n", False), ("w", "n", True), ("y", "m", True)] == [
        (each["name"], each["shape"], each["assumed"]) for each in found["shapes"]
    ]
    assert "exact" == found["check"]["level"]
    assert "<ol>" in found["steps"]


def test_symbols_are_found_before_a_variable_is_chosen() -> None:
    """With how the expression was read, in whatever language it is."""
    found = asked(ask="symbols", expr=r"\|Xw - y\|^2")

    assert ["X", "w", "y"] == [each["name"] for each in found["shapes"]]
    assert "latex" == found["source"]
    assert r"\lVert X w - y \rVert^{2}" == found["formula"]


def test_a_program_is_shown_line_by_line() -> None:
    """Definitions have their names, and a last line without one has none."""
    found = asked(ask="symbols", expr="r = X w - y; r' r")

    assert ["r &= X w - y", r"& r^{\top} r"] == [
        line.strip(" \\") for line in found["formula"].split("\n")[1:-1]
    ]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ({"expr": "softmax(x)", "wrt": "x"}, "jacobian"),
        ({"expr": "softmax(x)", "wrt": "x", "upstream": "g"}, "backward"),
        ({"expr": "x' A x", "wrt": "x", "order": 2}, "hessian"),
        ({"expr": "sum(x.^3)", "wrt": "x", "order": 3}, "higher"),
    ],
)
def test_the_kind_of_a_derivative_is_said(question: dict[str, Any], kind: str) -> None:
    """By what was asked."""
    assert kind == asked(**question)["kind"]


def test_the_shapes_of_a_backward_pass_leave_out_what_is_handed_down() -> None:
    """It is not one of the symbols of the expression."""
    found = asked(expr="X W", wrt="W", upstream="G")

    assert ["X", "W"] == [each["name"] for each in found["shapes"]]


def test_code_is_written_for_each_target_and_run_where_it_can_be() -> None:
    """Numpy code is compared with the answer."""
    numpy = asked(ask="code", expr="||Xw-y||^2", wrt="w")
    torch = asked(ask="code", expr="||Xw-y||^2", wrt="w", target="torch")

    assert ["numpy", "jax", "torch", "array_api"] == numpy["targets"]
    assert "agrees" in numpy["check"]
    assert "import torch" in torch["code"]
    assert torch["check"] is None


def test_an_answer_of_ones_own_is_judged() -> None:
    """In the language of the page."""
    wrong = asked(ask="check", expr="||Xw-y||^2", wrt="w", answer="X'(X w - y)", lang="zh")
    right = asked(ask="check", expr="||Xw-y||^2", wrt="w", answer="-2 X' (y - X w)")

    assert (False, "factor", "2 X' (X w - y)") == (wrong["right"], wrong["kind"], wrong["fix"])
    assert "只差一个系数" in wrong["says"]
    assert (True, "Right.") == (right["right"], right["says"])


def test_an_error_says_where_and_what_to_try() -> None:
    """The place is told as three texts, which need no counting of signs outside."""
    error = asked(expr="λ + X Y", wrt="X", shapes="X: m x n; Y: m x n")["error"]

    assert ["λ + ", "X Y", ""] == error["place"]
    assert ["X: m x n (declared)", "Y: m x n (declared)"] == error["known"]


def test_all_that_is_said_is_in_the_language_of_the_page() -> None:
    """Errors with what was known and what to try, doubts, assumptions, notes, reports."""
    refused = asked(expr="A x + (B", wrt="x", lang="zh")["error"]
    doubted = asked(expr="log(x) + a b", wrt="x", lang="zh")
    assumed = asked(expr="cross_entropy(S, Y)", wrt="S", lang="zh")
    ran = asked(ask="code", expr="A x", wrt="x", lang="zh")

    said = [refused["message"], *refused["known"], refused["hint"], ran["check"]]
    said += [*doubted["doubts"], *doubted["notes"], *assumed["assumptions"]]
    assert len(said) == 8
    for sentence in said:
        assert any("一" <= sign <= "鿿" for sign in sentence), sentence


def test_no_option_of_the_command_is_named() -> None:
    """The page has fields for them."""
    jacobian = asked(expr="softmax(x)", wrt="x")
    tied = asked(expr="logdet(S)", wrt="S", shapes="S: n x n symmetric")

    for found in (jacobian, tied):
        assert found["notes"]
        assert "--" not in "".join([*found["notes"], found["steps"]])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[]",
        "null",
        '{"expr": 3}',
        '{"order": true}',
        '{"order": "1"}',
        '{"what": ""}',
        '{"ask": "__class__"}',
        '{"lang": "xx"}',
        '{"expr": "x", "wrt": "x", "order": 99999999999999}',
        '{"expr": "x", "wrt": "x", "layout": "none"}',
        '{"expr": "\\ud800", "wrt": "\\ud800"}',
        "[" * 100_000,
        '{"order": ' + "9" * 5000 + "}",
        '{"expr": "' + "x" * 20_001 + '"}',
        '{"expr": "' + "(" * 9_000 + '", "wrt": "x"}',
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_question_gets_a_reply_too(text: str) -> None:
    """Bad JSON, unknown keys, values of other types, and too long ones."""
    error = json.loads(reply(text))["error"]

    assert error["message"]
    assert "mistake" not in error["message"]


def test_a_mistake_of_dimderiv_itself_is_said_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows it in place of an answer."""

    def broken(_: Asked) -> None:
        raise KeyError("x")

    monkeypatch.setattr(Asked, "typed", broken)

    assert "made a mistake: KeyError" in json.loads(reply('{"ask": "symbols"}'))["error"]["message"]


WITHOUT = """
import sys
for name in ("click", "numpy", "sympy"):
    sys.modules[name] = None
import json
from dimderiv.surfaces.page import reply
question = {"expr": "sum(log(exp(X w)))", "wrt": "w", "answer": "X' 1"}
for ask in ("symbols", "derive", "code", "check"):
    print(json.loads(reply(json.dumps({**question, "ask": ask}))).get("error"))
question = {"expr": "Y[i:n] = x[i+9]", "wrt": "x", "shapes": "x: n"}
print(json.loads(reply(json.dumps(question)))["check"]["level"])
"""


def test_the_browser_has_neither_numpy_nor_sympy_nor_click() -> None:
    """Everything is answered without them; what only sympy could decide stays open."""
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert ["None", "None", "None", "None", "partial"] == done.stdout.split()

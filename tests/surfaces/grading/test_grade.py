"""Verdicts on answers: what is right in any spelling, and what is wrong by its name."""

import pytest
from documents import code, tables, text_of

from dimderiv import Verdict, check
from dimderiv.surfaces import KINDS

SQUARES = "||Xw-y||^2"
QUADRATIC = "x'Ax + b'x"
NET = "H = tanh(X W1 + b1); ||H W2 - Y||^2"
LOSS = "S = X W + b; L = cross_entropy(S, Y)"


@pytest.mark.parametrize(
    "answer",
    [
        "2 X' (X w - y)",
        "2 X' X w - 2 X' y",
        "2 (w' X' X - y' X)'",
        "r = X w - y; g = X' r; g + g",
        "[i] 2 X[k,i] (X[k,j] w[j] - y[k])",
        'einsum("ki,k->i", X, 2 (X w - y))',
        "dw = -2 X' (y - X w)",
    ],
)
def test_a_right_answer_is_right_in_any_spelling(answer: str) -> None:
    """What is compared are the entries."""
    verdict = check(SQUARES, "w", answer)

    assert Verdict(True, "right", "Right.") == verdict


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "answer", "kind", "fix"),
    [
        (SQUARES, "w", "", "2 X (X w - y)", "transpose", "2 X' (X w - y)"),
        (SQUARES, "w", "", "2 X' (y - X w)", "sign", "-2 X' (y - X w)"),
        (SQUARES, "w", "", "X' (X w - y)", "factor", "2 X' (X w - y)"),
        (SQUARES, "w", "", "2 (X w - y) X'", "order", "2 X' (X w - y)"),
        (QUADRATIC, "x", "", "2 A x + b", "symmetric", "(A + A') x + b"),
        (QUADRATIC, "x", "", "x' (A + A') + b'", "layout", "(A' + A) x + b"),
        (QUADRATIC, "x", "", "(A + A') x", "term", "(A + A') x + b"),
        (LOSS, "b", "b: 1 x c", "sum(softmax(S) - Y, axis=0)", "size", None),
        ("sum(relu(X W) .* G)", "W", "", "X' G", "chain", None),
    ],
)
def test_a_wrong_answer_is_called_by_its_name(
    expression: str, wrt: str, shapes: str, answer: str, kind: str, fix: str | None
) -> None:
    """The kind says what is wrong, and the fix is the answer with a small edit, and right."""
    verdict = check(expression, wrt, answer, shapes=shapes or None)

    assert not verdict.right
    assert verdict.kind == kind
    assert kind in KINDS
    assert fix is None or verdict.fix == fix
    assert check(expression, wrt, verdict.fix or "", shapes=shapes or None).right


def test_every_kind_is_documented() -> None:
    """docs/check_answers.md says what each kind means."""
    (table,) = [t for t in tables(text_of("docs/check_answers.md")) if t.heads[0] == "kind"]

    assert dict(KINDS) == {code(kind)[0]: meaning for kind, meaning in table.rows}

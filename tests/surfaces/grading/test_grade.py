"""Verdicts on answers: what is right in any spelling, and what is wrong by its name."""

from string import Formatter
from typing import Any

import pytest
from documents import code, tables, text_of

from dimderiv import check
from dimderiv.errors import DimderivError
from dimderiv.explain import LANGUAGES
from dimderiv.surfaces import KINDS
from dimderiv.surfaces.grading import Words

SQUARES = "||Xw-y||^2"
QUADRATIC = "x'Ax + b'x"
MASKED = "||M .* (U V' - T)||_F^2"
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

    assert (True, "right", "Right.") == (verdict.right, verdict.kind, verdict.says)


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
        (LOSS, "W", "X: N x D; b: 1 x C", "X' (softmax(S) - Y)", "size", "X' (softmax(S) - Y) / N"),
        ("sum(relu(X W) .* G)", "W", "", "X' G", "chain", None),
        ("sum(relu(X W) .* G)", "W", "", "X' (G .* relu(X W))", "chain", None),
        ("P = softmax(X W); sum(P .* G)", "W", "", "X' (G .* P .* (1 - P))", "chain", None),
        ("log(1 + exp(w'x))", "w", "", "x exp(w'x)", "chain", "sigmoid(w' x) x"),
        (SQUARES, "w", "", "2 X' ||X w - y||", "function", "2 X' (X w - y)"),
        (SQUARES, "w", "", "2 X' .* (X w - y)", "product", "2 X' (X w - y)"),
        (SQUARES, "w", "", "2 (X w - y)", "factor", "X' (2 (X w - y))"),
        ("||U V' - T||^2", "V", "", "2 (U V' - T)' V", "name", "2 (U V' - T)' U"),
        ("mean((Xw-y).^2)", "w", "", "2/n X' (X w - y)", "name", "(2 / m) X' (X w - y)"),
        (f"{SQUARES} + c w'w", "w", "", "2 (X'X + c) w - 2 X'y", "diag", None),
        (QUADRATIC, "x", "", "(A + A') x + b' x", "term", "(A + A') x + b"),
        (QUADRATIC, "x", "", "2 A x", "symmetric", "(A + A') x + b"),
        ("logdet(S)", "S", "S: n x n symmetric", "2 inv(S) - inv(S) .* I", "structured", None),
        (MASKED, "U", "", "2 (M .* (U V' - T)) V", "binary", "2 (M.^2 .* (U V' - T)) V"),
        ("sum(d.^2 .* x.^2)", "x", "", "2 d .* x", "binary", None),
        ("b^2 x'x", "x", "", "2 b x", "power", "2 b^2 x"),
        ("sum(x.^3)", "x", "", "3 x", "power", "3 x.^2"),
        (NET, "b1", "b1: 1 x h", "2 ((H W2 - Y) W2') .* (1 - H.^2)", "sum", None),
        (NET, "W1", "b1: 1 x h", "2 X' (((H W2 - Y) W2') .* (1 - H))", "power", None),
        (LOSS, "b", "X: N x d; b: 1 x c", "sum(softmax(S) - Y, axis=1) / N", "axis", None),
        ("X w", "w", "", "X'", "layout", "X"),
    ],
)
def test_a_wrong_answer_is_called_by_its_name(
    expression: str, wrt: str, shapes: str, answer: str, kind: str, fix: str | None
) -> None:
    """The kind says what is wrong, and the fix is the answer with a small edit, and right."""
    verdict = check(expression, wrt, answer, shapes=shapes or None)

    assert not verdict.right
    assert verdict.kind == kind, verdict.says
    assert kind in KINDS
    assert fix is None or verdict.fix == fix
    assert check(expression, wrt, verdict.fix or "", shapes=shapes or None).right


@pytest.mark.parametrize(
    ("expression", "wrt", "answer", "options"),
    [
        ("x' A x", "x", "A + A'", {"order": 2}),
        ("||X w - y||^2", "X,w", "r = 2 (X w - y); dX = r w'; dw = X' r", {}),
        ("||X w - y||^2", "w", "2 (X w - y)' X", {"layout": "numerator"}),
        ("tr(A)^2 / 2 + x' A x", "A", "I tr(A) + x x'", {}),
        ("A X B", "X", "A' G B'", {"upstream": "G"}),
        ("A X B", "X", "kron(B', A)", {}),
        ("inv(X)", "X", "-inv(X) V inv(X)", {"forward": "V"}),
        (
            "logdet(S)",
            "S",
            "2 inv(S) - inv(S) .* I",
            {"structured": True, "shapes": "S: n x n symmetric"},
        ),
        ("Y[b,i] = X[b,j] W[j,i]; sum(Y.^2)", "W", "[j,i] 2 X[b,j] Y[b,i]", {}),
        ("f(X w)", "w", "X' ∇f(X w)", {"shapes": "f: m -> scalar; X: m x n"}),
    ],
)
def test_all_that_derive_can_answer_can_be_judged(
    expression: str, wrt: str, answer: str, options: dict[str, Any]
) -> None:
    """Hessians, several variables, layouts, products with a derivative; and twice is too much."""
    twice = "; ".join(f"{part} 2" for part in answer.split("; "))

    assert check(expression, wrt, answer, **options).right
    assert not check(expression, wrt, twice, **options).right


@pytest.mark.parametrize(
    ("expression", "answer", "source"),
    [
        (SQUARES, r"2 X^\top (X w - y)", None),
        (SQUARES, "2 * X.T @ (X @ w - np.eye(y.shape[0]) @ y)", None),
        (r"\|Xw - y\|_2^2", r"2 X^\top X w - 2 X^\top y", None),
        (r"\|Xw - y\|_2^2", "2 X' (X w - y)", None),
        ("np.sum((X @ w - y)**2)", "2 * X.T @ (X @ w - y)", None),
        ("np.sum((X @ w - y)**2)", "2 X' (X w - y)", None),
        ("((X @ w - y)**2).sum()", "2 * (X @ w - y) @ X", "numpy"),
    ],
)
def test_expression_and_answer_may_be_latex_or_code(
    expression: str, answer: str, source: str | None
) -> None:
    """Each in its own language."""
    assert check(expression, "w", answer, source=source, shapes="X: m x n; w: n; y: m").right


def test_an_answer_in_latex_is_mended_in_our_language() -> None:
    """What is wrong is said of what was read."""
    verdict = check(r"\|Xw - y\|_2^2", "w", r"2 X (X w - y)")

    assert ("transpose", "2 X' (X w - y)") == (verdict.kind, verdict.fix)
    assert "read as LaTeX: ||X w - y||^2" in verdict.assumptions


def test_zero_is_an_array_of_zeros() -> None:
    """Nobody writes all of them."""
    assert check("x' A y", "x", "0", order=2).right
    assert not check("x' A x", "x", "0", order=2).right
    assert check("sum(x)", "x", "ones(n)").right


def test_the_derivatives_that_are_wrong_are_named() -> None:
    """Of several, those that are right are not spoken of."""
    verdict = check("||X w - y||^2", "X,w", "dX = 2 (X w - y) w'; dw = 2 X (X w - y)")

    assert verdict.says.startswith("dw: The shapes do not conform")
    assert "dX" not in verdict.says
    assert verdict.fix == "dX = 2 (X w - y) w'; dw = 2 X' (X w - y)"


@pytest.mark.parametrize(
    ("expression", "wrt", "answer", "message"),
    [
        ("x' x", "x", "2 q", "q, which is not in the expression"),
        ("x' x", "x", "  ", "there is no answer"),
        ("x' x", "x", 2, "an answer is a text"),
        ("||X w - y||^2", "X,w", "2 (X w - y) w'", "does not define dX"),
        ("x' x", "x", "2 x .* log(-x.^2)", "cannot be judged"),
    ],
)
def test_without_certainty_there_is_no_verdict(
    expression: str, wrt: str, answer: str, message: str
) -> None:
    """What cannot be read, or not be judged, is an error that says why."""
    with pytest.raises(DimderivError, match=message):
        check(expression, wrt, answer)


@pytest.mark.parametrize(
    ("expression", "answer", "kind", "says"),
    [
        ("x' x / 2", "0.9999999999999 x", "factor", "rounding"),
        ("sum(relu(x))", "(x > 1)", "factor", "`1` ought to be `0`"),
        ("sum(x)", "1", "shape", "The answer is a scalar; the derivative by x is n."),
        ("norm2(x)^4", "x' x + 7 x", "unknown", "no small change"),
        ("x' A x", "2 A", "shape", "The answer is n x n"),
    ],
)
def test_what_is_wrong_is_said(expression: str, answer: str, kind: str, says: str) -> None:
    """Mistakes of other kinds, and those that no small edit mends."""
    verdict = check(expression, "x", answer)

    assert (kind, False) == (verdict.kind, verdict.right)
    assert says in verdict.says
    assert check(expression, "x", verdict.fix or "").right


def test_the_sentences_are_the_same_in_every_language() -> None:
    """All languages have a sentence for each key, with the same fields."""
    fields = {
        lang: {
            key: {name for _, name, _, _ in Formatter().parse(said) if name}
            for key, said in Words(lang).sentences.items()
        }
        for lang in LANGUAGES
    }

    assert fields["en"] == fields["zh"]
    assert check("x' x", "x", "x", lang="zh").says == "只差一个系数：应为它的 2 倍。"


def test_every_kind_is_documented() -> None:
    """docs/check_answers.md says what each kind means."""
    (table,) = [t for t in tables(text_of("docs/check_answers.md")) if t.heads[0] == "kind"]

    assert dict(KINDS) == {code(kind)[0]: meaning for kind, meaning in table.rows}

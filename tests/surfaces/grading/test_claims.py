"""Verdicts on stationary points and on words for how a function curves."""

import pytest

from dimderiv import check
from dimderiv.errors import DimderivError, LimitError, NotDifferentiableError, ParseError

SLOPE = "a: scalar; b: scalar; x: n"
LINE = "sum((y - a - b x).^2)"


@pytest.mark.parametrize(
    ("expression", "wrt", "answer", "shapes"),
    [
        ("||X w - y||^2", "w", "inv(X'X) X'y", ""),
        ("||X w - y||^2", "w", "w = (X'X) \\ (X'y)", ""),
        ("G = X'X; w'G w - 2 w'X'y", "w", "inv(G) X'y", ""),
        (LINE, "a,b", "b = x'(y - mean(y)) / (x'(x - mean(x))); a = mean(y) - b mean(x)", SLOPE),
        ("logdet(S) - tr(A S)", "S", "inv(A)", "S: n x n spd; A: n x n spd"),
        ("||A Q - B||^2", "Q", "2 polar(A'B) - polar(A'B)", "Q: n x n"),
    ],
)
def test_a_stationary_point_is_right_in_any_spelling(
    expression: str, wrt: str, answer: str, shapes: str
) -> None:
    """By the gradient there; the last is none, as nothing holds the variable orthogonal."""
    verdict = check(expression, wrt, answer, shapes=shapes, about="stationary")

    assert verdict.right == ("polar" not in answer)
    assert verdict.kind == ("right" if verdict.right else "stationary")


def test_a_wrong_point_is_told_the_gradient_and_the_right_one() -> None:
    """In both languages."""
    said = check("||X w - y||^2", "w", "2 inv(X'X) X'y", about="stationary")
    chinese = check("||X w - y||^2", "w", "2 inv(X'X) X'y", about="stationary", lang="zh")

    assert "The gradient by w, `2 X' (X w - y)`, does not vanish there." == said.says
    assert "solve(X' X, X' y)" == said.fix
    assert "不为零" in chinese.says


@pytest.mark.parametrize(
    ("expression", "wrt", "answer", "shapes", "expected"),
    [
        ("||A Q - B||^2", "Q", "polar(A'B)", "Q: n x n orthogonal", ""),
        ("||A I - B||^2", "I", "polar(A'B)", "I: n x n orthogonal", ""),
        ("||A Q - B||^2", "Q", "0 A'A", "Q: n x n orthogonal", "is not orthogonal"),
        ("||A Q - B||^2", "Q", "polar(A'A)", "Q: n x n orthogonal", "moves by rotations"),
        ("logdet(S) - tr(A S)", "S", "2 inv(A + A')", "S: n x n spd; A: n x n", ""),
        ("logdet(S) - tr(A S)", "S", "inv(A)", "S: n x n spd; A: n x n", "is not symmetric"),
        ("logdet(S) - tr(A S)", "S", "inv(A + A')", "S: n x n spd; A: n x n", "The gradient by S"),
    ],
)
def test_entries_that_are_tied_move_together(
    expression: str, wrt: str, answer: str, shapes: str, expected: str
) -> None:
    """By rotations, or with their transposes; and the value has the property too."""
    verdict = check(expression, wrt, answer, shapes=shapes, about="stationary")

    assert verdict.right == (not expected)
    assert expected in verdict.says


def test_other_ties_are_refused() -> None:
    """As where a stationary point is asked for."""
    with pytest.raises(NotDifferentiableError, match="tied by a property"):
        check("||D - A||^2", "D", "A", shapes="D: n x n diagonal", about="stationary")


@pytest.mark.parametrize(
    ("expression", "wrt", "answer", "message"),
    [
        ("||X w - y||^2", "w", "inv(X'X) X'X w", "made of w, which moves"),
        ("r = X w - y; r'r", "w", "X' r", "made of r, which moves"),
        (LINE, "a,b", "a = 1", "no value of b"),
        ("||X w - y||^2", "w", "X' y + y", "does not conform"),
        ("||X w - y||^2", "w", "X X' y", "the value of w is m, and w is n"),
    ],
)
def test_what_is_no_value_is_refused(expression: str, wrt: str, answer: str, message: str) -> None:
    """A value that is made of the variable says nothing, and each variable has one."""
    shapes = SLOPE if expression == LINE else ""

    with pytest.raises(DimderivError, match=message) as caught:
        check(expression, wrt, answer, shapes=shapes, about="stationary")

    assert caught.value.source in (None, "", answer)


@pytest.mark.parametrize(
    ("expression", "claim", "shapes", "expected"),
    [
        ("||X w - y||^2", "convex", "", True),
        ("||X w - y||^2", "concave", "", False),
        ("||X w - y||^2", "neither", "", False),
        ("||X w - y||^2", "affine", "", False),
        ("||w - a||^2", "Strictly  convex", "", True),
        ("||w - a||^2", "strictly concave", "", False),
        ("a'w", "convex", "", True),
        ("a'w", "strictly convex", "", False),
        ("sum(log(w))", "concave", "", True),
        ("w'A w", "convex", "", False),
        ("w'A w", "neither", "", True),
    ],
)
def test_a_word_for_how_a_function_curves(
    expression: str, claim: str, shapes: str, expected: bool
) -> None:
    """Right or wrong, and the reason beside it."""
    verdict = check(expression, "w", claim, shapes=shapes, about="curvature")

    assert expected == verdict.right
    assert verdict.kind == ("right" if expected else "curvature")
    assert verdict.entry


def test_what_nobody_knows_is_no_verdict() -> None:
    """Strict only where a matrix has full rank, which nothing says."""
    with pytest.raises(LimitError, match="nothing decides") as caught:
        check("||X w - y||^2", "w", "strictly convex", about="curvature")

    assert "It is strict where X has full column rank." in caught.value.known


@pytest.mark.parametrize(
    ("about", "answer", "options", "message"),
    [
        ("curvature", "round", {}, "no curvature"),
        ("shape", "round", {}, "not about shape"),
        ("curvature", "convex", {"order": 2}, "those of a derivative"),
    ],
)
def test_other_questions_are_refused(
    about: str, answer: str, options: dict[str, int], message: str
) -> None:
    """What it is about, which words there are, and what goes with derivatives alone."""
    with pytest.raises(ParseError, match=message):
        check("||w||^2", "w", answer, about=about, order=options.get("order", 1))

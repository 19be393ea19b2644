"""The sentences on stationary points: both languages, and how they are set."""

import re
from string import Formatter

import numpy as np
import pytest

from dimderiv import stationary
from dimderiv.errors import NotDifferentiableError
from dimderiv.explain import sentences_in
from dimderiv.stationarity import Open, Stationary
from dimderiv.stationarity.words import MESSAGES


def fields(sentence: str) -> set[str]:
    """The fields that a sentence is filled in."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_say_the_same_with_the_same_fields() -> None:
    """A sentence that one language lacks would end a derivation in the other."""
    english, chinese = (sentences_in(MESSAGES, lang) for lang in ("en", "zh"))

    assert english.keys() == chinese.keys()
    assert {key: fields(text) for key, text in english.items()} == {
        key: fields(text) for key, text in chinese.items()
    }


def test_the_steps_of_least_squares() -> None:
    """Collected, brought to the other side, multiplied by the inverse, and why there is one."""
    steps = stationary("||X w - y||^2", "w").explain()

    assert steps.splitlines() == [
        "Where ||X w - y||^2 is stationary, by w",
        "1. The gradient by w is 2 X' (X w - y) (n x 1). It is to be zero.",
        "2. What has w stays on the left, and what is left goes to the right:",
        "   X' X w = X' y.",
        "3. Multiply by the inverse of X' X from the left, which exists where X has full",
        "   column rank: w = solve(X' X, X' y).",
        "",
        "Put together:",
        "   w = solve(X' X, X' y)",
        "",
        "The function is convex, so a stationary point is a minimum over its whole",
        "domain.",
    ]


def test_the_steps_in_chinese_latex() -> None:
    """The formulas are in math mode, and the sentences in Chinese."""
    steps = stationary("||X w - y||^2", "w").explain("zh", markup="latex")

    assert r"\item[3.] 从左边乘 \(X^{\top} X\) 的逆，条件是 \(X\) 列满秩" in steps


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes"),
    [
        ("tr(X' A X B) + tr(C' X)", "X", "A: n x n; B: m x m"),
        ("logdet(X' X)", "X", "X: m x n"),
        ("1 / x", "x", "x: scalar positive"),
        ("n log(s) + sum((x - m).^2) / (2 s^2)", "m,s", "s: scalar positive; m: scalar; x: k"),
        ("sum(x)", "x", ""),
    ],
)
def test_every_way_has_its_words(expression: str, wrt: str, shapes: str) -> None:
    """Whatever is found, or stands in the way, is said in both languages."""
    point = stationary(expression, wrt, shapes=shapes)

    assert point.explain()
    assert point.explain("zh", markup="markdown")


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "subject_to", "expected"),
    [
        ("||X w - y||^2", "w", "", None, "function is convex, so a stationary point is a minimum"),
        ("||x - a||^2", "x", "", None, "function is strictly convex, so a stationary point is the"),
        ("sum(log(x)) - a'x", "x", "", None, "is strictly concave where x is positive"),
        ("||x||^2", "x", "", "A x = b", "Lagrangian is strictly convex, so a stationary point of"),
        ("x y", "x,y", "x: scalar; y: scalar", None, ""),
        ("x' A x", "x", "A: n x n spd", "x' B x = 1", ""),
    ],
)
def test_what_is_convex_has_a_minimum(
    expression: str, wrt: str, shapes: str, subject_to: str | None, expected: str
) -> None:
    """Which is said with the reason; of others, and under constraints that bend, nothing is."""
    point = stationary(expression, wrt, shapes=shapes, subject_to=subject_to)

    assert isinstance(point, Stationary) == bool(expected or subject_to is None)
    if isinstance(point, Stationary):
        assert expected in point.said_extremum()
        assert bool(expected) == bool(point.said_extremum("zh"))


def test_an_inverse_at_the_end_is_written_as_on_paper() -> None:
    """The code solves all the same; sums of an inverse are solutions for ones."""
    factor = stationary("||X - U V'||^2", "U")
    portfolio = stationary("w' S w", "w", subject_to="1' w = 1", shapes="S: n x n spd")

    assert isinstance(factor, Stationary)
    assert isinstance(portfolio, Stationary)
    assert "X V inv(V' V)" == str(factor)
    assert "U = X V (V^{\\top} V)^{-1}" == factor.latex()
    assert "solve(S, ones(n, 1)) / sum(solve(S, ones(n, 1)))" == str(portfolio)
    assert () == portfolio.conditions
    assert not re.search(
        r"\binv\(|_inv\(cholesky", portfolio.code().split("def stationary_point")[1]
    )


def test_orthogonal_matrices_are_asked_for_by_property_or_constraint() -> None:
    """The steps say how they move, and that the function is least there."""
    expression, value = "||A Q - B||^2", "polar(A' B)"
    declared = stationary(expression, "Q", shapes="Q: n x n orthogonal")
    constrained = stationary(expression, "Q", shapes="Q: n x n", subject_to="Q Q' = I")

    for point in (declared, constrained):
        assert isinstance(point, Stationary)
        assert value == str(point)
        assert ("A' B is invertible",) == point.conditions
        assert "moves by rotations" in point.explain()
        assert "least there" in point.said_extremum()
        assert "最小" in point.said_extremum("zh")


def test_the_polar_factor_is_the_least_of_orthogonal_matrices() -> None:
    """Against random ones, by the code."""
    generator = np.random.default_rng(4)
    a, b = generator.normal(size=(2, 5, 3))
    point = stationary("||A Q - B||^2 + ||Q C - D||^2", "Q", shapes="Q: n x n orthogonal")
    assert isinstance(point, Stationary)
    best = point.function()(A=a, B=b, C=a.T, D=b.T)

    def value(q: np.ndarray) -> float:
        return float(np.sum((a @ q - b) ** 2) + np.sum((q @ a.T - b.T) ** 2))

    others = [np.linalg.qr(generator.normal(size=(3, 3)))[0] for _ in range(200)]
    assert value(best) < min(map(value, others))


def test_what_is_not_square_or_stays_is_said() -> None:
    """Orthonormal columns alone, and an orthogonal matrix on both sides of others."""
    with pytest.raises(NotDifferentiableError, match="for square ones"):
        stationary("||A W - B||^2", "W", subject_to="W' W = I")

    point = stationary("tr(Q' A Q B)", "Q", shapes="Q: n x n orthogonal")
    assert isinstance(point, Open)
    assert "cannot be brought to one side" in point.reason


def test_an_eigenvalue_problem_of_a_constrained_form() -> None:
    """The eigenvalue is made of the multiplier."""
    point = stationary("x' A x", "x", shapes="A: n x n symmetric", subject_to="x' x = 1")

    assert isinstance(point, Open)
    assert "A x = lambda x, where lambda = -nu" in point.reason

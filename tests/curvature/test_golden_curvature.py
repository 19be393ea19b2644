"""Convex, concave and neither, as the literature has it; and what a certificate says."""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dimderiv import derive
from dimderiv.curvature import VERDICTS, Curvature, claim_of_point

CASES: list[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
)["case"]
# What no rule and no Hessian decides yet.
UNDECIDED = {
    "n / sum(1 ./ x)",
    "sum(where(abs(x) < 1, x.^2 / 2, abs(x) - 1/2))",
}


def curvature(expression: str, wrt: str, **options: Any) -> Curvature:
    """The curvature of an expression."""
    return derive(expression, wrt, verify=False, **options).curvature()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['expression']} by {case['wrt']}")
def test_verdicts_are_those_of_the_literature(case: dict[str, str]) -> None:
    """Each is decided as its source has it, or is known to be open."""
    found = curvature(case["expression"], case["wrt"], shapes=case.get("shapes"))

    expected = "unknown" if case["expression"] in UNDECIDED else case["expected"]
    assert expected == found.verdict
    assert found.verdict in VERDICTS
    if expected == "neither":
        assert found.negative is not None
        assert found.positive is not None
        assert found.negative.second < 0 < found.positive.second


def test_a_counterexample_of_rationals_is_exact() -> None:
    """Where all is rational, so is the second derivative."""
    found = curvature("x'y", "x,y")

    assert found.negative is not None
    assert isinstance(found.negative.second, Fraction)


def test_a_certificate_lists_each_step_after_those_it_needs() -> None:
    """The last step is the claim."""
    found = curvature("sum(softplus(X w)) + lambda ||w||^2", "w", shapes="lambda: scalar positive")

    seen = set[object]()
    for fact in found.certificate:
        assert seen.issuperset(fact.given)
        seen.add(fact)
    assert found.certificate[-1].says == "convex"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("markup", ["text", "latex", "markdown"])
def test_certificates_are_said_in_both_languages(lang: str, markup: str) -> None:
    """Every kind of step has its words, of golden cases by their certificates."""
    for case in CASES[::7]:
        found = curvature(case["expression"], case["wrt"], shapes=case.get("shapes"))

        assert "{" not in found.explain(lang) and found.explain(lang, markup=markup)


def test_a_matrix_of_full_rank_makes_least_squares_strict() -> None:
    """What has to hold for that is said."""
    assert "It is strict where X has full column rank." in str(curvature("||X w - y||^2", "w"))


def test_what_is_no_convex_set_has_no_curvature() -> None:
    """Between two orthogonal matrices lies none."""
    found = curvature("tr(A Q)", "Q", shapes="Q: n x n orthogonal; A: n x n")

    assert found.verdict == "unknown"
    assert "make no convex set" in str(found)


@pytest.mark.parametrize(
    ("expression", "shapes"),
    [
        ("-log(x^2)", "x: scalar"),
        ("-abs(x)", "x: scalar"),
        ("sum(max(x, 0)) - sum(abs(x))", "x: n"),
        ("log(abs(x))", "x: scalar"),
        ("-relu(x)", "x: scalar"),
        ("1 / x^2", "x: scalar"),
        ("x / (1 + x)", "x: scalar"),
        ("logdet(A)", "A: n x n"),
        ("sum((A^2) x)", "A: n x n nonnegative"),
    ],
)
def test_half_of_the_truth_is_not_claimed(expression: str, shapes: str) -> None:
    """A kink, or a domain of two parts, keeps a second derivative from saying what it seems to."""
    wrt = "A" if "A" in expression else "x"
    found = curvature(expression, wrt, shapes=shapes)

    assert not found.is_convex


def test_a_stationary_point_of_a_convex_function_is_a_minimum() -> None:
    """And of a strictly concave one the only maximum; of an affine one nothing is said."""
    convex = claim_of_point(curvature("||X w - y||^2", "w"))
    concave = claim_of_point(curvature("sum(log(x))", "x"), "zh")

    assert convex == (
        "The function is convex, so a stationary point is a minimum over its whole domain."
    )
    assert "唯一的最大值点" in concave
    assert not claim_of_point(curvature("a'x", "x"))


def test_a_counterexample_has_short_numbers() -> None:
    """A reader can follow it."""
    said = str(curvature("x y", "x,y", shapes="x: scalar; y: scalar"))

    assert said.splitlines()[1:] == [
        "At x = -2, y = -2, the second derivative along dx = 1, dy = -1 is -2, "
        "and along dx = 1, dy = 1 it is 2."
    ]


def test_neither_is_not_said_where_it_depends_on_what_does_not_move() -> None:
    """For each `a` this is convex or concave."""
    found = curvature("a x^2", "x", shapes="a: scalar; x: scalar")

    assert found.verdict == "unknown"
    assert "It depends on what does not move." in str(found)


def test_an_unknown_function_may_be_convex() -> None:
    """No example of one proves anything of all."""
    found = curvature("f(x)", "x", shapes="f: n -> scalar; x: n")

    assert found.verdict == "unknown"
    assert found.negative is None
    assert "nothing is known of f" in str(found)

"""The stationary points of the literature, found and compared with their sources."""

import tomllib
from pathlib import Path

import pytest

from dimderiv.language import Add, Negative, Tree
from dimderiv.stationarity import Open, Stationary, stationary
from dimderiv.stationarity.checking import zero_at

# No closed form is found of these: said by name, and never answered wrongly.
REFUSED = [
    "rayleigh",
    "generalized_rayleigh",
    "fisher_criterion",
    "ordinary_cca",
    "reduced_cca",
    "maximum_entropy",
    "logistic_regression",
    "softmax_regression",
    "poisson_regression",
]
CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))


def found(name: str) -> Stationary | Open:
    """What is found for a case."""
    case = CASES[name]
    return stationary(
        case["expression"],
        case["wrt"],
        subject_to=case.get("subject_to"),
        shapes=case.get("shapes"),
    )


def difference(point: Stationary, statement: str) -> tuple[str, Tree]:
    """What is zero where a statement of a source holds, and which variable it is about."""
    left, right = (
        point.question.read(side.strip()).statements[-1].value for side in statement.split("=", 1)
    )
    return statement.split("=")[0].strip(), Add((left, Negative(right)))


@pytest.mark.parametrize("name", [name for name in CASES if name not in REFUSED])
def test_the_solution_is_that_of_the_source(name: str) -> None:
    """What is found equals what is printed there, entry by entry, and has passed its own check."""
    point = found(name)

    assert isinstance(point, Stationary)
    assert point.verification is not None
    assert point.verification.level in ("exact", "proved", "30 digits", "60 digits")
    for statement in CASES[name]["solution"].strip().splitlines():
        variable, equation = difference(point, statement)
        report = zero_at(point.question, point.answer, variable, equation, "points")
        assert report.level in ("exact", "proved", "30 digits", "60 digits")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_solved_says_what_stands_in_the_way(name: str) -> None:
    """There is no answer, but a reason."""
    point = found(name)

    assert isinstance(point, Open)
    assert point.reason.startswith(
        ("No closed form was found: ", "This is an eigenvalue problem, ")
    )


@pytest.mark.parametrize("name", ["rayleigh", "generalized_rayleigh", "reduced_cca"])
def test_an_eigenvalue_problem_is_said_as_such(name: str) -> None:
    """As the source writes it, with the eigenvalue as a formula of the eigenvector."""
    point = found(name)

    assert isinstance(point, Open)
    assert f"eigenvalue problem, {CASES[name]['eigen']}, where lambda = " in point.reason
    assert "特征值问题" in point.said_reason("zh")

"""A small sample of the search, and that it finds what is planted."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

pytest.importorskip("torch")

from faults import install
from search.judge import Judge
from search.problems import Part, Problem, random_problems, systematic
from search.shrink import shrunk
from verify.test_faults import FAULTS

from dimderiv import derive
from dimderiv.derivation.derivation import Derivation

SEED = 3
PROBLEMS = [*islice(systematic(SEED), 80), *islice(random_problems(SEED), 40)]

COLUMN, OF_ROWS = ("n", "1"), ("m", "1")
X, x, y = Part("X", ("m", "n")), Part("x", COLUMN), Part("y", OF_ROWS)
FITTED = Part("{} {}", OF_ROWS, (X, Part("exp({})", COLUMN, (x,))))
DIFFERENCE = Part("{} - {}", OF_ROWS, (FITTED, y))
LEAST_SQUARES = Problem(Part("||{}||^2", ("?", "?"), (DIFFERENCE,)), ("x",), "derivative")


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.source[:50])
def test_nothing_is_found(problem: Problem) -> None:
    """Text and code are right at all sizes, and LaTeX and steps are written."""
    assert [] == Judge(check=False).findings(problem)


def kinds(judge: Judge) -> set[str]:
    """The kinds of what is found of one problem."""
    return {finding.kind for finding in judge.findings(LEAST_SQUARES)}


def plant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one of the faults in place."""
    install(next(fault for fault in FAULTS if fault.name == name), monkeypatch)


def test_a_wrong_text_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer that is broken; that its check withholds the text is as it should be."""
    assert set() == kinds(Judge())

    plant("a minus in a sum is dropped", monkeypatch)

    assert "text" in kinds(Judge())
    assert "passes" not in kinds(Judge())


def test_a_wrong_derivative_is_found_in_code_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong step of the derivation spoils both."""
    plant("the exponent is not multiplied in", monkeypatch)

    assert {"text", "code numpy", "code numpy with value"} <= kinds(Judge())


def test_wrong_code_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What code returns is compared by itself."""
    right = Derivation.function

    def wrong(self: Derivation, *arguments: Any, **options: Any) -> Callable[..., Any]:
        function = right(self, *arguments, **options)
        return lambda X, x, y: function(X=X, x=x, y=2 * y)

    monkeypatch.setattr(Derivation, "function", wrong)

    assert {"code numpy", "code numpy with value"} == kinds(Judge())


def test_a_check_that_passes_everything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong and passes is a finding."""
    passed = derive("x'x", "x")
    plant("a minus in a sum is dropped", monkeypatch)
    monkeypatch.setattr(Derivation, "verified", lambda self: passed)

    assert {"text", "passes"} <= kinds(Judge())


def test_a_finding_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has nothing to do with it is dropped."""
    plant("a minus in a sum is dropped", monkeypatch)
    judge = Judge(check=False)

    found = judge.findings(LEAST_SQUARES)[0]
    smallest = shrunk(found, judge)

    assert ("text", "text") == (found.kind, smallest.kind)
    assert "||((X x) - y)||^2" == smallest.problem.source

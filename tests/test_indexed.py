"""A few random index statements; `python -m tests.indexed` asks as many as there is time for."""

from itertools import islice

import pytest

pytest.importorskip("torch")

from indexed.judge import findings
from indexed.problems import Problem, problems


@pytest.mark.parametrize("problem", [*islice(problems(5), 60)], ids=lambda each: each.source[:60])
def test_nothing_is_found(problem: Problem) -> None:
    """Value, derivative and printed answer are those of PyTorch."""
    assert [] == [str(finding) for finding in findings(problem)]

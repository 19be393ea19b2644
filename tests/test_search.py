"""A small sample of the search, and that it finds what is planted."""

from itertools import islice

import pytest

torch = pytest.importorskip("torch")

from search.forms import SYMBOLS  # noqa: E402
from search.judge import Judge  # noqa: E402
from search.problems import Part, Problem, random_problems, systematic  # noqa: E402

SEED = 1
PROBLEMS = [*islice(systematic(SEED), 120), *islice(random_problems(SEED), 60)]


def symbol(name: str) -> Part:
    """A symbol with its shape."""
    rows, _, cols = SYMBOLS[name].partition(" x ")
    return Part(name, (rows.split()[0], (cols or "1").split()[0]))


LEAST_SQUARES = Problem(
    Part(
        "||{} - {}||^2",
        ("?", "?"),
        (
            Part("{} {}", ("m", "1"), (symbol("X"), Part("exp({})", ("n", "1"), (symbol("x"),)))),
            symbol("y"),
        ),
    ),
    ("x",),
    "derivative",
)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.source[:50])
def test_nothing_is_found(problem: Problem) -> None:
    """Text and code are right, and LaTeX and steps are written."""
    assert [] == Judge(check=False).findings(problem)

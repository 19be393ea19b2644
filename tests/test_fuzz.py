"""Whatever is typed, the outcome is an answer or an error of dimderiv's own."""

import pytest
from fuzz import described, tried

SEED = 20_000


@pytest.mark.parametrize("number", range(250))
def test_every_outcome_is_an_answer_or_an_error(number: int) -> None:
    """Random and mutated inputs; the limits of time are wide, since the machine may be busy."""
    outcome = tried(SEED, number, patience=10.0)

    assert outcome.is_good, described(SEED, outcome)

"""A few of the questions of the sweep; `tests/sweep.py` asks as many as there is time for."""

from random import Random

import pytest
from sweep import Question, fault, questions

from dimderiv.errors import DimderivError


@pytest.mark.parametrize("question", Random(11).sample([*questions()], 60), ids=str)
def test_no_answer_is_wrong(question: Question) -> None:
    """An operation inside of a context is answered rightly, or refused."""
    try:
        what = fault(question)
    except DimderivError as error:
        assert str(error)
        return

    assert "" == what

"""A few of the random expressions of `python -m tests.convexity`, judged by its evaluator."""

from itertools import islice

import convexity
import pytest

from dimderiv import derive
from dimderiv.curvature import Curvature
from dimderiv.errors import DimderivError


@pytest.mark.parametrize("start", [0, 10])
def test_no_claim_on_random_expressions_is_false(start: int) -> None:
    """Hessians and chords of another evaluator agree."""
    for question in islice(convexity.questions(7), start, start + 10):
        try:
            derivation = derive(question.source, question.wrt, shapes=question.shapes, verify=False)
            found = derivation.curvature()
        except DimderivError:
            continue
        if found.is_convex or found.is_concave:
            assert not convexity.contradiction(found, question, derivation), str(question)


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("w'S w", "convex"),
        ("sum(tanh(w))", "concave"),
        ("-norm1(w)", "affine"),
        ("sum(w)^2", "strictly convex"),
    ],
)
def test_the_judge_finds_a_false_claim(source: str, verdict: str) -> None:
    """What is not so is found by a Hessian, or by a chord where that is 0."""
    shapes = {name: convexity.SHAPES[name] for name in ("w", "S") if name in source}
    question = convexity.Question(source, ("w",), shapes)
    derivation = derive(source, "w", shapes=shapes, verify=False)

    assert convexity.contradiction(Curvature(verdict), question, derivation)  # type: ignore[arg-type]

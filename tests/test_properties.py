"""Properties that hold for every expression, tried on random ones."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from numeric import disagreement, results_of
from strategies import Problem, problems

from dimderiv import Derivation, derive
from dimderiv.errors import LimitError, NotDifferentiableError, ShapeError
from dimderiv.language.parser import parse_program
from dimderiv.naming import without_groups
from dimderiv.render.text import text


def wrong(derivation: Derivation, problem: Problem, seed: int) -> str | None:
    """Where an answer is wrong; a size that no argument has cannot be computed with."""
    try:
        return disagreement(derivation, problem, seed)
    except ShapeError:
        assume(False)
        raise


RELAXED = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
ROOT = Path(__file__).parent.parent


def derived(problem: Problem, **options: bool | int) -> Derivation:
    """The derivation of a problem, not checked unless asked for; what has none is passed over."""
    chosen: dict[str, bool | int] = {"verify": False, **options}
    try:
        return derive(problem.source, problem.wrt, shapes=problem.shapes, **chosen)  # type: ignore[arg-type]
    except (NotDifferentiableError, LimitError):
        assume(False)
        raise


@RELAXED
@given(problems())
def test_gradients_agree_with_differences(problem: Problem) -> None:
    """As printed and as code, a gradient is what the value of the expression changes by."""
    assert wrong(derived(problem), problem, seed=1) is None


@settings(RELAXED, max_examples=25)
@given(problems(depth=2))
def test_hessians_agree_with_differences(problem: Problem) -> None:
    """The second derivative is the derivative of the first, by numbers."""
    assert wrong(derived(problem, order=2), problem, seed=2) is None


@settings(RELAXED, max_examples=25)
@given(problems(depth=2))
def test_no_answer_fails_its_check(problem: Problem) -> None:
    """What is derived passes the verifier, which shares no code with the derivation."""
    found = derived(problem, verify=True)

    assert found.verification is not None


@RELAXED
@given(problems())
def test_an_answer_is_read_back_as_it_was(problem: Problem) -> None:
    """Printing what was read gives the same text, but for brackets that only help the reader."""
    found = derived(problem)
    for result in results_of(found):
        statements = [
            replace(statement, value=without_groups(statement.value))
            for statement in result.program.statements
        ]
        bare = replace(result.program, statements=tuple(statements))

        assert text(bare) == text(found.read_back(result.text()))


@RELAXED
@given(problems())
def test_several_variables_are_as_each_alone(problem: Problem) -> None:
    """One sweep for all variables finds what a sweep for each of them finds."""
    together = derived(problem, inline=True)
    for name in problem.wrt:
        alone = derive(problem.source, name, shapes=problem.shapes, verify=False, inline=True)

        assert wrong(alone, problem, seed=3) is None
        assert together.results[name].text() == alone.text()


@RELAXED
@given(problems(depth=2))
def test_a_scalar_is_its_own_transpose(problem: Problem) -> None:
    """`(x'Ax)'` has the gradient of `x'Ax`."""
    *definitions, value = problem.source.split("; ")
    turned = "; ".join([*definitions, f"({value})'"])
    plain = derived(problem).text()

    assert plain == derive(turned, problem.wrt, shapes=problem.shapes, verify=False).text()


@RELAXED
@given(problems())
def test_an_expression_is_printed_and_read_back(problem: Problem) -> None:
    """The language's own text of an expression is the same expression."""
    program = parse_program(problem.source, names=problem.shapes)

    assert program == parse_program(text(program), names=problem.shapes)


SAME = [
    ("x'Ax", "tr(A x x')", "x"),
    ("x'Ax", "x'A'x", "x"),
    ("||Xw-y||^2", "(X w - y)'(X w - y)", "w"),
    ("||X||_F^2", "tr(X'X)", "X"),
    ("sum(A .* B)", "tr(A' B)", "A"),
    ("logdet(X)", "log(det(X))", "X"),
    ("a' inv(X) b", "tr(inv(X) b a')", "X"),
    ("sum(x .* x)", "x'x", "x"),
    ("logsumexp(x)", "log(sum(exp(x)))", "x"),
    ("mean(X)", "sum(X) / (m n)", "X"),
]


@pytest.mark.parametrize(("one", "other", "wrt"), SAME)
def test_two_spellings_have_one_answer(one: str, other: str, wrt: str) -> None:
    """What is equal is derived to the same text."""
    shapes = {"X": "m x n"} if "mean" in one else None

    assert str(derive(one, wrt, shapes=shapes)) == str(derive(other, wrt, shapes=shapes))


def test_answers_do_not_depend_on_the_process() -> None:
    """Neither the seed of hashes nor what was derived before changes an answer."""
    cases = [("tr(A X B X)", "X"), ("x'Ax + b'x", "x"), ("||X - X W W'||^2", "W")]
    script = (
        f"from dimderiv import derive\nfor e, w in {cases}:\n    print(derive(e, w, verify=False))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "7")
    }

    assert 1 == len(printed)

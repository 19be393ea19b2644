"""Properties that hold for every expression, tried on random ones."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from documents import ROOT
from hypothesis import HealthCheck, assume, given, settings
from numeric import Point, disagreement, results_of
from strategies import SHAPES, VALUES, VARIABLES, Problem, names_in, problems, shaped_problems

from dimderiv import Derivation, derive
from dimderiv.answer.kinds import without_groups
from dimderiv.errors import LimitError, NotDifferentiableError, ShapeError
from dimderiv.language.parser import parse_program
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


def derived(problem: Problem, **options: bool | int) -> Derivation:
    """The derivation of a problem, not checked unless asked for; what has none is passed over."""
    chosen: dict[str, bool | int] = {"verify": False, **options}
    try:
        return derive(problem.source, problem.wrt, shapes=problem.shapes, **chosen)  # type: ignore[arg-type]
    except (NotDifferentiableError, LimitError, ShapeError):
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


@pytest.mark.parametrize("by", VARIABLES)
@pytest.mark.parametrize("of", VALUES)
def test_derivatives_of_every_shape_by_every_shape(of: str, by: str) -> None:
    """Scalars, columns, rows and matrices, each by each: printed, computed and checked."""

    @settings(RELAXED, max_examples=8)
    @given(shaped_problems(of, by))
    def agrees(problem: Problem) -> None:
        assert wrong(derived(problem), problem, seed=4) is None

    agrees()


@settings(RELAXED, max_examples=25)
@given(problems(depth=2))
def test_hessians_are_symmetric(problem: Problem) -> None:
    """The block of one variable and another is the transpose of that of the other and the one."""
    found = derived(problem, order=2)
    point = Point.of(problem, found.typed, seed=5)
    blocks = {result.wrt: point.printed(found, result) for result in results_of(found)}

    for (one, other), block in blocks.items():
        turned = blocks[other, one].T
        if np.isfinite(block).all() and np.isfinite(turned).all():
            assert np.allclose(block, turned, 1e-7, 1e-7 * (1 + abs(block).max()))


@settings(RELAXED, max_examples=30)
@given(problems(depth=2))
def test_a_gradient_can_be_differentiated_as_it_is_printed(problem: Problem) -> None:
    """Every answer is an expression of the language, and its derivative is right by numbers."""
    name = problem.wrt[0]
    *definitions, gradient = derived(problem).results[name].text().split("; ")
    source = "; ".join([*definitions, f"sum(E .* ({gradient}))"])
    shapes = {each: SHAPES[each] for each in ("A", "B", *problem.shapes)}
    again = Problem(source, {**shapes, "E": SHAPES[name]}, (name,))
    used = {
        each
        for part in parse_program(source, names=shapes).statements
        for each in names_in(part.value)
    }
    assume("[" not in source and name in used)

    assert wrong(derived(again), again, seed=6) is None


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

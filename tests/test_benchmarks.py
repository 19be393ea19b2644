"""The benchmarks run, and compare only what is equal; what they measure is not judged here."""

import doctest
import importlib
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks.case import Case
from benchmarks.contenders import as_arrays, forms_by_hand
from benchmarks.derivation import golden_programs
from benchmarks.race import CASES, assert_equal
from benchmarks.timing import FIRST, Effort, Times, interleaved

ROOT = Path(__file__).parent.parent
OPTIONAL = ("jax", "torch", "autograd")


def benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A run of the command where none of the optional libraries can be imported."""
    blocked = f"import sys; sys.modules.update(dict.fromkeys({OPTIONAL!r}))"
    program = f"{blocked}; from benchmarks.__main__ import main; main({list(arguments)!r})"
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)


def test_a_quick_run_needs_no_optional_library() -> None:
    """What is not installed is named, and the document is left as it is."""
    document = ROOT / "docs" / "performance.md"
    before = document.read_text(encoding="utf-8")
    done = benchmarks("--quick", "--only", "least squares")

    assert 0 == done.returncode, done.stderr
    assert "Not installed: jax, torch, autograd." in done.stdout
    assert "| least squares, gradient | m = 100, n = 10 |" in done.stdout
    assert before == document.read_text(encoding="utf-8")


def test_an_unknown_name_is_refused_with_those_that_exist() -> None:
    """A misspelled derivative does not pass for one that was measured."""
    done = benchmarks("--quick", "--only", "leest")

    assert 1 == done.returncode
    assert "nothing is called 'leest'; one of least squares, " in done.stderr


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.kind}")
def test_forms_by_hand_and_generated_code_agree(case: Case) -> None:
    """Every contender that needs no optional library computes the same, at the small size."""
    arrays = case.drawn("small")
    forms = [form(**arrays) for form in forms_by_hand(case).values()]
    function = case.derivation.function("numpy", value=case.with_value)

    for result in (*forms, function(**arrays)):
        assert_equal("", result, as_arrays(forms[0]))


@pytest.mark.parametrize(
    ("result", "complaint"),
    [
        (np.ones(3), "shape"),
        ((np.ones(2), np.ones(2)), "2 arrays, not 1"),
        (np.array([1, 1 + 1e-6]), "differs by 1.0e-06"),
    ],
)
def test_what_computes_something_else_is_not_timed(result: object, complaint: str) -> None:
    """A shape, a number of arrays or an entry that differs is an error with the name."""
    with pytest.raises(AssertionError, match=f"someone: .*{complaint}"):
        assert_equal("someone", result, (np.ones(2),))


def test_ratios_are_those_within_the_rounds() -> None:
    """A machine that is slow for one round slows both sides of the ratio."""
    times = Times({"one": [2.0, 20.0, 2.0], "other": [1.0, 10.0, 4.0], "slow": [3.0]})

    assert 2.0 == times.ratio("one", "other")
    assert 1.5 == times.ratio("slow", "one")
    assert 4.0 == times.median("other")


def test_all_take_turns_and_slow_ones_fewer() -> None:
    """Some calls say how long one takes, then each round calls everyone once."""
    calls: list[str] = []
    effort = Effort(sample=0.0, budget=60.0, rounds=(2, 3))
    times = interleaved({name: partial(calls.append, name) for name in "ab"}, effort)

    first, rounds = calls[: 2 * FIRST], calls[2 * FIRST :]
    assert FIRST * ["a"] + FIRST * ["b"] == first
    assert 3 * [{"a", "b"}] == [set(rounds[at : at + 2]) for at in (0, 2, 4)]
    assert {"a": 3, "b": 3} == {name: len(found) for name, found in times.samples.items()}
    assert [3, 2, 1] == [effort.rounds_of(call) for call in (0.01, 1.0, 100.0)]


def test_golden_cases_are_read_as_the_tests_read_them() -> None:
    """Each has a variable that is derived by; the first and the last are derived."""
    programs = golden_programs()

    assert len(programs) > 100
    for program in (programs[0], programs[-1]):
        assert list(program.wrt) == list(program.derived().wrt)


@pytest.mark.parametrize("module", ["case", "derivation", "families", "memory", "report"])
def test_examples_in_docstrings_are_true(module: str) -> None:
    """The doctests of the benchmarks pass."""
    found = doctest.testmod(importlib.import_module(f"benchmarks.{module}"))

    assert found.attempted
    assert not found.failed

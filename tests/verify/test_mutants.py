"""No fault in any one place passes: an answer, or code, that is wrong is caught by its check.

Faults are made in the modules between an expression and what is printed of it, in those that write
code and in the verifier, one after the other.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from faults import Case
from mutants import Mutant
from planting import Lines, answer, check, code, right, runs_of, shuffled
from verify.test_faults import FAULTS
from verify.test_rule_faults import DEFINED, LETTERED, formulas
from verify.test_verify import RIGHT, WRONG, claim

from dimderiv.errors import VerificationError
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.points.check import verify

# A mutant that hangs may be stopped while Python collects garbage, which only reports that.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
# Mutants of a module are tried until so many are caught, but not more than so many.
ENOUGH, MOST = 3, 80
CASES_EACH = 3
TALLIES: dict[str, Counter[str]] = {}

DERIVATION = [
    "lower.builder",
    "graph.bag",
    "graph.products",
    "graph.sums",
    "differentiate.partials",
    "differentiate.reverse",
    "graph.fold",
    "conform.edges",
    "conform.network",
    "conform.notation",
    "conform.sums",
    "conform.indexed.entries",
    "conform.indexed.binding",
    "conform.arrange",
    "render.text",
]
CODE = [
    "codegen.plan.plan",
    "codegen.plan.planner",
    "codegen.targets.writer",
    "codegen.targets.numpy",
    "codegen.functions.statements",
]
VERIFIER = [
    "verify.evaluate.arithmetic",
    "verify.evaluate.calls",
    "verify.points.draw",
    "verify.evaluate.evaluate",
    "verify.evaluate.functions",
    "verify.evaluate.matrices",
    "verify.evaluate.tables",
    "verify.points.comparison",
    "verify.points.agreement",
    "verify.points.claimed",
    "verify.layout.perturbations",
]

CODED = [
    Case("X' X w", "w"),
    Case("||X w - y||^2", "w"),
    Case("sum(log(1 + exp(-y .* (X w))))", "w", order=2),
    Case("S = X W + b; cross_entropy(S, Y)", "W,b", "X: N x D; W: D x C; b: 1 x C; Y: N x C"),
    Case("a' inv(A) b", "A"),
    Case("logdet(S)", "S", "S: n x n spd"),
    Case("sum(G .* conv2(V, K))", "V", "V: H x L; K: h x l; G: (H - h + 1) x (L - l + 1)"),
    Case("tr(A X B X')", "X"),
    Case("A .* B", "A"),
    Case("softmax(W x)", "x"),
    Case("diag(x) A", "x"),
]


@cache
def derived() -> Mapping[Case, Lines]:
    """The cases of the faults, and what runs while they are derived."""
    cases = list(dict.fromkeys(fault.case for fault in FAULTS))[::2]
    return runs_of(cases, lambda case: right.__wrapped__(case))


@cache
def coded() -> Mapping[Case, Lines]:
    """Cases of code, and what runs while it is written."""
    return runs_of(CODED, lambda case: right(case).code(value=True))


def level_of(expression: str, wrt: str, answer: str, shapes: str) -> str:
    """How far a claim is checked, or that it fails."""
    try:
        return verify(claim(expression, wrt, answer, shapes)).level
    except (VerificationError, NotVerifiableError) as error:
        return type(error).__name__


@cache
def claimed() -> Mapping[tuple[str, str, str, str], Lines]:
    """Claims, right and wrong ones, and what runs while they are checked."""
    chosen = (*RIGHT[::2], *WRONG[::2])
    claims = [(each[0], each[1], each[2], each[3]) for each in chosen]
    return runs_of(claims, lambda each: level_of(*each))


@cache
def expected(each: tuple[str, str, str, str]) -> str:
    """What a check without a fault says."""
    return level_of(*each)


def tallied(
    module: str, runs: Mapping[Any, Lines], outcome: Callable[[Mutant, Any], str]
) -> Counter[str]:
    """What becomes of the mutants of a module, until enough are caught."""
    tally: Counter[str] = Counter()
    for mutant, cases in shuffled(module, runs):
        found = "same"
        for case in cases[:CASES_EACH]:
            found = outcome(mutant, case)
            assert found != "wrong", f"{mutant} gives a wrong {case} that passes"
            if found not in ("same", "right"):
                break
        tally[found] += 1
        if tally["caught"] == ENOUGH or tally.total() == MOST:
            break
    TALLIES[module] = tally
    return tally


@pytest.mark.parametrize("module", DERIVATION)
def test_answers(module: str) -> None:
    """A wrong answer is withheld, whatever is broken."""
    tally = tallied(module, derived(), answer)

    assert tally["caught"], tally


@pytest.mark.parametrize("module", CODE)
def test_code(module: str) -> None:
    """Wrong code is not handed out."""
    tally = tallied(module, coded(), code)

    assert tally["caught"], tally


@pytest.mark.parametrize("module", VERIFIER)
def test_verifier(module: str) -> None:
    """A check that is broken withholds what is right, or passes what is wrong."""

    def outcome(mutant: Mutant, each: tuple[str, str, str, str]) -> str:
        return check(mutant, lambda: level_of(*each), expected(each))

    tally = tallied(module, claimed(), outcome)

    assert tally["caught"], tally


def test_count() -> None:
    """Three hundred faults are caught, with those of the rules and those that are planted by hand.

    What a mutant changes nothing in is not counted, nor what ends in an error of its own.
    """
    if TALLIES.keys() != {*DERIVATION, *CODE, *VERIFIER}:
        pytest.skip("not all modules were tried")
    others = len([*FAULTS, *formulas(), *LETTERED, *DEFINED])

    assert others + sum(tally["caught"] for tally in TALLIES.values()) >= 300

"""Derivatives by the entries that a property leaves free."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numeric import disagreement
from strategies import Problem, problems

from dimderiv import derive
from dimderiv.differentiate.tied import structure_of
from dimderiv.errors import LimitError, NotDifferentiableError, ShapeError, VerificationError

WORDS = ("symmetric", "spd", "diagonal", "lower", "upper", "skew")


@pytest.mark.parametrize(
    ("expression", "shape", "expected"),
    [
        ("logdet(X)", "symmetric", "2 inv(X) - inv(X) .* I"),
        ("logdet(X)", "spd", "2 inv(X) - inv(X) .* I"),
        ("det(X)", "symmetric", "det(X) (2 inv(X) - inv(X) .* I)"),
        ("tr(X)", "symmetric", "I"),
        ("tr(A X)", "symmetric", "A + A' - A .* I"),
        ("a'X b", "psd", "a b' + b a' - diag(a .* b)"),
        ("||X||^2", "symmetric", "2 (2 X - X .* I)"),
        ("tr(A X)", "diagonal", "A .* I"),
        ("a'X b", "diagonal", "diag(a .* b)"),
        ("tr(A X)", "skew", "A' - A"),
        ("tr(A X)", "lower", "tril(A')"),
        ("tr(A X)", "upper", "triu(A')"),
        ("a'X b", "lower", "tril(a b')"),
        ("||X X' - S||^2", "lower", "2 tril((2 X X' - S - S') X)"),
        ("||X||^2", "lower", "2 X"),
        ("||X||^2", "diagonal", "2 X"),
        ("||X||^2", "skew", "4 X"),
        ("tr(A X)", "lower upper", "A .* I"),
        ("tr(A X)", "symmetric diagonal", "A .* I"),
    ],
)
def test_tied_entries(expression: str, shape: str, expected: str) -> None:
    """As the literature writes them, each checked by moving entries together."""
    found = derive(expression, "X", shapes={"X": f"n x n {shape}"}, structured=True)

    assert expected == str(found)
    assert found.verification is not None
    assert "exact" == found.verification.level


def test_a_long_gradient_by_free_entries_has_a_name() -> None:
    """What is tied is written in terms of it; without names it is written out."""
    expression, shapes = "logdet(C) + tr(inv(C) S)", "C: n x n spd; S: n x n spd"

    found = derive(expression, "C", shapes=shapes, structured=True)
    inline = derive(expression, "C", shapes=shapes, structured=True, inline=True)

    assert "G = inv(C) - inv(C) S inv(C); 2 G - G .* I" == str(found)
    assert ";" not in str(inline)


def test_the_shorter_of_a_gradient_and_its_transpose() -> None:
    """Either will do where the sum of the two is taken."""
    found = derive("tr(A S^3)", "S", shapes="S: n x n symmetric", structured=True)

    assert "G + G' - G .* I" == str(found).partition("; ")[2]
    assert "'" not in str(found).partition(";")[0]


def test_several_variables() -> None:
    """Those without a property have all of their entries free."""
    found = derive(
        "tr(S A) + x'S x + tr(L)",
        "S,L,x,A",
        shapes="S: n x n symmetric; L: m x m lower",
        structured=True,
    )

    assert {"S": "symmetric", "L": "lower"} == found.structures
    assert "I" == found.results["L"].text()
    assert "2 S x" == found.results["x"].text()
    assert "S" == found.results["A"].text()


def test_code() -> None:
    """A triangle is one of numpy's."""
    found = derive("tr(A X)", "X", shapes="X: n x n lower", structured=True)
    A = np.arange(9.0).reshape(3, 3)

    np.testing.assert_array_equal(np.tril(A.T), found.function()(A=A, X=A))


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "options", "message"),
    [
        ("sum(M .* A)", "M", "M: m x n binary", {}, "M is binary: such matrices form no"),
        ("tr(Q A)", "Q", "Q: n x n orthogonal", {}, "Q is orthogonal: such matrices form no"),
        ("sum(Y .* A)", "Y", "Y: m x n probability", {}, "Y is probability"),
        ("x'x", "x", "x: n", {}, "no entries of x are tied"),
        ("x'x", "x", "x: n positive", {}, "no entries of x are tied"),
        ("tr(X A)", "X", "X: n x n symmetric skew", {}, "X is skew and symmetric"),
        ("X A", "X", "X: n x n symmetric", {}, "and the value is n x m"),
        ("tr(X X)", "X", "X: n x n symmetric", {"order": 2}, "not second derivatives"),
    ],
)
def test_what_is_refused(
    expression: str, wrt: str, shapes: str, options: dict[str, int], message: str
) -> None:
    """By name, with what to do instead."""
    with pytest.raises(NotDifferentiableError, match=message) as caught:
        derive(expression, wrt, shapes=shapes, structured=True, **options)  # type: ignore[arg-type]

    assert caught.value.hint


def test_a_vector_jacobian_product_by_tied_entries() -> None:
    """What is handed down makes a scalar of any value."""
    found = derive("X A", "X", shapes="X: n x n symmetric", upstream="G", structured=True)

    assert "G A' + A G' - diag(sum(G .* A, axis=1))" == str(found)


@pytest.mark.parametrize("word", WORDS)
def test_the_derivative_by_free_entries_is_not_that_by_tied_ones(word: str) -> None:
    """The check tells the two apart."""
    free = derive("tr(A X B)", "X", shapes=f"X: n x n {word}", verify=False)
    tied = derive("tr(A X B)", "X", shapes=f"X: n x n {word}", structured=True, verify=False)
    object.__setattr__(tied.derived.answer, "derivatives", free.derived.answer.derivatives)
    object.__setattr__(tied.derived.answer, "definitions", free.derived.answer.definitions)

    with pytest.raises(VerificationError):
        tied.verified()


def test_the_stronger_of_two_properties() -> None:
    """Diagonal matrices are symmetric and triangular."""
    assert "diagonal" == structure_of("X", {"symmetric", "diagonal"})
    assert "diagonal" == structure_of("X", {"lower", "upper"})
    assert "" == structure_of("X", {"positive"})


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(problems(depth=2), st.sampled_from(WORDS))
def test_by_numbers(problem: Problem, word: str) -> None:
    """What the value changes by when entries move together, for any expression."""
    square = [n for n in ("F", "N1", "M", "Q", "S", "P") if re.search(rf"\b{n}\b", problem.source)]
    # A largest entry that is attained in two places at once has no derivative.
    assume(square and "max(" not in problem.source and "min(" not in problem.source)
    name = square[0]
    declared = " ".join(problem.shapes[name].split()[:3])
    shapes = {**problem.shapes, name: f"{declared} {word}"}
    tied = Problem(problem.source, shapes, (name,))
    try:
        found = derive(tied.source, name, shapes=shapes, structured=True, verify=False)
        wrong = disagreement(found, tied, seed=1)
    except (NotDifferentiableError, LimitError, ShapeError):
        assume(False)
        raise

    assert wrong is None
